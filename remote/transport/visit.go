package transport

import (
	"context"
	"errors"
	"net/http"
	"time"
)

// Visit asks an address whether anything answers there, without credentials, and
// returns the time in the answer; the zero time = there is none. Whatever the answer
// says, it is one.
func (t *Transport) Visit(ctx context.Context, system, address string) (date time.Time, err error) {
	_, err = t.Do(ctx, Request{System: system, Call: "GET /", Method: http.MethodGet, URL: address + "/", Header: http.Header{}, Class: Read,
		Judge: func(a Response) (string, error) {
			date = a.Date()
			return "", nil
		}})
	if answered, is := errors.AsType[*Error](err); is && answered.Status != 0 {
		err = nil
	}
	return date, err
}

// Proxy returns the host of the proxy on the way to an address; "" = there is none.
func (t *Transport) Proxy(address string) (host string, err error) {
	q, err := http.NewRequest(http.MethodGet, address, nil)
	if err != nil || t.http.Proxy == nil {
		return "", err
	}
	proxy, err := t.http.Proxy(q)
	if err != nil || proxy == nil {
		return "", err
	}
	return proxy.Host, nil
}
