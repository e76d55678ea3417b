package transport

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"syscall"

	"authsync/schema"
)

// Network errors are described in our own words: the texts of net/http quote URLs,
// proxies' passwords and parts of answers.

type tooLarge struct{ most int } // bytes

func (e *tooLarge) Error() string {
	return fmt.Sprintf("the answer is larger than %d MiB", e.most>>20)
}

// proxyError says why a proxy does not work.
type proxyError struct{ what string }

func (e *proxyError) Error() string { return e.what }

// MachineHost is where a machine in the cloud asks for its own metadata. A proxy would
// ask for itself.
const MachineHost = "metadata.tencentyun.com"

// ProxyOf returns the proxy that the machine's variables name, none for the machine's
// own metadata. The variables may contain a password, so the error does not quote
// them.
func ProxyOf(q *http.Request) (*url.URL, error) {
	if name := q.URL.Hostname(); schema.Loopback(name) || name == MachineHost {
		return nil, nil
	}
	proxy, err := http.ProxyFromEnvironment(q)
	if err != nil {
		return nil, &proxyError{"the proxy in HTTP_PROXY or HTTPS_PROXY is no url"}
	}
	return proxy, nil
}

func judgeProxy(_ context.Context, _ *url.URL, _ *http.Request, answer *http.Response) error {
	if answer.StatusCode == http.StatusOK {
		return nil
	}
	return &proxyError{fmt.Sprintf("the proxy refuses to connect, with status %d", answer.StatusCode)}
}

// givenUp returns the error of a call whose context ended: [stopped] before the
// request was sent, else [abandoned].
func givenUp(f fault, why error) *Error {
	when := map[fault]string{stopped: " before it was sent", abandoned: " before the answer came"}
	return &Error{fault: f, Message: why.Error() + when[f], Err: why}
}

// Unreachable returns why there was no connection to host, in words that quote no answer.
func Unreachable(host string, err error) *Error {
	var (
		untrusted *tls.CertificateVerificationError
		other     tls.RecordHeaderError
		proxy     *proxyError
		name      *net.DNSError
		number    syscall.Errno
		network   net.Error
		operation *net.OpError
	)
	if errors.As(err, &operation) && operation.Op == "proxyconnect" {
		host = "the proxy on the way to " + host
	}
	fail := &Error{fault: unsent}
	why := "the connection ended before the request could be sent"
	switch {
	case errors.As(err, &proxy):
		fail.Err, why = proxy, proxy.Error()
	case errors.As(err, &other):
		fail.fault, why = distrusted, "what answers there does not speak TLS"
	case operation != nil && operation.Op == "remote error": // a TLS error in Go's own words
		fail.fault, why = distrusted, operation.Err.Error()
	case errors.As(err, &untrusted):
		fail.fault, fail.Err, why = distrusted, untrusted, untrusted.Error()
	case errors.As(err, &name):
		fail.Err, why = name, name.Err
	case errors.As(err, &number):
		fail.Err, why = number, number.Error()
	case errors.As(err, &network) && network.Timeout():
		why = "no connection in time"
	}
	fail.Message = fmt.Sprintf("cannot reach %s: %s", host, why)
	return fail
}

// Broken returns what happened to the connection of a request, in words that quote no
// answer.
func Broken(err error) *Error {
	var large *tooLarge
	switch {
	case errors.As(err, &large):
		return &Error{fault: outsized, Message: large.Error(), Err: large}
	case errors.Is(err, syscall.ECONNRESET), errors.Is(err, syscall.EPIPE):
		return &Error{fault: cutOff, Message: "the connection was reset", Err: syscall.ECONNRESET}
	case errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, io.EOF):
		return &Error{fault: cutOff, Message: "the connection closed before the answer was whole", Err: io.ErrUnexpectedEOF}
	default:
		return &Error{fault: cutOff, Message: "the connection broke, or did not carry HTTP"}
	}
}

// redirected returns the error of a redirect, and nil for any other answer.
func redirected(q *http.Request, a Response) *Error {
	if a.Status < 300 || a.Status > 399 {
		return nil
	}
	to := "nowhere"
	real := *q.URL
	real.Host = q.Host
	if location, err := real.Parse(a.Header.Get("Location")); err == nil && location.Host != "" {
		to = location.Host
	}
	return &Error{fault: misled, Message: "redirected to " + to + ", which is not followed"}
}
