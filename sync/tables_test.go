package sync_test

import (
	"testing"

	"authsync/remote/sandbox"
	"authsync/remote/transport"
	"authsync/schema"
	"authsync/sync"
)

// A new kind is in every table, or this says in which it is not.
func TestEveryKindIsInEveryTable(t *testing.T) {
	w := newWorld(t, transport.Options{})
	envs := load(t, "../examples/envs", schema.SecretsSealed)
	seeds := load(t, "../examples/sandbox", schema.SecretsPlain)
	for _, seed := range seeds {
		if err := sandbox.New(sandbox.Options{}).Seed(seed); err != nil {
			t.Errorf("the sandbox does not seed %s: %v", seed.Name, err)
		}
	}
	for _, k := range schema.Kinds {
		t.Run(k.Name, func(t *testing.T) {
			w.fresh(sandbox.Options{})
			if !shows(envs, k) {
				t.Error("no example has one")
			}
			if !shows(seeds, k) {
				t.Error("the examples' live state has none")
			}
			for _, env := range envs {
				if env.Collections[k.Name] == nil {
					continue
				}
				site := w.site(t, env)
				if site.Services[k.Name] == nil {
					t.Fatal("not in remote's table of kinds")
				}
				sync.Build(site, sync.Read(t.Context(), site, sync.Options{}), sync.Options{Unmanaged: sync.DeleteUnmanaged})
			}
		})
	}
}

func load(t *testing.T, dir string, plain schema.Secrecy) []*schema.Environment {
	t.Helper()
	loaded := schema.Load([]string{dir}, plain)
	if err := loaded.Faults.Err(); err != nil {
		t.Fatal(err)
	}
	return loaded.Environments
}

func shows(envs []*schema.Environment, k *schema.Kind) bool {
	for _, env := range envs {
		if c := env.Collections[k.Name]; c != nil && len(c.Objects) > 0 {
			return true
		}
	}
	return false
}
