package diff_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"authsync/schema"
	"authsync/schema/schematest"
)

// What is the same by the types is what go-cmp finds equal, which knows nothing but their
// Equal.
func TestSameIsWhatIsEqual(t *testing.T) {
	shape := schematest.Shape{Secret: schematest.PlainSecret, Clearing: schematest.SomeNull, Top: []string{"XTop"}, Nested: []string{"xNested"}, Items: []string{"xItem"}}
	rapid.Check(t, func(t *rapid.T) {
		k := schematest.Kind(t)
		fields := schema.Canonical(shape.Fields(t, k, "name"))
		if again := fields.Clone(); !schema.Same(fields, again) || !cmp.Equal(fields, again) {
			t.Fatalf("%v is not the same as its copy", fields)
		}
		schema.Visit(fields, nil, func(at schema.Path, v schema.Value) bool {
			for _, other := range []schema.Value{schema.Null{}, schema.Text(""), schema.Text("other"), schema.Bool(true), schema.True, schema.Seconds(60), schema.Number("1"), schema.Number("1.0"), schema.Object{}, schema.List{}, schema.Object{"a": schema.Null{}}} {
				if len(at) == 0 {
					continue
				}
				changed := fields.Clone()
				changed.SetAt(at, other)
				if got, want := schema.Same(fields, changed), cmp.Equal(fields, changed); got != want {
					t.Fatalf("%s: %v and %v: the same: %v, equal: %v", at, v, other, got, want)
				}
			}
			return true
		})
	})
}
