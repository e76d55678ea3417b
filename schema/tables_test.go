package schema_test

import (
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"strings"
	"testing"

	"authsync/schema"
	"authsync/schema/schematest"
	"authsync/secrets"
)

// What go-cmp walks has no unexported field, and what it cannot look into has
// an Equal method.
func TestValuesAreComparable(t *testing.T) {
	for _, v := range []schema.Value{
		schema.Null{}, schema.Bool(true), schema.Number("1"), schema.Text("a"), schema.True, schema.Seconds(1),
		schema.List{}, schema.Set{}, schema.Object{}, schema.Secret{Value: secrets.Plain("x")}, schema.Unmodelled{},
	} {
		typ := reflect.TypeOf(v)
		if typ.Kind() == reflect.Struct {
			for i := range typ.NumField() {
				if f := typ.Field(i); !f.IsExported() {
					t.Errorf("%s.%s is not exported", typ, f.Name)
				}
			}
		}
		if !schema.Same(v, v) {
			t.Errorf("%s is not the same as itself", typ)
		}
	}
}

// A kind that a file of this package declares is in the list of kinds.
func TestEveryKindIsListed(t *testing.T) {
	files, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	declared := regexp.MustCompile(`(?m)^var \w+ = Kind\{\s+Name: "(\w+)"`)
	count := 0
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range declared.FindAllStringSubmatch(string(text), -1) {
			count++
			if schema.KindNamed(m[1]) == nil {
				t.Errorf("%s declares %s, which is not in Kinds, schema/kind.go", file, m[1])
			}
		}
	}
	if count != len(schema.Kinds) {
		t.Errorf("%d declarations were found of %d kinds", count, len(schema.Kinds))
	}
}

func TestEveryFieldIsDocumented(t *testing.T) {
	for _, s := range schema.Systems {
		documented(t, s.Type, "systems."+s.Name)
	}
	for _, k := range schema.Kinds {
		if k.Doc == "" || k.Collection == "" || k.System == "" || k.Arity == schema.Many && (k.Key.Pattern == nil || k.Key.Form == "") {
			t.Errorf("%s is not described", k.Name)
		}
		exemplary(t, k)
		documented(t, k.Type, k.Name)
		documented(t, k.Group, k.Name+" group")
		named(t, k)
	}
}

// exemplary checks that a kind's example shows it, and that there is nothing to
// say against it.
func exemplary(t *testing.T, k *schema.Kind) {
	t.Helper()
	loaded := schema.LoadText("example.yaml", schematest.ExampleOf(k), schema.SecretsSealed)
	for _, f := range append(loaded.Faults.Wrong(), loaded.Faults.Doubts()...) {
		t.Errorf("the example of %s: %s", k.Name, f)
	}
	for _, e := range loaded.Environments {
		if c := e.Collections[k.Name]; c == nil || len(c.Objects) == 0 {
			t.Errorf("%s has no Example that shows one", k.Name)
		}
	}
}

func documented(t *testing.T, typ schema.Type, at string) {
	t.Helper()
	switch typ := typ.(type) {
	case schema.Struct:
		seen := map[string]bool{}
		for _, f := range typ.Fields {
			path := at + "." + f.Name
			if !strings.HasSuffix(f.Doc, ".") {
				t.Errorf("%s: its doc is not a sentence: %q", path, f.Doc)
			}
			if seen[f.Name] || seen[typ.WireName(f.Name)] && f.Name != typ.WireName(f.Name) || f.Name == schema.Extra {
				t.Errorf("%s is there twice", path)
			}
			seen[f.Name], seen[typ.WireName(f.Name)] = true, true
			documented(t, f.Type, path)
		}
	case schema.ListOf:
		documented(t, typ.Item, at)
	case schema.SetOf:
		documented(t, typ.Item, at)
	case schema.InText:
		documented(t, typ.Of, at)
	case schema.String:
		if (typ.Pattern == nil) != (typ.Form == "") {
			t.Errorf("%s: a pattern and its words go together", at)
		}
	case schema.Sealed, schema.OneOf, schema.Choice, schema.Boolean, schema.Integer, schema.Switch, schema.Span, schema.Open, schema.Any, schema.Pairs:
	default:
		t.Errorf("%s: this test does not know %T", at, typ)
	}
}

// named checks that an update rule names fields that there are.
func named(t *testing.T, k *schema.Kind) {
	t.Helper()
	for what, list := range map[string][]string{
		"Always": k.Update.Always, "OnCreate": k.Update.OnCreate, "AfterCreate": k.Update.AfterCreate, "Ways": k.Update.Ways,
	} {
		for _, name := range list {
			if k.Type.Field(name) == nil {
				t.Errorf("%s: %s names %s, which is no field", k.Name, what, name)
			}
		}
	}
	if k.Label != "" && k.Type.Field(k.Label) == nil {
		t.Errorf("%s: Label names %s, which is no field", k.Name, k.Label)
	}
	for _, use := range k.UsedBy {
		if user := schema.KindNamed(use.Kind); user == nil || user.Type.Field(use.Field[0]) == nil {
			t.Errorf("%s: UsedBy names %s.%s, which is no field", k.Name, use.Kind, use.Field)
		}
	}
	for name := range k.Stopped {
		if k.Type.Field(name) == nil {
			t.Errorf("%s: Stopped names %s, which is no field", k.Name, name)
		}
	}
	derived := k.Update.Derived.Fields
	if k.Update.Derived.From != nil {
		derived = append([]schema.Path{k.Update.Derived.From}, derived...)
	}
	for _, path := range derived {
		var typ schema.Type = k.Type
		for _, name := range path {
			s, _ := typ.(schema.Struct)
			f := s.Field(name)
			if f == nil {
				t.Fatalf("%s: Derived names %s, which is no field", k.Name, path)
			}
			typ = f.Type
		}
	}
	for _, name := range append(append([]string(nil), k.Update.ByUpdate...), k.Key.Aliases...) {
		if !k.Key.Pattern.MatchString(name) {
			t.Errorf("%s: no object can be called %s", k.Name, name)
		}
	}
}

// A misspelt name of what speaks to authsync is told its right one, in every kind
// where an unknown name is an error.
func TestMisspeltMetaIsTold(t *testing.T) {
	for _, k := range schema.Kinds {
		if k.Type.Others != nil || k.Arity == schema.Groups || k.Notation == schema.NamesOnly {
			continue
		}
		for _, f := range k.MetaFields() {
			name := "a1"
			text := "{" + f.Name + "x: 1}"
			for i := len(k.Path(name)) - 1; i > 0; i-- {
				text = "{" + k.Path(name)[i] + ": " + text + "}"
			}
			faults := schema.LoadText("m.yaml", []byte("apiVersion: authsync/v1\nkind: Base\n"+k.Collection+": "+text+"\n"), schema.SecretsSealed).Faults.Err()
			if faults == nil || !strings.Contains(faults.Error(), "did you mean "+f.Name+"?") {
				t.Errorf("%s: %sx: %v", k.Name, f.Name, faults)
			}
		}
	}
}
