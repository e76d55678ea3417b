package schema_test

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"authsync/schema"
	"authsync/schema/schematest"
)

func TestExamplesFitTheSchema(t *testing.T) {
	for _, pattern := range []string{"../examples/envs/*.yaml", "../examples/sandbox/*.yaml"} {
		files, err := filepath.Glob(pattern)
		if err != nil {
			t.Fatal(err)
		}
		seen := 0
		for _, file := range files {
			text, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			if !isManifest.Match(text) {
				continue // a lock, a vault
			}
			seen++
			if why := objection(text); why != "" {
				t.Errorf("%s: %s", file, why)
			}
			line, _, _ := strings.Cut(string(text), "\n")
			named, ok := strings.CutPrefix(line, "# yaml-language-server: $schema=")
			if !ok || filepath.Join(filepath.Dir(file), named) != filepath.Clean(schemaFile) {
				t.Errorf("%s does not begin with the line that names its schema, but with %s", file, line)
			}
		}
		if seen < 3 {
			t.Errorf("%s: %d manifests", pattern, seen)
		}
	}
}

// So does the example of each kind.
func TestExamplesOfKindsFitTheSchema(t *testing.T) {
	for _, k := range schema.Kinds {
		if why := objection(schematest.ExampleOf(k)); why != "" {
			t.Errorf("%s: %s", k.Name, why)
		}
	}
}

// schemaFile is where the schema of manifests is published.
const schemaFile = "../docs/manifest.schema.json"

// With UPDATE=1 the files are written again.
func TestPublishedSchemasAreCurrent(t *testing.T) {
	for file, made := range map[string]func() ([]byte, error){
		schemaFile: schema.JSONSchema, "../docs/policy.schema.json": schema.PolicySchema, "../docs/quirks.schema.json": schema.QuirksSchema, "../docs/rollout.schema.json": schema.RolloutSchema,
	} {
		text, err := made()
		if err != nil {
			t.Fatal(err)
		}
		if os.Getenv("UPDATE") != "" {
			if err := os.WriteFile(file, text, 0o644); err != nil {
				t.Fatal(err)
			}
		}
		published, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(string(published), string(text)); diff != "" {
			t.Errorf("make docs brings %s up to date (-published +now)\n%s", file, diff)
		}
	}
}

// Every field that a manifest may set stands in the schema with its doc.
func TestSchemaHasEveryField(t *testing.T) {
	text, err := schema.JSONSchema()
	if err != nil {
		t.Fatal(err)
	}
	v, err := schema.ParseJSON(text)
	if err != nil {
		t.Fatal(err)
	}
	root := v.(schema.Object)
	for _, s := range schema.Systems {
		hasFields(t, s.Type, root, schema.Path{"properties", "systems", "properties", s.Name})
	}
	for _, k := range schema.Kinds {
		at := schema.Path{"properties", k.Collection}
		switch {
		case k.Notation == schema.NamesOnly:
			continue // nothing can be said of one
		case k.Arity == schema.Many:
			at = schema.Path{"$defs", k.Name}
		case k.Arity == schema.Groups:
			group := at.Then("additionalProperties")
			hasFields(t, k.Group, root, group)
			at = group.Then("properties").Then(schema.Rows).Then("additionalProperties")
		}
		hasFields(t, k.Type, root, at)
		hasFields(t, schema.Struct{Fields: k.Meta}, root, at)
	}
}

func hasFields(t *testing.T, typ schema.Type, root schema.Object, at schema.Path) {
	t.Helper()
	switch typ := typ.(type) {
	case schema.ListOf:
		hasFields(t, typ.Item, root, at.Then("items"))
	case schema.SetOf:
		hasFields(t, typ.Item, root, at.Then("items"))
	case schema.Struct:
		for _, f := range typ.Fields {
			path := at.Then("properties").Then(f.Name)
			switch doc := root.At(path...); {
			case f.Access == schema.ReadOnly && doc != nil:
				t.Errorf("%s is not the manifest's to set", path)
			case f.Access == schema.Settable && !strings.HasPrefix(string(root.At(path.Then("description")...).(schema.Text)), f.Doc):
				t.Errorf("%s lacks its doc", path)
			case f.Access == schema.Settable:
				hasFields(t, f.Type, root, path)
			}
		}
	}
}

// JSON Schema's spelling of a pattern means the same.
func TestPatternsMeanTheSame(t *testing.T) {
	for _, p := range schema.Patterns() {
		again := regexp.MustCompile(p.ECMA)
		rapid.Check(t, func(t *rapid.T) {
			text := rapid.OneOf(rapid.StringMatching(p.Go.String()), rapid.StringMatching(p.ECMA), rapid.StringMatching(`[ -~]{0,12}`)).Draw(t, "text")
			if strings.IndexFunc(text, func(r rune) bool { return r > '~' }) < 0 && p.Go.MatchString(text) != again.MatchString(text) {
				t.Fatal(fmt.Sprintf("%q: %s and %s", text, p.Go, p.ECMA))
			}
		})
	}
}
