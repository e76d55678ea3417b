package rewrite_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"gopkg.in/yaml.v3"
	"pgregory.net/rapid"

	"authsync/schema/rewrite"
)

const otherText = "-----BEGIN AGE ENCRYPTED FILE-----\nYWdlLW90aGVy\nYWdl\n-----END AGE ENCRYPTED FILE-----\n"

// A file with sealed texts of every style gets all of them replaced at once, and
// nothing else; back again it is the file that it was.
func TestDocumentReplacesSealedTextsAlone(t *testing.T) {
	most := 0
	rapid.Check(t, func(t *rapid.T) {
		m := &messy{t: t}
		m.mapping(nil, "", 2)
		text := []byte(m.text.String())
		if m.pick("line ends", "\n", "\n", "\r\n") == "\r\n" {
			text = []byte(strings.ReplaceAll(string(text), "\n", "\r\n"))
		}
		for _, path := range m.paths {
			if rapid.Bool().Draw(t, "seal "+path.String()) {
				if out, err := rewrite.ReplaceScalar("f.yaml", text, path, sealedText); err == nil {
					text = out
				}
			}
		}
		d, err := rewrite.ReadDocument("f.yaml", text)
		if err != nil {
			t.Fatal(err)
		}
		most = max(most, len(d.Sealed))
		out, err := d.Replace(repeated(otherText, len(d.Sealed)))
		if err != nil {
			t.Fatalf("%v\n%s", err, text)
		}
		var before, after yaml.Node
		if err := yaml.Unmarshal(text, &before); err != nil {
			t.Fatal(err)
		}
		if err := yaml.Unmarshal(out, &after); err != nil {
			t.Fatalf("%v\n%s\n->\n%s", err, text, out)
		}
		want := values(before.Content[0], nil)
		for path, v := range want {
			want[path] = strings.ReplaceAll(v, strings.TrimSpace(sealedText), strings.TrimSpace(otherText))
		}
		if diff := cmp.Diff(want, values(after.Content[0], nil)); diff != "" {
			t.Fatalf("%s\n%s\n->\n%s", diff, text, out)
		}
		again, err := rewrite.ReadDocument("f.yaml", out)
		if err != nil {
			t.Fatal(err)
		}
		back, err := again.Replace(repeated(sealedText, len(d.Sealed)))
		if err != nil || string(back) != string(text) {
			t.Fatalf("not back again: %v\n%s\n->\n%s", err, text, back)
		}
		shown, err := d.Show(repeated("(sealed)", len(d.Sealed)))
		if err != nil || strings.Contains(string(shown), "BEGIN AGE") || strings.Count(string(shown), "(sealed)") != len(d.Sealed) {
			t.Fatalf("%v\n%s", err, shown)
		}
	})
	if most < 2 {
		t.Errorf("no file had more than %d sealed texts", most)
	}
}

func repeated(text string, n int) []string {
	list := make([]string, n)
	for i := range list {
		list[i] = text
	}
	return list
}

// A text is read where it stands, and where aliases and merges lead to it.
func TestDocumentPaths(t *testing.T) {
	sealed := rewrite.SealedScalar(sealedText)
	tests := []struct {
		name, text string
		want       [][]string
	}{
		{"one", "a: {b: " + sealed + "}\n", [][]string{{"a.b"}}},
		{"alias", "a: &x " + sealed + "\nb: {c: *x, d: [1, *x]}\n", [][]string{{"a", "b.c", "b.d.1"}}},
		{"alias of a mapping", "a: &x {s: " + sealed + "}\nb: *x\n", [][]string{{"a.s", "b.s"}}},
		{"merge", "a: &x {s: " + sealed + "}\nb: {<<: *x}\nc: {<<: [*x]}\n", [][]string{{"a.s", "b.s", "c.s"}}},
		{"inside a merge", "b: {<<: {s: " + sealed + "}}\n", [][]string{{"b.s"}}},
		{"two", "a: " + sealed + "\nb: " + sealed + "\n", [][]string{{"a"}, {"b"}}},
		{"inside its own anchor", "a: &x {s: " + sealed + ", t: *x}\n", [][]string{{"a.s", "a.t.s"}}},
		{"not sealed", "a: !age nonsense\nb: !env X\n", nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			d, err := rewrite.ReadDocument("f.yaml", []byte(tt.text))
			if err != nil {
				t.Fatal(err)
			}
			var got [][]string
			for _, s := range d.Sealed {
				var paths []string
				for _, path := range s.Paths {
					paths = append(paths, path.String())
				}
				got = append(got, paths)
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// A file of aliases upon aliases ends.
func TestDocumentOfManyAliases(t *testing.T) {
	text := "a0: &a0 {s: " + rewrite.SealedScalar(sealedText) + "}\n"
	for i := range 12 {
		text += fmt.Sprintf("a%d: &a%d [*a%d, *a%d, *a%d, *a%d]\n", i+1, i+1, i, i, i, i)
	}
	d, err := rewrite.ReadDocument("f.yaml", []byte(text))
	if err != nil || len(d.Sealed) != 1 {
		t.Fatalf("%v, %v", d, err)
	}
}
