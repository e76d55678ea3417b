package sandbox

import (
	"errors"
	"net/http"
	"strconv"
	"sync"
	"time"

	"authsync/schema"
	"authsync/schema/quirk"
)

// connectors simulates the connector management API (seed 004), with one tenant per
// host.
type connectors struct{ hosted[*connectorTenant] }

// connectorTenant is the data of one host, in wire form.
type connectorTenant struct {
	sync.Mutex
	connectors shelf
	last       int             // the number in the newest id
	reads      int             // of connectors whose times move
	seeded     map[string]bool // fields of seeded connectors that are in no document
}

const connectorPath = "/api/v1/connectors"

// connectorRoutes are all operations except the one that issues tokens.
var connectorRoutes = []route[*connectorCall]{
	{method: http.MethodGet, path: connectorPath, query: []string{"page", "page_size"}, do: listConnectors},
	{method: http.MethodPost, path: connectorPath, writes: true, do: createConnector},
	{method: http.MethodGet, path: connectorPath + "/{id}", do: getConnector},
	{method: http.MethodPatch, path: connectorPath + "/{id}", writes: true, do: updateConnector},
	{method: http.MethodDelete, path: connectorPath + "/{id}", writes: true, do: deleteConnector},
	{method: http.MethodPost, path: connectorPath + "/{id}/test", writes: true, do: testConnector},
}

// connectorCall is one request: authentic and allowed.
type connectorCall struct {
	request
	Options
	tenant *connectorTenant // locked for the call
	id     string           // in the path
}

func (c *connectorCall) stamp() schema.Text { return stamp(c.Now()) }

// connectorError is an error of the service. Its result is a text, an object or null:
// the documents show a text for errors and null for success, and callers must not rely
// on either.
type connectorError struct {
	status  int
	message string
	result  schema.Value
}

func (e *connectorError) Error() string { return strconv.Itoa(e.status) + ": " + e.message }

func newConnectors(options Options) *connectors {
	// CodeBird's own SDK: an hour.
	return &connectors{newHosted("connectors", options, time.Hour, func(string) *connectorTenant { return &connectorTenant{seeded: map[string]bool{}} })}
}

func (c *connectors) name() string { return "connectors" }

func (c *connectors) claims(r *http.Request) bool {
	return isFor(r, "/api/v1", "/oidc")
}

func (c *connectors) state() schema.Object {
	return c.tenants.state(func(t *connectorTenant) schema.Object { return t.connectors.object() })
}

func (c *connectors) open(r request) exchange {
	e := line(c.name(), r, hostOf(r.Request))
	x := exchange{
		limit: func() answer { return c.envelope(nil, errTooManyConnectors) },
		expire: func() answer {
			c.tokens.expire(bearer(r))
			return c.envelope(nil, errNoAdmin)
		},
	}
	if r.URL.Path == "/oidc/token" {
		x.entry, x.answer = e, func() answer { return c.issueToken(r) }
		return x
	}
	route, id, methods := find(connectorRoutes, r.Method, r.URL.Path)
	e.Write = route != nil && route.writes
	x.entry = e
	x.answer = func() answer {
		if c.options.Unknown == RefuseUnknown && c.tenants.named(e.Tenant) == nil {
			return nobody()
		}
		if c.tokens.state(e.Tenant, bearer(r)) != validToken {
			return c.envelope(nil, errNoAdmin)
		}
		if route == nil {
			return c.envelope(nil, connectorPathError(methods))
		}
		return c.envelope(c.serve(route, &connectorCall{request: r, Options: c.options, id: id}))
	}
	return x
}

func connectorPathError(methods []string) error {
	if len(methods) > 0 {
		return &connectorError{http.StatusMethodNotAllowed, "请求方法不允许", nil}
	}
	return &connectorError{http.StatusNotFound, "接口不存在", nil}
}

func (c *connectors) serve(route *route[*connectorCall], call *connectorCall) (schema.Value, error) {
	host := hostOf(call.Request)
	if _, ok := c.limiter.take(host+" "+route.pattern(), c.clock()); !ok {
		return nil, errTooManyConnectors
	}
	if err := checkQuery(call.URL.Query(), route.query); err != nil {
		return nil, err
	}
	tenant, unlock := c.tenants.locked(host)
	defer unlock()
	call.tenant = tenant
	return route.do(call)
}

var (
	errNoAdmin           = &connectorError{http.StatusUnauthorized, "未授权", nil}
	errNoConnector       = &connectorError{http.StatusNotFound, "连接器不存在", nil}
	errConnectorExists   = &connectorError{http.StatusUnprocessableEntity, "连接器已存在", nil}
	errTooManyConnectors = &connectorError{http.StatusTooManyRequests, "请求过于频繁", schema.Object{"retry_after": schema.Number("1")}}
)

// envelope wraps a result: {"code":0,"message":"success","result":...}, or an
// error's code, message and detail in the same places.
func (c *connectors) envelope(result schema.Value, err error) answer {
	if err == nil && result == noContent {
		return answer{status: http.StatusNoContent}
	}
	if err == nil {
		return jsonAnswer(http.StatusOK, connectorEnvelope(0, "success", result))
	}
	var e *connectorError
	if !errors.As(err, &e) {
		e = &connectorError{http.StatusBadRequest, "请求参数错误", schema.Text(messageOf(err))}
	}
	status := e.status
	if c.options.plays(quirk.ConnectorErrorStatus, quirk.StatusOK) {
		status = http.StatusOK
	}
	a := jsonAnswer(status, connectorEnvelope(e.status, e.message, e.result))
	a.code = strconv.Itoa(e.status)
	if e.status == http.StatusTooManyRequests {
		a.header = retryAfter
	}
	return a
}

// noContent is the result of a call that is answered without a body.
var noContent schema.Value = schema.Text("no content")

func connectorEnvelope(code int, message string, result schema.Value) schema.Object {
	return schema.Object{
		"code":    number(int64(code)),
		"message": schema.Text(message),
		"result":  result,
	}
}

// messageOf is an error in words, without the code of another service.
func messageOf(err error) string {
	if refused, is := errors.AsType[*refusal](err); is {
		return refused.message
	}
	return err.Error()
}
