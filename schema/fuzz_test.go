package schema_test

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"authsync/schema"
	"authsync/schema/schematest"
)

// Any bytes are a manifest or a list of faults with positions; a manifest that
// is written is read as it was.
func FuzzLoad(f *testing.F) {
	for _, text := range schematest.Examples(f, "..") {
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

func FuzzParseJSON(f *testing.F) {
	for _, text := range []string{
		`{"Response":{"Data":[{"Id":"a","Config":null}],"Total":1e0}}`, `"\ud800"`, `-0`, `1E+400`, `[[],{}]`, `{"a":1,"a":2}`, "\"\u2028<&>\"", `0.10`, ` 1 `, `1 2`, `01`, `1234567890123456`, "\"a\tb\"", "\"\xff\"", `"`, `""`, `"a"b"`, `null`, `true`, `{"":""}`,
	} {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		v, err := schema.ParseJSON(text)
		if err != nil {
			return
		}
		if spaced, err := schema.ParseJSON(append([]byte(" "), text...)); err != nil || !schema.Same(v, spaced) {
			t.Fatalf("%s is another value behind a blank (%v)", text, err)
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
