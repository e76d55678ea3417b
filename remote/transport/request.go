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
	System string // "cloudbase"; how the service is named to the user
	Call   string // the action, or "METHOD /path"; how the call is named to the user
	Method string
	URL    string // of the real service, also when a sandbox answers
	Header http.Header
	Body   []byte
	Class  Class

	// Timeout is for one attempt; 0 = the transport's.
	Timeout time.Duration

	// Limit is what the service counts requests by, and how many it takes.
	// Empty: it documents no limit; its refusals are learned from all the same.
	Limit Limit

	// Secrets are what the request holds in clear. They are taken out of
	// whatever the service says in an error.
	Secrets []string

	// Sign, if not nil, completes the request with what depends on the time.
	// It is called for every attempt, last of all, and may change headers only.
	Sign func(r *http.Request, body []byte, now time.Time) error

	// Codes are what is known of the codes in errors. Nil: those of HTTP alone.
	Codes Codes

	// Judge, if not nil, decides what an answer means. Without it any status
	// below 300 is a success.
	Judge Judge
}

// Class says what a failed call may have done.
type Class int

// The classes. The zero value is the careful one.
const (
	Write Class = iota // is repeated only when nothing can have been done
	Read               // changes nothing and is repeated freely
)

// Limit is what a service counts requests by, and how many a second it documents
// that it takes of them. Two hosts never share a count.
type Limit struct {
	Account, Region, Action string
	Rate                    int // a second; 0: as many as there are
}

// Response is a whole answer.
type Response struct {
	Status int
	Header http.Header
	Body   []byte
}

// Judge reads an answer, with whatever status it came, and returns the
// service's id for the request, if it gave one, and nil or what is wrong with
// the answer. An [*Error] need hold only Code and Message and may quote the
// service in full: the transport adds the rest, takes the secrets out and cuts
// it to size. Redirects do not come here.
type Judge func(Response) (requestID string, err error)

func byStatus(a Response) (string, error) {
	if a.Status >= 300 {
		return "", &Error{}
	}
	return "", nil
}

// newRequest makes the HTTP request of one attempt. Its Host is that of the
// real service; the connection goes to the sandbox if there is one.
func (t *Transport) newRequest(ctx context.Context, r Request) (*http.Request, error) {
	q, err := http.NewRequestWithContext(ctx, r.Method, r.URL, bytes.NewReader(r.Body))
	if err != nil {
		// The text of err quotes the URL, which may hold what nobody should see.
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

// carried returns an error if a header holds what HTTP does not carry. It names
// the header, and says nothing of the value: most likely that is a credential.
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

// ParseBase reads the URL of a service or a sandbox. Its errors do not quote
// it, since it may hold a password.
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

// hostOf returns the host that a request to this URL names, with its port if
// the URL has one.
func hostOf(text string) (string, error) {
	u, err := ParseBase(text)
	if err != nil {
		return "", err
	}
	return strings.ToLower(u.Host), nil
}
