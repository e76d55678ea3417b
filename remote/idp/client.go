package idp

import (
	"cmp"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptrace"
	"net/url"
	stdsync "sync"
	"sync/atomic"
	"time"

	"authsync/remote/service"
	"authsync/remote/transport"
	"authsync/schema"
)

// Config is what a [Client] needs.
type Config struct {
	// Hosts are those that the run allows: they may be at private addresses, and are
	// reached by the machine's proxy.
	Hosts service.Hosts
	// Sandbox is the URL of the sandbox that plays all hosts; "" = none.
	Sandbox string
	// Timeout is for one answer, within the bounds; 0 = the bounds'.
	Timeout     time.Duration
	Concurrency int // objects at once; 0: 10
	UserAgent   string
	Secrets     SecretUse
}

// SecretUse says what becomes of client secrets.
type SecretUse int

const (
	// LeaveSecrets opens and sends none.
	LeaveSecrets SecretUse = iota
	// TrySecrets sends each once, to the token endpoint that its manifest names, with a
	// code that cannot be right.
	TrySecrets
)

// Client asks for one run.
type Client struct {
	config       Config
	sandbox      *url.URL
	public, free *http.Transport // to hosts of the internet, and to those that the run allows
	timeout      time.Duration
	slots        chan struct{}
	asked, taken atomic.Int64 // requests, bytes

	mu    stdsync.Mutex
	known map[string]func() (answer, error) // by URL: one issuer serves many environments
	tried map[[sha256.Size]byte]trial       // by the digest of the secret
}

// New returns a client that has asked nothing.
func New(c Config) (*Client, error) {
	client := &Client{
		config: c, timeout: min(cmp.Or(c.Timeout, mostTime), mostTime), slots: make(chan struct{}, cmp.Or(c.Concurrency, 10)),
		public: carrier(publicOnlyDialer, nil), free: carrier(&net.Dialer{}, transport.ProxyOf),
		known: map[string]func() (answer, error){}, tried: map[[sha256.Size]byte]trial{},
	}
	if c.Sandbox == "" {
		return client, nil
	}
	client.free.Proxy = nil
	var err error
	client.sandbox, err = transport.ParseBase(c.Sandbox)
	return client, err
}

var publicOnlyDialer = &net.Dialer{Control: publicOnly}

func carrier(dialer *net.Dialer, proxy func(*http.Request) (*url.URL, error)) *http.Transport {
	var http1 http.Protocols
	http1.SetHTTP1(true)
	return &http.Transport{
		Proxy: proxy, DialContext: dialer.DialContext, Protocols: &http1,
		MaxIdleConnsPerHost: 1, IdleConnTimeout: time.Second,
		DisableCompression: true, MaxResponseHeaderBytes: mostHeader,
	}
}

// answer is what came back. A look leaves the body out.
type answer struct {
	status int
	header http.Header
	body   []byte
}

// unasked says why there is no answer, and how bad that is.
type unasked struct {
	text     string
	severity schema.Severity
}

func (e *unasked) Error() string { return e.text }

// place returns a URL that may be asked: one of https, without a user.
func place(text string) (*url.URL, error) {
	u, err := url.Parse(text)
	switch {
	case err != nil || u.Hostname() == "":
		return nil, &unasked{"is not a URL that can be asked", schema.Wrong}
	case u.Scheme != "https":
		return nil, &unasked{"is not https, and is asked nothing: say https://", schema.Doubtful}
	case u.User != nil:
		return nil, &unasked{"holds a user or a password, and is asked nothing", schema.Wrong}
	}
	u.Fragment = ""
	return u, nil
}

func addressOf(u *url.URL) string {
	address, _, _ := schema.SplitURL(u.String())
	return address
}

// send makes one request and returns the answer, with at most so many bytes of its body.
func (c *Client) send(ctx context.Context, q *http.Request, most int64) (answer, error) {
	if c.asked.Add(1) > mostRequests || c.taken.Load() > mostBytes {
		return answer{}, &unasked{"is not asked: this run has asked too much already; validate fewer manifests at once", schema.Wrong}
	}
	host, carrier := q.URL.Host, c.public
	if c.config.Hosts.Allows(addressOf(q.URL)) {
		carrier = c.free
	}
	if c.sandbox != nil {
		q.Host, q.URL.Scheme, q.URL.Host = host, c.sandbox.Scheme, c.sandbox.Host
	}
	q.Header.Set("User-Agent", cmp.Or(c.config.UserAgent, "authsync"))
	q.Header.Set("Accept", "application/json, application/samlmetadata+xml;q=0.9, */*;q=0.1")
	q.Header.Set("Accept-Encoding", "identity")
	limited, stop := context.WithTimeout(ctx, c.timeout)
	defer stop()
	var connected atomic.Bool
	limited = httptrace.WithClientTrace(limited, &httptrace.ClientTrace{GotConn: func(httptrace.GotConnInfo) { connected.Store(true) }})
	a, err := carrier.RoundTrip(q.WithContext(limited))
	if err == nil {
		defer a.Body.Close()
		got, err := read(a, most, func(err error) error { return c.why(ctx, limited, host, broken(host, err), err) })
		c.taken.Add(int64(len(got.body)))
		return got, err
	}
	told := transport.Unreachable(host, err).Error()
	if connected.Load() {
		told = broken(host, err)
	}
	return answer{}, c.why(ctx, limited, host, told, err)
}

func read(a *http.Response, most int64, why func(error) error) (answer, error) {
	got := answer{status: a.StatusCode, header: a.Header}
	if most == 0 {
		return got, nil
	}
	if a.Header.Get("Content-Encoding") != "" {
		return got, &unasked{"answers compressed, though nobody said that it may", schema.Wrong}
	}
	var err error
	got.body, err = io.ReadAll(io.LimitReader(a.Body, most+1))
	if err == nil {
		err = a.Request.Context().Err() // a connection that is being given up can still bring an end
	}
	switch {
	case err != nil:
		return got, why(err)
	case int64(len(got.body)) > most:
		return got, &unasked{fmt.Sprintf("answers with more than %d KiB", most>>10), schema.Wrong}
	}
	return got, nil
}

// broken says how a connection to a host ended.
func broken(host string, err error) string { return host + ": " + transport.Broken(err).Error() }

// why returns the reason of a failed request, in words of this program: if nothing
// better is known, as it is told.
func (c *Client) why(ctx, limited context.Context, host, told string, err error) error {
	switch {
	case ctx.Err() != nil:
		return context.Cause(ctx)
	case errors.Is(err, errPrivate):
		return &unasked{host + " " + errPrivate.Error() + "; allow the host if it should be: --allow-host " + host, schema.Doubtful}
	case limited.Err() != nil:
		return &unasked{fmt.Sprintf("%s gives no whole answer within %v", host, c.timeout), schema.Wrong}
	}
	return &unasked{told, schema.Wrong}
}

// get returns the whole answer at a URL, and follows redirects within its host.
func (c *Client) get(ctx context.Context, u *url.URL) (answer, error) {
	return c.once("get "+u.String(), func() (answer, error) {
		for range mostHops + 1 {
			a, err := c.send(ctx, getting(u), mostBody)
			next := u
			if err == nil {
				next, err = redirect(u, a)
			}
			if err != nil || next == nil {
				return a, err
			}
			u = next
		}
		return answer{}, &unasked{"redirects again and again", schema.Wrong}
	})
}

// look returns the head of the answer at a URL, whatever it is.
func (c *Client) look(ctx context.Context, u *url.URL) (answer, error) {
	return c.once("look "+u.String(), func() (answer, error) { return c.send(ctx, getting(u), 0) })
}

func getting(u *url.URL) *http.Request {
	to := *u
	return &http.Request{Method: http.MethodGet, URL: &to, Host: u.Host, Header: http.Header{}}
}

// redirect returns where an answer sends, if that is at the same host; nil = nowhere.
func redirect(from *url.URL, a answer) (*url.URL, error) {
	if a.status < 300 || a.status > 399 {
		return nil, nil
	}
	to, err := from.Parse(a.header.Get("Location"))
	if err != nil || a.header.Get("Location") == "" {
		return nil, &unasked{"redirects to nowhere", schema.Wrong}
	}
	if addressOf(to) != addressOf(from) || to.User != nil {
		return nil, &unasked{"redirects to " + transport.OneLine(addressOf(to), 100) + ", which is not followed: name the address that answers", schema.Wrong}
	}
	return to, nil
}

// once asks the same thing once in a run.
func (c *Client) once(what string, ask func() (answer, error)) (answer, error) {
	c.mu.Lock()
	known := c.known[what]
	if known == nil {
		known = stdsync.OnceValues(ask)
		c.known[what] = known
	}
	c.mu.Unlock()
	return known()
}
