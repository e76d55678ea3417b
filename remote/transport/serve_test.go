package transport

import (
	"testing"
	"time"

	"authsync/remote/servertest"
)

// serve starts a real server, and a transport that retries without waiting long.
func serve(t *testing.T, o Options, h servertest.Handler) (*Transport, string, *servertest.Counter) {
	t.Helper()
	url, c := servertest.Start(t, h)
	o.Pause = time.Microsecond
	return opened(t, o), url, c
}

// serveInBubble starts a server in memory, and a transport that dials it.
func serveInBubble(t *testing.T, o Options, h servertest.Handler) (*Transport, *servertest.Counter) {
	t.Helper()
	dial, c := servertest.StartInBubble(t, h)
	o.Dial = dial
	return opened(t, o), c
}

func opened(t *testing.T, o Options) *Transport {
	t.Helper()
	transport, err := New(o)
	if err != nil {
		t.Fatal(err)
	}
	return transport
}
