package sync_test

import (
	"fmt"
	"runtime"
	"testing"
	"time"

	"authsync/remote/transport"
	"authsync/schema"
	"authsync/secrets"
	"authsync/sync"
	"authsync/sync/lock"
)

// spent is what a function takes from memory, in bytes.
func spent(f func()) uint64 {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	f()
	runtime.ReadMemStats(&after)
	return after.TotalAlloc - before.TotalAlloc
}

func connectorNamed(name string, fields schema.Object) *schema.Declared {
	return &schema.Declared{Key: schema.Key{Kind: schema.Connector.Name, Name: name}, Fields: fields}
}

func mailbox(name string) schema.Object {
	return schema.Object{"type": schema.Text("Email"), "config": schema.Object{"account_name": schema.Text(name + "@x.example")}}
}

// many are n objects of git, of live and of the lock, by name. What is nil is not there.
type many func(i int) (git, live, applied schema.Object)

var manyOf = map[string]many{
	"created": func(i int) (git, live, applied schema.Object) { return mailbox(fmt.Sprint(i)), nil, nil },
	"as wanted": func(i int) (git, live, applied schema.Object) {
		return mailbox(fmt.Sprint(i)), mailbox(fmt.Sprint(i)), mailbox(fmt.Sprint(i))
	},
	"changed":     func(i int) (git, live, applied schema.Object) { return mailbox("new"), mailbox("old"), mailbox("old") },
	"never named": func(i int) (git, live, applied schema.Object) { return nil, mailbox(fmt.Sprint(i)), nil },
	"removed": func(i int) (git, live, applied schema.Object) {
		return nil, mailbox(fmt.Sprint(i)), mailbox(fmt.Sprint(i))
	},
	"vanished": func(i int) (git, live, applied schema.Object) { return mailbox("a"), nil, mailbox("a") },
	"renamed": func(i int) (git, live, applied schema.Object) {
		if i%2 == 0 {
			return mailbox(fmt.Sprint(i)), nil, nil
		}
		return nil, mailbox(fmt.Sprint(i - 1)), mailbox(fmt.Sprint(i - 1))
	},
	"refused": func(i int) (git, live, applied schema.Object) {
		return schema.Object{"enabled": schema.Bool(true)}, nil, nil
	},
	"not compared": func(i int) (git, live, applied schema.Object) {
		git, live = mailbox("a"), mailbox("a")
		git["config"].(schema.Object)["password"] = schema.Secret{Value: secrets.Env("S_A")}
		live["config"].(schema.Object)["password"] = schema.Secret{Value: secrets.Hidden("")}
		return git, live, nil
	},
}

// unlogged keeps no change of a lock.
type unlogged struct{}

func (unlogged) Changed(schema.Key, lock.Trace) {}
func (unlogged) Writing(string)                 {}

// A plan, and drift, of four times as many objects take four times as much, whatever has
// become of them: no object is held against all others.
func TestAPlanOfManyObjects(t *testing.T) {
	const n = 600
	for name, each := range manyOf {
		t.Run(name, func(t *testing.T) {
			cost := func(n int) (plan, drift uint64) {
				w := newWorld(t, transport.Options{})
				var objects []*schema.Declared
				live := map[string]sync.LiveObject{}
				applied := map[schema.Key]schema.Object{}
				for i := range n {
					name := fmt.Sprintf("c%06d", i)
					git, here, was := each(i)
					if git != nil {
						objects = append(objects, connectorNamed(name, git))
					}
					if here != nil {
						live[name] = sync.LiveObject{ID: "id-" + name, Fields: here}
					}
					if was != nil {
						applied[schema.Key{Kind: schema.Connector.Name, Name: name}] = was
					}
				}
				env := environment(objects...)
				env.Collections[schema.Connector.Name] = &schema.Collection{Kind: &schema.Connector, Objects: objects}
				site := w.site(t, env)
				site.Lock.NoteIn(unlogged{})
				for key, fields := range applied {
					if err := site.Lock.Record(lock.Found{Key: key, ID: "id-" + key.Name, Fields: fields}, time.Now()); err != nil {
						t.Fatal(err)
					}
				}
				reading := &sync.Reading{Live: map[string]map[string]sync.LiveObject{schema.Connector.Name: live}}
				for _, o := range []sync.Options{{}, {Prune: sync.DeleteRemoved, Unmanaged: sync.DeleteUnmanaged}} {
					plan += spent(func() {
						plan := sync.Build(site, reading, o)
						plan.Unjudged()
						if err := sync.Adopt(site, plan); err != nil {
							t.Error(err)
						}
					})
				}
				return plan, spent(func() { sync.Drift(site, reading, sync.Options{}) })
			}
			plan, drift := cost(n)
			plan4, drift4 := cost(4 * n)
			t.Logf("plan %d -> %d bytes, drift %d -> %d", plan, plan4, drift, drift4)
			if plan4 > 6*plan || drift4 > 6*drift { // what is quadratic takes sixteen times as much
				t.Errorf("four times as many objects take more than six times as much: plan %d -> %d bytes, drift %d -> %d", plan, plan4, drift, drift4)
			}
		})
	}
}
