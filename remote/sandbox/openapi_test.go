package sandbox

import (
	"encoding/base64"
	"fmt"
	"strings"
	"testing"

	"authsync/schema"
)

func (c *client) openapi() visitor { return c.visit(openHost, "Authorization", "Bearer sandbox") }

const rolesPath = "/weda/odata/v1/prod/sys_role"

func basic(id, secret string) string {
	return "Basic " + base64.StdEncoding.EncodeToString([]byte(id+":"+secret))
}

func TestOpenToken(t *testing.T) {
	c := start(t, Options{})
	v := c.visit(openHost, "Authorization", basic("sandbox", "sandbox"))
	got := v.object(200, "POST", openTokenPath, `{"grant_type":"client_credentials"}`)
	token := got.Text("access_token")
	same(t, "answer", got, `{"token_type":"Bearer","access_token":"`+token+`","expires_in":432000}`)
	v.with("Authorization", "Bearer "+token).object(200, "GET", rolesPath, "")
	v.with("Content-Type", "application/json;utf-8").object(200, "POST", openTokenPath, `{"grant_type":"client_credentials"}`)

	other := v.with("Authorization", "Bearer "+token)
	other.host = "other.api.tcloudbasegateway.com"
	other.refuses(200, "GET", rolesPath, "", `"INVALID_ACCESS_TOKEN"`)

	v.refuses(400, "POST", openTokenPath, `{"grant_type":"password"}`, `"INVALID_COMMON_PARAM"`)
	v.refuses(400, "POST", openTokenPath, `{`, `"BAD_REQUEST"`)
	v.refuses(400, "GET", openTokenPath, "", `"BAD_REQUEST"`)
	v.with("Content-Type", "application/x-www-form-urlencoded").refuses(400, "POST", openTokenPath, "grant_type=client_credentials", `"BAD_REQUEST"`)
	v.with("Authorization", basic("sandbox", "other")).refuses(401, "POST", openTokenPath, `{"grant_type":"client_credentials"}`, `"SIGN_PARAM_INVALID"`)
	v.with("Authorization", "Bearer sandbox").refuses(401, "POST", openTokenPath, `{"grant_type":"client_credentials"}`, `"SIGN_PARAM_INVALID"`)
}

// The errors of authentication come with HTTP 200.
func TestOpenAPIWantsAToken(t *testing.T) {
	c := start(t, Options{})
	for name, header := range map[string]string{"none": "", "another": "Bearer x", "basic": basic("sandbox", "sandbox")} {
		t.Run(name, func(t *testing.T) {
			got := c.openapi().with("Authorization", header).object(200, "GET", rolesPath, "")
			if got.Text("code") != "INVALID_ACCESS_TOKEN" || got.Text("requestId") == "" || got.Text("message") == "" {
				t.Errorf("%s", schema.Show(got))
			}
		})
	}
}

func TestOpenHosts(t *testing.T) {
	c := start(t, Options{})
	must(t, c.server.SeedRecord(recordEnv, "prod", "sys_role", wire(t, `{"code":"admin"}`)))
	for _, test := range []struct {
		host   string
		status int
		text   string
	}{
		{openHost, 200, `"admin"`},
		{strings.ToUpper(openHost[:4]) + openHost[4:] + ":443", 200, `"admin"`},
		{recordEnv + ".api.tcloudbasegateway.com", 200, `"admin"`},
		{recordEnv + ".api.intl.tcloudbasegateway.com", 200, `"admin"`},
		{"other.api.tcloudbasegateway.com", 200, `"value":[]`},
		{recordEnv + ".ap-guangzhou.tcb-api.tencentcloudapi.com", 400, `"INVALID_REGION"`},
		{"example.com", 400, `"INVALID_HOST"`},
		{".api.tcloudbasegateway.com", 400, `"INVALID_HOST"`},
	} {
		t.Run(test.host, func(t *testing.T) {
			v := c.openapi()
			v.host = test.host
			v.refuses(test.status, "GET", rolesPath, "", test.text)
		})
	}
	if tenant := c.log()[0].Tenant; tenant != recordEnv {
		t.Errorf("tenant %q", tenant)
	}
}

func TestOpenPaths(t *testing.T) {
	c := start(t, Options{})
	v := c.openapi()
	for _, test := range []struct {
		name, method, path string
		status             int
		text               string
	}{
		{"unknown path", "GET", "/weda/odata/v2/prod/sys_role", 400, `"BAD_REQUEST"`},
		{"no source", "GET", "/weda/odata/v1/prod/", 400, `"BAD_REQUEST"`},
		{"too deep", "GET", "/weda/odata/v1/prod/sys_role/1", 400, `"BAD_REQUEST"`},
		{"no quotes", "GET", rolesPath + "(1)", 400, `"BAD_REQUEST"`},
		{"not closed", "GET", rolesPath + "('1'", 400, `"BAD_REQUEST"`},
		{"half a quote", "GET", rolesPath + "('a'b')", 400, `"BAD_REQUEST"`},
		{"unknown type", "GET", "/weda/odata/v1/test/sys_role", 400, `"INVALID_COMMON_PARAM"`},
		{"PUT", "PUT", rolesPath + "('1')", 400, `"BAD_REQUEST"`},
		{"POST to a record", "POST", rolesPath + "('1')", 400, `"BAD_REQUEST"`},
		{"PATCH of a source", "PATCH", rolesPath, 400, `"BAD_REQUEST"`},
	} {
		t.Run(test.name, func(t *testing.T) {
			v.refuses(test.status, test.method, test.path, `{}`, test.text)
		})
	}
}

// Every code of the gateway can be had for the asking.
func TestGatewayFaults(t *testing.T) {
	if len(gatewayErrors) != 13 {
		t.Errorf("%d codes, not the 13 of the seed", len(gatewayErrors))
	}
	for code, e := range gatewayErrors {
		t.Run(code, func(t *testing.T) {
			c := start(t, Options{})
			c.fault(fmt.Sprintf(`{"match":"POST /weda","fault":%q}`, code))
			got := c.openapi().object(e.status, "POST", rolesPath, `{"code":"admin"}`)
			if got.Text("code") != code || got.Text("message") == "" || got.Text("requestId") == "" {
				t.Errorf("%s", schema.Show(got))
			}
			if log := c.log(); log[0].Code != code || !log[0].Write {
				t.Errorf("logged %+v", log[0])
			}
			same(t, "nothing done", c.server.openapi.state(), `{}`)
		})
	}
}
