package schema

import (
	"reflect"
	"testing"
)

func TestLevels(t *testing.T) {
	kinds := func(after map[string][]string, names ...string) []*Kind {
		var list []*Kind
		for _, name := range names {
			list = append(list, &Kind{Name: name, Update: Update{After: after[name]}})
		}
		return list
	}
	for _, c := range []struct {
		name  string
		after map[string][]string
		want  [][]string // nil = an error
	}{
		{"nothing after anything", nil, [][]string{{"a", "b", "c"}}},
		{"a chain, against the order of the list", map[string][]string{"a": {"b"}, "b": {"c"}}, [][]string{{"c"}, {"b"}, {"a"}}},
		{"below the lowest", map[string][]string{"b": {"a"}, "c": {"a", "b"}}, [][]string{{"a"}, {"b"}, {"c"}}},
		{"two side by side", map[string][]string{"b": {"a"}, "c": {"a"}}, [][]string{{"a"}, {"b", "c"}}},
		{"a cycle", map[string][]string{"a": {"b"}, "b": {"a"}}, nil},
		{"itself", map[string][]string{"a": {"a"}}, nil},
		{"no such kind", map[string][]string{"a": {"z"}}, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			levels, err := Levels(kinds(c.after, "a", "b", "c"))
			if (err != nil) != (c.want == nil) {
				t.Fatalf("error %v, want one: %t", err, c.want == nil)
			}
			var got [][]string
			for _, level := range levels {
				got = append(got, kindNames(level))
			}
			if !reflect.DeepEqual(got, c.want) {
				t.Errorf("levels %v, want %v", got, c.want)
			}
		})
	}
}
