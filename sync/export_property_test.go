package sync_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"filippo.io/age"
	"pgregory.net/rapid"

	"authsync/remote/sandbox"
	"authsync/remote/transport"
	"authsync/schema"
	"authsync/schema/quirk"
	"authsync/schema/schematest"
	"authsync/secrets"
	"authsync/sync"
)

// An export of any live state is a manifest that changes nothing, and holds no
// secret in clear.
func TestExportPlansNothing(t *testing.T) {
	for _, name := range []string{"replace", "replace hidden"} {
		options := manners[name]
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, transport.Options{})
			file := filepath.Join(t.TempDir(), "test.yaml")
			sealed := 0
			rapid.Check(t, func(t *rapid.T) {
				w.fresh(options)
				sealed += exportPlansNothing(t, w, file)
			})
			if hides := options.Quirks.Played(quirk.ClientSecret, quirk.Masked); (sealed == 0) != hides {
				t.Errorf("%d secrets were sealed", sealed)
			}
		})
	}
}

// So it is however what is not known of the services is.
func TestExportPlansNothingUnderAnyReading(t *testing.T) {
	t.Parallel()
	w := newWorld(t, transport.Options{})
	file := filepath.Join(t.TempDir(), "test.yaml")
	rapid.Check(t, func(t *rapid.T) {
		w.fresh(sandbox.Options{Quirks: schematest.Quirks(t, schema.CloudBase)})
		exportPlansNothing(t, w, file)
	})
}

// exportPlansNothing exports what a drawn world has, plans what came of it, and
// counts the secrets that were sealed.
func exportPlansNothing(t *rapid.T, w *world, file string) (sealed int) {
	w.live(t, []string{"XItem"})
	env := environment()
	for _, k := range schema.Kinds {
		c := &schema.Collection{Kind: k}
		for _, alias := range k.Key.Aliases {
			c.Objects = append(c.Objects, &schema.Declared{Key: schema.Key{Kind: k.Name, Name: alias}})
		}
		env.Collections[k.Name] = c
	}
	site := w.site(t, env)
	read := sync.Read(t.Context(), site, sync.Options{})
	exported, remarks, err := sync.Export(site, read, func(v secrets.Value, at schema.Path) (secrets.Value, error) {
		sealed++
		clear, err := w.keys.Open(v)
		if err != nil {
			return secrets.Value{}, err
		}
		return secrets.Seal(clear, secrets.Binding{Env: "test", Path: at.String()}, []age.Recipient{schematest.Identity().Recipient()})
	})
	if err != nil {
		t.Fatal(err)
	}
	text, err := schema.Write(exported, remarks)
	if err != nil {
		t.Fatal(err)
	}
	if strings.Contains(string(text), "clear-") || strings.Contains(string(text), "(carried)") {
		t.Fatalf("a secret in clear, or a word that stands for a value:\n%s", text)
	}
	if err := os.WriteFile(file, text, 0o600); err != nil {
		t.Fatal(err)
	}
	loaded := schema.Load([]string{file}, schema.SecretsSealed)
	if err := loaded.Faults.Err(); err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
	again := w.site(t, loaded.Environments[0])
	plan := sync.Build(again, sync.Read(t.Context(), again, sync.Options{}), sync.Options{})
	if !plan.Empty() || len(plan.Steps) > 0 {
		t.Fatalf("%+v %+v %v\n%s", plan.Changes, plan.Refusals, plan.Errors, text)
	}
	if len(w.writes(t)) > 0 {
		t.Fatal("the export wrote to the service")
	}
	return sealed
}
