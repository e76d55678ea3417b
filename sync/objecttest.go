package sync

import (
	"context"
	"errors"
	stdsync "sync"

	"authsync/schema"
)

// Tester is implemented by services that can test an object on request.
type Tester interface {
	// Test has the service use the object with an id, which may send real messages to
	// real people. It returns the service's words on success, and an error with them
	// on failure.
	Test(ctx context.Context, id string) (string, error)
}

// TestResult is the result of testing one object.
type TestResult struct {
	Env  string
	Key  schema.Key
	Said string // the service's words on success
	Err  error
}

// Testable returns the objects of a site that keys select and that can be tested. A
// key without a name stands for all of its kind; no keys select everything.
func Testable(site *Site, keys []schema.Key) []schema.Key {
	var found []schema.Key
	for _, k := range schema.Kinds {
		if _, ok := site.Services[k.Name].(Tester); !ok {
			continue
		}
		for _, d := range site.Env.Objects(k) {
			if (Options{Targets: keys}).Selects(d.Key) {
				found = append(found, d.Key)
			}
		}
	}
	return found
}

// TestObjects tests objects, all at once. The results are in the order of the keys. An
// object that does not exist fails its test.
func TestObjects(ctx context.Context, site *Site, keys []schema.Key) []TestResult {
	results := make([]TestResult, len(keys))
	if len(keys) == 0 {
		return nil
	}
	read := Read(ctx, site, Options{Targets: keys})
	var wait stdsync.WaitGroup
	for i, key := range keys {
		results[i] = TestResult{Env: site.Env.Name, Key: key}
		wait.Go(func() { results[i].Said, results[i].Err = testObject(ctx, site, read, key) })
	}
	wait.Wait()
	return results
}

func testObject(ctx context.Context, site *Site, read *Reading, key schema.Key) (string, error) {
	live, ok := read.Live[key.Kind][key.Name]
	switch {
	case read.Failed(schema.KindNamed(key.Kind).System):
		return "", errors.Join(read.Errors...)
	case !ok:
		return "", errors.New("does not exist yet: apply first")
	}
	return site.Services[key.Kind].(Tester).Test(withSubject(ctx, key), live.ID)
}
