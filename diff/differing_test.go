package diff

import (
	"sort"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"authsync/schema"
	"authsync/secrets"
)

// leaves are values of each type. Some of different spellings are equal.
var leaves = []schema.Value{
	schema.Null{}, schema.Bool(true), schema.Bool(false), schema.Number("1"), schema.Number("1.0"), schema.Number("2"), schema.Text(""), schema.Text("1"), schema.Text("a\nb"), schema.Text("a\r\nb"),
	schema.True, schema.False, schema.Seconds(1), schema.Seconds(2), schema.Secret{Value: secrets.Hidden("")}, schema.Secret{Value: secrets.Hidden("a***")}, schema.Secret{Value: secrets.Plain("a")},
	schema.Unmodelled{Value: schema.Number("1")}, schema.Unmodelled{Value: schema.Number("1e0")}, schema.Unmodelled{Value: schema.Text("a")}, schema.List{}, schema.Set{},
}

var drawnLeaf = rapid.SampledFrom(leaves)

// drawnObject draws an object of few names, so that two of them have much in common.
func drawnObject(t *rapid.T, depth int) schema.Object {
	o := schema.Object{}
	for _, name := range rapid.SliceOfDistinct(rapid.SampledFrom([]string{"a", "b", "c.d", ""}), rapid.ID).Draw(t, "names") {
		o[name] = drawnValue(t, depth)
	}
	return o
}

func drawnValue(t *rapid.T, depth int) schema.Value {
	switch sort := rapid.IntRange(0, 5).Draw(t, "sort"); {
	case sort < 2 && depth > 0:
		return drawnObject(t, depth-1)
	case sort == 2:
		return schema.List(rapid.SliceOfN(drawnLeaf, 0, 2).Draw(t, "list"))
	case sort == 3:
		return schema.Set(rapid.SliceOfN(drawnLeaf, 0, 2).Draw(t, "set"))
	}
	return drawnLeaf.Draw(t, "leaf")
}

// What go-cmp tells are the leaves at which two trees are not the same, each of them.
func TestDiffering(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		before, after := drawnObject(t, 3), drawnObject(t, 3)
		want := leavesApart(nil, before, after, nil)
		sort.SliceStable(want, func(i, j int) bool { return want[i].Path.String() < want[j].Path.String() })
		if diff := cmp.Diff(want, differing(before, after)); diff != "" {
			t.Fatalf("(-want +got)\n%s\n%v\n%v", diff, before, after)
		}
	})
}

func leavesApart(at schema.Path, before, after schema.Value, fields []Field) []Field {
	was, wasObject := before.(schema.Object)
	is, isObject := after.(schema.Object)
	switch {
	case schema.Same(before, after):
		return fields
	case !wasObject || !isObject:
		return append(fields, Field{Path: at, Before: before, After: after, Origin: OriginUnknown})
	}
	for name := range schema.Overlay(was, is) {
		fields = leavesApart(at.Then(name), was[name], is[name], fields)
	}
	return fields
}
