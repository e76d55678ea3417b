package transport

import (
	"bytes"
	"io"
	"net/http"
	"net/http/httptrace"
)

// inProcess carries requests to a handler in this process, without a network. A copy
// of a service in memory answers so.
type inProcess struct{ handler http.Handler }

func (p inProcess) RoundTrip(q *http.Request) (*http.Response, error) {
	if trace := httptrace.ContextClientTrace(q.Context()); trace != nil && trace.GotConn != nil {
		trace.GotConn(httptrace.GotConnInfo{})
	}
	served := q.Clone(q.Context())
	served.RequestURI = q.URL.RequestURI()
	if served.URL.Path == "" {
		served.URL.Path = "/" // as on the wire
	}
	w := &written{header: http.Header{}, status: http.StatusOK}
	p.handler.ServeHTTP(w, served)
	return &http.Response{
		StatusCode: w.status, Header: w.header, Body: io.NopCloser(&w.body), ContentLength: int64(w.body.Len()), Request: q,
		Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
	}, nil
}

// written is what a handler has answered.
type written struct {
	header http.Header
	status int
	body   bytes.Buffer
}

func (w *written) Header() http.Header            { return w.header }
func (w *written) WriteHeader(status int)         { w.status = status }
func (w *written) Write(text []byte) (int, error) { return w.body.Write(text) }
