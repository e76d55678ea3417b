package sync

import (
	"context"
	"fmt"
	stdsync "sync"

	"authsync/schema"
)

// Reading is what was read of one environment.
type Reading struct {
	// Live holds the objects by kind and name.
	Live map[string]map[string]Object
	// Errors are the reads that failed, in the order of the kinds.
	Errors []error
	failed map[string]struct{} // systems
}

// Object is a live object in the manifest's form.
type Object struct {
	Fields   schema.Object
	Presence Presence
}

// Failed reports whether a read of the system failed. Nothing is written to
// such a system: what is live there is not known.
func (r *Reading) Failed(system string) bool {
	_, failed := r.failed[system]
	return failed
}

// Read fetches what is live of every kind that the manifest names and the
// options select. All reads run at once; the transport holds back what must
// be held back.
func Read(ctx context.Context, site *Site, o Options) *Reading {
	type answer struct {
		objects map[string]Object
		err     error
	}
	answers := make([]answer, len(schema.Kinds))
	var wait stdsync.WaitGroup
	for i, k := range schema.Kinds {
		c := site.Env.Collections[k.Name]
		if c == nil || !o.selectsKind(k.Name) {
			continue
		}
		wait.Go(func() {
			answers[i].objects, answers[i].err = readKind(ctx, site, k, wanted(c, o))
		})
	}
	wait.Wait()
	r := &Reading{Live: map[string]map[string]Object{}, failed: map[string]struct{}{}}
	for i, k := range schema.Kinds {
		if err := answers[i].err; err != nil {
			r.Errors = append(r.Errors, err)
			r.failed[k.System] = struct{}{}
		}
		if answers[i].objects != nil {
			r.Live[k.Name] = answers[i].objects
		}
	}
	return r
}

// wanted are the names that a service without a list has to be asked for.
func wanted(c *schema.Collection, o Options) []string {
	var names []string
	for _, d := range c.Objects {
		if o.selects(d.Key) {
			names = append(names, d.Key.Name)
		}
	}
	return names
}

func readKind(ctx context.Context, site *Site, k *schema.Kind, names []string) (map[string]Object, error) {
	live, err := site.Services[k.Name].Read(ctx, names)
	if err != nil {
		return nil, err
	}
	objects := make(map[string]Object, len(live))
	for _, l := range live {
		key := schema.Key{Kind: k.Name, Name: l.Name}
		fields, err := k.FromWire(l.Wire)
		if err != nil {
			return nil, fmt.Errorf("%s: %s: the service's answer: %w", k.System, key, err)
		}
		if _, twice := objects[l.Name]; twice {
			return nil, fmt.Errorf("%s: %s: live has two of this name", k.System, key)
		}
		objects[l.Name] = Object{fields, l.Presence}
	}
	return objects, nil
}
