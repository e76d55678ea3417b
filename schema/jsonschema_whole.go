package schema

import "slices"

// What a manifest must have is asked of a whole one only: in a Base, and in an
// environment that extends one, what is not there may come from elsewhere. So
// these schemas stand apart, and the root puts them on top of the others. Nil
// is a schema that asks for nothing.

func (String) whole() *keywords  { return nil }
func (OneOf) whole() *keywords   { return nil }
func (Choice) whole() *keywords  { return nil }
func (Boolean) whole() *keywords { return nil }
func (Switch) whole() *keywords  { return nil }
func (Integer) whole() *keywords { return nil }
func (Span) whole() *keywords    { return nil }
func (Sealed) whole() *keywords  { return nil }
func (Open) whole() *keywords    { return nil }
func (Column) whole() *keywords  { return nil }
func (Any) whole() *keywords     { return nil }

func (t InText) whole() *keywords { return t.Of.whole() }
func (t ListOf) whole() *keywords { return wholeItems(t.Item) }
func (t SetOf) whole() *keywords  { return wholeItems(t.Item) }

func wholeItems(item Type) *keywords {
	if k := item.whole(); k != nil {
		return &keywords{Items: k}
	}
	return nil
}

func (s Struct) whole() *keywords {
	k := new(keywords)
	for _, f := range s.Fields {
		if f.Need != Optional {
			k.Required = append(k.Required, f.Name)
		}
		if inner := f.Type.whole(); inner != nil {
			*k.Properties.get(f.Name) = *inner
		}
	}
	for _, rule := range s.Rules {
		k.AllOf = append(k.AllOf, rule.demands()...)
	}
	if k.Required == nil && k.Properties == nil && k.AllOf == nil {
		return nil
	}
	return k
}

// demands are a rule's conditions: if this, then that.
func (r Rule) demands() []*keywords {
	var list []*keywords
	for _, c := range r.Conditions {
		when := &keywords{Required: []string{c.Field}}
		if c.In != nil {
			when.Properties.get(c.Field).Enum = spelled(c.In)
		}
		then := new(keywords)
		for _, demand := range c.Then {
			then.demand(demand)
		}
		list = append(list, &keywords{If: when, Then: then})
	}
	return list
}

// demand adds what a demand asks, at its path.
func (k *keywords) demand(d Demand) {
	name, below := d.At[0], d.At[1:]
	if d.Presence == MustHave {
		if !slices.Contains(k.Required, name) {
			k.Required = append(k.Required, name)
		}
	}
	field := k.Properties.get(name)
	if len(below) > 0 {
		d.At = below
		field.demand(d)
		return
	}
	switch {
	case d.Presence == MustLack:
		k.Properties[len(k.Properties)-1].schema = nothing
	case d.Presence == MustHave:
		field.Not = &keywords{Type: typeNames{"null"}}
	case d.Values != nil:
		field.Enum = spelled(d.Values)
	}
	if d.Pattern != nil {
		field.Pattern = ecma(d.Pattern)
	}
}
