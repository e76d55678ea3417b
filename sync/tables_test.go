package sync_test

import (
	"testing"

	"authsync/remote"
	"authsync/remote/sandbox"
	"authsync/schema"
	"authsync/sync"
)

// A new kind is in every table, or this says in which it is not.
func TestEveryKindIsInEveryTable(t *testing.T) {
	w := newWorld(t, remote.Options{})
	examples := schema.Load([]string{"../examples/envs"}, schema.SecretsSealed)
	if err := examples.Faults.Err(); err != nil {
		t.Fatal(err)
	}
	for _, k := range schema.Kinds {
		t.Run(k.Name, func(t *testing.T) {
			w.fresh(sandbox.Options{})
			key := schema.Key{Kind: k.Name}
			if k.Arity == schema.Many {
				key.Name = names[k.Name][0]
			}
			env := environment(&schema.Declared{Key: key, Fields: schema.Object{}})
			site := w.site(t, env)
			if site.Services[k.Name] == nil {
				t.Fatal("not in remote's table of kinds")
			}
			if err := w.server.Seed(env); err != nil {
				t.Errorf("the sandbox does not seed it: %v", err)
			}
			// Panics if the kind has no turn in the order.
			sync.Build(site, w.read(t, site, sync.Options{}), sync.Options{Prune: sync.DeleteUnmanaged})
			shown := 0
			for _, e := range examples.Environments {
				if c := e.Collections[k.Name]; c != nil {
					shown += len(c.Objects)
				}
			}
			if shown == 0 {
				t.Error("no example has one")
			}
			if k.Update.Turn == 0 {
				t.Error("it has no turn in the order of steps")
			}
		})
	}
}
