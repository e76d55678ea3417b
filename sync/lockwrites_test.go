package sync_test

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"authsync/remote/transport"
	"authsync/schema"
	"authsync/sync"
	"authsync/sync/state"
)

// written is what a run writes to the disk: the bytes of its journal, its snapshot, and
// of the lock as often as the journal tells of it.
type written struct{ lock, all, locks, steps int64 }

func writtenFor(t *testing.T, n int) written {
	t.Helper()
	w := newWorld(t, transport.Options{})
	var objects []*schema.Declared
	for i := range n {
		objects = append(objects, connectorNamed(fmt.Sprintf("c%06d", i), mailbox(fmt.Sprint(i))))
	}
	site := w.site(t, environment(objects...))
	report := sync.Apply(t.Context(), site, w.plan(t, site, sync.Options{}), silent)
	if !report.Complete() {
		t.Fatalf("%+v", report.Errors)
	}
	out := written{steps: int64(len(report.Steps))}
	info, err := os.Stat(site.Lock.Path())
	if err != nil {
		t.Fatal(err)
	}
	out.lock = info.Size()
	files, err := filepath.Glob(filepath.Join(site.State.Dir, "*"))
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		out.all += int64(len(text))
		for line := range strings.Lines(string(text)) {
			var l state.Line
			if strings.HasSuffix(file, ".jsonl") && json.Unmarshal([]byte(line), &l) == nil && l.Lock != "" {
				out.locks++
			}
		}
	}
	out.all += out.locks * out.lock
	return out
}

// What a run writes grows with its steps as the lock does: the lock is written once a
// level, and not once a step.
func TestWhatARunWrites(t *testing.T) {
	few, many := writtenFor(t, 50), writtenFor(t, 200)
	t.Logf("%+v %+v", few, many)
	if few.locks != many.locks || many.locks > 4 {
		t.Errorf("the lock is written %d times for %d steps, and %d times for %d", few.locks, few.steps, many.locks, many.steps)
	}
	if many.all > 12*many.lock {
		t.Errorf("%d bytes are written for a lock of %d", many.all, many.lock)
	}
}
