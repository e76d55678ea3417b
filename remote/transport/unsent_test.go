package transport

import (
	"context"
	"crypto/tls"
	"errors"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"
)

// Before a request has left, each reason has a name of its own, and the network
// is blamed for what is the network's.
func TestEveryReasonBeforeARequestHasAName(t *testing.T) {
	plain := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(http.StatusProxyAuthRequired)
	}))
	defer plain.Close()
	old := httptest.NewUnstartedServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
	old.TLS = &tls.Config{CurvePreferences: []tls.CurveID{tls.CurveP256}, MinVersion: tls.VersionTLS12, MaxVersion: tls.VersionTLS12, CipherSuites: []uint16{tls.TLS_RSA_WITH_AES_128_CBC_SHA}}
	old.Config.ErrorLog = log.New(io.Discard, "", 0)
	old.StartTLS()
	defer old.Close()
	proxied := func(to string) func(*Transport) {
		return func(t *Transport) {
			t.http.Proxy = func(*http.Request) (*url.URL, error) { return url.Parse(to) }
		}
	}
	closed := httptest.NewServer(nil)
	closed.Close()
	for _, row := range []struct {
		name    string
		request Request
		with    func(*Transport)
		want    string
	}{
		{"a line break in a header", Request{URL: plain.URL, Header: http.Header{"Authorization": {"Bearer canary\n"}}}, nil,
			"the header Authorization holds a line break"},
		{"one that is signed", Request{URL: plain.URL, Sign: func(q *http.Request, _ []byte, _ time.Time) error {
			q.Header.Set("Authorization", "Credential=canary\r\n")
			return nil
		}}, nil, "the header Authorization holds a line break"},
		{"no TLS there", Request{URL: strings.Replace(plain.URL, "http:", "https:", 1)}, nil, "what answers there does not speak TLS"},
		{"no cipher in common", Request{URL: old.URL}, nil, "tls: handshake failure"},
		{"a proxy that refuses", Request{URL: "https://a.example"}, proxied(plain.URL), "the proxy refuses to connect, with status 407"},
		{"a proxy that is not there", Request{URL: "https://a.example"}, proxied(closed.URL), "the proxy on the way to a.example: connection refused"},
	} {
		t.Run(row.name, func(t *testing.T) {
			transport, err := New(Options{Pause: time.Nanosecond})
			if err != nil {
				t.Fatal(err)
			}
			if row.with != nil {
				row.with(transport)
			}
			row.request.System, row.request.Call, row.request.Method, row.request.Class = "s", "C", "GET", Read
			_, err = transport.Do(context.Background(), row.request)
			var e *Error
			if !errors.As(err, &e) || e.Effect != NotDone || !strings.Contains(e.Message, row.want) || strings.Contains(err.Error(), "canary") {
				t.Errorf("%v, want %q", err, row.want)
			}
		})
	}
}
