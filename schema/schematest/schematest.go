// Package schematest draws manifests and live objects for property tests.
//
// It walks the kinds' own data, so a new kind or field is drawn without new
// code here. What cannot be known from the data is a table: texts that pass a
// field's check (samples.go). A field whose check no sample passes stops the
// test that draws it, and says so.
//
// [Shape.Fields] draws what a manifest may say of an object, with every limit
// and rule kept. [Shape.Wire] draws the same as a service would send it. Both
// may hold fields that no kind models, from the names that the [Shape] allows.
package schematest

import (
	"slices"
	"strconv"
	"strings"

	"pgregory.net/rapid"

	"authsync/schema"
	"authsync/secrets"
)

// Shape says what generated fields look like. Its zero value draws modelled
// fields with a value, and secrets from environment variables.
type Shape struct {
	// Secret draws a secret for a place; nil draws !env values.
	Secret func(t *rapid.T, at schema.Path) secrets.Value
	// Clearing says whether null is drawn.
	Clearing Clearing
	// Top, Nested and Items are names that authsync does not model: of an
	// object, of the objects inside it, and of the objects in a list.
	Top, Nested, Items []string
	// Closed are fields whose object takes no names but its own.
	Closed []string
	// Whole are fields whose object is drawn with all that it can hold.
	Whole []string
}

// Clearing says whether fields that a service can unset are drawn as null.
type Clearing int

const (
	NoNull Clearing = iota
	SomeNull
)

// Fields draws what a manifest may say of one object of a kind. Need names
// top-level fields that it must say.
func (s Shape) Fields(t *rapid.T, k *schema.Kind, name string, need ...string) schema.Object {
	if k.Notation == schema.NamesOnly {
		return schema.Object{}
	}
	at := k.Path(name)
	o := s.object(t, k.Type, at, s.Top, need)
	o = s.mend(t, k.Type, o, at, need)
	if k.Named != nil {
		for _, p := range k.Named(name, o) {
			o = schema.Without(o, []schema.Path{p.At})
		}
	}
	return o
}

// object draws an object with known fields, from nearly empty to full.
func (s Shape) object(t *rapid.T, typ schema.Struct, at schema.Path, extra, need []string) schema.Object {
	likely := rapid.SampledFrom([]int{15, 50, 85, 100}).Draw(t, at.String()+" density")
	if slices.Contains(s.Whole, at[len(at)-1]) {
		likely = 100
	}
	o := schema.Object{}
	for _, f := range typ.Fields {
		path := at.Then(f.Name)
		if f.Need == schema.Optional && !slices.Contains(need, f.Name) && !chance(t, likely, path.String()+"?") {
			continue
		}
		if s.Clearing == SomeNull && likely < 100 && f.Clear == schema.Clears && chance(t, 10, path.String()+" null") {
			o[f.Name] = schema.Null{}
			continue
		}
		o[f.Name] = s.value(t, f.Type, path)
	}
	if typ.Others != nil {
		s.others(t, typ, extra, at, o)
		return o
	}
	if unmodelled := s.extra(t, extra, at); len(unmodelled) > 0 {
		o[schema.Extra] = unmodelled
	}
	return o
}

// others draws names that the type does not have and that it takes all the
// same, some of extra among them.
func (s Shape) others(t *rapid.T, typ schema.Struct, extra []string, at schema.Path, o schema.Object) {
	name := rapid.OneOf(
		rapid.StringMatching(`[A-Za-z][A-Za-z0-9_]{0,8}`),
		rapid.SampledFrom(append([]string{schema.Extra, schema.Rows, "config", "a.b"}, extra...)),
	).Filter(func(name string) bool {
		return name != rowKey && untold(name) && !slices.Contains(typ.Ignored, name) && typ.Field(name) == nil
	})
	for _, name := range rapid.SliceOfNDistinct(name, 0, 4, rapid.ID[string]).Draw(t, at.String()+" names") {
		if s.Clearing == SomeNull && chance(t, 10, at.Then(name).String()+" null") {
			o[name] = schema.Null{}
			continue
		}
		o[name] = s.value(t, typ.Others, at.Then(name))
	}
}

func (s Shape) extra(t *rapid.T, names []string, at schema.Path) schema.Object {
	o := schema.Object{}
	for _, name := range names {
		if chance(t, 30, at.String()+" "+name) {
			o[name] = unmodelled(t, at.Then(name), 2)
		}
	}
	return o
}

// flags are the values of a switch.
var flags = map[schema.States][]schema.Flag{
	schema.OnOff:         {schema.True, schema.False},
	schema.OrUnspecified: {schema.True, schema.False, schema.Unspecified},
}

// extraIn returns the unmodelled names of an object at a path.
func (s Shape) extraIn(at schema.Path) []string {
	switch {
	case slices.Contains(s.Closed, at[len(at)-1]):
		return nil
	case inList(at):
		return s.Items
	}
	return s.Nested
}

func (s Shape) value(t *rapid.T, typ schema.Type, at schema.Path) schema.Value {
	label := at.String()
	switch typ := typ.(type) {
	case schema.String:
		return schema.Text(text(t, typ, label))
	case schema.OneOf:
		return schema.Text(rapid.SampledFrom(typ).Draw(t, label))
	case schema.Choice:
		return schema.Text(rapid.SampledFrom(typ).Draw(t, label))
	case schema.Boolean:
		return schema.Bool(rapid.Bool().Draw(t, label))
	case schema.Switch:
		return rapid.SampledFrom(flags[typ.States]).Draw(t, label)
	case schema.Integer:
		return integer(t, typ, label)
	case schema.Span:
		return schema.Seconds(rapid.Int64Range(int64(typ.Min), int64(typ.Max)).Draw(t, label))
	case schema.Sealed:
		return schema.Secret{Value: s.secret(t, at)}
	case schema.ListOf:
		return schema.List(s.items(t, typ.Item, at))
	case schema.SetOf:
		return schema.Set(distinct(s.items(t, typ.Item, at)))
	case schema.Struct:
		return s.object(t, typ, at, s.extraIn(at), nil)
	case schema.Open:
		return open(t, at)
	case schema.InText:
		return s.value(t, typ.Of, at)
	case schema.Column:
		return s.column(t, at)
	case schema.Any:
		return unmodelled(t, at, 2)
	case schema.Pairs:
		return pairs(t, at)
	}
	t.Fatalf("%s: no generator for %T", at, typ)
	return nil
}

// column draws what a row may have in a column. A text that is JSON is the same
// as what it spells.
func (s Shape) column(t *rapid.T, at schema.Path) schema.Value {
	if chance(t, 15, at.String()+" secret") {
		return schema.Secret{Value: s.secret(t, at)}
	}
	v := unmodelled(t, at, 2)
	if text, ok := v.(schema.Text); ok && strings.ContainsAny(string(text[:1]), "[{") {
		if unpacked, err := schema.ParseJSON([]byte(text)); err == nil {
			return unpacked
		}
	}
	return v
}

func (s Shape) secret(t *rapid.T, at schema.Path) secrets.Value {
	if s.Secret != nil {
		return s.Secret(t, at)
	}
	return secrets.Env(rapid.StringMatching(`[A-Z_][A-Z0-9_]{0,20}`).Draw(t, at.String()))
}

func (s Shape) items(t *rapid.T, typ schema.Type, at schema.Path) []schema.Value {
	items := []schema.Value{}
	for i := range rapid.IntRange(0, 3).Draw(t, at.String()+" length") {
		items = append(items, s.value(t, typ, at.Then(strconv.Itoa(i))))
	}
	return items
}

func inList(at schema.Path) bool {
	_, err := strconv.Atoi(at[len(at)-1])
	return err == nil
}

func distinct(items []schema.Value) []schema.Value {
	kept := []schema.Value{}
	for _, item := range items {
		again := false
		for _, earlier := range kept {
			again = again || schema.Same(item, earlier)
		}
		if !again {
			kept = append(kept, item)
		}
	}
	return kept
}

func integer(t *rapid.T, typ schema.Integer, label string) schema.Number {
	choices := []*rapid.Generator[int64]{
		rapid.Int64Range(typ.Min, typ.Max),
		rapid.Just(typ.Min), rapid.Just(typ.Max),
	}
	if len(typ.Also) > 0 {
		choices = append(choices, rapid.SampledFrom(typ.Also))
	}
	return schema.Number(strconv.FormatInt(rapid.OneOf(choices...).Draw(t, label), 10))
}

// chance draws true so many times in a hundred.
func chance(t *rapid.T, percent int, label string) bool {
	return rapid.IntRange(0, 99).Draw(t, label) >= 100-percent
}
