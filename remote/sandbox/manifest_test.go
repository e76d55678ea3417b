package sandbox

import (
	"strings"
	"testing"

	"authsync/schema"
)

func manifest(t *testing.T, text string) *schema.Environment {
	t.Helper()
	loaded := schema.LoadText("prod.yaml", []byte("apiVersion: authsync/v1\nkind: Environment\nname: prod\n"+text), schema.SecretsPlain)
	must(t, loaded.Faults.Err())
	return loaded.Environments[0]
}

// What a manifest states is live under the ids that it states, in the environments that
// its addresses are of.
func TestSeedOfAManifest(t *testing.T) {
	c := start(t, Options{})
	must(t, c.server.Seed(manifest(t, `systems:
  cloudbase: {envId: acme-prod}
  openapi: {url: "https://`+recordEnv+`.api.tcloudbasegateway.com", secretId: !plain sandbox, secretKey: !plain sandbox}
  devices: {url: "http://`+iotHost+`", token: !plain sandbox}
applications:
  portal: {id: "42", name: Portal, provider: third-party, integrationModes: [page], page: {baseUrl: "https://portal.example"}}
records:
  sys_role: {envType: prod, key: code, rows: {admin: {name: Admin}}}
`)))
	got := c.openapi().do("GET", rolesPath, "")
	if got.status != 200 || !strings.Contains(got.text, `"Admin"`) {
		t.Errorf("%+v", got)
	}
	other := c.openapi()
	other.host = "acme-prod.api.tcloudbasegateway.com"
	if got := other.do("GET", rolesPath, ""); strings.Contains(got.text, `"Admin"`) {
		t.Errorf("the records are of the environment that cloudbase names: %+v", got)
	}
	result := c.devices().object(200, "GET", "/api/application/42", "")
	same(t, "name", result.At("result", "name"), `"Portal"`)
}
