package schema

import (
	"strconv"
	"time"

	"authsync/schema/list"
)

// Policy says what must hold of environments, whoever made it so: a file beside
// manifests, in lines over the manifest's own paths.
type Policy struct {
	File       string
	Rules      []*PolicyRule
	Exceptions []*Exception

	// whole says that the run has all manifests of the policy's folder, so that a rule
	// that matches nothing can match nothing.
	whole Wholeness
}

// PolicyRule is one line: what the values of a field must be.
type PolicyRule struct {
	Name  string
	Pos   Position
	Field Path // * stands for any one name
	Test  Test
	// In are the labels of the environments that it is for; none = all.
	In    Object
	Level Severity
	Why   string
}

// Exception lets an environment break a rule until a day.
type Exception struct {
	Rule, Environment string
	Pos               Position // of the day
	At                Path     // in the file
	Until             time.Time
}

// The fields of a policy.
var (
	policyFields = []Field{
		{Name: "apiVersion", Type: OneOf{APIVersion}, Need: Required, Doc: "Version of the format."},
		{Name: "kind", Type: OneOf{PolicyFile}, Need: Required, Doc: "A Policy."},
		{Name: policyRules, Type: Open{}, Doc: "What must hold, by a name."},
		{Name: policyExcept, Type: ListOf{exceptionType}, Doc: "What may break a rule until a day."},
	}
	// ruleFields are those of a rule besides its operator.
	ruleFields = []Field{
		{Name: "field", Type: String{}, Need: Required, Doc: "Path of a manifest. * stands for any one name of an object, or for the items of a list."},
		{Name: "in", Type: labelType, Doc: "Labels of the environments that the rule is for; all environments if left out."},
		{Name: "level", Type: OneOf{levelError, levelWarning}, Doc: "An error refuses a plan, and is the default; a warning is told."},
		{Name: "why", Type: String{}, Doc: "Why it must hold; it stands in what is found."},
	}
	exceptionType = Struct{Naming: AsIs, Fields: []Field{
		{Name: "rule", Type: String{}, Need: Required, Doc: "Name of the rule."},
		{Name: "environment", Type: String{}, Need: Required, Doc: "Name of the environment."},
		{Name: "until", Type: String{Check: isDay}, Need: Required, Doc: "The last day; after that, the exception itself is an error."},
		{Name: "why", Type: String{}, Need: Required, Doc: "Why."},
	}}
)

const (
	policyRules  = "rules"
	policyExcept = "except"
	levelError   = "error"
	levelWarning = "warning"
)

func readPolicy(r *reader, file string, n *Node) *Policy {
	p := &Policy{File: file}
	known := Struct{Naming: AsIs, Fields: policyFields}
	for _, field := range n.Fields {
		at := Path{field.Name}
		switch {
		case field.Name == policyRules:
			eachField(r, field.Value, at, func(rule NamedNode, at Path) {
				if read := readRule(r, rule, at); read != nil {
					p.Rules = append(p.Rules, read)
				}
			})
		case field.Name == policyExcept && field.Value.Form != ListForm:
			r.fault(field.Value, at, "takes a list of {rule, environment, until, why}, not %s", field.Value.Form)
		case field.Name == policyExcept:
			for i, item := range field.Value.Items {
				p.except(r, n.Field(policyRules), item, at.Then(strconv.Itoa(i)))
			}
		case known.Field(field.Name) == nil:
			r.faults.add(field.Pos, at, "%s", unknownName("field", field.Name, fieldNames(policyFields)))
		}
	}
	if n.Field(policyRules) == nil {
		r.fault(n, Path{policyRules}, "is missing")
	}
	return p
}

func fieldNames(fields []Field) []string {
	return list.Each(fields, func(f Field) string { return f.Name })
}

// strictly reads a mapping of named fields; nothing else may stand there.
func strictly(r *reader, fields []Field, n *Node, at Path) Object {
	before := len(r.faults.list)
	out := Object{}
	if n.Form != MapForm {
		r.fault(n, at, "takes a mapping, not %s", n.Form)
		return nil
	}
	typ := Struct{Naming: AsIs, Fields: fields}
	for _, f := range n.Fields {
		field := typ.Field(f.Name)
		if field == nil {
			r.faults.add(f.Pos, at.Then(f.Name), "%s", unknownName("field", f.Name, fieldNames(fields)))
			continue
		}
		out[f.Name] = field.Type.read(r, f.Value, at.Then(f.Name))
	}
	for _, f := range fields {
		if f.Need == Required && n.Field(f.Name) == nil {
			r.fault(n, at.Then(f.Name), "is missing")
		}
	}
	if len(r.faults.list) > before {
		return nil
	}
	return out
}

// except reads an exception.
func (p *Policy) except(r *reader, rules, n *Node, at Path) {
	said := strictly(r, exceptionType.Fields, n, at)
	if said == nil {
		return
	}
	rule := said.Text("rule")
	if rules == nil || rules.Field(rule) == nil {
		var names []string
		if rules != nil {
			for _, f := range rules.Fields {
				names = append(names, f.Name)
			}
		}
		r.fault(n.Field("rule"), at.Then("rule"), "%s", unknownName("rule", rule, names))
		return
	}
	p.Exceptions = append(p.Exceptions, &Exception{
		Rule: rule, Environment: said.Text("environment"),
		Pos: n.Field("until").Pos, At: at.Then("until"), Until: endOf(said["until"]),
	})
}

// readRule reads one rule; nil = it is wrong.
func readRule(r *reader, rule NamedNode, at Path) *PolicyRule {
	own, test := splitTest(r, rule.Value, at)
	if own == nil {
		return nil
	}
	said := strictly(r, ruleFields, own, at)
	if said == nil {
		return nil
	}
	read := &PolicyRule{Name: rule.Name, Pos: rule.Pos, Why: said.Text("why")}
	read.In, _ = said["in"].(Object)
	if said.Text("level") == levelWarning {
		read.Level = Doubtful
	}
	field := own.Field("field")
	path, err := ParsePath(said.Text("field"))
	if err != nil {
		r.fault(field, at.Then("field"), "%s", err)
		return nil
	}
	place, wrong := placeOf(path)
	if wrong != "" {
		r.fault(field, at.Then("field"), "%s", wrong)
		return nil
	}
	read.Field = path
	if !read.Test.read(r, place, test, at) {
		return nil
	}
	return read
}

// splitTest parts a rule's operator from its other fields.
func splitTest(r *reader, n *Node, at Path) (own *Node, test NamedNode) {
	if n.Form != MapForm {
		r.fault(n, at, "takes a mapping, not %s", n.Form)
		return nil, test
	}
	rest := *n
	rest.Fields, rest.index = nil, nil
	names := fieldNames(ruleFields)
	for _, f := range n.Fields {
		switch {
		case operatorNamed(f.Name) == nil:
			rest.Fields = append(rest.Fields, f)
		case test.Value != nil:
			r.faults.add(f.Pos, at.Then(f.Name), "stands beside %s; a rule has one of them", test.Name)
			return nil, test
		default:
			test = f
		}
	}
	for _, f := range rest.Fields {
		if (Struct{Fields: ruleFields}).Field(f.Name) == nil {
			r.faults.add(f.Pos, at.Then(f.Name), "%s", unknownName("field", f.Name, append(names, operatorNames()...)))
			return nil, test
		}
	}
	if test.Value == nil {
		r.fault(n, at, "says nothing of the field; it takes one of %s", commas(operatorNames()))
		return nil, test
	}
	return &rest, test
}
