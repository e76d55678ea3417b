package rewrite_test

import (
	"bytes"
	"testing"

	"github.com/google/go-cmp/cmp"

	"authsync/schema"
	"authsync/schema/rewrite"
	"authsync/schema/schematest"
)

func FuzzReplaceScalar(f *testing.F) {
	for _, text := range schematest.Examples(f, "../..") {
		f.Add([]byte(text), "providers.github.config.clientSecret")
	}
	f.Add([]byte("a: [x, {b: 'c # d'}] # e\n"), "a.1.b")
	f.Add([]byte("a: &x |2-\n    b\n# c\n"), "a")
	f.Add([]byte("\ufeffa:\r\n  b: c\td\t# e\r\n"), "a.b")
	f.Add([]byte("e: 0\n #"), "e")
	f.Fuzz(func(t *testing.T, text []byte, at string) {
		path, err := schema.ParsePath(at)
		if err != nil {
			return
		}
		out, err := rewrite.ReplaceScalar("f.yaml", text, path, sealedText)
		if err != nil {
			return
		}
		if !bytes.Contains(out, []byte("!age")) {
			t.Fatalf("%s was not sealed:\n%s\n->\n%s", at, text, out)
		}
		again, err := rewrite.ReplaceScalar("f.yaml", out, path, sealedText)
		if err != nil {
			t.Fatalf("sealed once and not twice: %v\n%s\n->\n%s", err, text, out)
		}
		if !bytes.Equal(out, again) {
			t.Fatalf("sealing again the same changes more: %s", cmp.Diff(string(out), string(again)))
		}
	})
}
