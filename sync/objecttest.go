package sync

import (
	"context"
	"errors"
	stdsync "sync"

	"authsync/schema"
)

// Tester is implemented by services that can try an object out on request.
type Tester interface {
	// Test has the service use the object of an id, which may send real
	// messages to real people. It returns what the service says of a success;
	// a failure is an error with what it says of that.
	Test(ctx context.Context, id string) (string, error)
}

// Trial is an object that was tried out, and how that went.
type Trial struct {
	Env  string
	Key  schema.Key
	Said string // by the service, of a success
	Err  error
}

// Testable are the objects of a site, of those that keys name, that can be tried
// out. A key without a name stands for all of its kind; no keys for everything.
func Testable(site *Site, keys []schema.Key) []schema.Key {
	var found []schema.Key
	for _, k := range schema.Kinds {
		c := site.Env.Collections[k.Name]
		if _, ok := site.Services[k.Name].(Tester); c == nil || !ok {
			continue
		}
		for _, d := range c.Objects {
			if (Options{Targets: keys}).Selects(d.Key) {
				found = append(found, d.Key)
			}
		}
	}
	return found
}

// Try has the services try objects out, all at once. The results are in the
// order of the keys. What does not exist live is a failure.
func Try(ctx context.Context, site *Site, keys []schema.Key) []Trial {
	trials := make([]Trial, len(keys))
	if len(keys) == 0 {
		return nil
	}
	read := Read(ctx, site, Options{Targets: keys})
	var wait stdsync.WaitGroup
	for i, key := range keys {
		trials[i] = Trial{Env: site.Env.Name, Key: key}
		wait.Go(func() { trials[i].Said, trials[i].Err = try(ctx, site, read, key) })
	}
	wait.Wait()
	return trials
}

func try(ctx context.Context, site *Site, read *Reading, key schema.Key) (string, error) {
	live, ok := read.Live[key.Kind][key.Name]
	switch {
	case read.Failed(schema.KindNamed(key.Kind).System):
		return "", errors.Join(read.Errors...)
	case !ok:
		return "", errors.New("does not exist yet: apply first")
	}
	return site.Services[key.Kind].(Tester).Test(about(ctx, key), live.ID)
}
