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
// written anew.
const publishedSchema = "../../docs/plan.schema.json"

func planSchema(t *testing.T) []byte {
	t.Helper()
	text, err := planfile.Schema()
	if err != nil {
		t.Fatal(err)
	}
	return text
}

func TestPublishedPlanSchemaIsCurrent(t *testing.T) {
	text := planSchema(t)
	if os.Getenv("UPDATE") != "" {
		if err := os.WriteFile(publishedSchema, text, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	published, err := os.ReadFile(publishedSchema)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(published), string(text)); diff != "" {
		t.Errorf("make docs brings it up to date (-published +now)\n%s", diff)
	}
}

// The words that the schema lists are all that the code has.
func TestPlanSchemaHasEveryWord(t *testing.T) {
	v, err := schema.ParseJSON(planSchema(t))
	if err != nil {
		t.Fatal(err)
	}
	for name, path := range map[string][]string{
		"Op":       {"step", "operation", "enum"},
		"Phase":    {"step", "phase", "enum"},
		"Origin":   {"field", "origin", "enum"},
		"GateName": {"gate", "gate", "examples"},
		"NoteCode": {"note", "code", "examples"},
	} {
		var listed []string
		list, _ := v.(schema.Object).At("$defs", path[0], "properties", path[1], path[2]).(schema.List)
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

// Every name of the plan, and every word that it may hold, is in its docs.
func TestPlanDocsHaveEveryName(t *testing.T) {
	docs, err := os.ReadFile("../../docs/plan-format.md")
	if err != nil {
		t.Fatal(err)
	}
	v, err := schema.ParseJSON(planSchema(t))
	if err != nil {
		t.Fatal(err)
	}
	objects := map[string]schema.Object{"plan": v.(schema.Object)}
	for name, def := range v.(schema.Object)["$defs"].(schema.Object) {
		objects[name] = def.(schema.Object)
	}
	if len(objects) < 8 {
		t.Fatalf("the schema has only %d objects", len(objects))
	}
	for of, object := range objects {
		for name, property := range object["properties"].(schema.Object) {
			if !strings.Contains(string(docs), "`"+name+"`") && !strings.Contains(string(docs), "."+name+"`") && !strings.Contains(string(docs), `"`+name+`"`) {
				t.Errorf("%s.%s is not in the docs", of, name)
			}
			for _, list := range []string{"enum", "examples"} {
				words, _ := property.(schema.Object)[list].(schema.List)
				for _, word := range words {
					if !strings.Contains(string(docs), "`"+string(word.(schema.Text))+"`") {
						t.Errorf("%s.%s: %s is not in the docs", of, name, word)
					}
				}
			}
		}
	}
}
