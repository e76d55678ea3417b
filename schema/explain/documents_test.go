package explain

import (
	"testing"

	"authsync/schema"
)

// Every limit of every kind has a source, which the page describes; and it
// describes no other.
func TestEveryLimitHasASource(t *testing.T) {
	described, used := map[schema.Document]bool{}, map[schema.Document]bool{}
	for _, d := range schema.Documents {
		described[d.Name] = d.Text != ""
	}
	count := 0
	from := func(what string, d schema.Document) {
		used[d] = true
		if count++; !described[d] {
			t.Errorf("%s is from %q", what, d)
		}
	}
	for _, k := range schema.Kinds {
		from(k.Name, k.From)
		from(k.Name+"'s name", either(k.Key.From, k.From))
		for _, r := range k.Regional {
			from(k.Name+" "+r.At.String(), r.From)
		}
		if lacking := k.Update.Lacking; lacking.Doc != "" {
			from(k.Name+": "+lacking.Doc, either(lacking.From, k.From))
		}
		limitsIn(Documented(k.Type, k.From), k.Name, from)
	}
	for d := range described {
		if !used[d] {
			t.Errorf("nothing is from %q", d)
		}
	}
	if count < 80 {
		t.Errorf("only %d limits", count)
	}
}

func limitsIn(s schema.Struct, at string, from func(string, schema.Document)) {
	for _, rule := range s.Rules {
		from(at+": "+rule.Doc, rule.From)
	}
	for _, f := range s.Fields {
		if limited(f.Type) || f.Need != schema.Optional {
			from(at+"."+f.Name, f.From)
		}
		if inner := object(f.Type); inner != nil {
			limitsIn(*inner, at+"."+f.Name, from)
		}
	}
}
