package main

import (
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"authsync/schema"
)

// published is the reference as it is read. With UPDATE=1 it is written anew.
const published = "../manifest.md"

func TestReferenceIsCurrent(t *testing.T) {
	text, err := reference()
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

// Every field of every kind and system stands in the reference, with its doc.
func TestReferenceHasEveryField(t *testing.T) {
	text, err := reference()
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
