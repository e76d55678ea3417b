package remote

import (
	"context"
	"net"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
	"time"
)

// A handler gets the number of the request, from 1, so that a test can say what
// becomes of the first and what of the next.
type numbered func(n int, w http.ResponseWriter, r *http.Request)

// counter counts requests and connections, and the most of them at one time.
type counter struct {
	mu                     sync.Mutex
	requests, inFlight     int
	mostInFlight           int
	connections, mostConns int
	opened                 int
}

func (c *counter) handler(h numbered) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		c.mu.Lock()
		c.requests++
		n := c.requests
		c.inFlight++
		c.mostInFlight = max(c.mostInFlight, c.inFlight)
		c.mu.Unlock()
		defer func() {
			c.mu.Lock()
			c.inFlight--
			c.mu.Unlock()
		}()
		h(n, w, r)
	})
}

func (c *counter) connection(_ net.Conn, s http.ConnState) {
	c.mu.Lock()
	defer c.mu.Unlock()
	switch s {
	case http.StateNew:
		c.opened++
		c.connections++
		c.mostConns = max(c.mostConns, c.connections)
	case http.StateClosed, http.StateHijacked:
		c.connections--
	}
}

func (c *counter) count() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.requests
}

// serve starts a real server, and a transport that retries without waiting long.
func serve(t *testing.T, o Options, h numbered) (*Transport, string, *counter) {
	t.Helper()
	c := &counter{}
	s := httptest.NewUnstartedServer(c.handler(h))
	s.Config.ConnState = c.connection
	s.Start()
	t.Cleanup(s.Close)
	transport, err := NewTransport(o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(transport.Close)
	transport.backoff.base = time.Microsecond
	return transport, s.URL, c
}

// serveInBubble starts a server on connections in memory, for a synctest bubble,
// whose clock stands still while there is a real connection.
func serveInBubble(t *testing.T, o Options, h numbered) (*Transport, *counter) {
	t.Helper()
	l := &memoryListener{conns: make(chan net.Conn), closed: make(chan struct{})}
	c := &counter{}
	s := &http.Server{Handler: c.handler(h), ConnState: c.connection}
	go s.Serve(l)
	transport, err := NewTransport(o)
	if err != nil {
		t.Fatal(err)
	}
	transport.http.DialContext = func(context.Context, string, string) (net.Conn, error) { return l.dial() }
	t.Cleanup(func() {
		transport.Close()
		s.Close()
	})
	return transport, c
}

type memoryListener struct {
	conns  chan net.Conn
	closed chan struct{}
	once   sync.Once
}

func (l *memoryListener) dial() (net.Conn, error) {
	near, far := net.Pipe()
	select {
	case l.conns <- far:
		return near, nil
	case <-l.closed:
		return nil, net.ErrClosed
	}
}

func (l *memoryListener) Accept() (net.Conn, error) {
	select {
	case c := <-l.conns:
		return c, nil
	case <-l.closed:
		return nil, net.ErrClosed
	}
}

func (l *memoryListener) Close() error {
	l.once.Do(func() { close(l.closed) })
	return nil
}

func (l *memoryListener) Addr() net.Addr { return &net.UnixAddr{Name: "memory", Net: "unix"} }

// hijack takes the connection away from the server.
func hijack(t *testing.T, w http.ResponseWriter) net.Conn {
	c, _, err := w.(http.Hijacker).Hijack()
	if err != nil {
		t.Error(err)
	}
	return c
}
