package schema_test

import (
	"testing"

	"pgregory.net/rapid"

	"authsync/schema"
	"authsync/schema/schematest"
)

// What is shown of a value without secrets is read back as the same value, of the
// type that stands at its place, at every path and with nothing to go by.
func TestDecodeIsTheReverseOfShow(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		k := schematest.Kind(t)
		shape := schematest.Shape{Top: []string{"XTop"}, Nested: []string{"XNested"}, Items: []string{"XItem"}}
		schema.Visit(shape.Fields(t, k, "one"), nil, func(at schema.Path, v schema.Value) bool {
			if schema.HoldsSecret(v) {
				return true
			}
			got, err := k.Decode(at, schema.Show(v))
			if err != nil || !schema.Same(got, v) {
				t.Fatalf("%s: %s is read as %T %s: %v", at, schema.Show(v), got, schema.Show(got), err)
			}
			return true
		})
	})
}
