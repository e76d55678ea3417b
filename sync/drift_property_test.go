package sync_test

import (
	"fmt"
	"sort"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"authsync/remote/transport"
	"authsync/schema"
	"authsync/sync"
)

// For any manifest and any live state: nothing has drifted after an apply. Then
// somebody else applies any other manifest with another lock, and what drift
// shows is what the states of the service before and after that differ in, of
// what was applied, and nothing else.
func TestDriftIsWhatOthersMoved(t *testing.T) {
	for name, options := range manners {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, transport.Options{})
			var count struct{ all, still, changed, vanished, appeared int }
			rapid.Check(t, func(t *rapid.T) {
				w.fresh(options)
				w.live(t, nil)
				env := w.desired(t, w.state(t))
				site := w.site(t, env)
				if !w.applies(t, site, sync.Options{}) {
					return
				}
				count.all++
				if d := w.drift(t, site); len(d.Moves) > 0 {
					t.Fatalf("drift right after an apply: %+v", d.Moves)
				}
				before := w.state(t)
				w.runs++ // another lock
				o := sync.Options{}
				if rapid.Bool().Draw(t, "theirs prunes") {
					o.Unmanaged = sync.DeleteUnmanaged
				}
				w.applies(t, w.site(t, w.desired(t, before)), o)
				after := w.state(t)
				want := movesOf(t, env, site, before, after)
				var got []string
				for _, m := range w.drift(t, site).Moves {
					switch m.What {
					case sync.Vanished:
						count.vanished++
					case sync.Appeared:
						count.appeared++
					default:
						count.changed++
					}
					got = append(got, spelled(t, env, m, before, after)...)
				}
				sort.Strings(got)
				if diff := cmp.Diff(want, got); diff != "" {
					t.Fatalf("(-moved +shown)\n%s", diff)
				}
				if len(got) == 0 {
					count.still++
				}
			})
			t.Logf("%+v", count)
			if enough() && (count.still == count.all || count.changed+count.vanished+count.appeared == 0) {
				t.Errorf("too little moved: %+v", count)
			}
		})
	}
}

// applies applies a manifest, and reports whether it could be.
func (w *world) applies(t *rapid.T, site *sync.Site, o sync.Options) bool {
	plan := sync.Build(site, sync.Read(t.Context(), site, o), o)
	if len(plan.Refusals) > 0 {
		return false
	}
	complete(t, sync.Apply(t.Context(), site, allowed(plan), silent))
	return true
}

func (w *world) drift(t *rapid.T, site *sync.Site) *sync.Drifted {
	if !site.Lock.Present() {
		return &sync.Drifted{}
	}
	d := sync.Drift(site, sync.ReadDrift(t.Context(), site, sync.Options{}), sync.Options{})
	for _, err := range d.Errors {
		t.Fatal(err)
	}
	return d
}

// movesOf compares two states of the service, as far as the lock reaches.
func movesOf(t *rapid.T, env *schema.Environment, site *sync.Site, before, after schema.Object) []string {
	var moved []string
	for _, k := range schema.Kinds {
		c := env.Collections[k.Name]
		for _, name := range names[k.Name] {
			key := schema.Key{Kind: k.Name, Name: name}
			was, is := fieldsOf(t, k, held(before, key)), fieldsOf(t, k, held(after, key))
			entry, applied := site.Lock.Entry(key)
			switch {
			case !applied && was == nil && is != nil && c != nil && site.Lock.Listed(k.Name) && !k.Permanent(name):
				moved = append(moved, key.String()+" appeared")
			case applied && is == nil:
				moved = append(moved, key.String()+" vanished")
			case applied:
				for path := range entry.Fields {
					at, err := schema.ParsePath(path)
					if err != nil {
						t.Fatal(err)
					}
					if _, clear := entry.Value(k, at); !clear || isSecret(was.At(at...)) || isSecret(is.At(at...)) || !comparable(k, c.Object(name).Fields, was, is, at) {
						continue // null may stand in the place of a secret
					}
					if !schema.Same(plain(was.At(at...)), plain(is.At(at...))) {
						moved = append(moved, key.String()+" "+path)
					}
				}
			}
		}
	}
	sort.Strings(moved)
	return moved
}

// spelled is a move as movesOf has it: secrets are compared by another test.
func spelled(t *rapid.T, env *schema.Environment, m sync.Move, before, after schema.Object) []string {
	k := schema.KindNamed(m.Key.Kind)
	if m.What != sync.Changed {
		if m.What == sync.Appeared && k.Permanent(m.Key.Name) {
			return nil // may be the service's own, which a state does not tell
		}
		return []string{fmt.Sprintf("%s %s", m.Key, m.What)}
	}
	var all []string
	was, is := fieldsOf(t, k, held(before, m.Key)), fieldsOf(t, k, held(after, m.Key))
	shown, _ := k.FromWire(held(after, m.Key))
	for _, f := range m.Fields {
		secret := isSecret(f.Before) || isSecret(shown.At(f.Path...))
		if !secret && comparable(k, env.Collections[k.Name].Object(m.Key.Name).Fields, was, is, f.Path) {
			all = append(all, m.Key.String()+" "+f.Path.String())
		}
	}
	return all
}

func isSecret(v schema.Value) bool {
	_, secret := v.(schema.Secret)
	return secret
}

// comparable reports whether the service keeps a value as it is given: what it
// makes of it may change with other fields, and is then no move.
func comparable(k *schema.Kind, desired, was, is schema.Object, at schema.Path) bool {
	if k.Settle == nil {
		return true
	}
	given := plain(desired.At(at...))
	for _, live := range []schema.Object{was, is} {
		if !schema.Same(given, plain(k.Settle(desired, live).At(at...))) {
			return false
		}
	}
	return true
}

func fieldsOf(t *rapid.T, k *schema.Kind, wire schema.Object) schema.Object {
	if wire == nil {
		return nil
	}
	fields, err := k.FromWire(wire)
	if err != nil {
		t.Fatal(err)
	}
	bare, _ := schema.Unwrap(fields).(schema.Object)
	// The service shows what nobody has set, and writes it down with the next update.
	return schema.Overlay(shownUnset(k, bare), bare)
}

// shownUnset is what the service shows where nothing is set.
func shownUnset(k *schema.Kind, fields schema.Object) schema.Object {
	if k.Name != schema.Provider.Name {
		return schema.Object{}
	}
	mode := schema.False
	if fields.Text("providerType") == "WX_WORK_AGENT" {
		mode = schema.True
	}
	return schema.Object{"on": schema.True, "transparentMode": mode}
}

// plain is a value without its wrapper; whatever is nothing is one.
func plain(v schema.Value) schema.Value {
	v = schema.Unwrap(v)
	list, isList := v.(schema.List)
	set, isSet := v.(schema.Set)
	if schema.IsUnset(v) || isList && len(list) == 0 || isSet && len(set) == 0 {
		return schema.Null{}
	}
	return v
}
