package sandbox

import (
	"errors"
	"net"
	"net/http"
	"time"
)

// Listening is a handler that is being served.
type Listening struct {
	// URL is where it is served, such as http://127.0.0.1:7070.
	URL string

	server *http.Server
	ended  chan error
}

// Start serves h on addr, such as 127.0.0.1:7070, or 127.0.0.1:0 for any free
// port. It returns as soon as connections are taken.
func Start(addr string, h http.Handler) (*Listening, error) {
	listener, err := net.Listen("tcp", addr)
	if err != nil {
		return nil, err
	}
	l := &Listening{
		URL:    "http://" + listener.Addr().String(),
		server: &http.Server{Handler: h, ReadHeaderTimeout: 10 * time.Second},
		ended:  make(chan error, 1),
	}
	go func() { l.ended <- l.server.Serve(listener) }()
	return l, nil
}

// Close stops at once: requests in flight are cut off. It returns the error
// that ended the serving before, if one did.
func (l *Listening) Close() error {
	closed := l.server.Close()
	if err := <-l.ended; !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return closed
}
