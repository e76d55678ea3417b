package transport

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"
)

// Request is one call to a service, as data.
type Request struct {
	System string // "cloudbase"; the system's name for the user
	Call   string // the action, or "METHOD /path"; the call's name for the user
	Method string
	URL    string // of the real service, also when a sandbox answers
	Header http.Header
	Body   []byte
	Class  Class

	// Timeout is for one attempt; 0 = the transport's.
	Timeout time.Duration

	// Limit is the key by which the service counts requests, and its rate. Empty: no
	// limit is documented; refusals are learned from anyway.
	Limit Limit

	// Secrets are the secrets in the request. They are removed from all texts of an
	// error.
	Secrets []string

	// Sign, if not nil, completes the request with what depends on the time. It is
	// called last, for every attempt, and may change only headers.
	Sign func(r *http.Request, body []byte, now time.Time) error

	// Codes describe the codes in errors. Nil: only those of HTTP.
	Codes Codes

	// Judge, if not nil, decides what an answer means. Without it any status below 300
	// is a success.
	Judge Judge
}

// Class says what a failed call may have done. The zero value is the careful one.
type Class int

const (
	Write Class = iota // is repeated only when nothing can have been done
	Read               // changes nothing and is repeated freely
)

// Limit is a key by which a service counts requests, and the documented rate. Two
// hosts never share a count.
type Limit struct {
	Account, Region, Action string
	Rate                    int // requests per second; 0: no limit
}

// Response is a whole answer.
type Response struct {
	Status int
	Header http.Header
	Body   []byte
}

// Date is the time of the answer by the clock of the service; zero = it does not say.
func (r Response) Date() time.Time {
	date, err := http.ParseTime(r.Header.Get("Date"))
	if err != nil {
		return time.Time{}
	}
	return date
}

// Judge reads an answer of any status, and returns the service's request id, if there
// is one, and nil or what is wrong with the answer. An [*Error] needs only Code and
// Message and may quote the service in full: the transport adds the rest, removes
// secrets and cuts the text. Redirects are not judged.
type Judge func(Response) (requestID string, err error)

func byStatus(a Response) (string, error) {
	if a.Status >= 300 {
		return "", &Error{}
	}
	return "", nil
}

// newRequest makes the HTTP request of one attempt. Its Host is that of the real
// service, even if it goes to a sandbox.
func (t *Transport) newRequest(ctx context.Context, r Request) (*http.Request, error) {
	q, err := http.NewRequestWithContext(ctx, r.Method, r.URL, bytes.NewReader(r.Body))
	if err != nil {
		// The text of err quotes the URL, which may contain a secret.
		return nil, errors.New("the url or the method is malformed")
	}
	maps.Copy(q.Header, r.Header.Clone())
	q.Header.Set("User-Agent", t.userAgent)
	q.Host = strings.ToLower(q.URL.Host)
	if t.sandbox != nil {
		q.URL.Scheme, q.URL.Host = t.sandbox.Scheme, t.sandbox.Host
	}
	if r.Sign != nil {
		if err := r.Sign(q, r.Body, time.Now()); err != nil {
			return nil, err
		}
	}
	return q, carried(q.Header)
}

// carried returns an error if a header contains a character that HTTP does not allow.
// It names the header and not the value, which is most likely a credential.
func carried(header http.Header) error {
	for _, name := range slices.Sorted(maps.Keys(header)) {
		for _, value := range header[name] {
			if strings.ContainsFunc(value, func(r rune) bool { return r < ' ' && r != '\t' || r == 0x7f }) {
				return fmt.Errorf("the header %s holds a line break, or another character that none may", name)
			}
		}
	}
	return nil
}

// ParseBase reads the URL of a service or a sandbox. Its errors do not quote it, since
// it may contain a password.
func ParseBase(text string) (*url.URL, error) {
	u, err := url.Parse(text)
	switch {
	case err != nil:
		return nil, errors.New("not a url")
	case u.Scheme != "http" && u.Scheme != "https":
		return nil, errors.New("the url does not begin with http:// or https://")
	case u.Host == "":
		return nil, errors.New("the url names no host")
	case u.User != nil:
		return nil, errors.New("the url holds a user or a password, which have no place there")
	}
	return u, nil
}

// hostOf returns the host of a URL, with its port if the URL has one.
func hostOf(text string) (string, error) {
	u, err := ParseBase(text)
	if err != nil {
		return "", err
	}
	return strings.ToLower(u.Host), nil
}
