package schema_test

import (
	"strings"
	"testing"

	"authsync/schema"
	"authsync/secrets"
)

// Addresses, ids that a service has given and secrets belong to an environment, be they
// modelled or not; what a product is made of does not.
func TestScope(t *testing.T) {
	tests := []struct {
		at    string
		v     schema.Value
		scope schema.Scope
	}{
		{"provider.config.redirectUri", schema.Text("https://a.example/cb"), schema.PerEnvironment},
		{"provider.config.issuer", nil, schema.PerEnvironment},
		{"provider.config.clientId", schema.Text("x"), schema.PerEnvironment},
		{"provider.config.clientSecret", schema.Secret{Value: secrets.Env("X")}, schema.PerEnvironment},
		{"provider.config.clientSecret", schema.Null{}, schema.PerEnvironment},
		{"provider.picture", nil, schema.PerEnvironment},
		{"provider.emailConfig.smtpConfig.senderAddress", nil, schema.PerEnvironment},
		{"provider.emailConfig.smtpConfig.serverPort", schema.Number("465"), schema.Everywhere},
		{"provider.config.scope", schema.Text("openid"), schema.Everywhere},
		{"provider.config.requestParametersMap.redirectUri", schema.Text("redirect_uri"), schema.Everywhere}, // the name of a parameter
		{"provider.config.requestParametersMap.extra.CallbackUrl", schema.Text("x"), schema.PerEnvironment},
		{"provider.config", schema.Object{"clientId": schema.Text("x")}, schema.Everywhere}, // what is in it is asked for by itself
		{"provider.name.message", schema.Text("GitHub"), schema.Everywhere},
		{"login.emailLogin", schema.Bool(true), schema.Everywhere},
		{"apiKey.id", schema.Text("x"), schema.PerEnvironment},
		{"apiKey.rotateBefore", schema.Seconds(7200), schema.Everywhere},
		{"application.apiServer.roleIdList", schema.Set{schema.Text("1")}, schema.PerEnvironment},
		{"application.apiServer.roleIdList.0", schema.Text("1"), schema.PerEnvironment},
		{"application.page.baseUrl", schema.Text("https://a.example"), schema.PerEnvironment},
		{"application.page.routeType", schema.Text("hash"), schema.Everywhere},
		{"application.page.homeUrl", schema.Text("x"), schema.PerEnvironment},
		{"application.apiClient.headers", schema.List{schema.Object{"key": schema.Text("a"), "value": schema.Text("b")}}, schema.Everywhere},
		{"application.logoUrl", schema.Text("/x.png"), schema.PerEnvironment},
		{"integration.ext.appId", schema.Text("wx"), schema.PerEnvironment},
		{"integration.ext.alipayPublicKey", schema.Text("MII"), schema.PerEnvironment},
		{"integration.ext.mode", schema.Text("fast"), schema.Everywhere},
		{"connector.config.access_key_id", schema.Text("LTAI"), schema.PerEnvironment},
		{"connector.config.account_name", schema.Text("noreply@acme.example"), schema.PerEnvironment},
		{"connector.config.region", schema.Text("cn-hangzhou"), schema.Everywhere},
		{"connector.config.hooks", schema.List{schema.Text("https://a.example")}, schema.PerEnvironment},
		{"connector.config.token", schema.Secret{Value: secrets.Hidden("")}, schema.PerEnvironment},
		{"record.menus", schema.List{schema.Text("users")}, schema.Everywhere},
		{"record.homeUrl", schema.Text("/users"), schema.PerEnvironment},
		{"record.link", schema.Text("https://a.example/x"), schema.PerEnvironment},
		{"record.curl", schema.Text("x"), schema.Everywhere}, // a word that only ends so
		{"record.idea", schema.Text("x"), schema.Everywhere},
	}
	for _, tt := range tests {
		kind, path, _ := strings.Cut(tt.at, ".")
		at, err := schema.ParsePath(path)
		if err != nil {
			t.Fatal(err)
		}
		if got := schema.KindNamed(kind).Scope(at, tt.v); got != tt.scope {
			t.Errorf("%s %v: %d", tt.at, tt.v, got)
		}
	}
	if schema.Client.NameScope("default", nil) != schema.Everywhere || schema.Client.NameScope("abc", nil) != schema.PerEnvironment {
		t.Error("a client's id belongs to its environment, and the alias of one to none")
	}
}

// What is to be set stops every command, is told as no mistake, and says how.
func TestWhatIsToBeSet(t *testing.T) {
	l := schema.LoadText("prod.yaml", []byte(`apiVersion: authsync/v1
kind: Environment
name: prod
systems: {cloudbase: {envId: prod}, connectors: {url: https://c.example, token: !env T}}
own: [login.emailLogin, connectors.sms]
providers:
  corp:
    providerType: OIDC
    name: {message: Corp}
    config: {issuer: !todo '', clientId: !todo "text", clientSecret: !todo a secret, redirectUri: !todo ''}
apiKeys: {server: {keyType: api_key, rotateBefore: !todo ''}}
connectors: {sms: {type: Sms, config: {endpoint: !todo x, list: [!todo y]}}}
`), schema.SecretsSealed)
	for _, f := range l.Faults.Mistakes().Wrong() {
		t.Error(f)
	}
	want := map[string]string{
		"providers.corp.config.issuer":       "is to be set: takes a URL (https://host/path)",
		"providers.corp.config.clientId":     "is to be set: takes text",
		"providers.corp.config.clientSecret": "is to be set: put it in with: authsync secrets set providers.corp.config.clientSecret --in prod.yaml",
		"providers.corp.config.redirectUri":  "is to be set: takes a URL (https://host/path)",
		"apiKeys.server.rotateBefore":        "is to be set: takes a time",
		"connectors.sms.config.endpoint":     "is to be set: takes any value",
		"connectors.sms.config.list.0":       "is to be set: takes any value",
	}
	for _, f := range l.Faults.Unset() {
		if text, known := want[f.Path.String()]; !known || !strings.HasPrefix(f.Text, text) {
			t.Error(f)
		}
		delete(want, f.Path.String())
	}
	if len(want) > 0 || l.Faults.Err() == nil {
		t.Errorf("not told: %v", want)
	}
	env := l.Environments[0]
	if !env.Owns(schema.Path{"connectors", "sms", "config"}) || env.Owns(schema.Path{"connectors", "sms2"}) || !env.Owns(schema.Path{"login", "emailLogin"}) {
		t.Error("own: is not read")
	}
}
