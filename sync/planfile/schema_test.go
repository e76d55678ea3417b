package planfile_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"authsync/schema"
	"authsync/sync/planfile"
)

// publishedSchema is where the schema of plans lies. With UPDATE=1 it is
// written again.
const publishedSchema = "../../docs/plan.schema.json"

// formats are those with a schema, each with where that lies and what describes
// it.
var formats = []struct {
	schema          func() ([]byte, error)
	published, docs string
}{
	{planfile.Schema, publishedSchema, "../../docs/plan-format.md"},
	{planfile.AppliedSchema, "../../docs/apply.schema.json", "../../docs/apply-format.md"},
}

func TestPublishedSchemasAreCurrent(t *testing.T) {
	for _, f := range formats {
		text, err := f.schema()
		if err != nil {
			t.Fatal(err)
		}
		if os.Getenv("UPDATE") != "" {
			if err := os.WriteFile(f.published, text, 0o644); err != nil {
				t.Fatal(err)
			}
		}
		published, err := os.ReadFile(f.published)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(string(published), string(text)); diff != "" {
			t.Errorf("make docs brings %s up to date (-published +now)\n%s", f.published, diff)
		}
	}
}

// The words that the schemas list are all that the code has.
func TestSchemasHaveEveryWord(t *testing.T) {
	for name, path := range map[string][]string{
		"Op":             {"step", "operation", "enum"},
		"Phase":          {"step", "phase", "enum"},
		"Origin":         {"field", "origin", "enum"},
		"GateName":       {"gate", "gate", "examples"},
		"NoteCode":       {"note", "code", "examples"},
		"Outcome":        {"left", "outcome", "enum"},
		"ReadBackStatus": {"readback", "standing", "enum"},
		"Ending":         {"appliedenv", "standing", "enum"},
	} {
		var listed []string
		var list schema.List
		for _, f := range formats {
			text, err := f.schema()
			if err != nil {
				t.Fatal(err)
			}
			v, err := schema.ParseJSON(text)
			if err != nil {
				t.Fatal(err)
			}
			if l, ok := v.(schema.Object).At("$defs", path[0], "properties", path[1], path[2]).(schema.List); ok {
				list = l
			}
		}
		for _, word := range list {
			listed = append(listed, string(word.(schema.Text)))
		}
		declared := constants(t, name)
		slices.Sort(listed)
		if len(declared) < 2 {
			t.Errorf("%s: constants %q", name, declared)
		}
		if diff := cmp.Diff(declared, listed); diff != "" {
			t.Errorf("%s (-declared +in the schema)\n%s", name, diff)
		}
	}
}

// constants are the texts of a type, here and in package diff, sorted.
func constants(t *testing.T, name string) []string {
	t.Helper()
	var files, found []string
	for _, dir := range []string{"..", "../../diff"} {
		in, err := filepath.Glob(filepath.Join(dir, "*.go"))
		if err != nil {
			t.Fatal(err)
		}
		files = append(files, in...)
	}
	for _, file := range files {
		parsed, err := parser.ParseFile(token.NewFileSet(), file, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(parsed, func(n ast.Node) bool {
			spec, ok := n.(*ast.ValueSpec)
			if !ok || len(spec.Values) != 1 {
				return true
			}
			of, _ := spec.Type.(*ast.Ident)
			text, _ := spec.Values[0].(*ast.BasicLit)
			if of != nil && of.Name == name && text != nil {
				word, err := strconv.Unquote(text.Value)
				if err != nil {
					t.Fatal(err)
				}
				found = append(found, word)
			}
			return true
		})
	}
	slices.Sort(found)
	return found
}

// Every name of a format, and every word that it may hold, is in its docs.
func TestDocsHaveEveryName(t *testing.T) {
	for _, f := range formats {
		docs, err := os.ReadFile(f.docs)
		if err != nil {
			t.Fatal(err)
		}
		text, err := f.schema()
		if err != nil {
			t.Fatal(err)
		}
		v, err := schema.ParseJSON(text)
		if err != nil {
			t.Fatal(err)
		}
		haveEveryName(t, string(docs), v.(schema.Object))
	}
}

func haveEveryName(t *testing.T, docs string, v schema.Object) {
	t.Helper()
	objects := map[string]schema.Object{"the whole": v}
	for name, def := range v["$defs"].(schema.Object) {
		objects[name] = def.(schema.Object)
	}
	if len(objects) < 6 {
		t.Fatalf("the schema has only %d objects", len(objects))
	}
	for of, object := range objects {
		for name, property := range object["properties"].(schema.Object) {
			if !strings.Contains(docs, "`"+name+"`") && !strings.Contains(docs, "."+name+"`") && !strings.Contains(docs, `"`+name+`"`) {
				t.Errorf("%s.%s is not in the docs", of, name)
			}
			for _, list := range []string{"enum", "examples"} {
				words, _ := property.(schema.Object)[list].(schema.List)
				for _, word := range words {
					if !strings.Contains(docs, "`"+string(word.(schema.Text))+"`") {
						t.Errorf("%s.%s: %s is not in the docs", of, name, word)
					}
				}
			}
		}
	}
}
