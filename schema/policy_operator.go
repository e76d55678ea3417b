package schema

import (
	"math"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"authsync/schema/list"
	"authsync/schema/pattern"
)

// Test is an operator of a policy with what it is given.
type Test struct {
	operator *operator
	operand  Value
	place    place
}

// operator is a way to judge a value. A new one is a line in [operators].
type operator struct {
	name, doc string
	// takes returns the type of what is given, for fields of a type; nil = the operator
	// does not fit them.
	takes func(field Type) Type
	// holds reports whether a set value is as it has to be.
	holds func(t *Test, v Value) bool
	// unset reports whether that holds of a value that nobody has set.
	unset  func(t *Test) bool
	extent Extent
	// demand is what is asked of a value, in words.
	demand func(t *Test) string
	// decides says whether a rule leaves nothing open about a value that it holds of.
	decides Decision
}

// Decision says how much a rule says of a value.
type Decision int

const (
	// Partial rules say one thing of many: a URL of the right host may still be http.
	Partial Decision = iota
	Decides
)

// Extent says how much of a value an operator looks at.
type Extent int

const (
	// ByItem judges each item of a list by itself, AsOne the list.
	ByItem Extent = iota
	AsOne
	// ByPresence looks at whether there is a value, and so may judge a secret.
	ByPresence
)

var operators = []operator{
	{"equals", "The value.", scalarOrList, (*Test).equals, (*Test).unsetEquals, AsOne, asks("takes"), Decides},
	{"not", "A value that it must not have.", scalarOrList, not((*Test).equals), func(t *Test) bool { return !t.unsetEquals() }, AsOne, asks("does not take"), Partial},
	{"oneOf", "The values that it may have; of a list, that each item may have.", setOfItems, (*Test).among, never, ByItem, asks("takes one of"), Decides},
	{"noneOf", "Values that it, or an item of it, must not have.", setOfItems, not((*Test).among), always, ByItem, asks("takes none of"), Partial},
	{"max", "The largest amount. What is unlimited is more.", amount, (*Test).atMost, (*Test).defaultAtMost, ByItem, asks("takes at most"), Decides},
	{"min", "The smallest amount.", amount, (*Test).atLeast, never, ByItem, asks("takes at least"), Decides},
	{"hosts", "The hosts that a URL, or a host, may name; * stands for one name between dots or more.", hostsOf, (*Test).atHost, always, ByItem, asks("takes the hosts"), Partial},
	{"set", "Whether it must have a value at all.", func(Type) Type { return Boolean{} }, (*Test).isSet, (*Test).mayLack, ByPresence, (*Test).asksForOne, Partial},
}

func not(holds func(*Test, Value) bool) func(*Test, Value) bool {
	return func(t *Test, v Value) bool { return !holds(t, v) }
}

// asks is a demand that ends with what is given.
func asks(words string) func(*Test) string {
	return func(t *Test) string {
		given := itemsOf(t.operand)
		if given == nil {
			given = []Value{t.operand}
		}
		shown := list.Each(given, Display)
		return words + " " + commas(shown)
	}
}

func (t *Test) asksForOne() string {
	if t.operand == Bool(true) {
		return "takes a value"
	}
	return "takes no value"
}

func always(*Test) bool { return true }
func never(*Test) bool  { return false }

func operatorNames() []string {
	return list.Each(operators, func(o operator) string { return o.name })
}

func operatorNamed(name string) *operator {
	for i := range operators {
		if operators[i].name == name {
			return &operators[i]
		}
	}
	return nil
}

func (t *Test) read(r *reader, p place, given NamedNode, at Path) bool {
	t.operator, t.place = operatorNamed(given.Name), p
	typ := t.operator.takes(p.typ)
	if typ == nil {
		r.faults.add(given.Pos, at.Then(given.Name), "does not fit %s, which takes %s; its operators are %s",
			p.path, Words(p.typ), commas(fitting(p.typ)))
		return false
	}
	before := len(r.faults.list)
	t.operand = typ.read(r, given.Value, at.Then(given.Name))
	if HoldsSecret(t.operand) {
		r.fault(given.Value, at.Then(given.Name), "is a secret, and a policy holds none")
	}
	return len(r.faults.list) == before
}

// fitting are the operators for fields of a type.
func fitting(field Type) []string {
	fit := list.Only(operators, func(o operator) bool { return o.takes(field) != nil })
	return list.Each(fit, func(o operator) string { return o.name })
}

func commas(names []string) string { return strings.Join(names, ", ") }

// itemOf returns the type of what is judged by itself.
func itemOf(t Type) Type {
	switch t := t.(type) {
	case ListOf:
		return itemOf(t.Item)
	case SetOf:
		return itemOf(t.Item)
	case InText:
		return itemOf(t.Of)
	}
	return t
}

// single returns the type of a value that has no parts; nil = it has some, or is a
// secret. Of what nobody models any value may be given.
func single(t Type) Type {
	switch t := itemOf(t).(type) {
	case Boolean, Switch, Integer, Span, OneOf, Choice, String:
		return t
	case Open, Pairs:
		return Any{}
	case Column:
		return unlessSecret(t.Name)
	case Any:
		return unlessSecret(t.Name)
	}
	return nil
}

// unlessSecret is the type of what nobody models, unless its name is that of a secret.
func unlessSecret(name string) Type {
	if NamesSecret(name) {
		return nil
	}
	return Any{}
}

func scalarOrList(t Type) Type {
	one := single(t)
	switch t.(type) {
	case ListOf:
		if one != nil {
			return ListOf{one}
		}
	case SetOf:
		if one != nil {
			return SetOf{one}
		}
	}
	return one
}

func setOfItems(t Type) Type {
	if one := single(t); one != nil {
		return SetOf{one}
	}
	return nil
}

func amount(t Type) Type {
	switch t := single(t).(type) {
	case Integer:
		return Integer{Min: t.Min, Max: t.Max}
	case Span:
		return Span{Min: t.Min, Max: t.Max}
	case Any:
		return Integer{Min: math.MinInt64, Max: math.MaxInt64}
	}
	return nil
}

func hostsOf(t Type) Type {
	switch single(t).(type) {
	case String, Any:
		return SetOf{String{Pattern: hostForm, Form: "a host such as login.example.com or *.example.com"}}
	}
	return nil
}

var hostForm = pattern.Of(`^(\*\.)?[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)*(:[0-9]+)?$`)

func (t *Test) equals(v Value) bool { return agrees(v, t.operand) }

// agrees compares also a switch that a service spells differently, such as the text
// "true" in a field that nobody models.
func agrees(v, w Value) bool {
	if Same(v, w) {
		return true
	}
	if _, isSwitch := w.(Bool); !isSwitch {
		return false
	}
	was, ok := switched(v)
	is, _ := switched(w)
	return ok && was == is
}

func (t *Test) among(v Value) bool {
	return slices.ContainsFunc(itemsOf(t.operand), func(item Value) bool { return agrees(v, item) })
}

// amountOf is a value as a number. A value beside the range of its type is more than
// the largest, if the move there from the largest weakens: -1 for any number.
func (t *Test) amountOf(v Value) (float64, bool) {
	var n float64
	switch v := v.(type) {
	case Seconds:
		n = float64(v)
	case Number:
		parsed, err := strconv.ParseFloat(string(v), 64)
		if err != nil {
			return 0, false
		}
		n = parsed
	case Text:
		parsed, err := strconv.ParseFloat(string(v), 64)
		return parsed, err == nil
	default:
		return 0, false
	}
	if largest := largestOf(t.place.typ); largest != nil && t.weakens(largest, v) {
		return math.Inf(1), true
	}
	return n, true
}

func largestOf(t Type) Value {
	switch t := single(t).(type) {
	case Integer:
		return Number(strconv.FormatInt(t.Max, 10))
	case Span:
		return t.Max
	}
	return nil
}

// weakens reports whether a move of the field's value makes an environment less safe.
func (t *Test) weakens(before, after Value) bool {
	return t.place.weaker != nil && t.place.weaker.By(t.place.path, before, after)
}

func (t *Test) atMost(v Value) bool {
	is, okV := t.amountOf(v)
	most, okM := t.amountOf(t.operand)
	return okV && okM && is <= most
}

func (t *Test) atLeast(v Value) bool {
	is, okV := t.amountOf(v)
	least, okL := t.amountOf(t.operand)
	return okV && okL && is >= least
}

// defaultAtMost: the service's default is more than an amount if the move there weakens.
func (t *Test) defaultAtMost() bool { return !t.weakens(t.operand, Null{}) }

// atHost judges a URL by its host, and another text as a host.
func (t *Test) atHost(v Value) bool {
	text, ok := v.(Text)
	if !ok {
		return false
	}
	u, err := url.Parse(strings.TrimSpace(string(text)))
	if err != nil || u.Host == "" {
		u, err = url.Parse("//" + strings.TrimSpace(string(text)))
	}
	if err != nil || u.Host == "" || strings.ContainsAny(u.Host, `\`) {
		return false
	}
	return slices.ContainsFunc(itemsOf(t.operand), func(item Value) bool {
		allowed, _ := item.(Text)
		host := strings.TrimSuffix(strings.ToLower(u.Hostname()), ".")
		if strings.Contains(string(allowed), ":") {
			host += ":" + u.Port()
		}
		want := strings.ToLower(string(allowed))
		if below, any := strings.CutPrefix(want, "*"); any {
			return strings.HasSuffix(host, below) && len(host) > len(below)
		}
		return host == want
	})
}

func (t *Test) isSet(v Value) bool { return t.operand == Bool(true) }
func (t *Test) mayLack() bool      { return t.operand == Bool(false) }

// unsetEquals reports whether an unset switch acts as the value that is asked for:
// neither move between the two weakens.
func (t *Test) unsetEquals() bool {
	switch t.place.typ.(type) {
	case Boolean, Switch:
		return t.place.weaker != nil && !t.weakens(Null{}, t.operand) && !t.weakens(t.operand, Null{})
	}
	return false
}
