package sandbox

import (
	"encoding/json"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/tencentcloud/tencentcloud-sdk-go/tencentcloud/common"
	tcerrors "github.com/tencentcloud/tencentcloud-sdk-go/tencentcloud/common/errors"
	tchttp "github.com/tencentcloud/tencentcloud-sdk-go/tencentcloud/common/http"
	"github.com/tencentcloud/tencentcloud-sdk-go/tencentcloud/common/profile"

	"authsync/schema"
)

// cloudSDK is a client of the cloud's own Go SDK, which signs by itself.
type cloudSDK struct {
	t       *testing.T
	at      string // host and port
	profile func(*profile.ClientProfile)
	key     common.CredentialIface
}

// call makes a request for an action, and returns what is below Response.
func (c cloudSDK) call(product, version, action string, params map[string]any) (schema.Object, error) {
	c.t.Helper()
	p := profile.NewClientProfile()
	p.HttpProfile.Scheme, p.HttpProfile.Endpoint = "HTTP", c.at
	if c.profile != nil {
		c.profile(p)
	}
	request := tchttp.NewCommonRequest(product, version, action)
	if err := request.SetActionParameters(params); err != nil {
		c.t.Fatal(err)
	}
	response := tchttp.NewCommonResponse()
	if err := common.NewCommonClient(c.key, "ap-shanghai", p).Send(request, response); err != nil {
		return nil, err
	}
	return parse(c.t, string(response.GetBody()))["Response"].(schema.Object), nil
}

func (c cloudSDK) tcb(action string, params map[string]any) (schema.Object, error) {
	c.t.Helper()
	params["EnvId"] = "e1"
	return c.call("tcb", tcbVersion, action, params)
}

// refusedBy is the code of the error that the SDK makes of an answer.
func refusedBy(t *testing.T, err error) string {
	t.Helper()
	var refused *tcerrors.TencentCloudSDKError
	if err != nil && (!errors.As(err, &refused) || refused.RequestId == "") {
		t.Fatalf("no error of the service: %v", err)
	}
	if refused == nil {
		return ""
	}
	return refused.Code
}

// The cloud's own Go SDK signs a request in a way that the sandbox takes, and
// understands its answers and its errors.
func TestTheCloudsGoSDK(t *testing.T) {
	c := start(t, Options{})
	at := strings.TrimPrefix(c.url, "http://")
	own := common.NewCredential("sandbox", "sandbox")
	for _, row := range []struct {
		name    string
		key     common.CredentialIface
		profile func(*profile.ClientProfile)
		code    string
	}{
		{"with a key", own, nil, ""},
		{"with a token", common.NewTokenCredential("sandbox", "sandbox", "sandbox"), nil, ""},
		{"in English", own, func(p *profile.ClientProfile) { p.Language = "en-US" }, ""},
		{"without the body's digest", own, func(p *profile.ClientProfile) { p.UnsignedPayload = true }, ""},
		{"with a wrong key", common.NewCredential("sandbox", "other"), nil, "AuthFailure.SignatureFailure"},
		{"with an unknown id", common.NewCredential("other", "sandbox"), nil, "AuthFailure.SecretIdNotFound"},
		{"with an unknown token", common.NewTokenCredential("sandbox", "sandbox", "other"), nil, "AuthFailure.TokenFailure"},
		{"by GET", own, func(p *profile.ClientProfile) { p.HttpProfile.ReqMethod = http.MethodGet }, "UnsupportedProtocol"},
	} {
		t.Run(row.name, func(t *testing.T) {
			sdk := cloudSDK{t: t, at: at, key: row.key, profile: row.profile}
			shown, err := sdk.tcb("DescribeLoginConfig", map[string]any{})
			if code := refusedBy(t, err); code != row.code {
				t.Fatalf("got %q, want %q", code, row.code)
			}
			if row.code == "" && shown["UserNameLogin"] == nil {
				t.Errorf("no login configuration: %s", schema.Show(shown))
			}
		})
	}
}

// What it writes, it reads; what the service refuses, it says.
func TestTheCloudsGoSDKWrites(t *testing.T) {
	c := start(t, Options{})
	sdk := cloudSDK{t: t, at: strings.TrimPrefix(c.url, "http://"), key: common.NewCredential("sandbox", "sandbox")}
	for _, row := range []struct {
		action, params, code string
	}{
		{"ModifyLoginConfig", `{"PhoneNumberLogin":true,"EmailLogin":false,"UserNameLogin":true,"AnonymousLogin":false}`, ""},
		{"ModifyLoginConfig", `{"PhoneNumberLogin":true}`, "MissingParameter"},
		{"ModifyClient", `{"Id":"e1","MaxDevice":3}`, ""},
		{"AddProvider", `{"Id":"github","ProviderType":"OAUTH","Name":{"Message":"登录 <GitHub>"},"Config":{"ClientId":"c"}}`, ""},
		{"AddProvider", `{"Id":"github","ProviderType":"OAUTH","Name":{"Message":"again"},"Config":{"ClientId":"c"}}`, "ResourceInUse"},
		{"CreateApiKey", `{"KeyType":"api_key","KeyName":"k","ExpireIn":7200}`, ""},
		{"CreateApiKey", `{"KeyType":"api_key","Name":"k"}`, "UnknownParameter"},
		{"DescribeLoginStrategy", `{}`, "InvalidAction"},
	} {
		params := map[string]any{}
		if err := json.Unmarshal([]byte(row.params), &params); err != nil {
			t.Fatal(err)
		}
		_, err := sdk.tcb(row.action, params)
		if code := refusedBy(t, err); code != row.code {
			t.Errorf("%s %s: got %q, want %q", row.action, row.params, code, row.code)
		}
	}
	same(t, "the client", c.ok("DescribeClient", `{"Id":"e1"}`)["MaxDevice"], `3`)
	same(t, "the provider", c.provider("github")["Name"], `{"Message":"登录 <GitHub>","Localized":[]}`)
}

// Its provider of credentials turns a job's identity into a temporary key, and
// signs with that.
func TestTheCloudsGoSDKTakesARole(t *testing.T) {
	c := start(t, Options{})
	secure := httptest.NewTLSServer(c.server)
	t.Cleanup(secure.Close)
	common.DefaultHttpClient = secure.Client() // it has no other way to be told of a certificate
	t.Cleanup(func() { common.DefaultHttpClient = nil })

	at := strings.TrimPrefix(secure.URL, "https://")
	take := func(job WebIdentity) (common.CredentialIface, error) {
		provider := common.NewOIDCRoleArnProvider("ap-shanghai", "github", c.server.WebIdentity(job), WebIdentityRole, "sdk", 900)
		provider.Endpoint = at
		return provider.GetCredential()
	}
	key, err := take(WebIdentity{})
	if err != nil {
		t.Fatal(err)
	}
	sdk := cloudSDK{t: t, at: at, key: key, profile: func(p *profile.ClientProfile) { p.HttpProfile.Scheme = "HTTPS" }}
	who, err := sdk.call("sts", stsVersion, "GetCallerIdentity", map[string]any{})
	if refusedBy(t, err) != "" || who.Text("Type") != "CAMRole" || who.Text("AccountId") != Account {
		t.Errorf("got %s, %v", schema.Show(who), err)
	}
	if _, err := sdk.tcb("GetProviders", map[string]any{}); refusedBy(t, err) != "" {
		t.Error(err)
	}
	_, err = take(WebIdentity{Audience: "https://github.com/acme"})
	if code := refusedBy(t, err); code != "InvalidParameter.WebIdentityTokenError" {
		t.Errorf("another audience: %q", code)
	}
}
