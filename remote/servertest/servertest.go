// Package servertest starts real servers that answer as a test says, and count
// what they are asked: on a port, or on connections in memory for a bubble of
// testing/synctest. It knows nothing of authsync. Begin with [Start].
package servertest

import (
	"context"
	"net"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
)

// Handler gets the number of the request, from 1, so that a test can say what
// becomes of the first and what of the next.
type Handler func(n int, w http.ResponseWriter, r *http.Request)

// Counter counts requests and connections, and the most of them at one time.
type Counter struct {
	mu                     sync.Mutex
	requests, inFlight     int
	mostInFlight           int
	connections, mostConns int
	opened                 int
}

// Counts are what a [Counter] has counted.
type Counts struct{ Requests, MostInFlight, Connections, MostConnections, Opened int }

func (c *Counter) handler(h Handler) http.Handler {
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

func (c *Counter) connection(_ net.Conn, s http.ConnState) {
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

// Counts returns what was counted by now.
func (c *Counter) Counts() Counts {
	c.mu.Lock()
	defer c.mu.Unlock()
	return Counts{c.requests, c.mostInFlight, c.connections, c.mostConns, c.opened}
}

// Requests is how many requests there were.
func (c *Counter) Requests() int { return c.Counts().Requests }

// Start starts a real server until the end of the test.
func Start(t *testing.T, h Handler) (url string, c *Counter) {
	t.Helper()
	c = &Counter{}
	s := httptest.NewUnstartedServer(c.handler(h))
	s.Config.ConnState = c.connection
	s.Start()
	t.Cleanup(s.Close)
	return s.URL, c
}

// Dial connects to a server in memory, whatever the address.
type Dial func(ctx context.Context, network, address string) (net.Conn, error)

// StartInBubble starts a server on connections in memory, for a synctest bubble,
// whose clock stands still while there is a real connection. Whoever dials closes
// what is idle before the test ends.
func StartInBubble(t *testing.T, h Handler) (Dial, *Counter) {
	t.Helper()
	l := &memoryListener{conns: make(chan net.Conn), closed: make(chan struct{})}
	c := &Counter{}
	s := &http.Server{Handler: c.handler(h), ConnState: c.connection}
	go s.Serve(l)
	t.Cleanup(func() { s.Close() })
	return func(context.Context, string, string) (net.Conn, error) { return l.dial() }, c
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

// Hijack takes the connection away from the server.
func Hijack(t *testing.T, w http.ResponseWriter) net.Conn {
	c, _, err := w.(http.Hijacker).Hijack()
	if err != nil {
		t.Error(err)
	}
	return c
}
