package schema_test

import (
	"strings"
	"testing"

	"authsync/schema"
)

// An answer that is nothing but brackets is an error, not the end of the
// process.
func TestJSONIsNotNestedWithoutEnd(t *testing.T) {
	for _, open := range []string{"[", `{"a":`} {
		if _, err := schema.ParseJSON([]byte(strings.Repeat(open, 5_000_000))); err == nil || !strings.Contains(err.Error(), "levels deep") {
			t.Errorf("%s: %v", open, err)
		}
	}
	deep := strings.Repeat("[", 9_000) + strings.Repeat("]", 9_000)
	v, err := schema.ParseJSON([]byte(deep))
	if err != nil {
		t.Fatal(err)
	}
	if again, err := schema.EncodeJSON(v, nil); err != nil || string(again) != deep {
		t.Errorf("%d levels became %d bytes: %v", 9_000, len(again), err)
	}
}
