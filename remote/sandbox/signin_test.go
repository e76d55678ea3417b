package sandbox

import (
	"testing"

	"authsync/schema"
)

const signinEnv = "acme-prod"

// user visits the public auth API of an environment.
func (c *client) user() visitor {
	return c.visit(signinEnv+".api.tcloudbasegateway.com", "Content-Type", "application/json")
}

// Each login method lets its users in while it is on, and nobody while it is off.
func TestSignIn(t *testing.T) {
	c := start(t, Options{})
	c.server.AddEnvironment(signinEnv, "", "ap-shanghai")
	u := c.user()
	code := func(field, address string) string {
		asked := u.object(200, "POST", "/auth/v1/verification", `{"`+field+`":"`+address+`","target":"ANY"}`)
		u.refuses(400, "POST", "/auth/v1/verification/verify", `{"verification_id":"`+asked.Text("verification_id")+`","verification_code":"1"}`, `"invalid_verification_code"`)
		proven := u.object(200, "POST", "/auth/v1/verification/verify", `{"verification_id":"`+asked.Text("verification_id")+`","verification_code":"`+UserCode+`"}`)
		return `{"verification_token":"` + proven.Text("verification_token") + `"}`
	}
	for method, body := range map[string]string{
		"UserNameLogin": `{"username":"sandbox","password":"sandbox"}`, "EmailLogin": code("email", UserEmail), "PhoneNumberLogin": code("phone_number", UserPhone),
	} {
		must(t, c.server.SeedLogin(signinEnv, schema.Object{method: schema.Bool(false)}))
		u.refuses(400, "POST", "/auth/v1/signin", body, `"permission_denied"`, method)
		must(t, c.server.SeedLogin(signinEnv, schema.Object{method: schema.Bool(true)}))
		if got := u.object(200, "POST", "/auth/v1/signin", body); got.Text("access_token") == "" || got.Text("token_type") != "Bearer" || got.Text("sub") != UserName {
			t.Errorf("%s: %s", method, schema.Show(got))
		}
	}
	u.refuses(400, "POST", "/auth/v1/signin", `{"username":"sandbox","password":"x"}`, `"invalid_password"`)
	u.refuses(400, "POST", "/auth/v1/signin", code("email", "other@example.com"), `"not_found"`)
	u.refuses(400, "POST", "/auth/v1/signin", `{"verification_token":"x"}`, `"not_found"`)
	u.refuses(400, "POST", "/auth/v1/signin", `[`, `"invalid_argument"`)
	u.refuses(400, "GET", "/auth/v1/signin", ``, `"unimplemented"`)

	u.refuses(400, "POST", "/auth/v1/signin/anonymously", `{}`, `"permission_denied"`)
	must(t, c.server.SeedLogin(signinEnv, schema.Object{"AnonymousLogin": schema.Bool(true)}))
	if got := u.object(200, "POST", "/auth/v1/signin/anonymously", `{}`); got.Text("scope") != "anonymous" {
		t.Error(schema.Show(got))
	}
}

// A token of one environment is nothing in another, and opens no administration.
func TestSignInTokensAreOfTheirEnvironment(t *testing.T) {
	c := start(t, Options{})
	u, other := c.user(), c.user()
	other.host = "other.api.tcloudbasegateway.com"
	got := u.object(200, "POST", "/auth/v1/signin", `{"username":"sandbox","password":"sandbox"}`)
	u.with("Authorization", "Bearer "+got.Text("access_token")).refuses(200, "GET", rolesPath, "", `"INVALID_ACCESS_TOKEN"`)
	asked := u.object(200, "POST", "/auth/v1/verification", `{"email":"`+UserEmail+`"}`)
	other.refuses(400, "POST", "/auth/v1/verification/verify", `{"verification_id":"`+asked.Text("verification_id")+`","verification_code":"`+UserCode+`"}`, `"invalid_verification_code"`)
}

// A provider lets its users in while it is there and on, which it is if nobody says
// otherwise, unless it only sends mail.
func TestSignInWithProvider(t *testing.T) {
	c := start(t, Options{})
	u := c.user()
	grant := func(id string) string { return `{"provider_id":"` + id + `","provider_code":"` + UserCode + `"}` }
	u.refuses(400, "POST", "/auth/v1/provider/token", grant("github"), `"not_found"`)
	for on, text := range map[string]string{"TRUE": "", "FALSE": `"permission_denied"`, "UNSPECIFIED": "", "": ""} {
		p := schema.Object{"Id": schema.Text("github"), "ProviderType": schema.Text("OAUTH")}
		if on != "" {
			p["On"] = schema.Text(on)
		}
		must(t, c.server.SeedProvider(signinEnv, p))
		if text != "" {
			u.refuses(400, "POST", "/auth/v1/provider/token", grant("github"), text)
			continue
		}
		granted := u.object(200, "POST", "/auth/v1/provider/token", grant("github"))
		body := `{"provider_token":"` + granted.Text("provider_token") + `"}`
		if got := u.object(200, "POST", "/auth/v1/signin/with/provider", body); got.Text("access_token") == "" {
			t.Errorf("%s: %s", on, schema.Show(got))
		}
		p["On"] = schema.Text("FALSE")
		must(t, c.server.SeedProvider(signinEnv, p))
		u.refuses(400, "POST", "/auth/v1/signin/with/provider", body, `"permission_denied"`)
	}
	u.refuses(400, "POST", "/auth/v1/signin/with/provider", `{"provider_token":"x"}`, `"invalid_grant"`)
	must(t, c.server.SeedProvider(signinEnv, schema.Object{"Id": schema.Text("okta"), "ProviderType": schema.Text("OIDC")}))
	u.refuses(400, "POST", "/auth/v1/provider/token", `{"provider_id":"okta","provider_code":"x"}`, `"invalid_grant"`)
	must(t, c.server.SeedProvider(signinEnv, schema.Object{"Id": schema.Text("email"), "ProviderType": schema.Text("EMAIL")}))
	u.refuses(400, "POST", "/auth/v1/provider/token", grant("email"), `"failed_precondition"`)
}

// A second factor is asked for by what can be sent where the environment is.
func TestSignInWithASecondFactor(t *testing.T) {
	for _, row := range []struct {
		region, sms, email string
		texts              []string
	}{
		{"ap-shanghai", "TRUE", "TRUE", []string{`"two_factor_required"`, `["sms","email"]`}},
		{"ap-shanghai", "TRUE", "FALSE", []string{`"two_factor_required"`, `["sms"]`}},
		{"ap-guangzhou", "TRUE", "TRUE", []string{`"two_factor_required"`, `["email"]`}},
		{"ap-guangzhou", "TRUE", "FALSE", []string{`"failed_precondition"`}},
		{"ap-guangzhou", "FALSE", "FALSE", []string{`"two_factor_required"`, `[]`}},
	} {
		c := start(t, Options{})
		c.server.AddEnvironment(signinEnv, "", row.region)
		must(t, c.server.SeedLogin(signinEnv, schema.Object{"MfaConfig": schema.Object{"On": schema.Text("TRUE"), "Sms": schema.Text(row.sms), "Email": schema.Text(row.email)}}))
		c.user().refuses(400, "POST", "/auth/v1/signin", `{"username":"sandbox","password":"sandbox"}`, row.texts...)
	}
	c := start(t, Options{})
	c.server.AddEnvironment(signinEnv, "", "ap-guangzhou")
	c.user().refuses(400, "POST", "/auth/v1/verification", `{"phone_number":"`+UserPhone+`"}`, `"failed_precondition"`)
}
