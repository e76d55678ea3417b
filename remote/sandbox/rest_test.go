package sandbox

import (
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"authsync/schema"
)

// visitor calls a service of one tenant: it connects to the sandbox and names
// the tenant in Host.
type visitor struct {
	*client
	host   string
	header http.Header
}

// visit returns a visitor with the sandbox's token in a header.
func (c *client) visit(host, header, value string) visitor {
	return visitor{client: c, host: host, header: http.Header{header: {value}, "Content-Type": {"application/json"}}}
}

func (v visitor) with(header, value string) visitor {
	v.header = v.header.Clone()
	v.header.Set(header, value)
	return v
}

// reply is an answer as it came.
type reply struct {
	status int
	header http.Header
	text   string
}

func (v visitor) do(method, path, body string) reply {
	v.t.Helper()
	got, err := v.try(method, path, body)
	must(v.t, err)
	return got
}

func (v visitor) try(method, path, body string) (reply, error) {
	r, err := http.NewRequestWithContext(v.t.Context(), method, v.url+path, strings.NewReader(body))
	if err != nil {
		return reply{}, err
	}
	r.Host = v.host
	r.Header = v.header
	resp, err := http.DefaultClient.Do(r)
	if err != nil {
		return reply{}, err
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	return reply{resp.StatusCode, resp.Header, string(text)}, err
}

// object makes a request that must be answered with a status and a JSON object.
func (v visitor) object(status int, method, path, body string) schema.Object {
	v.t.Helper()
	got := v.do(method, path, body)
	if got.status != status {
		v.t.Fatalf("%s %s %s: HTTP %d, want %d: %s", method, path, body, got.status, status, got.text)
	}
	return parse(v.t, got.text)
}

// form sends a form.
func (v visitor) form(path string, fields url.Values) reply {
	v.t.Helper()
	return v.with("Content-Type", "application/x-www-form-urlencoded").do("POST", path, fields.Encode())
}

// refuses makes a request that must be answered with the status and every text.
func (v visitor) refuses(status int, method, path, body string, texts ...string) {
	v.t.Helper()
	got := v.do(method, path, body)
	if got.status != status {
		v.t.Errorf("%s %s %s: HTTP %d, want %d: %s", method, path, body, got.status, status, got.text)
	}
	for _, text := range texts {
		if !strings.Contains(got.text, text) {
			v.t.Errorf("%s %s %s: no %q in %s", method, path, body, text, got.text)
		}
	}
}

// wire is a JSON object for a seed.
func wire(t *testing.T, text string) schema.Object {
	t.Helper()
	return parse(t, text)
}

// must stops at an error of a seed.
func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

const (
	authHost  = "auth.example.com"
	iotHost   = "iot.example.com"
	recordEnv = "prod-7gk2x9"
	openHost  = recordEnv + ".ap-shanghai.tcb-api.tencentcloudapi.com"
)

// visitors is one for each of the three systems, and a request that it may make.
func (c *client) visitors() map[string]struct {
	visitor
	method, path, limited string
	limitedStatus         int
} {
	type one = struct {
		visitor
		method, path, limited string
		limitedStatus         int
	}
	return map[string]one{
		"connectors": {c.visit(authHost, "Authorization", "Bearer sandbox"), "GET", "/api/v1/connectors", `"code":429`, 429},
		"devices":    {c.visit(iotHost, "X-Access-Token", "sandbox"), "GET", "/api/application/_query/no-paging", `"status":429`, 429},
		"openapi":    {c.visit(openHost, "Authorization", "Bearer sandbox"), "GET", "/weda/odata/v1/prod/sys_role", `"EXCEED_RATELIMIT"`, 429},
	}
}

func TestEverySystemIsLoggedAndLimited(t *testing.T) {
	for name := range start(t, Options{}).visitors() {
		t.Run(name, func(t *testing.T) {
			c := start(t, Options{})
			v := c.visitors()[name]
			if got := v.do(v.method, v.path+"?", ""); got.status != 200 {
				t.Fatalf("%+v", got)
			}
			c.fault(`{"match":"` + v.method + " " + v.path + `","fault":"limit"}`)
			got := v.do(v.method, v.path, "")
			if got.status != v.limitedStatus || !strings.Contains(got.text, v.limited) {
				t.Errorf("limited: %+v", got)
			}
			if after := got.header.Get("Retry-After"); name != "openapi" && after != "1" {
				t.Errorf("Retry-After: %q", after)
			}
			c.fault(`{"match":"` + v.path + `","fault":"500"}`)
			if got := v.do(v.method, v.path, ""); got.status != 500 || !strings.HasPrefix(got.text, "<html>") {
				t.Errorf("broken: %+v", got)
			}
			log := c.log()
			if len(log) != 3 || log[0].System != name || log[0].Write || log[0].Code != "" || log[1].Code == "" || log[1].Fault != "limit" {
				t.Errorf("logged %+v", log)
			}
		})
	}
}

func TestEverySystemCountsRequests(t *testing.T) {
	c := start(t, Options{Rate: 2})
	at := time.Now()
	clock := func() time.Time { return at }
	c.server.connectors.clock, c.server.devices.clock, c.server.openapi.clock = clock, clock, clock
	for name, v := range c.visitors() {
		t.Run(name, func(t *testing.T) {
			for range 2 {
				v.object(200, v.method, v.path, "")
			}
			v.refuses(v.limitedStatus, v.method, v.path, "", v.limited)
			at = at.Add(time.Second)
			v.object(200, v.method, v.path, "")
		})
	}
}

func TestTenantsAreApart(t *testing.T) {
	c := start(t, Options{})
	must(t, c.server.SeedConnector("One.example.com:443", wire(t, `{"connector_id":"github","type":"Social"}`)))
	for host, total := range map[string]string{"one.example.com": "1", "ONE.example.com": "1", "one.example.com:8443": "0", "two.example.com": "0"} {
		list := c.visit(host, "Authorization", "Bearer sandbox").object(200, "GET", "/api/v1/connectors", "")
		same(t, host, list.At("result", "total"), total)
	}
}

func TestUnknownHosts(t *testing.T) {
	c := start(t, Options{Unknown: RefuseUnknown})
	must(t, c.server.SeedConnector(authHost, wire(t, `{"connector_id":"github","type":"Social"}`)))
	c.server.SeedRole(iotHost, "1", "one")
	c.server.AddEnvironment(recordEnv, "", "")
	for name, v := range c.visitors() {
		v.object(200, v.method, v.path, "")
		v.host = "other." + v.host
		if name == "openapi" {
			v.host = "other.ap-shanghai.tcb-api.tencentcloudapi.com"
			v.refuses(400, v.method, v.path, "", `"code":"INVALID_ENV"`)
			continue
		}
		v.refuses(404, v.method, v.path, "", "<html>")
	}
	c.visit("other.example.com", "Accept", "*/*").refuses(404, "POST", "/oidc/token", "", "<html>")
}

// What is asked in X-TC-Action is CloudBase's, whatever the path.
func TestCloudBaseHasAnyPath(t *testing.T) {
	c := start(t, Options{})
	s := newSigner("GetProviders")
	r := s.request(t.Context(), c.url+"/api/v1/connectors", `{"EnvId":"e1"}`)
	resp, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
	if log := c.log(); log[0].System != "cloudbase" || log[0].Code != "" {
		t.Errorf("logged %+v", log)
	}
}

func TestExpiredFault(t *testing.T) {
	for name := range start(t, Options{}).visitors() {
		t.Run(name, func(t *testing.T) {
			c := start(t, Options{})
			v := c.visitors()[name]
			tokens := map[string]*tokens{"connectors": c.server.connectors.tokens, "devices": c.server.devices.tokens, "openapi": c.server.openapi.tokens}[name]
			tenant := v.host
			if name == "openapi" {
				tenant = recordEnv
			}
			token := tokens.issue(tenant)
			v.visitor = v.with("X-Access-Token", token).with("Authorization", "Bearer "+token)
			v.object(200, v.method, v.path, "")
			c.fault(`{"match":"` + v.path + `","fault":"expired"}`)
			for range 2 { // by the fault, and because the token is gone
				if got := v.do(v.method, v.path, ""); got.status != 401 && !strings.Contains(got.text, "jwt expired") {
					t.Errorf("%+v", got)
				}
			}
		})
	}
	c := start(t, Options{})
	c.fault(`{"match":"GetProviders","fault":"expired"}`)
	c.refused("GetProviders", `{}`, "AuthFailure.SignatureExpire", "")
	c.ok("GetProviders", `{}`)
}

func TestTokenLife(t *testing.T) {
	at := noon
	c := start(t, Options{TokenLife: time.Minute, Now: func() time.Time { return at }})
	anybody := c.visit(authHost, "Authorization", "")
	got := parse(t, anybody.form("/oidc/token", credentials()).text)
	same(t, "expires_in", got["expires_in"], `60`)
	v := anybody.with("Authorization", "Bearer "+got.Text("access_token"))
	at = at.Add(59 * time.Second)
	v.object(200, "GET", "/api/v1/connectors", "")
	at = at.Add(time.Second)
	v.refuses(401, "GET", "/api/v1/connectors", "")
	other := v
	other.host = "other.example.com"
	at = at.Add(-time.Second)
	v.object(200, "GET", "/api/v1/connectors", "")
	other.refuses(401, "GET", "/api/v1/connectors", "")
}

func TestEverySystemAtOnce(t *testing.T) {
	c := start(t, Options{})
	const writers = 20
	done := make(chan error)
	for i := range writers {
		go func() {
			for _, request := range []struct {
				visitor
				method, path, body string
			}{
				{c.connectors(), "POST", connectorPath, github},
				{c.connectors(), "GET", connectorPath, ""},
				{c.devices(), "POST", applicationPath, application(fmt.Sprintf("a%d", i))},
				{c.devices(), "GET", applicationPath + "/_query/", ""},
				{c.openapi(), "POST", rolesPath, `{"code":"r"}`},
				{c.openapi(), "GET", rolesPath, ""},
			} {
				got, err := request.try(request.method, request.path, request.body)
				if err == nil && got.status >= 300 {
					err = fmt.Errorf("%s %s: %+v", request.method, request.path, got)
				}
				if err == nil {
					_, err = c.server.State()
				}
				if err != nil {
					done <- err
					return
				}
			}
			done <- nil
		}()
	}
	for range writers {
		if err := <-done; err != nil {
			t.Error(err)
		}
	}
	for name, held := range map[string]schema.Value{
		"connectors":   c.server.connectors.state().At(authHost),
		"applications": c.server.devices.state().At(iotHost, "applications"),
		"records":      c.heldRecords("prod", "sys_role"),
	} {
		if n := len(held.(schema.Object)); n != writers {
			t.Errorf("%d %s", n, name)
		}
	}
}

// roundTrip makes a request on a connection of its own.
func (c *client) roundTrip(r *http.Request) (*http.Response, error) {
	transport := &http.Transport{}
	defer transport.CloseIdleConnections()
	return transport.RoundTrip(r)
}
