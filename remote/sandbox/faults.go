package sandbox

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"net"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"

	"authsync/schema/pattern"
)

// fault makes matching requests fail: Times of them, from the Nth on after the fault
// was posted.
type fault struct {
	Match string `json:"match"` // an action, or a part of "METHOD path"
	Nth   int    `json:"nth"`
	Fault string `json:"fault"` // a name in manners, or an error code: see mannerOf
	Times int    `json:"times"`
}

// manners are the ways to answer a request, by the name of the fault; "" = correctly.
var manners = map[string]func(*delivery){
	"":        (*delivery).whole,
	"limit":   (*delivery).limited, // too many requests; nothing done
	"expired": (*delivery).expired, // the token has expired; nothing done
	"500":     (*delivery).broken,  // HTTP 500 and a page of HTML; nothing done
	"timeout": (*delivery).hang,    // no answer until the client gives up; nothing done
	"reset":   (*delivery).reset,   // the connection is reset; nothing done
	"half":    (*delivery).half,    // done, but the answer breaks off
	"lost":    (*delivery).lost,    // done, but the connection ends without an answer
	"still":   (*delivery).still,   // done, but the stamp of what it changes stays as it was
	"back":    (*delivery).back,    // done, but the stamp of what it changes goes back
}

// cloudCode is the form of the cloud API's error codes.
var cloudCode = pattern.Of(`^([A-Z][a-z]+)+(\.[A-Za-z]+)*$`)

// mannerOf returns the manner of a name, or nil. An error code of the open API or the
// cloud API is a name too: the request is answered with it and not carried out, or,
// with the prefix done:, carried out all the same.
func mannerOf(name string) func(*delivery) {
	if manner := manners[name]; manner != nil {
		return manner
	}
	if _, known := gatewayErrors[name]; known {
		return func(d *delivery) { d.refused(d.server.openapi.gateway(name)) }
	}
	code, done := strings.CutPrefix(name, "done:")
	if !cloudCode.MatchString(code) {
		return nil
	}
	return func(d *delivery) {
		if done {
			d.answer()
		}
		d.refused(d.server.cloudbase.envelope(nil, refuse(code, "A fault that was asked for.")))
	}
}

// faults are the posted faults that have not ended yet.
type faults struct {
	mu      sync.Mutex
	pending []*pendingFault
}

type pendingFault struct {
	fault
	seen int // matching requests since it was posted
	left int
}

// strike counts the request for every pending fault and returns the fault that applies
// to it, if any. If two faults are due at one request, the later one applies to the
// next matching request.
func (f *faults) strike(e entry) string {
	f.mu.Lock()
	defer f.mu.Unlock()
	struck := ""
	kept := f.pending[:0]
	for _, p := range f.pending {
		if p.matches(e) {
			p.seen++
			if struck == "" && p.seen >= p.Nth {
				struck = p.Fault
				p.left--
			}
		}
		if p.left > 0 {
			kept = append(kept, p)
		}
	}
	clear(f.pending[len(kept):])
	f.pending = kept
	return struck
}

func (f *fault) matches(e entry) bool {
	return f.Match == e.Action || strings.Contains(e.Method+" "+e.Path, f.Match)
}

func (f *faults) add(new fault) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.pending = append(f.pending, &pendingFault{fault: new, left: new.Times})
}

func (f *faults) clear() {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.pending = nil
}

func (f *faults) list() []fault {
	f.mu.Lock()
	defer f.mu.Unlock()
	list := make([]fault, len(f.pending))
	for i, p := range f.pending {
		list[i] = p.fault
	}
	return list
}

// parseFault reads a posted fault. The default of nth and times is 1.
func parseFault(r io.Reader) (fault, error) {
	new := fault{Nth: 1, Times: 1}
	d := json.NewDecoder(r)
	d.DisallowUnknownFields()
	if err := d.Decode(&new); err != nil {
		return fault{}, fmt.Errorf("a fault is one JSON object like {\"match\":\"ModifyProvider\",\"nth\":1,\"fault\":\"lost\"}: %w", err)
	}
	switch {
	case new.Match == "":
		return fault{}, errors.New("match is missing: an action, or a part of \"METHOD path\"")
	case new.Nth < 1:
		return fault{}, fmt.Errorf("nth must be at least 1, not %d", new.Nth)
	case new.Times < 1:
		return fault{}, fmt.Errorf("times must be at least 1, not %d", new.Times)
	case new.Fault == "" || mannerOf(new.Fault) == nil:
		return fault{}, fmt.Errorf("no fault %q: one of %s, an error code of the open API, or one of the cloud API such as ServiceUnavailable, done:ServiceUnavailable", new.Fault, strings.Join(Faults(), ", "))
	}
	return new, nil
}

// Faults are the names that a fault may have, besides error codes: those of the
// open API are [GatewayErrors].
func Faults() []string {
	return slices.Sorted(maps.Keys(manners))[1:] // without "", which is the first
}

// GatewayErrors are the error codes of the open API.
func GatewayErrors() []string { return slices.Sorted(maps.Keys(gatewayErrors)) }

// delivery sends the answer of an exchange to the client.
type delivery struct {
	exchange
	manner *stampManner
	server *Server
	w      http.ResponseWriter
	r      *http.Request
	logged *entry
}

func (d *delivery) work() answer {
	a := d.answer()
	d.server.requests.settle(d.logged, a.code)
	return a
}

func (d *delivery) send(a answer) {
	d.head(a)
	d.w.Write(a.body)
}

// head sends the length of the whole answer, so that the client notices a broken one.
func (d *delivery) head(a answer) {
	maps.Copy(d.w.Header(), a.header)
	d.w.Header().Set("Content-Type", a.contentType)
	d.w.Header().Set("Content-Length", strconv.Itoa(len(a.body)))
	d.w.WriteHeader(a.status)
}

func (d *delivery) whole()   { d.send(d.work()) }
func (d *delivery) limited() { d.refused(d.limit()) }
func (d *delivery) expired() { d.refused(d.expire()) }

// refused sends an answer without carrying out the request.
func (d *delivery) refused(a answer) {
	d.server.requests.settle(d.logged, a.code)
	d.send(a)
}

func (d *delivery) broken() {
	d.send(inHTML(http.StatusInternalServerError, "<head><title>500 Internal Server Error</title></head><body><h1>500 Internal Server Error</h1></body></html>\n"))
}

func (d *delivery) hang() {
	select {
	case <-d.r.Context().Done():
	case <-d.server.closing:
	}
	panic(http.ErrAbortHandler)
}

func (d *delivery) reset() {
	conn, _, err := http.NewResponseController(d.w).Hijack()
	if err != nil {
		panic(http.ErrAbortHandler)
	}
	if tcp, ok := conn.(*net.TCPConn); ok {
		tcp.SetLinger(0)
	}
	conn.Close()
}

func (d *delivery) half() {
	a := d.work()
	if len(a.body) == 0 { // there is no half of nothing
		panic(http.ErrAbortHandler)
	}
	d.head(a)
	d.w.Write(a.body[:len(a.body)/2])
	http.NewResponseController(d.w).Flush()
	panic(http.ErrAbortHandler)
}

func (d *delivery) lost() {
	d.work()
	panic(http.ErrAbortHandler)
}
