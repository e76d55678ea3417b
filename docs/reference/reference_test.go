package main

import (
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"authsync/schema"
	"authsync/schema/quirk"
)

// The pages are as the data says. With UPDATE=1 they are written again.
func TestReferenceIsCurrent(t *testing.T) {
	for _, page := range []string{"manifest.md", "unknowns.md", "codes.md"} {
		t.Run(page, func(t *testing.T) { isCurrent(t, page) })
	}
}

func isCurrent(t *testing.T, page string) {
	published := "../" + page
	text, err := reference(page)
	if err != nil {
		t.Fatal(err)
	}
	if os.Getenv("UPDATE") != "" {
		if err := os.WriteFile(published, text, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	was, err := os.ReadFile(published)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(was), string(text)); diff != "" {
		t.Errorf("make docs brings it up to date (-published +now)\n%s", diff)
	}
}

// The example of what is known is one that authsync reads.
func TestQuirksExampleIsRight(t *testing.T) {
	known, faults := schema.LoadQuirks("quirks.yaml")
	if err := faults.Err(); err != nil {
		t.Fatal(err)
	}
	if !known.At("cloudbase", "https://tcb.tencentcloudapi.com", "").Set().Known(quirk.ProviderConfig, quirk.Merged) {
		t.Error(known)
	}
}

// Every field of every kind and system stands in the reference, with its doc.
func TestReferenceHasEveryField(t *testing.T) {
	text, err := reference("manifest.md")
	if err != nil {
		t.Fatal(err)
	}
	var has func(typ schema.Type, of string)
	has = func(typ schema.Type, of string) {
		inner, _ := object(typ)
		if inner == nil {
			return
		}
		for _, f := range inner.Fields {
			row := "| `" + f.Name + "` | "
			found := false
			for line := range strings.Lines(string(text)) {
				found = found || strings.HasPrefix(line, row) && strings.HasSuffix(line, "| "+cell(f.Doc)+" |\n")
			}
			if !found {
				t.Errorf("%s.%s is missing", of, f.Name)
			}
			has(f.Type, of+"."+f.Name)
		}
	}
	for _, s := range schema.Systems {
		has(s.Type, s.Name)
	}
	for _, k := range schema.Kinds {
		has(k.Type, k.Name)
		has(k.Group, k.Name)
		has(schema.Struct{Fields: k.Meta}, k.Name)
	}
}
