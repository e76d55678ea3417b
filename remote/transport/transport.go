package transport

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"strings"
	"sync/atomic"
	"time"

	"authsync/schema"
)

// Options set up a [Transport]. The zero value is what a run against the real
// services wants.
type Options struct {
	// Sandbox is the URL to which every request of every system goes, with
	// the Host that the real service would have been sent. Empty: none.
	Sandbox string

	// Concurrency is how many requests may be in flight, and how many
	// connections may be open to one host. 0: 10.
	Concurrency int

	// Rate is the most requests per second of one action in one region by
	// one account, or to one host where the service documents no limit. 0:
	// what the services document.
	Rate int

	// Timeout is for one attempt, from the connection to the last byte of
	// the answer. Waiting for a permit does not count. 0: 30 seconds.
	Timeout time.Duration

	// UserAgent is sent with every request. Empty: authsync.
	UserAgent string

	// Access says whether calls that write may be made.
	Access Access

	// About says what a call that is made with a context is about, for
	// [Moment.Object]. Nil: nobody says.
	About func(context.Context) schema.Key

	// Pause is the longest pause before the second attempt. Before the third it
	// is twice that, and so on. 0: 200 ms.
	Pause time.Duration

	// Dial makes connections. Nil: the machine's network.
	Dial func(ctx context.Context, network, address string) (net.Conn, error)

	// Trace is told of every attempt when it is over. It is called from many
	// goroutines at once. Nil: nobody is told.
	Trace func(Exchange)
}

// Access says which calls a transport carries.
type Access int

const (
	// ReadWrite carries every call.
	ReadWrite Access = iota
	// ReadOnly refuses every call of class [Write] before anything is sent:
	// whatever a run that only reads may come to do, it changes nothing.
	ReadOnly
)

// ErrReadOnly is behind the error of a write on a transport that only reads.
var ErrReadOnly = errors.New("this run only reads, and the call may write: it was not sent")

// Transport carries the requests of all systems and environments of one run.
// It is safe for concurrent use.
type Transport struct {
	http      *http.Transport
	sandbox   *url.URL // nil: the real services
	queue     *queue
	width     int // requests in flight at most
	backoff   backoff
	timeout   time.Duration
	maxAnswer int // bytes, unpacked
	userAgent string
	access    Access
	about     func(context.Context) schema.Key
	trace     func(Exchange)
	watch     func(Moment)  // see Watched
	calls     *atomic.Int64 // made by now
}

// Exchange describes one attempt at one request, in words that are fit for a
// log: it holds no body, no header and no part of either.
type Exchange struct {
	System, Call, Host string
	Status             int    // 0: there was no answer
	Code               string // the service's error code; empty on success
	RequestID          string
	Attempt            int           // from 1
	Duration           time.Duration // of the attempt itself
	Waited             time.Duration // before it, for a free place and for the limiter
}

// New returns a transport with no connection open yet. The error is a
// Sandbox that is not an http or https URL, or a number below zero.
func New(o Options) (*Transport, error) {
	if o.Concurrency < 0 || o.Rate < 0 || o.Timeout < 0 {
		return nil, errors.New("the concurrency, the rate and the timeout cannot be below zero")
	}
	t := &Transport{
		backoff:   backoff{base: cmp.Or(o.Pause, 200*time.Millisecond), most: 5 * time.Second, budget: longestHold},
		maxAnswer: 8 << 20, // a page of records, the largest answer, is far below it
		timeout:   cmp.Or(o.Timeout, 30*time.Second),
		userAgent: cmp.Or(o.UserAgent, "authsync"),
		access:    o.Access,
		about:     o.About,
		trace:     o.Trace,
		watch:     func(Moment) {},
		calls:     new(atomic.Int64),
	}
	if t.about == nil {
		t.about = func(context.Context) schema.Key { return schema.Key{} }
	}
	if t.trace == nil {
		t.trace = func(Exchange) {}
	}
	proxy := proxyOf
	if o.Sandbox != "" {
		sandbox, err := ParseBase(o.Sandbox)
		if err == nil && strings.Trim(sandbox.Path, "/") != "" {
			err = errors.New("the url has a path, which is the service's to choose")
		}
		if err != nil {
			return nil, fmt.Errorf("sandbox: %w", err)
		}
		t.sandbox, proxy = sandbox, nil
	}
	concurrency := cmp.Or(o.Concurrency, 10)
	t.queue, t.width = newQueue(concurrency, o.Rate), concurrency
	if o.Dial == nil {
		o.Dial = (&net.Dialer{Timeout: 10 * time.Second}).DialContext
	}
	t.http = &http.Transport{
		Proxy: proxy, OnProxyConnectResponse: judgeProxy,
		DialContext:         o.Dial,
		Protocols:           http1(),
		MaxConnsPerHost:     concurrency,
		MaxIdleConns:        concurrency,
		MaxIdleConnsPerHost: concurrency,
		IdleConnTimeout:     30 * time.Second,
		TLSHandshakeTimeout: 10 * time.Second,

		MaxResponseHeaderBytes: 1 << 20,
	}
	return t, nil
}

// http1 keeps to HTTP/1.1: a connection that breaks then leaves one call in
// doubt, and not every call that shared it.
func http1() *http.Protocols {
	var p http.Protocols
	p.SetHTTP1(true)
	return &p
}

// Lanes is how many pieces of work should be under way so that no place for a
// request stays empty between two of them. More would only take memory.
func (t *Transport) Lanes() int { return 3 * t.width }

// Do makes a call, as often as its class and the failures allow, and returns
// the first answer that the request's judge accepts. The error is an [*Error];
// when ctx ends, also a context error.
func (t *Transport) Do(ctx context.Context, r Request) (Response, error) {
	if t.access == ReadOnly && r.Class != Read {
		return Response{}, &Error{System: r.System, Call: r.Call, Effect: NotDone, Message: ErrReadOnly.Error(), Err: ErrReadOnly}
	}
	var tally tally
	c := &call{watch: t.watch, now: Moment{
		Serial: t.calls.Add(1), Object: t.about(ctx), Exchange: Exchange{System: r.System, Call: r.Call}}}
	defer c.tell(Finished)
	for attempt := 1; ; attempt++ {
		c.now.Exchange = Exchange{System: r.System, Call: r.Call, Attempt: attempt}
		answer, fail := t.attempt(ctx, r, c)
		if fail == nil {
			return answer, nil
		}
		delay, again := tally.next(fail, r.Class, t.backoff)
		if !again {
			return Response{}, fail
		}
		c.again(fail, delay)
		if err := pause(ctx, delay); err != nil {
			return Response{}, fail.interrupted(err)
		}
	}
}

func pause(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return context.Cause(ctx)
	case <-timer.C:
		return nil
	}
}
