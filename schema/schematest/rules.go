package schematest

import (
	"slices"

	"pgregory.net/rapid"

	"authsync/schema"
)

// mend changes o until no rule of its type objects: it draws what a rule points
// at once more, in full, then takes fields out. Required fields and those of
// keep stay.
func (s Shape) mend(t *rapid.T, typ schema.Struct, o schema.Object, at schema.Path, keep []string) schema.Object {
	for _, name := range o.Names() {
		f := typ.Field(name)
		if f == nil {
			continue
		}
		switch inner := f.Type.(type) {
		case schema.Struct:
			if v, ok := o[name].(schema.Object); ok {
				o[name] = s.mend(t, inner, v, at.Then(name), nil)
			}
		case schema.ListOf:
			s.mendItems(t, inner.Item, o[name], at.Then(name))
		case schema.SetOf:
			s.mendItems(t, inner.Item, o[name], at.Then(name))
		}
	}
	redrawn := map[string]bool{}
	for range 100 {
		problem, wrong := firstWrong(typ, o)
		if !wrong {
			return o
		}
		victim := ""
		if len(problem.At) > 0 {
			victim = problem.At[0]
		}
		candidates := droppable(typ, o, keep)
		if f := typ.Field(victim); f != nil && !redrawn[victim] {
			redrawn[victim] = true
			o[victim] = s.full(t, *f, at)
			continue
		}
		if len(candidates) == 0 {
			again := rapid.SampledFrom(keep).Draw(t, at.String()+" is drawn again")
			o[again] = s.full(t, *typ.Field(again), at)
			continue
		}
		if !slices.Contains(candidates, victim) {
			victim = rapid.SampledFrom(candidates).Draw(t, at.String()+" is mended without")
		}
		delete(o, victim)
	}
	t.Fatalf("%s: cannot be made right", at)
	return nil
}

func (s Shape) mendItems(t *rapid.T, typ schema.Type, v schema.Value, at schema.Path) {
	inner, ok := typ.(schema.Struct)
	if !ok {
		return
	}
	var items []schema.Value
	switch v := v.(type) {
	case schema.List:
		items = v
	case schema.Set:
		items = v
	}
	for i, item := range items {
		if o, ok := item.(schema.Object); ok {
			items[i] = s.mend(t, inner, o, at, nil)
		}
	}
}

// full draws a field with all that it can hold.
func (s Shape) full(t *rapid.T, f schema.Field, at schema.Path) schema.Value {
	s.Whole = append(s.Whole[:len(s.Whole):len(s.Whole)], f.Name)
	v := s.value(t, f.Type, at.Then(f.Name))
	if inner, ok := f.Type.(schema.Struct); ok {
		return s.mend(t, inner, v.(schema.Object), at.Then(f.Name), nil)
	}
	return v
}

func droppable(typ schema.Struct, o schema.Object, keep []string) []string {
	var names []string
	for _, name := range o.Names() {
		if f := typ.Field(name); f != nil && f.Need == schema.Optional && !slices.Contains(keep, name) {
			names = append(names, name)
		}
	}
	return names
}

func firstWrong(typ schema.Struct, o schema.Object) (schema.Problem, bool) {
	for _, rule := range typ.Rules {
		for _, p := range rule.Check(o) {
			if p.Severity != schema.Doubtful {
				return p, true
			}
		}
	}
	return schema.Problem{}, false
}

// Objection is what the rules of a kind have against an object as a whole,
// the objects inside it included; "" = nothing. A service objects likewise.
func Objection(k *schema.Kind, o schema.Object) string { return objection(k.Type, o) }

func objection(typ schema.Struct, o schema.Object) string {
	if p, wrong := firstWrong(typ, o); wrong {
		return p.Text
	}
	for _, f := range typ.Fields {
		inner, isStruct := f.Type.(schema.Struct)
		v, isObject := o[f.Name].(schema.Object)
		if !isStruct || !isObject {
			continue
		}
		if text := objection(inner, v); text != "" {
			return f.Name + ": " + text
		}
	}
	return ""
}
