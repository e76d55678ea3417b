package schema

import (
	"maps"
	"regexp"
	"slices"
	"strings"

	"gopkg.in/yaml.v3"

	"authsync/schema/pattern"
	"authsync/secrets"
)

// Struct is an object with known fields. In a manifest it may also have `extra`, whose
// names go to the wire unchanged.
type Struct struct {
	Fields []Field
	From   Document // of the limits inside; "" = that of the object around
	Naming Naming
	Rules  []Rule
	// Whole is a rule of the object as it is sent, together with what is live; a manifest
	// alone may break it. The zero value objects to nothing.
	Whole Rule
	// Ignored are wire names that a manifest does not have and cannot write: ids,
	// times. A name that ends in * matches every name with that beginning.
	Ignored []string
	// Others is the type of every name that is not in Fields; nil = no other names.
	Others Type
	// Weaker is the [Field.Weaker] of each of the others.
	Weaker *Weakening
	// Credential is a group of the fields that is sent by a rule of its own; nil =
	// there is none.
	Credential *Credential
	// beside are names that may stand here too, and that something else reads: a
	// misspelt one is told its right name.
	beside []string
}

// other returns the type of a name that is not in Fields.
func (s Struct) other(name string) Type {
	switch s.Others.(type) {
	case Column:
		return Column{name}
	case Any:
		return Any{name}
	}
	return s.Others
}

// Naming converts a manifest's name to the wire's.
type Naming int

const (
	// Capital makes the first letter upper case: clientId, ClientId.
	Capital Naming = iota
	// AsIs changes nothing.
	AsIs
)

// Extra is the name of the field for unmodelled fields.
const Extra = "extra"

func (s Struct) wire(f Field) string {
	switch {
	case f.Wire != "":
		return f.Wire
	case s.Naming == AsIs:
		return f.Name
	}
	return strings.ToUpper(f.Name[:1]) + f.Name[1:]
}

func (s Struct) Field(name string) *Field {
	for i := range s.Fields {
		if s.Fields[i].Name == name {
			return &s.Fields[i]
		}
	}
	return nil
}

// WireName returns what a top-level field is called on the wire.
func (s Struct) WireName(name string) string {
	if f := s.Field(name); f != nil {
		return s.wire(*f)
	}
	return name
}

func (s Struct) ignores(name string) bool {
	return slices.ContainsFunc(s.Ignored, func(ignored string) bool {
		begin, all := strings.CutSuffix(ignored, "*")
		return ignored == name || all && strings.HasPrefix(name, begin)
	})
}

func ignoredName(name string) *pattern.Pattern {
	if begin, all := strings.CutSuffix(name, "*"); all {
		return pattern.Of("^" + regexp.QuoteMeta(begin))
	}
	return pattern.Of("^" + regexp.QuoteMeta(name) + "$")
}

func (s Struct) names() []string {
	names := make([]string, 0, len(s.Fields)+len(s.beside)+1)
	for _, f := range s.Fields {
		if f.Access == Settable {
			names = append(names, f.Name)
		}
	}
	return append(append(names, s.beside...), Extra)
}

func (s Struct) read(r *reader, n *Node, at Path) Value {
	if n.Form != MapForm {
		r.fault(n, at, "takes a mapping, not %s", n.Form)
		return nil
	}
	out := Object{}
	for _, f := range n.Fields {
		if v := s.readField(r, f, at.Then(f.Name)); v != nil {
			out[f.Name] = v
		}
	}
	if r.whole == Part {
		return out
	}
	for _, f := range s.Fields {
		if f.Need == Required && n.Field(f.Name) == nil {
			r.fault(n, at, "%s is missing", f.Name)
		}
	}
	s.check(r, n, at, out)
	return out
}

func (s Struct) readField(r *reader, n NamedNode, at Path) Value {
	if n.Name == Extra && s.Others == nil {
		return s.readExtra(r, n.Value, at)
	}
	f := s.Field(n.Name)
	if f == nil && s.Others != nil {
		f = &Field{Name: n.Name, Type: s.other(n.Name), Clear: Clears}
	}
	if f != nil && f.Access == Settable && !s.ignores(n.Name) {
		if v, is := readToSet(r, n.Value, f.Type, at); is {
			return v
		}
	}
	switch {
	case f == nil && !s.ignores(n.Name):
		r.faults.add(n.Pos, at, "%s", unknownName("field", n.Name, s.names()))
		return nil
	case s.ignores(n.Name), f.Access == ReadOnly:
		r.faults.add(n.Pos, at, "is set by the service and cannot be managed")
		return nil
	case n.Value.Form == NullForm:
		return f.readNull(r, n.Value, at)
	}
	if _, text := f.Type.(String); text && coveredBy(r.secret, at) {
		return Sealed{}.read(r, n.Value, at)
	}
	return f.Type.read(r, n.Value, at)
}

func (f *Field) readNull(r *reader, n *Node, at Path) Value {
	if f.Clear == Clears {
		return Null{}
	}
	r.fault(n, at, "cannot be cleared; leave the name out to leave the field alone")
	return nil
}

// readExtra reads the unmodelled fields. A modelled one would be written twice, and a
// field that names the object or its environment would send the call elsewhere, so
// both are refused.
func (s Struct) readExtra(r *reader, n *Node, at Path) Value {
	modelled := map[string]string{}
	for _, f := range s.Fields {
		modelled[s.wire(f)] = f.Name
	}
	for _, f := range n.Fields {
		name, known := modelled[f.Name]
		switch {
		case known:
			r.faults.add(f.Pos, at.Then(f.Name), "is modelled; write %s beside extra", name)
		case s.ignores(f.Name):
			r.faults.add(f.Pos, at.Then(f.Name), "is the service's own and cannot be written")
		case f.Value.Form == NullForm:
			r.faults.add(f.Pos, at.Then(f.Name), "null never reaches the service; write \"\" to clear text, or leave the name out")
		}
	}
	return Open{}.read(r, n, at)
}

func unknownName(what, name string, names []string) string {
	if near := Nearest(name, names); near != "" {
		return "unknown " + what + ", did you mean " + near + "?" + strangeIn(name)
	}
	return "unknown " + what + "; known are " + strings.Join(names, ", ") + strangeIn(name)
}

// check runs the rules and reports the problems at their fields.
func (s Struct) check(r *reader, n *Node, at Path, o Object) {
	for _, name := range s.lacking(o) {
		if n.Field(name) == nil {
			r.point(n, at, []Problem{isLacking(name, nil)})
		}
	}
	for _, rule := range s.Rules {
		r.point(n, at, rule.Check(o))
	}
}

// point adds problems to the faults, each at its field.
func (r *reader) point(n *Node, at Path, problems []Problem) {
	for _, p := range problems {
		pos, path := n.Pos, at
		inner := n
		for _, name := range p.At {
			path = path.Then(name)
			if inner = inner.Field(name); inner == nil {
				break
			}
			pos = inner.Pos
		}
		r.faults.Add(&Fault{Pos: pos, Path: path, Text: p.Text, Severity: p.Severity, Env: r.env, Key: r.key})
	}
}

func (s Struct) fromWire(v Value) (Value, error) {
	if IsUnset(v) {
		return nil, nil
	}
	object, ok := v.(Object)
	if !ok {
		return nil, &wireError{want: "an object", got: v}
	}
	out, extra := Object{}, Object{}
	wires := make([]string, len(s.Fields))
	for i, f := range s.Fields {
		wires[i] = s.wire(f)
	}
	for name, value := range object {
		if !IsUnset(value) && !slices.Contains(wires, name) && !s.ignores(name) {
			extra[name] = Unmodelled{marked(name, value)}
		}
	}
	for i, f := range s.Fields {
		wire := wires[i]
		value, err := f.Type.fromWire(object[wire])
		if err != nil && s.Others != nil { // in another form than known, it is as unknown as the others
			value, err = s.other(f.Name).fromWire(object[wire])
		}
		if err != nil {
			return nil, within(wire, err)
		}
		if value != nil && (s.Others != nil || !blank(value)) {
			out[f.Name] = value
		}
	}
	s.markHiddenIn(out)
	if s.Others != nil {
		return out, s.othersFromWire(out, object, extra)
	}
	if len(extra) > 0 {
		out[Extra] = extra
	}
	return out, nil
}

// blank reports whether an object has only empty values: services show such an object
// for one that was never given. In an object that takes any name it is one of the
// service's own, and goes back as it came.
func blank(v Value) bool {
	o, ok := v.(Object)
	return ok && len(o) == 0
}

func (s Struct) othersFromWire(out, object, others Object) error {
	for name := range others {
		value, err := s.other(name).fromWire(object[name])
		if err != nil {
			return within(name, err)
		}
		if value != nil {
			out[name] = value
		}
	}
	return nil
}

// markHiddenIn marks an empty secret as hidden while its companion is set, see
// [Sealed], and a write-only field always.
func (s Struct) markHiddenIn(o Object) {
	s.Credential.markHidden(o)
	for _, f := range s.Fields {
		sealed, _ := f.Type.(Sealed)
		companion := sealed.With != "" && !IsUnset(o[sealed.With])
		if o[f.Name] == nil && (companion || f.Sight == WriteOnly) {
			o[f.Name] = Secret{secrets.Hidden("")}
		}
	}
}

// markHidden is markHiddenIn for an object and everything in it.
func (s Struct) markHidden(o Object) Object {
	out := make(Object, len(o))
	for name, value := range o {
		inner, isObject := value.(Object)
		if f := s.Field(name); f != nil && isObject {
			if under, ok := f.Type.(Struct); ok {
				value = under.markHidden(inner)
			}
		}
		out[name] = value
	}
	s.markHiddenIn(out)
	return out
}

func (s Struct) toWire(v Value) Value {
	object, ok := v.(Object)
	if !ok {
		return v
	}
	out := Object{}
	for name, value := range object {
		f := s.Field(name)
		switch extra, _ := value.(Object); {
		case f != nil:
			out[s.wire(*f)] = f.Type.toWire(value)
		case s.Others != nil:
			out[name] = s.other(name).toWire(value)
		case name == Extra:
			maps.Copy(out, extra)
		}
	}
	return out
}

func (s Struct) spell(v Value) *yaml.Node {
	object, _ := v.(Object)
	var out mapping
	for _, f := range s.Fields {
		if value, ok := object[f.Name]; ok {
			out.add(f.Name, spellField(f.Type, value))
		}
	}
	for _, name := range object.Names() {
		switch {
		case s.Field(name) != nil:
		case s.Others != nil:
			out.add(name, spellField(s.other(name), object[name]))
		case name == Extra:
			out.add(Extra, spellOpen(object[Extra]))
		}
	}
	return out.node()
}

func spellField(t Type, v Value) *yaml.Node {
	if toSet, is := v.(ToSet); is {
		return toSet.spelled()
	}
	if _, null := v.(Null); null {
		return &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!null", Value: "null"}
	}
	return t.spell(v)
}
