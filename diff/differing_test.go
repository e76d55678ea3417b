package diff

import (
	"sort"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"authsync/schema"
	"authsync/secrets"
)

// reporter collects the leaves that differ by go-cmp, with their paths.
type reporter struct {
	path   cmp.Path
	fields []Field
}

func (r *reporter) PushStep(step cmp.PathStep) { r.path = append(r.path, step) }
func (r *reporter) PopStep()                   { r.path = r.path[:len(r.path)-1] }

func (r *reporter) Report(result cmp.Result) {
	if result.Equal() {
		return
	}
	var path schema.Path
	for _, step := range r.path {
		if index, ok := step.(cmp.MapIndex); ok {
			path = append(path, index.Key().String())
		}
	}
	field := Field{Path: path, Origin: OriginUnknown}
	before, after := r.path.Last().Values()
	if before.IsValid() {
		field.Before, _ = before.Interface().(schema.Value)
	}
	if after.IsValid() {
		field.After, _ = after.Interface().(schema.Value)
	}
	r.fields = append(r.fields, field)
}

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

// Go-cmp, which knows nothing but the Equal of the types, finds the same differences.
func TestDifferingAsGoCmp(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		before, after := drawnObject(t, 3), drawnObject(t, 3)
		r := new(reporter)
		cmp.Equal(before, after, cmp.Reporter(r))
		sort.SliceStable(r.fields, func(i, j int) bool { return r.fields[i].Path.String() < r.fields[j].Path.String() })
		got := differing(before, after)
		if diff := cmp.Diff(r.fields, got); diff != "" {
			t.Fatalf("(-go-cmp +differing)\n%s\n%v\n%v", diff, before, after)
		}
	})
}
