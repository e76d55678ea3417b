package sandbox

import (
	"maps"
	"mime"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"authsync/schema"
	"authsync/schema/list"
	"authsync/secrets"
)

// route is one operation of a service that is addressed by method and path. C
// is a call of the service.
type route[C any] struct {
	method string
	path   string // {id} stands for one segment
	writes bool
	query  []string // the parameters that it takes; "terms" stands for terms[0].column too
	do     func(C) (schema.Value, error)
}

// pattern names the route in the count of requests.
func (r route[C]) pattern() string { return r.method + " " + r.path }

// find returns the route of a request and the value of {id} in its path. If no route
// has the method, it returns the methods of the path; none = no such path. If two
// paths match, the first in the table counts.
func find[C any](routes []route[C], method, path string) (found *route[C], id string, methods []string) {
	meant := ""
	for i, r := range routes {
		got, fits := fit(r.path, path)
		if !fits || meant != "" && r.path != meant {
			continue
		}
		meant = r.path
		if r.method == method {
			return &routes[i], got, nil
		}
		methods = append(methods, r.method)
	}
	return nil, "", methods
}

func fit(pattern, path string) (id string, fits bool) {
	wanted, got := strings.Split(pattern, "/"), strings.Split(path, "/")
	if len(wanted) != len(got) {
		return "", false
	}
	for i, segment := range wanted {
		switch {
		case segment == "{id}" && got[i] != "":
			id = got[i]
		case segment != got[i]:
			return "", false
		}
	}
	return id, true
}

// checkQuery refuses a URL parameter that the route does not have.
func checkQuery(query url.Values, allowed []string) error {
	for name := range query {
		stem, _, _ := strings.Cut(name, "[")
		if !slices.Contains(allowed, stem) {
			return unknown(name)
		}
	}
	return nil
}

// checkBody refuses parameters of a wrong type or value, and those that are
// neither declared nor known from a seed.
func checkBody(in schema.Object, params []param, seeded map[string]bool) error {
	if err := checkTypes(params, in, ""); err != nil {
		return err
	}
	for _, name := range in.Names() {
		if !declares(params, name) && !seeded[name] {
			return unknown(name)
		}
	}
	return nil
}

func unknown(name string) error {
	return refuse("UnknownParameter", "The parameter `%s` is not recognized.", name)
}

// undeclared are the names in a seeded object that no parameter declares.
func undeclared(wire schema.Object, params []param) []string {
	return slices.DeleteFunc(wire.Names(), func(name string) bool { return declares(params, name) })
}

// jsonObject reads a body that has to be a JSON object. It is not strict with
// the charset: the open API's own text says "application/json;utf-8".
func jsonObject(r request) (schema.Object, error) {
	media, _, _ := strings.Cut(r.Header.Get("Content-Type"), ";")
	if strings.TrimSpace(media) != "application/json" {
		return nil, refuse("InvalidParameter", "The request is not of the type application/json.")
	}
	if r.oversize {
		return nil, refuse("InvalidParameter", "The request is too long.")
	}
	return parseBody(r.body)
}

// formOf reads a body that has to be a form.
func formOf(r request) (url.Values, error) {
	media, _, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if err != nil || media != "application/x-www-form-urlencoded" {
		return nil, refuse("InvalidParameter", "The request is not of the type application/x-www-form-urlencoded.")
	}
	return url.ParseQuery(string(r.body))
}

// natural reads a parameter of the URL that is a whole number of at least the
// least.
func natural(query url.Values, name string, least, otherwise int) (int, error) {
	if !query.Has(name) {
		return otherwise, nil
	}
	n, err := strconv.Atoi(query.Get(name))
	if err != nil || n < least {
		return 0, refuse("InvalidParameterValue", "`%s` must be a whole number of at least %d.", name, least)
	}
	return n, nil
}

// line is the request log's line for a request to a service of tenants.
func line(system string, r request, tenant string) entry {
	e := entry{
		System: system,
		Method: r.Method,
		Path:   r.URL.Path,
		Query:  r.URL.RawQuery,
		Tenant: tenant,
	}
	if v, err := schema.ParseJSON(r.body); err == nil {
		e.Body, _ = schema.EncodeJSON(v, secrets.OpenClear)
	}
	return e
}

// hostOf returns the tenant of a request: the host of the real service, even if the
// client connected to another address.
func hostOf(r *http.Request) string { return tenantName(r.Host) }

func tenantName(host string) string {
	host = strings.ToLower(host)
	return strings.TrimSuffix(strings.TrimSuffix(host, ":443"), ":80")
}

// isFor reports whether a request is for one of the paths or below one. Requests to
// CloudBase have the action in a header and may have any path.
func isFor(r *http.Request, prefixes ...string) bool {
	if r.Header.Get("X-TC-Action") != "" {
		return false
	}
	return slices.ContainsFunc(prefixes, func(prefix string) bool {
		return r.URL.Path == prefix || strings.HasPrefix(r.URL.Path, prefix+"/")
	})
}

// nobody is the answer of a front proxy for a host that it does not serve.
func nobody() answer {
	return inHTML(http.StatusNotFound, "<head><title>404 Not Found</title></head><body><h1>404 Not Found</h1></body></html>\n")
}

// inHTML is an answer for a person.
func inHTML(status int, inside string) answer {
	return answer{status: status, contentType: "text/html", body: []byte("<html>" + inside)}
}

// part returns at most so many of all, from a position on.
func part[T any](all []T, from, most int64) []T {
	size := int64(len(all))
	from = min(from, size)
	return all[from : from+min(most, size-from)]
}

// pageOf returns the page of a number, the first of which is 0.
func pageOf[T any](all []T, number, size int64) []T {
	if number > int64(len(all))/size {
		return nil
	}
	return part(all, number*size, size)
}

func jsonAnswer(status int, v schema.Value) answer {
	body, err := schema.EncodeJSON(v, secrets.OpenClear)
	if err != nil {
		return answer{status: http.StatusInternalServerError, contentType: "text/plain", body: []byte(err.Error())}
	}
	return answer{status: status, contentType: "application/json", body: body}
}

// retryAfter tells a throttled client how long to wait. The limiter counts the last
// second.
var retryAfter = http.Header{"Retry-After": {"1"}}

// hosted is what the services have that have a tenant for each host.
type hosted[T tenant] struct {
	options Options
	clock   func() time.Time // of rates
	limiter limiter
	tokens  *tokens
	tenants tenants[T]
}

// newHosted returns it for a service that documents how long its tokens live.
func newHosted[T tenant](system string, options Options, documented time.Duration, create func(name string) T) hosted[T] {
	return hosted[T]{
		options: options, clock: time.Now, limiter: limiter{perSecond: options.Rate},
		tokens: newTokens(system, options, documented), tenants: tenants[T]{unknown: options.Unknown, create: create},
	}
}

// tenant is the data of one tenant, which is locked while it is read or written.
type tenant interface {
	comparable
	sync.Locker
}

// tenants are the tenants of a service, by name.
type tenants[T tenant] struct {
	unknown UnknownManner
	create  func(name string) T

	mu   sync.Mutex
	held map[string]T
}

// named returns the tenant that a request names, or nil.
func (t *tenants[T]) named(name string) T {
	if t.unknown == RefuseUnknown {
		t.mu.Lock()
		defer t.mu.Unlock()
		return t.held[name]
	}
	return t.add(name)
}

// add returns the tenant, and creates it if necessary.
func (t *tenants[T]) add(name string) T {
	t.mu.Lock()
	defer t.mu.Unlock()
	held, exists := t.held[name]
	if !exists {
		held = t.create(name)
		if t.held == nil {
			t.held = map[string]T{}
		}
		t.held[name] = held
	}
	return held
}

// locked returns the tenant as add does, locked until unlock is called.
func (t *tenants[T]) locked(name string) (held T, unlock func()) {
	held = t.add(name)
	held.Lock()
	return held, held.Unlock
}

// all returns the tenants, sorted by name.
func (t *tenants[T]) all() []T {
	t.mu.Lock()
	defer t.mu.Unlock()
	return list.Each(slices.Sorted(maps.Keys(t.held)), func(name string) T { return t.held[name] })
}

// state returns the result of show for each tenant.
func (t *tenants[T]) state(show func(T) schema.Object) schema.Object {
	t.mu.Lock()
	defer t.mu.Unlock()
	state := schema.Object{}
	for name, held := range t.held {
		held.Lock()
		state[name] = show(held)
		held.Unlock()
	}
	return state
}
