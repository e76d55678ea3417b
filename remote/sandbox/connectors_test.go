package sandbox

import (
	"net/url"
	"strings"
	"testing"

	"authsync/schema"
	"authsync/schema/quirk"
)

func credentials() url.Values {
	return url.Values{
		"grant_type":    {"client_credentials"},
		"client_id":     {"sandbox"},
		"client_secret": {"sandbox"},
		"resource":      {"urn:codebird:management-api:default"},
		"scope":         {"all"},
	}
}

func (c *client) connectors() visitor { return c.visit(authHost, "Authorization", "Bearer sandbox") }

func TestConnectorToken(t *testing.T) {
	c := start(t, Options{})
	v := c.visit(authHost, "Accept", "application/json")
	got := parse(t, v.form("/oidc/token", credentials()).text)
	token := got.Text("access_token")
	same(t, "answer", got, `{"access_token":"`+token+`","token_type":"Bearer","expires_in":3600,"scope":"all"}`)
	v.with("Authorization", "Bearer "+token).object(200, "GET", connectorPath, "")

	byBasic := credentials()
	byBasic.Del("client_id")
	byBasic.Del("client_secret")
	if got := v.with("Authorization", "Basic c2FuZGJveDpzYW5kYm94").form("/oidc/token", byBasic); got.status != 200 {
		t.Errorf("Basic: %+v", got)
	}
	for _, test := range []struct {
		name, field, value string
		status             int
		code               string
	}{
		{"wrong secret", "client_secret", "other", 401, "invalid_client"},
		{"no client", "client_id", "", 401, "invalid_client"},
		{"another grant", "grant_type", "password", 400, "unsupported_grant_type"},
		{"no grant", "grant_type", "", 400, "invalid_request"},
		{"another resource", "resource", "https://api", 400, "invalid_target"},
	} {
		t.Run(test.name, func(t *testing.T) {
			form := credentials()
			form.Set(test.field, test.value)
			got := v.form("/oidc/token", form)
			if got.status != test.status || parse(t, got.text).Text("error") != test.code {
				t.Errorf("%+v", got)
			}
		})
	}
	v.refuses(400, "POST", "/oidc/token", `{"grant_type":"client_credentials"}`, "invalid_request")
	v.refuses(405, "GET", "/oidc/token", "")
}

func TestConnectorsAreForAdmins(t *testing.T) {
	c := start(t, Options{})
	v := c.connectors()
	for name, header := range map[string]string{"none": "", "another": "Bearer other", "no scheme": "sandbox", "basic": "Basic sandbox"} {
		t.Run(name, func(t *testing.T) {
			same(t, "answer", v.with("Authorization", header).object(401, "GET", connectorPath, ""), `{"code":401,"message":"未授权","result":null}`)
		})
	}
}

func TestConnectorErrors(t *testing.T) {
	c := start(t, Options{})
	v := c.connectors()
	must(t, c.server.SeedConnector(authHost, wire(t, `{"connector_id":"github","type":"Social"}`)))
	const good = `{"connector_id":"github","type":"Social","config":{}}`
	for _, test := range []struct {
		name, method, path, body string
		status                   int
		text                     string
	}{
		{"unknown path", "GET", "/api/v1/users", "", 404, `"code":404`},
		{"unknown id", "GET", connectorPath + "/conn_009", "", 404, `"result":null`},
		{"unknown id changed", "PATCH", connectorPath + "/conn_009", `{}`, 404, `"code":404`},
		{"unknown id deleted", "DELETE", connectorPath + "/conn_009", "", 404, `"code":404`},
		{"unknown id tested", "POST", connectorPath + "/conn_009/test", "", 404, `"code":404`},
		{"wrong method", "PUT", connectorPath + "/conn_001", `{}`, 405, `"code":405`},
		{"not JSON", "POST", connectorPath, `x`, 400, `"result":"The request body`},
		{"no connector_id", "POST", connectorPath, strings.Replace(good, "github", "", 1), 400, "`connector_id`"},
		{"no config", "POST", connectorPath, `{"connector_id":"github","type":"Social"}`, 400, "`config`"},
		{"null config", "POST", connectorPath, strings.Replace(good, "{}", "null", 1), 400, "`config`"},
		{"unknown type", "POST", connectorPath, strings.Replace(good, "Social", "social", 1), 400, "`type`"},
		{"wrong type", "POST", connectorPath, strings.Replace(good, "{}", "[]", 1), 400, "`config`"},
		{"unknown field", "POST", connectorPath, strings.Replace(good, "{", `{"id":"conn_001",`, 1), 400, "`id`"},
		{"unknown parameter", "GET", connectorPath + "?limit=5", "", 400, "`limit`"},
		{"parameter of a list", "GET", connectorPath + "/conn_001?page=1", "", 400, "`page`"},
		{"page 0", "GET", connectorPath + "?page=0", "", 400, "`page`"},
		{"page size x", "GET", connectorPath + "?page_size=x", "", 400, "`page_size`"},
		{"connector_id changed", "PATCH", connectorPath + "/conn_001", `{"connector_id":"github"}`, 400, "`connector_id`"},
		{"type changed", "PATCH", connectorPath + "/conn_001", `{"type":"Social","enabled":true}`, 400, "`type`"},
		{"enabled as text", "PATCH", connectorPath + "/conn_001", `{"enabled":"true"}`, 400, "`enabled`"},
	} {
		t.Run(test.name, func(t *testing.T) {
			v.refuses(test.status, test.method, test.path, test.body, test.text)
		})
	}
	v.with("Content-Type", "text/plain").refuses(400, "POST", connectorPath, good, "application/json")
	same(t, "state", c.server.connectors.state().At(authHost, "conn_001", "enabled"), `false`)
}

func TestConnectorErrorsWithStatusOK(t *testing.T) {
	c := start(t, Options{Quirks: quirk.Set{quirk.ConnectorErrorStatus: quirk.StatusOK}})
	v := c.connectors()
	v.refuses(200, "GET", connectorPath+"/conn_001", "", `"code":404`)
	v.with("Authorization", "").refuses(200, "GET", connectorPath, "", `"code":401`)
	if log := c.log(); log[0].Code != "404" {
		t.Errorf("logged %+v", log[0])
	}
}

func TestConnectorLog(t *testing.T) {
	c := start(t, Options{})
	v := c.connectors()
	v.object(200, "POST", connectorPath, `{"type":"Social","config":{"client_secret":"s"},"connector_id":"github"}`)
	v.object(200, "GET", connectorPath+"?page=2", "")
	v.do("POST", connectorPath+"/conn_001/test", "")
	v.do("DELETE", connectorPath+"/conn_002", "")
	_, got := c.inspect("GET", "/_sandbox/requests", "")
	const want = `{"n":1,"system":"connectors","action":"","method":"POST","path":"/api/v1/connectors","tenant":"auth.example.com","body":{"config":{"client_secret":"s"},"connector_id":"github","type":"Social"},"write":true,"code":"","fault":""}
{"n":2,"system":"connectors","action":"","method":"GET","path":"/api/v1/connectors","query":"page=2","tenant":"auth.example.com","body":null,"write":false,"code":"","fault":""}
{"n":3,"system":"connectors","action":"","method":"POST","path":"/api/v1/connectors/conn_001/test","tenant":"auth.example.com","body":null,"write":true,"code":"","fault":""}
{"n":4,"system":"connectors","action":"","method":"DELETE","path":"/api/v1/connectors/conn_002","tenant":"auth.example.com","body":null,"write":true,"code":"404","fault":""}
`
	if got != want {
		t.Errorf("\n got %s\nwant %s", got, want)
	}
}

func result(o schema.Object) schema.Object {
	r, _ := o["result"].(schema.Object)
	return r
}
