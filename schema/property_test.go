package schema_test

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"authsync/diff"
	"authsync/schema"
	"authsync/schema/schematest"
	"authsync/secrets"
)

// armored draws sealed secrets whose text nobody opens, and !env ones.
func armored(env string) func(t *rapid.T, at schema.Path) secrets.Value {
	return func(t *rapid.T, at schema.Path) secrets.Value {
		if rapid.Bool().Draw(t, at.String()+" in a variable") {
			return secrets.Env(rapid.StringMatching(`[A-Za-z_][A-Za-z0-9_]{0,20}`).Draw(t, at.String()))
		}
		body := rapid.StringMatching(`([A-Za-z0-9+/]{64}\n){0,2}[A-Za-z0-9+/]{4,60}==`).Draw(t, at.String())
		return secrets.Sealed("-----BEGIN AGE ENCRYPTED FILE-----\n"+body+"\n-----END AGE ENCRYPTED FILE-----\n",
			secrets.Binding{Env: env, Path: at.String()})
	}
}

// everything is a shape with all that a manifest can hold.
var everything = schematest.Shape{
	Secret:   armored("any"),
	Clearing: schematest.SomeNull,
	Top:      []string{"XTop", "x.dotted", "<<", "null"},
	Nested:   []string{"XNested", "a b", "keep"},
	Items:    []string{"XItem"},
}

// put writes files into a directory of their own and returns their paths.
func put(t testing.TB, files map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	for name, text := range files {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// outline is what of an environment goes through a file.
type outline struct {
	Name       string
	Recipients []string
	Systems    map[string]schema.Object
	Objects    map[string]schema.Object
	Kept       map[string]schema.Keep
	Bindings   map[string]secrets.Binding
}

func outlined(e *schema.Environment) outline {
	o := outline{e.Name, e.Recipients, e.Systems, map[string]schema.Object{}, map[string]schema.Keep{}, map[string]secrets.Binding{}}
	for kind, c := range e.Collections {
		o.Objects[kind] = nil
		for _, d := range c.Objects {
			o.Objects[d.Key.String()], o.Kept[d.Key.String()] = d.Fields, d.Keep
			schema.Walk(d.Fields, func(at schema.Path, v schema.Value) {
				if s, ok := v.(schema.Secret); ok && s.Form() == secrets.SealedForm {
					o.Bindings[d.Key.String()+" "+at.String()] = secrets.Binding{Path: s.Binding().Path}
				}
			})
		}
	}
	return o
}

func TestWhatIsWrittenIsRead(t *testing.T) {
	file := filepath.Join(t.TempDir(), "env.yaml")
	rapid.Check(t, func(t *rapid.T) {
		want := everything.Environment(t)
		text, err := schema.Write(want, nil)
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, text, 0o600); err != nil {
			t.Fatal(err)
		}
		loaded := schema.Load([]string{file}, schema.SecretsSealed)
		if err := loaded.Faults.Err(); err != nil {
			t.Fatalf("%v\n%s", err, text)
		}
		if diff := cmp.Diff(outlined(want), outlined(loaded.Environments[0])); diff != "" {
			t.Fatalf("(-written +read)\n%s\n%s", diff, text)
		}
		again, err := schema.Write(loaded.Environments[0], nil)
		if err != nil || string(again) != string(text) {
			t.Fatalf("written again (%v): %s", err, cmp.Diff(string(text), string(again)))
		}
	})
}

func TestComparingWithItselfIsEmpty(t *testing.T) {
	shape := everything
	shape.Secret = schematest.PlainSecret
	shape.Clearing = schematest.NoNull
	rapid.Check(t, func(t *rapid.T) {
		k := schematest.Kind(t)
		desired := shape.Fields(t, k, "x")
		itself := settled(k, desired)
		live, err := k.FromWire(schematest.Unset(t, k, schematest.Clear(k.ToWire(itself)).(schema.Object)))
		if err != nil {
			t.Fatal(err)
		}
		for name, live := range map[string]schema.Object{"itself": itself, "as a service sends it": live} {
			result, err := diff.Compare(k, desired, live, &secrets.Keyring{}, nil)
			if err != nil || len(result.Fields) > 0 {
				t.Fatalf("%s: %v, %+v", name, err, result)
			}
			for _, u := range result.Unknown {
				if s, ok := live.At(u.Path...).(schema.Secret); !ok || s.Form() != secrets.HiddenForm {
					t.Fatalf("%s: %+v", name, u)
				}
			}
		}
	})
}

// settled is what a service has once it was given desired and had nothing.
func settled(k *schema.Kind, desired schema.Object) schema.Object {
	if k.Settle == nil {
		return desired
	}
	return k.Settle(desired, schema.Object{})
}

// How a service spells "unset" makes no difference, and reading what was
// written for it gives the same fields again.
func TestUnsetFormsAreOne(t *testing.T) {
	shape := everything
	rapid.Check(t, func(t *rapid.T) {
		k := schematest.Kind(t)
		wire := schematest.Shape{Top: shape.Top, Nested: shape.Nested, Items: shape.Items}.Wire(t, k, "x")
		want, err := k.FromWire(wire)
		if err != nil {
			t.Fatal(err)
		}
		got, err := k.FromWire(schematest.Unset(t, k, wire))
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Fatalf("(-absent +other forms)\n%s", diff)
		}
		if len(schema.Hidden(want)) > 0 {
			return // never written back
		}
		back, err := k.FromWire(schematest.Clear(k.ToWire(want)).(schema.Object))
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, back); diff != "" {
			t.Fatalf("written and read (-want +got)\n%s", diff)
		}
	})
}

func TestOverlayKeepsWhatIsNotTheManifests(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		k := schematest.Kind(t)
		names := schematest.Shape{Top: everything.Top, Nested: everything.Nested}
		live, err := k.FromWire(names.Wire(t, k, "x"))
		if err != nil {
			t.Fatal(err)
		}
		desired := everything.Fields(t, k, "x")
		before := fmt.Sprint(live, desired)
		merged := schema.Overlay(live, desired)
		if after := fmt.Sprint(live, desired); after != before {
			t.Fatal("the overlay changed what it was given")
		}
		schema.Walk(desired, func(at schema.Path, v schema.Value) {
			if !schema.Same(merged.At(at...), v) {
				t.Fatalf("%s of the manifest is lost", at)
			}
		})
		schema.Walk(live, func(at schema.Path, v schema.Value) {
			for n := range at {
				if above := desired.At(at[:n+1]...); above != nil {
					if _, inner := above.(schema.Object); !inner || n == len(at)-1 {
						return // the manifest's
					}
				}
			}
			if !schema.Same(merged.At(at...), v) {
				t.Fatalf("live %s is lost", at)
			}
		})
	})
}

func TestPathsAreReadAsWritten(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		path := schema.Path(rapid.SliceOfN(rapid.OneOf(schematest.Text(), rapid.String()), 1, 4).Draw(t, "path"))
		got, err := schema.ParsePath(path.String())
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(path, got); diff != "" {
			t.Fatalf("%s (-want +got)\n%s", path, diff)
		}
	})
}

func TestJSONIsReadAsWritten(t *testing.T) {
	shape := schematest.Shape{Top: everything.Top, Nested: everything.Nested, Items: everything.Items}
	rapid.Check(t, func(t *rapid.T) {
		k := schematest.Kind(t)
		want := shape.Wire(t, k, "x")
		text, err := schema.EncodeJSON(want, nil)
		if err != nil {
			t.Fatal(err)
		}
		got, err := schema.ParseJSON(text)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(schema.Value(want), got); diff != "" {
			t.Fatalf("(-want +got)\n%s", diff)
		}
	})
}

// Remarks never change what a manifest says, whatever is in them.
func TestRemarksAreComments(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		env := everything.Environment(t)
		plain, err := schema.Write(env, nil)
		if err != nil {
			t.Fatal(err)
		}
		var remarks []schema.Remark
		for kind, c := range env.Collections {
			k := schema.KindNamed(kind)
			for _, d := range c.Objects {
				remarks = append(remarks, schema.Remark{
					Path: k.Path(d.Key.Name).Then(rapid.SampledFrom([]string{"config", "keep", "name", "no such"}).Draw(t, "field")),
					Text: schematest.Text().Draw(t, "remark"),
				})
			}
		}
		remarked, err := schema.Write(env, remarks)
		if err != nil {
			t.Fatal(err)
		}
		want, got := schema.LoadText("any.yaml", plain, schema.SecretsSealed), schema.LoadText("any.yaml", remarked, schema.SecretsSealed)
		if err := got.Faults.Err(); err != nil {
			t.Fatalf("%v\n%s", err, remarked)
		}
		if diff := cmp.Diff(outlined(want.Environments[0]), outlined(got.Environments[0])); diff != "" {
			t.Fatalf("(-plain +remarked)\n%s\n%s", diff, remarked)
		}
	})
}
