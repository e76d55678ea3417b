package remote

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"strings"

	"authsync/schema"
	"authsync/sync"
)

// rest is what the services with REST APIs have in common: a base URL, a token
// in a header, and an envelope around every answer. They differ in these alone.
type rest struct {
	system    string
	transport *Transport
	base      string
	// authorize returns the header that carries the token.
	authorize func(ctx context.Context) (name, value string, err error)
	// open judges an answer and returns what is inside its envelope.
	open func(Response) (inside schema.Value, requestID string, err error)
	// expired reports whether an error means that the token is no longer
	// good, so that renew may help. Nil = it never does.
	expired func(error) bool
	// renew gets rid of the token that a header carried.
	renew func(used string)
}

// call makes a call and returns what is inside the answer's envelope. Once, a
// token that the service no longer takes is renewed.
func (r *rest) call(ctx context.Context, class Class, c sync.Call, query url.Values, reveal schema.Reveal) (inside schema.Value, err error) {
	err = r.taken(ctx, class, c, query, reveal, func(v schema.Value) error {
		inside = v
		return nil
	})
	return inside, err
}

// taken is call with a judge of what is inside: what take objects to is an error
// of the call.
func (r *rest) taken(ctx context.Context, class Class, c sync.Call, query url.Values, reveal schema.Reveal, take func(inside schema.Value) error) error {
	name, token, err := r.authorize(ctx)
	if err != nil {
		return err
	}
	err = r.once(ctx, class, c, query, reveal, http.Header{name: {token}}, take)
	if err == nil || r.expired == nil || !r.expired(err) {
		return err
	}
	r.renew(token)
	if name, token, err = r.authorize(ctx); err != nil {
		return err
	}
	return r.once(ctx, class, c, query, reveal, http.Header{name: {token}}, take)
}

func (r *rest) once(ctx context.Context, class Class, c sync.Call, query url.Values, reveal schema.Reveal, header http.Header, take func(schema.Value) error) error {
	request := Request{
		System: r.system, Call: c.Method + " " + c.Path, Method: c.Method,
		URL: r.base + c.Path, Header: header, Class: class, Secrets: tokensOf(header),
	}
	if len(query) > 0 {
		request.URL += "?" + encodeQuery(query)
	}
	if c.Body != nil {
		opened := &opened{reveal: reveal}
		var err error
		if request.Body, err = schema.EncodeJSON(c.Body, opened.open); err != nil {
			return &Error{System: r.system, Call: request.Call, Outcome: NotDone, Err: err}
		}
		request.Secrets = append(request.Secrets, opened.texts...)
		request.Header.Set("Content-Type", "application/json")
	}
	request.Judge = func(a Response) (string, error) {
		inside, id, err := r.open(a)
		if err == nil {
			err = take(inside)
		}
		return id, err
	}
	_, err := r.transport.Do(ctx, request)
	return err
}

// tokensOf are the secrets in a header: its values, also without the word for
// the scheme.
func tokensOf(header http.Header) []string {
	var tokens []string
	for _, values := range header {
		for _, value := range values {
			tokens = append(tokens, value)
			if _, token, ok := strings.Cut(value, " "); ok {
				tokens = append(tokens, token)
			}
		}
	}
	return tokens
}

// encodeQuery spells a query as OData clients do: not every server takes + for
// a space, or %24 for the $ of an option.
func encodeQuery(query url.Values) string {
	return strings.NewReplacer("+", "%20", "%24", "$").Replace(query.Encode())
}

// ask makes a read call whose answer is an object.
func (r *rest) ask(ctx context.Context, path string, query url.Values, take func(schema.Object) error) error {
	c := sync.Call{System: r.system, Method: http.MethodGet, Path: path}
	return r.taken(ctx, Read, c, query, nil, func(inside schema.Value) error {
		object, ok := inside.(schema.Object)
		if !ok {
			return errors.New("what the answer holds is not an object")
		}
		return take(object)
	})
}

// get makes a read call.
func (r *rest) get(ctx context.Context, path string, query url.Values) (schema.Value, error) {
	return r.call(ctx, Read, sync.Call{System: r.system, Method: http.MethodGet, Path: path}, query, nil)
}

// path joins the elements of a path, each escaped.
func path(base string, elements ...string) string {
	for _, e := range elements {
		base += "/" + url.PathEscape(e)
	}
	return base
}
