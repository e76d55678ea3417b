package schema_test

import (
	"strings"
	"testing"

	"pgregory.net/rapid"

	"authsync/schema"
)

// Names of secrets, by the shape of their words. They are those of the services'
// documents and clients (wire facts 8.6, 8.7), and the usual ones.
func TestNamesOfSecrets(t *testing.T) {
	for _, name := range strings.Fields(`
		apikey apiKey api_key API_KEY APIKey x-api-key apiV3Key api_v3_key api_key_2 apiKeys appKey app_key secureKey secretKey secret_key
		privateKey private_key private-key encodingAESKey encrypt_key hmacKey mchKey webhook_key
		token accessToken access_token refresh_token server_token X-Auth-Token verifyToken userTokens tokenValue idtoken
		jwt userJwt otp OTP smsOTP totp pin userPin PIN pin_code pinCode
		pwd userPwd login_pwd pswd user_pswd sk SK ak_sk vendorSk passwd defaultPasswd pass smtp.pass smtp_pass password Password dbpassword password2 old_password passwordHash secret_list passphrase
		cookie Set-Cookie session session_id sessionKey secret appSecret app_secret client_secret AppSecret access_key_secret accessKeySecret secrets
		credentials awsCredential service_client authorization Authorization Proxy-Authorization dsn DB_DSN connectionString basicAuth bearer
		otpSeed auth_code authCode 密码 登录密码 密钥 授权码`) {
		if !schema.MayBeSecret(name, schema.Text("opened")) {
			t.Errorf("%s is no name of a secret", name)
		}
	}
	for _, name := range strings.Fields(`
		sku task risk desk diskSize ak tokenEndpoint token_url accessTokenExpiresIn tokenType pinyin spin shipping passwordLogin password_policy pwdUpdateStrategy keyType
		key publicKey access_key_id accessKeyId secretId credentialAuthKeyId bypass compass passenger cookieDomain sessionTimeout
		signName signature authType grantType authorizationEndpoint otpLength name 公钥`) {
		if schema.MayBeSecret(name, schema.Text("opened")) {
			t.Errorf("%s is a name of a secret", name)
		}
	}
}

// Some texts are secrets whatever they stand under, and some values are none.
func TestValuesThatAreSecrets(t *testing.T) {
	for _, text := range []string{
		"mysql://root:hunter2@db.example/x", "redis://:hunter2@db.example", "root:hunter2@tcp(db:3306)/x", "https://u:p@h.example/",
		"Bearer abc123.def", "Authorization: Basic dXNlcjpwYXNz1=", "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2ln",
		"-----BEGIN RSA PRIVATE KEY-----\nMII", "https://hooks.example/send?access_token=abc", "Server=db;Pwd=hunter2;",
		"client_id=1&client_secret=hunter2", "host=db user=u password=hunter2", "https://hooks.example/send?pwd=a$b",
	} {
		if !schema.MayBeSecret("anything", schema.Text(text)) {
			t.Errorf("%s is none", text)
		}
	}
	for name, v := range map[string]schema.Value{
		"maxToken": schema.Number("4096"), "password": schema.Bool(true), "pin": schema.Null{},
		"dsn": schema.Text("https://db.example/x"), "token": schema.Text("https://login.example/token"), "secret": schema.Text(""),
		"note": schema.Text("the bearer of this"), "url": schema.Text("https://user.example/cb?code=abc&state=x"), "header": schema.Text("Bearer {{token}}"),
		"form": schema.Text("response_type=token&grant_type=password&session=true"), "link": schema.Text("https://x.example/?token={{.Token}}"),
	} {
		if schema.MayBeSecret(name, v) {
			t.Errorf("%s: %s is one", name, schema.Show(v))
		}
	}
}

// What a service sends is marked at every depth: in lists, in pairs of name and
// value, and in JSON that is a text. What is no secret is not shown either, as
// long as git has not named it.
func TestMayBeSecretInside(t *testing.T) {
	for _, row := range []struct {
		wire string
		want string
	}{
		{`{"a":{"password":"x","n":1}}`, `{"a":{"n":1,"password":"(in clear)"}}`},
		{`{"tokens":["x","y"]}`, `{"tokens":["(in clear)","(in clear)"]}`},
		{`{"headers":[{"key":"Authorization","value":"x"},{"key":"Accept","value":"y"}]}`,
			`{"headers":[{"key":"Authorization","value":"(in clear)"},{"key":"Accept","value":"y"}]}`},
		{`{"settings":"{\"smtp\":{\"pass\":\"x\"}}"}`, `{"settings":"(in clear)"}`},
		{`{"settings":" [{\"pass\":\"x\"}]"}`, `{"settings":"(in clear)"}`},
		{`{"settings":"\"{\\\"pass\\\":\\\"x\\\"}\""}`, `{"settings":"(in clear)"}`},
		{`{"settings":"\"{\\\"a\\\":\\\"***\\\"}\""}`, `{"settings":"(hidden)"}`},
		{`{"token":{"value":"x","region":"y"},"session":{"id":"x"}}`, `{"session":{"id":"(in clear)"},"token":{"region":"y","value":"(in clear)"}}`},
		{`{"settings":"[{\"key\":\"***\"}]"}`, `{"settings":"(hidden)"}`},
		{`{"token":"***","region":"x"}`, `{"region":"x","token":"(hidden)"}`},
	} {
		wire, err := schema.ParseJSON([]byte(row.wire))
		if err != nil {
			t.Fatal(err)
		}
		fields, err := schema.Connector.FromWire(schema.Object{"config": wire})
		if err != nil {
			t.Fatal(err)
		}
		if got := schema.Show(schema.Unwrap(fields["config"])); got != row.want {
			t.Errorf("%s\nis  %s\nnot %s", row.wire, got, row.want)
		}
		if shown := schema.Show(fields); strings.Contains(shown, `"x"`) || strings.Contains(shown, `"y"`) {
			t.Errorf("%s is shown: %s", row.wire, shown)
		}
	}
}

// What is asked before the pattern leaves out no name that the pattern has.
func TestTellingWordsLeaveNoNameOut(t *testing.T) {
	matching := rapid.StringMatching(`([A-Za-z]{0,6}[-_. ]?)?` + schema.SecretName().String())
	rapid.Check(t, func(t *rapid.T) {
		if name := matching.Draw(t, "name"); schema.SecretName().MatchString(name) && !schema.NamesSecret(name) {
			t.Errorf("%q", name)
		}
	})
}

// Names of credentials of connectors (wire facts 8.7), with dots, as objects in objects,
// and inside JSON that is a text.
func TestCredentialsOfConnectors(t *testing.T) {
	for _, name := range strings.Fields(`access_key_secret client_secret app_secret api_key apikey server_token authorization private_key
		auth.pass auth.refresh_token auth.token auth.client_secret auth.service_client password token secret`) {
		object, field, nested := strings.Cut(name, ".")
		inside := schema.Value(schema.Object{name: schema.Text("opened")})
		if nested {
			inside = schema.Object{object: schema.Object{field: schema.Text("opened")}}
		}
		packed, err := schema.EncodeJSON(inside, nil)
		if err != nil {
			t.Fatal(err)
		}
		for _, config := range []schema.Object{{name: schema.Text("opened")}, inside.(schema.Object), {"settings": schema.Text(packed)}, {"list": schema.List{inside}}} {
			fields, err := schema.Connector.FromWire(schema.Object{"config": config})
			if err != nil || !schema.HoldsSecret(fields) || strings.Contains(schema.Show(schema.Unwrap(fields)), "opened") {
				t.Errorf("%s: %v is shown as %s", name, config, schema.Show(schema.Unwrap(fields)))
			}
		}
	}
}
