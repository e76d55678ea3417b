package service

import (
	"cmp"
	"context"
	"errors"
	"net/http"
	"net/url"
	"strings"
	"time"

	"authsync/remote/transport"
	"authsync/schema"
	"authsync/secrets"
	"authsync/sync"
)

// Client makes the calls of one system. Systems differ in address, signature, envelope
// and error codes.
type Client struct {
	System    string
	Transport *transport.Transport
	Base      string // URL
	Codes     transport.Codes
	// Sign adds the caller's identity to a request, and names the secrets in it. Nil =
	// no identity.
	Sign func(ctx context.Context, r *transport.Request) error
	// Open judges an answer and returns the content of its envelope.
	Open func(transport.Response) (inside schema.Value, requestID string, err error)
	// Renew discards the credentials of a request if the service refused them as
	// expired, and reports whether to sign it again. Nil = never.
	Renew func(r transport.Request, refusal error) bool
}

// Request is a call with its parameters.
type Request struct {
	sync.Call
	Class transport.Class
	Query url.Values
	// Reveal opens the secrets of the body. Nil = there are none.
	Reveal schema.Reveal
	// Dated receives the time of the answer by the service's clock; zero = it has none.
	// Nil = nobody asks.
	Dated func(time.Time)
	// Take receives the content of the answer's envelope. Its error becomes an error
	// of the call, with the request id.
	Take func(inside schema.Value) error
}

// Ask makes a call that changes nothing, and returns the content of the answer's
// envelope.
func (c *Client) Ask(ctx context.Context, call sync.Call, query url.Values) (inside schema.Value, err error) {
	err = c.Do(ctx, Request{Call: call, Class: transport.Read, Query: query, Take: func(v schema.Value) error {
		inside = v
		return nil
	}})
	return inside, err
}

// Make makes a call that may change something, and returns the object in the answer's
// envelope, if there is one, and the answer's time.
func (c *Client) Make(ctx context.Context, call sync.Call, reveal schema.Reveal) (made schema.Object, at time.Time, err error) {
	err = c.Do(ctx, Request{Call: call, Class: transport.Write, Reveal: reveal, Dated: func(date time.Time) { at = date }, Take: func(v schema.Value) error {
		made, _ = v.(schema.Object)
		return nil
	}})
	return made, at, err
}

// Write returns the call of an operation in the manner of REST: POST to the collection,
// with what only a new object states, PATCH and DELETE of the object.
func (c *Client) Write(op sync.Op, collection, object string, stated, body schema.Object) []sync.Call {
	call := sync.Call{System: c.System, Path: object, Body: body}
	switch op {
	case sync.OpCreate:
		call.Method, call.Path, call.Body = http.MethodPost, collection, schema.Overlay(stated, body)
	case sync.OpUpdate:
		call.Method = http.MethodPatch
	case sync.OpDelete:
		call.Method, call.Body = http.MethodDelete, nil
	}
	return []sync.Call{call}
}

// Object returns a Take for answers that contain an object.
func Object(take func(schema.Object) error) func(schema.Value) error {
	return func(inside schema.Value) error {
		object, ok := inside.(schema.Object)
		if !ok {
			return errors.New("what the answer holds is not an object")
		}
		return take(object)
	}
}

// Do makes a call, and signs it again once if necessary. No error contains a secret of
// its body.
func (c *Client) Do(ctx context.Context, r Request) error {
	for renewed := false; ; renewed = true {
		request, err := c.request(ctx, r)
		if err != nil {
			return err
		}
		answer, err := c.Transport.Do(ctx, request)
		if err == nil && r.Dated != nil {
			r.Dated(answer.Date())
		}
		if err == nil || renewed || c.Renew == nil || !c.Renew(request, err) {
			return err
		}
	}
}

func (c *Client) request(ctx context.Context, r Request) (transport.Request, error) {
	out := transport.Request{
		System: c.System, Call: r.Call.String(), Method: cmp.Or(r.Method, http.MethodPost),
		URL: c.Base + r.Path, Header: http.Header{}, Class: r.Class, Codes: c.Codes,
	}
	if len(r.Query) > 0 {
		out.URL += "?" + EncodeQuery(r.Query)
	}
	if r.Body != nil {
		opened := &opened{reveal: r.Reveal}
		var err error
		if out.Body, err = schema.EncodeJSON(r.Body, opened.open); err != nil {
			return out, &transport.Error{System: c.System, Call: out.Call, Effect: transport.NotDone, Err: err}
		}
		out.Secrets = opened.texts
		out.Header.Set("Content-Type", "application/json") // some systems sign it: exactly this, no charset
	}
	out.Judge = func(a transport.Response) (string, error) {
		inside, id, err := c.Open(a)
		if err == nil {
			err = sync.Hold(ctx, inside)
		}
		if err == nil && r.Take != nil {
			err = r.Take(inside)
		}
		return id, err
	}
	if c.Sign == nil {
		return out, nil
	}
	return out, c.Sign(ctx, &out)
}

// opened collects the secrets that were opened for a body.
type opened struct {
	reveal schema.Reveal
	texts  []string
}

func (o *opened) open(v secrets.Value) (secrets.Clear, error) {
	if o.reveal == nil {
		return secrets.Clear{}, errors.New("the body holds a secret, and there is nothing to open it with")
	}
	clear, err := o.reveal(v)
	if err == nil {
		o.texts = append(o.texts, clear.Reveal())
	}
	return clear, err
}

// EncodeQuery encodes a query as OData clients do: some servers do not accept + for a
// space, or %24 for the $ of an option.
func EncodeQuery(query url.Values) string {
	return strings.NewReplacer("+", "%20", "%24", "$").Replace(query.Encode())
}

// Base returns the URL of a system in the form that a [Client] needs.
func Base(url string) (string, error) {
	base, err := transport.ParseBase(url)
	if err != nil {
		return "", err
	}
	return strings.TrimRight(base.String(), "/"), nil
}

// Path joins the elements of a path, each escaped.
func Path(base string, elements ...string) string {
	for _, e := range elements {
		base += "/" + url.PathEscape(e)
	}
	return base
}
