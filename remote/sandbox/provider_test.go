package sandbox

import (
	"fmt"
	"strings"
	"testing"

	"authsync/schema"
	"authsync/schema/quirk"
)

const oauth = `{"Id":"gh","Name":{"Message":"GitHub"},"ProviderType":"OAUTH",
	"Config":{"ClientId":"id","ClientSecret":"secret","Scope":"user"}}`

func TestGetProvidersShowsPhantoms(t *testing.T) {
	c := start(t, Options{})
	const shown = `{"Id":"NAME","ProviderType":"SORT","On":"FALSE","TransparentMode":"FALSE","Name":{"Message":"NAME","Localized":[]},
		"Config":{"Issuer":"","JwksUri":"","RedirectUri":"","ResponseType":"","SamlMetadata":"","SignoutEndpoint":""},
		"Description":{"Message":"","Localized":[]},"Picture":null,"Homepage":"","EmailConfig":null,"ReuseUserId":null,
		"AutoSignUpWithProviderUser":null,"AutoSignInWhenEmailMatch":null,"AutoSignInWhenPhoneNumberMatch":null}`
	custom := strings.NewReplacer("NAME", "custom", "SORT", "CUSTOM").Replace(shown)
	email := strings.NewReplacer("NAME", "email", "SORT", "EMAIL").Replace(shown)
	same(t, "providers", c.ok("GetProviders", `{}`), `{"Total":2,"Data":[`+custom+`,`+email+`]}`)
	if _, state := c.inspect("GET", "/_sandbox/state", ""); strings.Contains(state, "custom") {
		t.Errorf("the state holds a phantom: %s", state)
	}
}

func TestAddProvider(t *testing.T) {
	c := start(t, Options{})
	if got := c.ok("AddProvider", oauth); len(got) != 0 {
		t.Errorf("answered with more than a RequestId: %s", schema.Show(got))
	}
	p := c.provider("gh")
	same(t, "On", p["On"], `"TRUE"`)
	same(t, "TransparentMode", p["TransparentMode"], `"FALSE"`)
	same(t, "Config", p["Config"], `{"ClientId":"id","ClientSecret":"secret","Scope":"user","Issuer":"","JwksUri":"","RedirectUri":"","ResponseType":"","SamlMetadata":"","SignoutEndpoint":""}`)
	c.refused("AddProvider", oauth, "ResourceInUse", "`gh`")
}

func TestAddProviderRules(t *testing.T) {
	long := strings.Repeat("x", maxSaml)
	for _, test := range []struct{ name, body, code string }{
		{"no id", `"ProviderType":"WX_MP"`, ""},
		{"underscore", `"Id":"wx_open","ProviderType":"WX_OPEN"`, "InvalidParameterValue"},
		{"hyphen", `"Id":"custom-oauth","ProviderType":"WX_OPEN"`, "InvalidParameterValue"},
		{"two characters", `"Id":"qq","ProviderType":"WX_OPEN"`, ""},
		{"one character", `"Id":"q","ProviderType":"WX_OPEN"`, "InvalidParameterValue"},
		{"33 characters", `"Id":"` + strings.Repeat("a", 33) + `","ProviderType":"WX_OPEN"`, "InvalidParameterValue"},
		{"capitals", `"Id":"GitHub","ProviderType":"WX_OPEN"`, "InvalidParameterValue"},
		{"OAUTH without a client id", `"ProviderType":"OAUTH","Config":{"ClientId":""}`, "InvalidParameterValue"},
		{"OIDC without a Config", `"ProviderType":"OIDC"`, "InvalidParameterValue"},
		{"SAML", `"ProviderType":"SAML","Config":{"SamlMetadata":"` + long + `"}`, ""},
		{"SAML without metadata", `"ProviderType":"SAML","Config":{}`, "InvalidParameterValue"},
		{"SAML over 10 KB", `"ProviderType":"SAML","Config":{"SamlMetadata":"` + long + `x"}`, "InvalidParameterValue"},
		{"custom made real", `"Id":"custom","ProviderType":"CUSTOM"`, ""},
		{"custom of another type", `"Id":"custom","ProviderType":"EMAIL"`, "InvalidParameterValue"},
	} {
		t.Run(test.name, func(t *testing.T) {
			c := start(t, Options{})
			if code := codeOf(c.call("AddProvider", `{"Name":{"Message":"m"},`+test.body+`}`)); code != test.code {
				t.Errorf("got %q, want %q", code, test.code)
			}
		})
	}
}

func TestAddProviderTakesTwenty(t *testing.T) {
	c := start(t, Options{})
	for range maxProviders {
		c.ok("AddProvider", `{"Name":{"Message":"m"},"ProviderType":"WX_OPEN"}`)
	}
	c.refused("AddProvider", `{"Name":{"Message":"m"},"ProviderType":"WX_OPEN"}`, "LimitExceeded", "20")
	same(t, "total", c.ok("GetProviders", `{}`)["Total"], `22`)
}

func TestModifyProviderConfig(t *testing.T) {
	for _, test := range []struct {
		quirks       quirk.Set
		config, smtp string
	}{
		{nil, `{"ClientId":"new"}`, `{"On":"TRUE"}`},
		{quirk.Set{quirk.ProviderConfig: quirk.Replaced, quirk.EmailConfig: quirk.Replaced}, `{"ClientId":"new"}`, `{"On":"TRUE"}`},
		{quirk.Set{quirk.ProviderConfig: quirk.Merged, quirk.EmailConfig: quirk.Merged}, `{"ClientId":"new","ClientSecret":"secret","Scope":"user"}`, `{"On":"TRUE","TemplateConfig":{}}`},
	} {
		t.Run(fmt.Sprint(test.quirks), func(t *testing.T) {
			c := start(t, Options{Quirks: test.quirks})
			c.ok("AddProvider", oauth)
			c.ok("ModifyProvider", `{"Id":"gh","Config":{"ClientId":"new"}}`)
			c.ok("ModifyProvider", `{"Id":"gh","Name":{"Message":"n"},"Picture":""}`)
			c.ok("ModifyProvider", `{"Id":"email","EmailConfig":{"TemplateConfig":{}}}`)
			c.ok("ModifyProvider", `{"Id":"email","EmailConfig":{"On":"TRUE"}}`)
			state := c.server.cloudbase.state()
			same(t, "Config", state.At("e1", "providers", "gh", "Config"), test.config)
			same(t, "EmailConfig", state.At("e1", "providers", "email", "EmailConfig"), test.smtp)
			same(t, "Name", state.At("e1", "providers", "gh", "Name"), `{"Message":"n"}`)
			same(t, "Picture", state.At("e1", "providers", "gh", "Picture"), `""`)
		})
	}
}

func TestModifyProviderMakesReservedOnes(t *testing.T) {
	c := start(t, Options{})
	c.refused("ModifyProvider", `{"Id":"gh","On":"TRUE"}`, "ResourceNotFound", "`gh`")
	c.ok("ModifyProvider", `{"Id":"custom","Description":{"Message":"d"}}`)
	same(t, "custom is still off", c.provider("custom")["On"], `"FALSE"`)
	c.ok("ModifyProvider", `{"Id":"email","On":"TRUE"}`)
	same(t, "email", c.server.cloudbase.state().At("e1", "providers", "email"), `{"Id":"email","ProviderType":"EMAIL","On":"TRUE"}`)
	same(t, "total", c.ok("GetProviders", `{}`)["Total"], `2`)
	c.refused("ModifyProvider", `{"Id":"email","ProviderType":"OAUTH"}`, "InvalidParameterValue", "EMAIL")
	c.refused("ModifyProvider", `{"Id":"custom","EmailConfig":{}}`, "InvalidParameter", "EmailConfig")
}

func TestDeleteProvider(t *testing.T) {
	c := start(t, Options{})
	c.ok("AddProvider", oauth)
	c.ok("ModifyProvider", `{"Id":"email","On":"TRUE"}`)
	for range 2 {
		c.ok("DeleteProvider", `{"Id":"gh"}`)
		c.ok("DeleteProvider", `{"Id":"email"}`)
	}
	same(t, "providers", c.server.cloudbase.state().At("e1", "providers"), `{}`)
	same(t, "the phantom is back", c.provider("email")["On"], `"FALSE"`)
}

func TestTransparentMode(t *testing.T) {
	c := start(t, Options{})
	c.ok("AddProvider", `{"Id":"work","Name":{"Message":"m"},"ProviderType":"WX_WORK_AGENT"}`)
	same(t, "WX_WORK_AGENT", c.provider("work")["TransparentMode"], `"TRUE"`)
	c.ok("AddProvider", oauth)
	c.ok("ModifyProvider", `{"Id":"gh","TransparentMode":"TRUE","ReuseUserId":"FALSE","AutoSignUpWithProviderUser":"TRUE"}`)
	p := c.provider("gh")
	same(t, "ReuseUserId", p["ReuseUserId"], `"TRUE"`)
	same(t, "AutoSignUpWithProviderUser", p["AutoSignUpWithProviderUser"], `"FALSE"`)
	c.ok("ModifyProvider", `{"Id":"gh","TransparentMode":"FALSE","AutoSignUpWithProviderUser":"UNSPECIFIED"}`)
	same(t, "AutoSignUpWithProviderUser", c.provider("gh")["AutoSignUpWithProviderUser"], `"UNSPECIFIED"`)
}

func TestDiscovery(t *testing.T) {
	const one = `"AuthorizationEndpoint":"https://one/oauth2/authorize","TokenEndpoint":"https://one/oauth2/token",
		"UserinfoEndpoint":"https://one/oauth2/userinfo","JwksUri":"https://one/oauth2/jwks"`
	c := start(t, Options{})
	config := func() schema.Value { return c.server.cloudbase.state().At("e1", "providers", "sso", "Config") }

	c.ok("AddProvider", `{"Id":"sso","Name":{"Message":"m"},"ProviderType":"OIDC",
		"Config":{"ClientId":"id","Issuer":"https://one/","TokenEndpoint":"https://mine/token"}}`)
	same(t, "a new issuer overwrites", config(), `{"ClientId":"id","Issuer":"https://one/","Scope":"openid email profile",`+one+`}`)

	c.ok("ModifyProvider", `{"Id":"sso","Config":{"ClientId":"id","Issuer":"https://one/","TokenEndpoint":"https://mine/token"}}`)
	same(t, "the same issuer does not", config(), `{"ClientId":"id","Issuer":"https://one/","TokenEndpoint":"https://mine/token"}`)

	c.ok("ModifyProvider", `{"Id":"sso","Config":{"ClientId":"id","Issuer":"https://one","Scope":"openid"}}`)
	same(t, "another issuer does, and leaves the scope", config(), `{"ClientId":"id","Issuer":"https://one","Scope":"openid",`+one+`}`)

	c.ok("AddProvider", `{"Id":"gh","Name":{"Message":"m"},"ProviderType":"OAUTH","Config":{"ClientId":"id","Issuer":"https://one"}}`)
	same(t, "OAUTH has no discovery", c.server.cloudbase.state().At("e1", "providers", "gh", "Config"), `{"ClientId":"id","Issuer":"https://one"}`)
}

func TestMailTemplates(t *testing.T) {
	for _, test := range []struct{ name, template, code string }{
		{"sound", "<h1>Description</h1><p>{{.VerificationCode}} {{.Email}}</p>", ""},
		{"empty", "", ""},
		{"no code", "<p>{{.Email}}</p>", "InvalidParameterValue"},
		{"script", "{{.VerificationCode}}<SCRIPT>", "InvalidParameterValue"},
		{"javascript", "{{.VerificationCode}}<a href='javascript:x'>", "InvalidParameterValue"},
		{"onclick", "{{.VerificationCode}}<a onclick=x>", "InvalidParameterValue"},
		{"onload", "{{.VerificationCode}}<body onLoad=x>", "InvalidParameterValue"},
		{"iframe", "{{.VerificationCode}}<iframe>", "InvalidParameterValue"},
		{"link", "{{.VerificationCode}}<link rel=x>", "InvalidParameterValue"},
		{"expression", "{{.VerificationCode}}<p style='width: expression (x)'>", "InvalidParameterValue"},
		{"url", "{{.VerificationCode}}<p style='background: url(x)'>", "InvalidParameterValue"},
	} {
		t.Run(test.name, func(t *testing.T) {
			c := start(t, Options{})
			body := fmt.Sprintf(`{"Id":"email","EmailConfig":{"TemplateConfig":{"RegisterSignIn":{"EnUS":%q}}}}`, test.template)
			if code := codeOf(c.call("ModifyProvider", body)); code != test.code {
				t.Errorf("got %q, want %q", code, test.code)
			}
		})
	}
}

func TestHideSecrets(t *testing.T) {
	const smtp = `{"SenderAddress":"a","ServerHost":"h","ServerPort":465,"AccountUsername":"u","AccountPassword":"mail-secret"}`
	c := start(t, Options{Quirks: quirk.Set{quirk.ClientSecret: quirk.Masked, quirk.SMTPPassword: quirk.Masked}})
	c.ok("AddProvider", `{"Id":"gh","Name":{"Message":"m"},"ProviderType":"OAUTH",
		"Config":{"ClientId":"id","ClientSecret":"secret","RequestParametersMap":{"ClientSecret":"app_secret"}}}`)
	c.ok("AddProvider", `{"Id":"none","Name":{"Message":"m"},"ProviderType":"OAUTH","Config":{"ClientId":"id","ClientSecret":""}}`)
	c.ok("ModifyProvider", `{"Id":"email","EmailConfig":{"SmtpConfig":`+smtp+`}}`)

	shown := c.provider("gh").At("Config").(schema.Object)
	same(t, "secret", shown["ClientSecret"], `"***"`)
	same(t, "the name of a parameter is no secret", shown.At("RequestParametersMap", "ClientSecret"), `"app_secret"`)
	same(t, "no secret", c.provider("none").At("Config", "ClientSecret"), `""`)
	same(t, "password", c.provider("email").At("EmailConfig", "SmtpConfig", "AccountPassword"), `"***"`)
	state := c.server.cloudbase.state()
	same(t, "stored", state.At("e1", "providers", "gh", "Config", "ClientSecret"), `"secret"`)
	same(t, "stored", state.At("e1", "providers", "email", "EmailConfig", "SmtpConfig", "AccountPassword"), `"mail-secret"`)

	c.ok("ModifyProvider", `{"Id":"gh","Config":{"ClientId":"id","ClientSecret":"***"}}`)
	same(t, "a mask written back destroys", c.server.cloudbase.state().At("e1", "providers", "gh", "Config", "ClientSecret"), `"***"`)
}

func TestUndocumentedFields(t *testing.T) {
	c := start(t, Options{})
	err := c.server.SeedProvider("e1", parse(t, `{"Id":"gh","ProviderType":"OAUTH","StorageDb":"db","EmailConfig":{}}`))
	if err != nil {
		t.Fatal(err)
	}
	same(t, "shown", c.provider("gh")["StorageDb"], `"db"`)
	c.ok("ModifyProvider", `{"Id":"gh","StorageDb":"other"}`)
	same(t, "kept", c.provider("gh")["StorageDb"], `"other"`)
	c.ok("AddProvider", `{"Id":"g2","Name":{"Message":"m"},"ProviderType":"WX_MP","StorageDb":"db"}`)
	c.refused("AddProvider", `{"Id":"g3","Name":{"Message":"m"},"ProviderType":"WX_MP","EmailConfig":{}}`, "UnknownParameter", "`EmailConfig`")
	c.refused("ModifyProvider", `{"Id":"gh","StorageDB":"other"}`, "UnknownParameter", "`StorageDB`")
	c.refused("ModifyProvider", `{"EnvId":"e2","Id":"custom","StorageDb":"other"}`, "UnknownParameter", "`StorageDb`")
	c.refused("ModifyClient", `{"Id":"e1","StorageDb":"other"}`, "UnknownParameter", "`StorageDb`")

	c.ok("ModifyProvider", `{"Id":"gh","Config":{"ClientId":"id","Undocumented":{"Deep":[1]},"RequestParametersMap":{"IsGoogle":"TRUE"}}}`)
	same(t, "nested", c.server.cloudbase.state().At("e1", "providers", "gh", "Config"),
		`{"ClientId":"id","Undocumented":{"Deep":[1]},"RequestParametersMap":{"IsGoogle":"TRUE"}}`)
}
