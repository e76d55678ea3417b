package sandbox

import (
	"authsync/schema"
	"encoding/json"
	"io"
	"sync"
)

// entry is one line of the request log.
type entry struct {
	N      int             `json:"n"`
	System string          `json:"system"`
	Action string          `json:"action"`
	Method string          `json:"method"`
	Path   string          `json:"path"`
	Query  string          `json:"query,omitempty"` // as it was sent
	Tenant string          `json:"tenant"`
	Body   json.RawMessage `json:"body"`  // names sorted; null if it was not JSON
	Write  bool            `json:"write"` // the action may change something
	Code   string          `json:"code"`  // the service's error code; "" = done, or not answered yet
	Fault  string          `json:"fault"` // the fault that struck it
}

// requests is the log of all requests since the start or the last clear, in the
// order of their arrival.
type requests struct {
	mu      sync.Mutex
	entries []*entry
}

func (l *requests) add(e entry) *entry {
	l.mu.Lock()
	defer l.mu.Unlock()
	e.N = len(l.entries) + 1
	l.entries = append(l.entries, &e)
	return &e
}

// settle records how the request ended. It is called before the answer is sent, so
// that a client that has the answer finds it in the log.
func (l *requests) settle(e *entry, code string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	e.Code = code
}

func (l *requests) clear() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.entries = nil
}

// list writes one entry a line.
func (l *requests) list(w io.Writer) error {
	for _, e := range l.snapshot() {
		if err := schema.WriteJSON(w, e, ""); err != nil {
			return err
		}
	}
	return nil
}

func (l *requests) snapshot() []entry {
	l.mu.Lock()
	defer l.mu.Unlock()
	entries := make([]entry, len(l.entries))
	for i, e := range l.entries {
		entries[i] = *e
	}
	return entries
}
