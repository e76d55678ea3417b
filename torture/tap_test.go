package torture

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"slices"
	"strings"
	"sync"
	"time"

	"authsync/remote/sandbox"
)

// tap stands before a sandbox and counts what goes through. At one request it
// does something; what is done within the sandbox is left to its own faults.
type tap struct {
	sandbox *sandbox.Server

	mu      sync.Mutex
	process chan *os.Process // of the run under way; filled once it has started
	writes  bool             // count writes only
	seen    int              // since the last strike
	quiet   bool             // somebody else asks, which is not counted
	strikes []blow           // still to come
	struck  []string         // the requests at which something was done

	turn func() (done func()) // waits until a request may be served; nil = at once

	somebody func() // makes the edit of somebody else
	trouble  error  // of that
}

// A blow is what is done at the nth request after the one before, in whatever run
// that comes.
type blow struct {
	nth int
	act func(*tap, http.ResponseWriter, *http.Request)
}

// arm makes blows happen at requests from now on, or at writes.
func (t *tap) arm(writes bool, strikes ...blow) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.seen, t.strikes, t.writes, t.struck = 0, strikes, writes, nil
	t.process = make(chan *os.Process, 1)
}

// begins tells the tap that a process is about to be started.
func (t *tap) begins() {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.process != nil {
		t.process = make(chan *os.Process, 1)
	}
}

// runs tells the tap which process it hears from.
func (t *tap) runs(p *os.Process) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.process != nil {
		t.process <- p
	}
}

func (t *tap) disarm() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.strikes, t.process = nil, nil
}

// struckAt are the requests that blows have hit.
func (t *tap) struckAt() []string {
	t.mu.Lock()
	defer t.mu.Unlock()
	return slices.Clone(t.struck)
}

func (t *tap) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if t.turn != nil {
		defer t.turn()()
	}
	if act := t.hit(r); act != nil {
		act(t, w, r)
		return
	}
	t.sandbox.ServeHTTP(w, r)
}

// hit counts a request, and returns what is to be done at it; nil = nothing.
func (t *tap) hit(r *http.Request) func(*tap, http.ResponseWriter, *http.Request) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.quiet || t.writes && !writes(r) {
		return nil
	}
	t.seen++
	if len(t.strikes) == 0 || t.seen < t.strikes[0].nth {
		return nil
	}
	act := t.strikes[0].act
	t.struck, t.strikes = append(t.struck, nameOf(r)), t.strikes[1:]
	t.seen = 0
	return act
}

func (t *tap) hush(quiet bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.quiet = quiet
}

// throw leaves a fault to the sandbox.
func throw(name string) func(*tap, http.ResponseWriter, *http.Request) {
	return func(t *tap, w http.ResponseWriter, r *http.Request) {
		body := strings.NewReader(fmt.Sprintf(`{"match":"/","nth":1,"fault":%q}`, name))
		t.sandbox.ServeHTTP(httptest.NewRecorder(), httptest.NewRequest(http.MethodPost, "/_sandbox/faults", body))
		t.sandbox.ServeHTTP(w, r)
	}
}

// target is the process to be hit. A request can be here before the call that
// started its process has returned.
func (t *tap) target() *os.Process {
	t.mu.Lock()
	process := t.process
	t.mu.Unlock()
	p := <-process
	process <- p
	return p
}

// killBefore ends the process before its request has done anything.
func killBefore(t *tap, w http.ResponseWriter, r *http.Request) {
	t.target().Kill()
	panic(http.ErrAbortHandler)
}

// killAfter ends the process when its request has done its work and before an
// answer.
func killAfter(t *tap, w http.ResponseWriter, r *http.Request) {
	t.sandbox.ServeHTTP(httptest.NewRecorder(), r)
	t.target().Kill()
	panic(http.ErrAbortHandler)
}

// interrupt asks the process to stop while its request is in flight.
func interrupt(t *tap, w http.ResponseWriter, r *http.Request) {
	t.target().Signal(os.Interrupt)
	t.sandbox.ServeHTTP(w, r)
}

// insist asks the process to stop, when its request has done its work, until it
// has gone.
func insist(t *tap, w http.ResponseWriter, r *http.Request) {
	t.sandbox.ServeHTTP(httptest.NewRecorder(), r)
	process := t.target()
	again := time.NewTicker(5 * time.Millisecond)
	defer again.Stop()
	for {
		process.Signal(os.Interrupt)
		select {
		case <-r.Context().Done():
			panic(http.ErrAbortHandler)
		case <-again.C:
		}
	}
}

// edit lets somebody else change what is live before the request is served.
func edit(t *tap, w http.ResponseWriter, r *http.Request) {
	t.hush(true)
	t.somebody()
	t.hush(false)
	t.sandbox.ServeHTTP(w, r)
}

// nameOf is what the tables call a request.
func nameOf(r *http.Request) string {
	if action := r.Header.Get("X-TC-Action"); action != "" {
		return action
	}
	return r.Method + " " + r.URL.Path
}

// writes reports whether a request may change something.
func writes(r *http.Request) bool {
	if action := r.Header.Get("X-TC-Action"); action != "" {
		for _, verb := range []string{"Modify", "Add", "Create", "Update", "Delete"} {
			if strings.HasPrefix(action, verb) {
				return true
			}
		}
		return false
	}
	for _, read := range []string{"/token", "/login", "/authorize", "/_query"} {
		if strings.Contains(r.URL.Path, read) {
			return false
		}
	}
	return r.Method != http.MethodGet
}

// request is what these tests read of a line of the sandbox's log.
type request struct {
	Action, Method, Path string
	Write                bool
	Code, Fault          string
}

func (r request) String() string {
	if r.Action != "" {
		return r.Action
	}
	return r.Method + " " + r.Path
}

// served reports whether a write was done.
func (r request) served() bool {
	return r.Write && r.Code == "" && (r.Fault == "" || r.Fault == "half" || r.Fault == "lost")
}

// unclear reports whether a client cannot know whether a write was done.
func (r request) unclear() bool {
	return r.Write && (r.Fault == "500" || r.Fault == "timeout" || r.Fault == "reset")
}

func decodeLines[T any](text []byte) ([]T, error) {
	var all []T
	for d := json.NewDecoder(bytes.NewReader(text)); ; {
		var one T
		switch err := d.Decode(&one); {
		case errors.Is(err, io.EOF):
			return all, nil
		case err != nil:
			return nil, err
		}
		all = append(all, one)
	}
}

// connections counts the connections to a server. When a process has ended and
// all of its connections are closed, nothing of it is still being worked on.
type connections struct {
	mu      sync.Mutex
	changed *sync.Cond
	open    int
}

func (c *connections) follow(_ net.Conn, s http.ConnState) {
	c.mu.Lock()
	defer c.mu.Unlock()
	switch s {
	case http.StateNew:
		c.open++
	case http.StateClosed, http.StateHijacked:
		c.open--
	}
	c.changed.Broadcast()
}

func (c *connections) wait() {
	c.mu.Lock()
	defer c.mu.Unlock()
	for c.open > 0 {
		c.changed.Wait()
	}
}
