package schema_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
	"gopkg.in/yaml.v3"
	"pgregory.net/rapid"

	"authsync/schema"
	"authsync/schema/quirk"
)

// drawnFindings draws what is known of services, some of it with how it was seen.
func drawnFindings(t *rapid.T) schema.Quirks {
	said := rapid.SampledFrom([]string{"", "one of two fields was written", "a: b # c", "2026-11-27T10:00:00Z", "第一次 \"x\"", "1.4"})
	known := schema.Quirks{}
	for _, q := range quirk.All() {
		if !rapid.Bool().Draw(t, string(q.Name)+" known") {
			continue
		}
		at := rapid.SampledFrom([]string{"sandbox", "https://a.example", "http://10.0.0.1:8080"}).Draw(t, string(q.Name)+" address")
		if known[q.System] == nil {
			known[q.System] = map[string]schema.Findings{}
		}
		if known[q.System][at] == nil {
			known[q.System][at] = schema.Findings{}
		}
		known[q.System][at][q.Name] = schema.Finding{
			Value: rapid.SampledFrom(q.Values()).Draw(t, string(q.Name)),
			Seen:  said.Draw(t, "seen"), At: said.Draw(t, "at"), Version: said.Draw(t, "version"),
		}
	}
	return known
}

// What is known is written and read again with how it was found out, and fits the
// published schema.
func TestFindingsAreKept(t *testing.T) {
	dir := t.TempDir()
	fits := quirksSchema(t)
	rapid.Check(t, func(t *rapid.T) {
		known := drawnFindings(t)
		text, err := known.Write()
		if err != nil {
			t.Fatal(err)
		}
		file := filepath.Join(dir, "quirks.yaml")
		if err := os.WriteFile(file, text, 0o644); err != nil {
			t.Fatal(err)
		}
		read, faults := schema.LoadQuirks(file)
		if err := faults.Err(); err != nil {
			t.Fatalf("%v\n%s", err, text)
		}
		if diff := cmp.Diff(known, read); diff != "" {
			t.Fatalf("(-written +read)\n%s", diff)
		}
		if why := fits(text); why != nil {
			t.Fatalf("%v\n%s", why, text)
		}
	})
}

// What the reader refuses, an editor marks.
func TestQuirksThatDoNotFit(t *testing.T) {
	fits := quirksSchema(t)
	const head = "apiVersion: authsync/v1\nkind: Quirks\nsystems:\n"
	for name, text := range map[string]string{
		"a misspelt quirk":       head + "  cloudbase: {sandbox: {provider-confg: merge}}\n",
		"a reading of another":   head + "  cloudbase: {sandbox: {provider-config: masked}}\n",
		"another system's quirk": head + "  devices: {sandbox: {provider-config: merge}}\n",
		"an unknown fact":        head + "  cloudbase: {sandbox: {provider-config: {value: merge, when: now}}}\n",
		"no value":               head + "  cloudbase: {sandbox: {provider-config: {seen: it}}}\n",
		"no address":             head + "  cloudbase: {tcb: {provider-config: merge}}\n",
		"no system":              head + "  clodbase: {}\n",
		"a manifest":             "apiVersion: authsync/v1\nkind: Environment\nname: a\n",
	} {
		t.Run(name, func(t *testing.T) {
			if fits([]byte(text)) == nil {
				t.Error("it fits the schema")
			}
			file := filepath.Join(t.TempDir(), "quirks.yaml")
			if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
				t.Fatal(err)
			}
			if _, faults := schema.LoadQuirks(file); faults.Err() == nil {
				t.Error("it is read")
			}
		})
	}
}

// quirksSchema returns what tells whether a text fits the schema of quirks.
func quirksSchema(t *testing.T) func(text []byte) error {
	t.Helper()
	text, err := schema.QuirksSchema()
	if err != nil {
		t.Fatal(err)
	}
	compiled, err := validatorOf(text)
	if err != nil {
		t.Fatal(err)
	}
	return func(text []byte) error {
		var v any
		if err := yaml.Unmarshal(text, &v); err != nil {
			return err
		}
		return compiled.Validate(v)
	}
}
