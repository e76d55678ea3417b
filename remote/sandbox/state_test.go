package sandbox

import (
	"strings"
	"testing"

	"authsync/schema"
	"authsync/secrets"
)

func TestEnvironments(t *testing.T) {
	c := start(t, Options{Unknown: RefuseUnknown})
	c.server.AddEnvironment("prod-1", "prod", "ap-guangzhou")
	c.server.AddEnvironment("dev-1", "", "")
	base := c.ok("DescribeEnvInfo", `{"EnvId":"prod-1"}`).At("EnvInfo", "EnvBaseInfo").(schema.Object)
	same(t, "EnvBaseInfo", schema.Object{"EnvId": base["EnvId"], "Alias": base["Alias"], "Status": base["Status"], "Region": base["Region"]},
		`{"EnvId":"prod-1","Alias":"prod","Status":"NORMAL","Region":"ap-guangzhou"}`)
	for _, test := range []struct{ name, body, ids string }{
		{"all", `{}`, "dev-1 prod-1"},
		{"first", `{"Limit":1}`, "dev-1"},
		{"second", `{"Limit":1,"Offset":1}`, "prod-1"},
		{"one", `{"EnvId":"prod-1"}`, "prod-1"},
	} {
		t.Run(test.name, func(t *testing.T) {
			var ids []string
			for _, env := range c.send(newSigner("DescribeEnvs"), test.body)["EnvList"].(schema.List) {
				ids = append(ids, env.(schema.Object).Text("EnvId"))
			}
			if got := strings.Join(ids, " "); got != test.ids {
				t.Errorf("got %q, want %q", got, test.ids)
			}
		})
	}
	c.refused("GetProviders", `{"EnvId":"test-1"}`, "ResourceNotFound.EnvNotExist", "`test-1`")
}

func TestState(t *testing.T) {
	c := start(t, Options{})
	s := c.server
	s.AddEnvironment("e1", "one", "")
	for _, err := range []error{
		s.SeedLogin("e1", schema.Object{"EmailLogin": schema.Bool(true), "MfaConfig": schema.Object{"On": schema.True}}),
		s.SeedClient("e1", "e1", schema.Object{"AccessTokenExpiresIn": schema.Seconds(3600), "MaxDevice": schema.Null{}}),
		s.SeedProvider("e1", schema.Object{
			"Id":           schema.Text("gh"),
			"ProviderType": schema.Text("OAUTH"),
			"Config":       schema.Object{"ClientSecret": schema.Secret{Value: secrets.Plain("<secret>")}},
		}),
		s.SeedAPIKey("e1", schema.Object{"KeyId": schema.Text("k1"), "KeyName": schema.Text("ci"), "ExpireIn": schema.Seconds(86400), "ApiKey": schema.Text("t")}),
	} {
		if err != nil {
			t.Fatal(err)
		}
	}
	const want = `{"cloudbase":{"e1":{` +
		`"apiKeys":{"k1":{"ApiKey":"t","CreateAt":"2026-03-01T12:00:00Z","ExpireAt":"2026-03-02T12:00:00Z","KeyId":"k1","KeyType":"api_key","Name":"ci"}},` +
		`"clients":{"e1":{"AccessTokenExpiresIn":3600,"CreatedAt":"2026-03-01T12:00:00Z","Id":"e1","RefreshTokenExpiresIn":2592000,"UpdatedAt":"2026-03-01T12:00:00Z"}},` +
		`"integrations":{},` +
		`"login":{"AnonymousLogin":false,"EmailLogin":true,"MfaConfig":{"On":"TRUE"},"PhoneNumberLogin":false,` +
		`"SmsVerificationConfig":{"Method":"","Name":"","SmsDayLimit":30,"Type":"default"},"UserNameLogin":true},` +
		`"providers":{"gh":{"Config":{"ClientSecret":"<secret>"},"Id":"gh","ProviderType":"OAUTH"}}}},"connectors":{},"devices":{},"openapi":{}}` + "\n"
	if _, got := c.inspect("GET", "/_sandbox/state", ""); got != want {
		t.Errorf("\n got %s\nwant %s", got, want)
	}
}

func TestSeedTakesEveryValue(t *testing.T) {
	s := New(Options{})
	err := s.SeedProvider("e1", schema.Object{
		"Id": schema.Text("gh"),
		"On": schema.False,
		"Extra": schema.Object{
			"Set":     schema.Set{schema.Text("a"), schema.Null{}},
			"List":    schema.List{schema.Seconds(60), schema.Number("1.50"), schema.Bool(true)},
			"Carried": schema.Unmodelled{Value: schema.Object{"Deep": schema.Unspecified}},
			"Secret":  schema.Secret{Value: secrets.Plain("s")},
			"Nothing": schema.Null{},
			"Missing": nil,
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	same(t, "seeded", s.cloudbase.state().At("e1", "providers", "gh"), `{"Id":"gh","On":"FALSE","Extra":{
		"Set":["a",null],"List":[60,1.50,true],"Carried":{"Deep":"UNSPECIFIED"},"Secret":"s"}}`)
}

func TestSeedRefusesWhatItCannotOpen(t *testing.T) {
	for _, test := range []struct {
		name  string
		value secrets.Value
	}{
		{"sealed", secrets.Sealed("-----BEGIN AGE ENCRYPTED FILE-----", secrets.Binding{})},
		{"from the environment", secrets.Env("PATH")},
		{"hidden", secrets.Hidden("***")},
		{"none", secrets.Value{}},
	} {
		t.Run(test.name, func(t *testing.T) {
			s := New(Options{})
			wire := schema.Object{"Id": schema.Text("gh"), "Config": schema.Object{"ClientSecret": schema.Secret{Value: test.value}}}
			if err := s.SeedProvider("e1", wire); err == nil {
				t.Error("no error")
			}
			if state, err := s.State(); err != nil || string(state) != `{"cloudbase":{},"connectors":{},"devices":{},"openapi":{}}` {
				t.Errorf("state %s, %v", state, err)
			}
		})
	}
	if err := New(Options{}).SeedProvider("e1", schema.Object{}); err == nil {
		t.Error("a provider without an Id: no error")
	}
}
