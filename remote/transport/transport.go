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

// Options set up a [Transport]. The zero value is for a run against the real services.
type Options struct {
	// Sandbox is the URL to which all requests go, with the Host of the real service.
	// Empty: none.
	Sandbox string

	// Concurrency is the number of requests in flight, and of open connections to one
	// host. 0: 10.
	Concurrency int

	// Rate is the maximum of requests per second for one action, region and account,
	// or for one host if the service documents no limit. 0: the documented limits.
	Rate int

	// Shard is the part of a fleet that the run works on. Of each known rate it uses
	// its share alone, so that the shards together do not exceed it. The zero value
	// uses all.
	Shard schema.Shard

	// Timeout is the time for one attempt, from the connection to the last byte of the
	// answer, without the wait for a permit. 0: 30 seconds.
	Timeout time.Duration

	// UserAgent is sent with every request. Empty: authsync.
	UserAgent string

	// Access says whether writing calls may be made.
	Access Access

	// About returns the object that a call's context concerns, for [Moment.Object].
	// Nil: unknown.
	About func(context.Context) schema.Key

	// Pause is the longest pause before the second attempt; it doubles for each
	// further one. 0: 200 ms.
	Pause time.Duration

	// Handler answers all requests in this process, in place of a network and of
	// Sandbox. Nil: none.
	Handler http.Handler

	// Dial makes connections. Nil: the machine's network.
	Dial func(ctx context.Context, network, address string) (net.Conn, error)

	// Trace is called after every attempt, from many goroutines at once. Nil: not
	// called.
	Trace func(Exchange)
}

// Access says which calls a transport carries.
type Access int

const (
	// ReadWrite makes every call.
	ReadWrite Access = iota
	// ReadOnly refuses every call of class [Write] before anything is sent, so that a
	// reading run can never change anything.
	ReadOnly
)

// ErrReadOnly is the cause of a refused write.
var ErrReadOnly = errors.New("this run only reads, and the call may write: it was not sent")

// Transport sends the requests of all systems and environments of one run. It is safe
// for concurrent use.
type Transport struct {
	http      *http.Transport
	trip      http.RoundTripper // http, or a handler in its place
	sandbox   *url.URL          // nil: the real services
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
	calls     *atomic.Int64 // number of calls made
	budget    *Budget       // nil: no end; see Bounded
}

// Exchange describes one attempt for a log: it contains no body, no header and no part
// of either.
type Exchange struct {
	System, Call, Host string
	Status             int    // 0: no answer
	Code               string // the service's error code; empty on success
	RequestID          string
	Attempt            int           // from 1
	Duration           time.Duration // of the attempt itself
	Waited             time.Duration // for a permit, before the attempt
}

// New returns a transport without open connections. It fails if Sandbox is not an http
// or https URL, or a number is negative.
func New(o Options) (*Transport, error) {
	if o.Concurrency < 0 || o.Rate < 0 || o.Timeout < 0 {
		return nil, errors.New("the concurrency, the rate and the timeout cannot be below zero")
	}
	t := &Transport{
		backoff:   backoff{base: cmp.Or(o.Pause, 200*time.Millisecond), most: 5 * time.Second, budget: longestHold},
		maxAnswer: 8 << 20, // the largest answer, a page of records, is far smaller
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
	proxy := ProxyOf
	if o.Sandbox != "" {
		var err error
		if t.sandbox, err = parseSandbox(o.Sandbox); err != nil {
			return nil, fmt.Errorf("the sandbox's address (--sandbox, AUTHSYNC_SANDBOX): %w; it is such as http://127.0.0.1:7070", err)
		}
		proxy = nil
	}
	concurrency := cmp.Or(o.Concurrency, 10)
	t.queue, t.width = newQueue(concurrency, o.Rate, o.Shard), concurrency
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
	t.trip = t.http
	if o.Handler != nil {
		t.trip = inProcess{o.Handler}
	}
	return t, nil
}

func parseSandbox(text string) (*url.URL, error) {
	sandbox, err := ParseBase(text)
	if err == nil && strings.Trim(sandbox.Path, "/") != "" {
		err = errors.New("the url has a path, which is the service's to choose")
	}
	return sandbox, err
}

// http1 allows only HTTP/1.1, so that a broken connection leaves one call in doubt and
// not several.
func http1() *http.Protocols {
	var p http.Protocols
	p.SetHTTP1(true)
	return &p
}

// Lanes is how many pieces of work should run at once to keep all requests in flight
// busy. More would only use memory.
func (t *Transport) Lanes() int { return 3 * t.width }

// Do makes a call, with as many attempts as its class and the failures allow, and
// returns the first answer that the request's judge accepts. The error is an [*Error];
// if ctx ends, it is also a context error.
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
