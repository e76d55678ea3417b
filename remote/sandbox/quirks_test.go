package sandbox

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"authsync/schema"
	"authsync/schema/quirk"
)

// told is what a sandbox that plays some quirks answers to requests of all sorts,
// and what it holds afterwards.
func told(t *testing.T, quirks quirk.Set, more ...[2]string) string {
	t.Helper()
	now := fixed()
	c := start(t, Options{Quirks: quirks, Now: func() time.Time { return now }})
	passes := func() { now = now.Add(time.Second) } // between what makes an object and what changes it
	var b strings.Builder
	say := func(what string, v schema.Value) { fmt.Fprintf(&b, "%s: %s\n", what, schema.Show(v)) }
	ask := func(action, body string) {
		answer := c.call(action, body)
		delete(answer, "RequestId")
		delete(answer, "PrivateKey") // another one each time
		say(action+" "+body, answer)
	}
	for _, step := range slices.Concat(managementSteps, more) {
		ask(step[0], step[1])
	}
	passes()
	for _, key := range c.userKeys("") {
		id := schema.Show(key["KeyID"])
		ask("GetOneUserKey", `{"Business":"integration","KeyID":`+id+`,"NeedPwd":true}`)
		ask("UpdateUserKey", `{"Business":"integration","KeyID":`+id+`,"Description":"d"}`)
	}
	for _, v := range c.ok("DescribeAuthDomains", `{}`)["Domains"].(schema.List) {
		ask("DeleteAuthDomain", `{"DomainIds":[`+schema.Show(v.(schema.Object)["Id"])+`]}`)
	}
	for _, visit := range []struct {
		visitor visitor
		steps   [][3]string
	}{{c.devices(), deviceSteps}, {c.connectors(), connectorSteps}, {c.openapi(), recordSteps}, {c.visit(openHost, "Accept", "*/*"), recordSteps[:1]}} {
		for _, step := range visit.steps {
			passes()
			got := visit.visitor.do(step[0], step[1], step[2])
			fmt.Fprintf(&b, "%s %s %s: %d %s\n", step[0], step[1], step[2], got.status, requestID.ReplaceAllString(got.text, ""))
		}
	}
	_, state := c.inspect("GET", "/_sandbox/state", "")
	return b.String() + publicKey.ReplaceAllString(state, "")
}

// publicKey is another one each time.
var publicKey = regexp.MustCompile(`"PublicKey":"[^"]*"`)

var requestID = regexp.MustCompile(`"(requestId|RequestId)":"[^"]*"`)

// managementSteps are requests to CloudBase. Seven of them are of providers that
// are there or not, to be read after.
var managementSteps = [][2]string{
	{"GetProviders", `{}`},
	{"ModifyProvider", `{"Id":"gone","ProviderType":"OAUTH","Name":{"Message":"n"},"Config":{"ClientId":"id","ClientSecret":"secret"}}`},
	{"AddProvider", `{"Id":"a_b","ProviderType":"WX_MP","Name":{"Message":"n"}}`},
	{"AddProvider", `{"Id":"least","ProviderType":"OAUTH","Name":{"Message":"n"},"Config":{"ClientId":"id"}}`},
	{"AddProvider", `{"Id":"known","ProviderType":"OAUTH","Name":{"Message":"n"},"Undeclared":"x","Config":{"ClientId":"id"}}`},
	{"AddProvider", `{"Id":"gh","ProviderType":"OAUTH","Name":{"Message":"n"},"Picture":"p","ReuseUserId":"UNSPECIFIED","Config":{"ClientId":"id","ClientSecret":"the-secret","AuthorizationEndpoint":"https://a","TokenEndpoint":"https://t","UserinfoEndpoint":"https://u","Scope":"s"}}`},
	{"AddProvider", `{"Id":"oidc","ProviderType":"OIDC","Name":{"Message":"n"},"Config":{"ClientId":"id","ClientSecret":"the-secret","Issuer":"https://i","TokenEndpoint":"https://own"}}`},
	{"GetProviders", `{}`},
	{"ModifyProvider", `{"Id":"gh","Picture":"","Config":{"ClientId":"other","Scope":""}}`},
	{"ModifyProvider", `{"Id":"email","EmailConfig":{"On":"FALSE","SmtpConfig":{"SenderAddress":"a","ServerHost":"h","ServerPort":25,"AccountUsername":"u","AccountPassword":"the-password","SecurityMode":"SSL"}}}`},
	{"GetProviders", `{}`},
	{"ModifyProvider", `{"Id":"email","EmailConfig":{"On":"FALSE"}}`},
	{"GetProviders", `{}`},
	{"ModifyProvider", `{"Id":"wx_open","On":"TRUE"}`},
	{"DeleteProvider", `{"Id":"email"}`},
	{"DeleteProvider", `{"Id":"never"}`},
	{"GetProviders", `{}`},
	{"DescribeLoginConfig", `{}`},
	{"ModifyLoginConfig", `{"EmailLogin":true,"PhoneNumberLogin":true,"UserNameLogin":true,"AnonymousLogin":false,"SmsVerificationConfig":{"Type":"template","TemplateProvider":{"Vendor":"TENCENT_INTL","TemplateId":"1","SdkAppId":"1","SecretId":"the-id","SecretKey":"the-key","CredentialAuthKeyId":"k"}}}`},
	{"DescribeLoginConfig", `{}`},
	{"ModifyClient", `{"Id":"e1","MaxDevice":3}`},
	{"ModifyClient", `{"Id":"e1","MaxDevice":0}`},
	{"DescribeClient", `{"Id":"e1"}`},
	{"CreateApiKey", `{"KeyType":"api_key","KeyName":"a"}`},
	{"CreateApiKey", `{"KeyType":"api_key","KeyName":"a"}`},
	{"CreateApiKey", `{"KeyType":"api_key","KeyName":"b"}`},
	{"CreateApiKey", `{"KeyType":"publish_key"}`},
	{"CreateApiKey", `{"KeyType":"publish_key"}`},
	{"DescribeApiKeyList", `{"PageSize":50}`},
	{"CreateAuthDomain", `{"Domains":["a.example.com"]}`},
	{"CreateAuthDomain", `{"Domains":["a.example.com"]}`},
	{"CreateAuthDomain", `{"Domains":["B.example.com:8080"]}`},
	{"DescribeAuthDomains", `{}`},
	{"DeleteApiKey", `{"KeyId":"never"}`},
	{"GetUserKeyTemplateList", `{"Business":"integration","Limit":100,"Offset":0}`},
	{"CreateUserKey", `{` + payment + `,"KeyID":"pay","Ext":"{\"appId\":\"wx1\",\"apiV3Key\":\"sealed-text\"}"}`},
	{"UpdateUserKey", `{"Business":"integration","KeyID":"never","Description":"d"}`},
	{"DeleteUserKey", `{"KeyID":"never"}`},
	{"GetUserKeyList", `{"Business":"integration","Offset":0,"Limit":100}`},
}

// loginKeySteps make keys, which takes time.
var loginKeySteps = [][2]string{
	{"CreateCustomLoginKey", `{}`},
	{"CreateCustomLoginKey", `{}`},
	{"CreateCustomLoginKey", `{}`},
	{"DescribeCustomLoginKeys", `{}`},
}

const appBody = `{"id":"a","name":"A","description":"d","provider":"internal-standalone","integrationModes":["apiServer"],"apiServer":{"appId":"a","secureKey":"Secret123","roleIdList":["1589807922792402944"],"redirectUri":"https://r","ipWhiteList":"10.0.0.1"}}`

var deviceSteps = [][3]string{
	{"POST", "/api/application", appBody},
	{"GET", "/api/application/a", ""},
	{"GET", "/api/application/_query/no-paging?paging=false", ""},
	{"GET", "/api/role/_query/no-paging?paging=false", ""},
	{"PUT", "/api/application/a", `{"description":""}`},
	{"PUT", "/api/application/a", `{"apiServer":{"appId":"a","secureKey":"Secret123","roleIdList":["1589807922792402944"]}}`},
	{"DELETE", "/api/application/a", ""},
	{"GET", "/api/authorize/login/configs", ""},
	{"GET", "/api/authorize/captcha/config", ""},
}

var connectorSteps = [][3]string{
	{"POST", connectorPath, `{"connector_id":"dm","type":"Email","config":{"access_key_id":"LTAI5tExample","access_key_secret":"the-secret","region":"","templates":[]}}`},
	{"POST", connectorPath, `{"connector_id":"dm","type":"Email","config":{"access_key_secret":"the-secret"}}`},
	{"POST", connectorPath, `{"connector_id":"gh","type":"Social","config":{"client_secret":"the-secret","scope":"user"}}`},
	{"POST", connectorPath, `{"connector_id":"go","type":"Social","config":{"client_secret":"the-secret"}}`},
	{"PATCH", connectorPath + "/conn_003", `{"config":{"client_secret":"other-secret"}}`},
	{"GET", connectorPath + "/conn_003", ""},
	{"GET", connectorPath + "?page=1&page_size=100", ""},
	{"GET", connectorPath + "/never", ""},
	{"DELETE", connectorPath + "/conn_001", ""},
	{"POST", connectorPath, `{"connector_id":"gh","type":"Social","config":{"client_secret":"the-secret"}}`},
	{"POST", connectorPath, `{"id":"mine","connector_id":"mine","type":"Social","config":{}}`},
}

var recordSteps = [][3]string{
	{"GET", rolesPath + "?$top=-1", ""},
	{"POST", rolesPath, `{"code":"a","name":"A"}`},
	{"POST", rolesPath, `{"code":"b","name":null}`},
	{"POST", rolesPath, `{"code":"c"}`},
	{"POST", rolesPath, `{"code":"d"}`},
	{"GET", rolesPath + "?$top=200&$count=true&$orderby=code", ""},
	{"DELETE", "/weda/odata/v1/never/x", ""},
}

// No row of the table is words alone: each of its readings changes what a client
// of the sandbox sees.
func TestEveryReadingShows(t *testing.T) {
	for _, q := range quirk.All() {
		t.Run(string(q.Name), func(t *testing.T) {
			t.Parallel()
			seen := map[string]quirk.Value{}
			var more [][2]string
			if strings.HasPrefix(string(q.Name), "login-key-") {
				more = loginKeySteps
			}
			for _, value := range q.Values() {
				shown := told(t, quirk.Set{q.Name: value}, more...)
				if same, twice := seen[shown]; twice {
					t.Errorf("%s looks as %s does", value, same)
				}
				seen[shown] = value
			}
		})
	}
}

// A sandbox that is told nothing plays the first reading of each row.
func TestFirstReadingIsUsual(t *testing.T) {
	first := quirk.Set{}
	for _, q := range quirk.All() {
		first[q.Name] = q.Readings[0].Value
	}
	if told(t, nil, loginKeySteps...) != told(t, first, loginKeySteps...) {
		t.Error("they differ")
	}
}
