package schema_test

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"authsync/schema"
)

// examples are the manifests that the repository shows its users.
func examples(t testing.TB) map[string]string {
	t.Helper()
	paths, err := filepath.Glob("../examples/*/*.yaml")
	if err != nil || len(paths) == 0 {
		t.Fatalf("no examples: %v", err)
	}
	texts := map[string]string{}
	for _, path := range paths {
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		texts[path] = string(text)
	}
	return texts
}

// Any bytes are a manifest or a list of faults with positions; a manifest that
// is written is read as it was.
func FuzzLoad(f *testing.F) {
	for _, text := range examples(f) {
		f.Add([]byte(text))
	}
	f.Add([]byte("apiVersion: authsync/v1\nkind: Base\nlogin: &l {extra: {<<: *l}}\n"))
	f.Add([]byte("apiVersion: authsync/v1\nkind: Environment\nname: a\nextends: [env.yaml]\nsystems: {cloudbase: {envId: aa}}\nproviders: {<<: [{}, ~]}\n"))
	f.Add([]byte("apiVersion: authsync/v1\nkind: Environment\nname: a\nsystems: {cloudbase: {envId: aa}}\nlogin: {extra: {a: [1e5, 0x1, .5, \"\\u0000\", 2026-01-02]}}\n"))
	f.Fuzz(func(t *testing.T, text []byte) {
		if bytes.Contains(text, []byte("..")) && bytes.Contains(text, []byte("extends")) {
			t.Skip("may read any file of this machine")
		}
		file := filepath.Join(t.TempDir(), "env.yaml")
		load := func(text []byte) *schema.Loaded {
			if err := os.WriteFile(file, text, 0o600); err != nil {
				t.Fatal(err)
			}
			return schema.Load([]string{file}, schema.SecretsSealed)
		}
		loaded := load(text)
		for _, fault := range append(loaded.Faults.Wrong(), loaded.Faults.Doubts()...) {
			if fault.Pos.File == "" || fault.Pos.Line < 1 || fault.Pos.Column < 1 || fault.Text == "" {
				t.Errorf("a fault without a place: %v", fault)
			}
		}
		if loaded.Faults.Err() != nil || len(loaded.Environments) == 0 {
			return
		}
		want := loaded.Environments[0]
		written, err := schema.Write(want, nil)
		if err != nil {
			t.Fatal(err)
		}
		again := load(written)
		if err := again.Faults.Err(); err != nil {
			t.Fatalf("%v\n%s", err, written)
		}
		if diff := cmp.Diff(outlined(want), outlined(again.Environments[0])); diff != "" {
			t.Fatalf("(-read +written and read)\n%s\n%s", diff, written)
		}
		if twice, err := schema.Write(again.Environments[0], nil); err != nil || !bytes.Equal(written, twice) {
			t.Fatalf("written twice (%v): %s", err, cmp.Diff(string(written), string(twice)))
		}
	})
}

func FuzzReplaceScalar(f *testing.F) {
	for _, text := range examples(f) {
		f.Add([]byte(text), "providers.github.config.clientSecret")
	}
	f.Add([]byte("a: [x, {b: 'c # d'}] # e\n"), "a.1.b")
	f.Add([]byte("a: &x |2-\n    b\n# c\n"), "a")
	f.Add([]byte("\ufeffa:\r\n  b: c\td\t# e\r\n"), "a.b")
	f.Fuzz(func(t *testing.T, text []byte, at string) {
		path, err := schema.ParsePath(at)
		if err != nil {
			return
		}
		out, err := schema.ReplaceScalar("f.yaml", text, path, sealedText)
		if err != nil {
			return
		}
		if !bytes.Contains(out, []byte("!age")) {
			t.Fatalf("%s was not sealed:\n%s\n->\n%s", at, text, out)
		}
		again, err := schema.ReplaceScalar("f.yaml", out, path, sealedText)
		if err != nil {
			t.Fatalf("sealed once and not twice: %v\n%s\n->\n%s", err, text, out)
		}
		if !bytes.Equal(out, again) {
			t.Fatalf("sealing again the same changes more: %s", cmp.Diff(string(out), string(again)))
		}
	})
}

func FuzzParseJSON(f *testing.F) {
	for _, text := range []string{
		`{"Response":{"Data":[{"Id":"a","Config":null}],"Total":1e0}}`, `"\ud800"`, `-0`, `1E+400`, `[[],{}]`, `{"a":1,"a":2}`, "\"\u2028<&>\"", `0.10`, ` 1 `, `1 2`, `{"":""}`,
	} {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		v, err := schema.ParseJSON(text)
		if err != nil {
			return
		}
		encoded, err := schema.EncodeJSON(v, nil)
		if err != nil {
			t.Fatal(err)
		}
		again, err := schema.ParseJSON(encoded)
		if err != nil {
			t.Fatalf("%v: %s", err, encoded)
		}
		if !schema.Same(v, again) {
			t.Fatalf("%s became %s", text, encoded)
		}
		if twice, err := schema.EncodeJSON(again, nil); err != nil || !bytes.Equal(encoded, twice) {
			t.Fatalf("%s became %s (%v)", encoded, twice, err)
		}
	})
}
