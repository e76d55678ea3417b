package diff_test

import (
	"fmt"
	"slices"
	"testing"

	"authsync/diff"
	"authsync/schema"
	"authsync/secrets"
)

func paths(fields []diff.Field) []string {
	var all []string
	for _, f := range fields {
		all = append(all, f.Path.String())
	}
	return all
}

// What moved between two readings: what is empty is as if it were not there, and what
// one of them hides has not moved.
func TestMoves(t *testing.T) {
	text, hidden, masked := schema.Text("a"), schema.Secret{Value: secrets.Hidden("")}, schema.Secret{Value: secrets.Hidden("a***")}
	in := func(v schema.Value) schema.Object { return schema.Object{"o": schema.Object{"f": v}} }
	for _, row := range []struct {
		was, is schema.Object
		want    []string
	}{
		{schema.Object{}, schema.Object{}, nil},
		{schema.Object{"f": text}, schema.Object{"f": text}, nil},
		{schema.Object{"f": text}, schema.Object{"f": schema.Text("b")}, []string{"f"}},
		{schema.Object{"f": text}, schema.Object{}, []string{"f"}},
		{schema.Object{}, schema.Object{"f": text}, []string{"f"}},
		{schema.Object{"f": schema.Text("")}, schema.Object{}, nil},
		{schema.Object{"f": schema.Null{}}, schema.Object{"f": schema.List{}}, nil},
		{in(schema.Text("")), schema.Object{}, nil},
		{schema.Object{}, in(schema.Null{}), nil},
		{in(text), schema.Object{}, []string{"o"}},
		{in(text), in(schema.Text("b")), []string{"o.f"}},

		{schema.Object{"f": hidden}, schema.Object{"f": text}, nil},
		{schema.Object{"f": text}, schema.Object{"f": hidden}, nil},
		{schema.Object{"f": hidden}, schema.Object{"f": hidden}, nil},
		{schema.Object{"f": hidden}, schema.Object{}, []string{"f"}},
		{schema.Object{}, schema.Object{"f": hidden}, []string{"f"}},
		{schema.Object{"o": hidden}, in(text), nil},
		{in(text), schema.Object{"o": hidden}, nil},
		{schema.Object{"f": masked}, schema.Object{"f": text}, []string{"f"}}, // which says something
		{schema.Object{"f": masked}, schema.Object{"f": masked}, nil},

		{schema.Object{"z": text, "a": text, "m": text, "b": text}, schema.Object{}, []string{"a", "b", "m", "z"}},
	} {
		t.Run(fmt.Sprintf("%v, %v", row.was, row.is), func(t *testing.T) {
			if got := paths(diff.Moves(row.was, row.is)); !slices.Equal(got, row.want) {
				t.Errorf("%v moved, want %v", got, row.want)
			}
		})
	}
}

// Differences are told in the order of their paths, with both values.
func TestDifferencesAreSorted(t *testing.T) {
	wanted, live := schema.Object{}, schema.Object{}
	var want []string
	for i := range 20 {
		name := fmt.Sprintf("f%02d", i)
		wanted[name], live[name] = schema.Text("a"), schema.Text("b")
		want = append(want, "config."+name)
	}
	result, err := diff.Compare(&schema.Connector, schema.Object{"config": wanted}, schema.Object{"config": live}, new(secrets.Keyring), nil)
	if got := paths(result.Fields); err != nil || !slices.Equal(got, want) {
		t.Errorf("%v, %v", got, err)
	}
	for _, f := range result.Fields {
		if !schema.Same(f.Before, schema.Text("b")) || !schema.Same(f.After, schema.Text("a")) || f.Origin != diff.OriginUnknown {
			t.Errorf("%+v", f)
		}
	}
	moved := diff.Moves(live, wanted)
	if len(moved) != 20 || !schema.Same(moved[0].Before, schema.Text("b")) || !schema.Same(moved[0].After, schema.Text("a")) {
		t.Errorf("%+v", moved)
	}
}
