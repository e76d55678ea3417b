package quirk_test

import (
	"regexp"
	"slices"
	"strings"
	"testing"

	"authsync/schema/quirk"
)

var word = regexp.MustCompile(`^[a-z][a-z-]*$`)

// Every row says all that a row says, and no two have one name.
func TestTable(t *testing.T) {
	seen := map[quirk.Name]bool{}
	for _, q := range quirk.All() {
		t.Run(string(q.Name), func(t *testing.T) {
			if seen[q.Name] || !word.MatchString(string(q.Name)) {
				t.Error("the name is no word, or that of another")
			}
			seen[q.Name] = true
			if len(q.Readings) < 2 {
				t.Error("what has one reading is known")
			}
			for i, r := range q.Readings {
				if !word.MatchString(string(r.Value)) || r.Wire == "" || slices.Contains(q.Values()[:i], r.Value) {
					t.Errorf("the reading %q is no word, means nothing, or is there twice", r.Value)
				}
			}
			for _, text := range []string{q.System, q.Question, q.Answer, q.How} {
				if text == "" || strings.HasSuffix(text, ".") {
					t.Errorf("%q is empty, or a sentence", text)
				}
			}
			if !slices.Contains([]quirk.Way{quirk.ByReading, quirk.ByScratch, quirk.Never}, q.Found) {
				t.Errorf("%q is no way to find out", q.Found)
			}
		})
	}
}

func TestSet(t *testing.T) {
	s := quirk.Set{quirk.ClientSecret: quirk.Masked}
	s.Add(quirk.Set{quirk.ProviderConfig: quirk.Merged})
	for _, row := range []struct {
		name          quirk.Name
		value         quirk.Value
		played, known bool
	}{
		{quirk.ClientSecret, quirk.Masked, true, true},
		{quirk.ClientSecret, quirk.Shown, false, false},
		{quirk.ProviderConfig, quirk.Merged, true, true},
		{quirk.EmailConfig, quirk.Replaced, true, false}, // as usual, and not known
		{quirk.EmailConfig, quirk.Merged, false, false},
	} {
		if s.Played(row.name, row.value) != row.played || s.Known(row.name, row.value) != row.known {
			t.Errorf("%s=%s: played %v, known %v", row.name, row.value, s.Played(row.name, row.value), s.Known(row.name, row.value))
		}
	}
}
