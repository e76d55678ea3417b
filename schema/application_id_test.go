package schema_test

import (
	"os"
	"path/filepath"
	"strconv"
	"testing"

	"github.com/google/go-cmp/cmp"

	"authsync/schema"
)

const anApplication = "apiVersion: authsync/v1\nkind: Environment\nname: test\nsystems: {devices: {url: 'https://iot.example.com'}}\napplications:\n  a1: "

// Who chooses an application's id goes by its provider and its modes; a stated id
// that the name contradicts is a mistake.
func TestWhoChoosesAnApplicationsID(t *testing.T) {
	for _, row := range []struct {
		fields string
		who    schema.IDChoice
		at     string
	}{
		{"{provider: internal-standalone, integrationModes: [apiServer]}", schema.ChosenByCaller, "apiServer.appId"},
		{"{provider: third-party, integrationModes: [page, apiServer]}", schema.ChosenByCaller, "apiServer.appId"},
		{"{provider: internal-standalone, integrationModes: [apiServer, apiClient]}", schema.ChosenByCaller, "apiClient.authConfig.oauth2.clientId"},
		{"{provider: third-party, integrationModes: [apiClient], apiClient: {authConfig: {type: oauth2}}}", schema.ChosenByCaller, "apiClient.authConfig.oauth2.clientId"},
		{"{provider: third-party, integrationModes: [apiClient], apiClient: {authConfig: {type: basic}}}", schema.ChosenByPlatform, ""},
		{"{provider: third-party, integrationModes: [apiClient], apiClient: {authConfig: {type: bearer, oauth2: {clientId: a1}}}}", schema.ChosenByCaller, "apiClient.authConfig.oauth2.clientId"},
		{"{provider: internal-standalone, integrationModes: [page]}", schema.ChosenByPlatform, ""},
		{"{provider: third-party, integrationModes: [ssoClient]}", schema.ChosenByPlatform, ""},
		{"{provider: third-party, integrationModes: [page, ssoClient]}", schema.ChosenByPlatform, ""},
		{"{provider: wechat-webapp, integrationModes: [ssoClient]}", schema.ChosenByPlatform, ""},
		{"{provider: wechat-miniapp, integrationModes: [ssoClient]}", schema.ChosenByPlatform, ""},
		{"{provider: dingtalk-ent-app, integrationModes: [ssoClient]}", schema.ChosenByPlatform, ""},
		{"{provider: internal-integrated, integrationModes: [apiServer]}", schema.ChosenByPlatform, ""},
		{"{provider: internal-standalone}", schema.NotToldWho, ""},
		{"{integrationModes: [page]}", schema.NotToldWho, ""},
		{"{provider: internal-standalone, integrationModes: []}", schema.NotToldWho, ""},
	} {
		env := one(t, anApplication+row.fields+"\n")
		who, at := schema.ApplicationID(env.Collections["application"].Object("a1").Fields)
		if who != row.who || at.String() != row.at {
			t.Errorf("%s: %v at %q", row.fields, who, at)
		}
	}
}

func TestIDsOfApplicationsThatContradict(t *testing.T) {
	const api, client = "integrationModes: [apiServer], apiServer: {appId: b2, roleIdList: []}", "integrationModes: [apiClient], apiClient: {authConfig: {oauth2: {clientId: b2}}}"
	for _, row := range []struct {
		fields string
		want   []string
	}{
		{"{provider: third-party, " + api + "}", []string{`m.yaml:6:81: applications.a1.apiServer.appId: "b2" is not the application's id "a1"; leave it out`}},
		{"{" + api + "}", []string{`m.yaml:6:58: applications.a1.apiServer.appId: "b2" is not the application's id "a1"; leave it out`}},
		{"{provider: third-party, " + client + "}", []string{`m.yaml:6:106: applications.a1.apiClient.authConfig.oauth2.clientId: "b2" is not the application's id "a1"; leave it out`}},
		{"{provider: third-party, integrationModes: [apiClient, apiServer], apiServer: {appId: b2, roleIdList: []}, apiClient: {authConfig: {oauth2: {clientId: a1}}}}", nil},
		{"{id: b2, provider: third-party, " + api + "}", nil},
		{"{id: c3, provider: third-party, " + api + "}", []string{`m.yaml:6:89: applications.a1.apiServer.appId: "b2" is not the application's id "c3"; leave it out`}},
		{"{provider: internal-integrated, " + api + "}", nil},
		{"{provider: internal-integrated, " + client + "}", nil},
	} {
		if diff := cmp.Diff(row.want, faults(t, map[string]string{"m.yaml": anApplication + row.fields + "\n"}, schema.Wrong)); diff != "" {
			t.Errorf("%s (-want +got)\n%s", row.fields, diff)
		}
	}
}

func TestModesOfProviders(t *testing.T) {
	for _, row := range []struct{ provider, modes, want string }{
		{"wechat-webapp", "ssoClient", ""},
		{"wechat-webapp", "page", "wechat-webapp does not take page, but ssoClient"},
		{"wechat-miniapp", "apiServer, ssoClient", "wechat-miniapp does not take apiServer, but ssoClient"},
		{"dingtalk-ent-app", "apiClient", "dingtalk-ent-app does not take apiClient, but ssoClient"},
		{"internal-standalone", "ssoClient", "internal-standalone does not take ssoClient alone"},
		{"internal-standalone", "ssoClient, apiServer", "internal-standalone does not take apiServer and ssoClient alone"},
		{"internal-standalone", "ssoClient, page", ""},
		{"internal-standalone", "apiServer, page, ssoClient", ""},
		{"internal-integrated", "ssoClient", ""},
		{"third-party", "ssoClient", ""},
		{"third-party", "page, apiClient, apiServer, ssoClient", ""},
		{"wechat-webapp", "", ""},
	} {
		var want []string
		if row.want != "" {
			want = []string{"m.yaml:6:" + column("{provider: "+row.provider+", integrationModes: ") + ": applications.a1.integrationModes: " + row.want}
		}
		text := anApplication + "{provider: " + row.provider + ", integrationModes: [" + row.modes + "]}\n"
		if diff := cmp.Diff(want, faults(t, map[string]string{"m.yaml": text}, schema.Wrong)); diff != "" {
			t.Errorf("%s, %s (-want +got)\n%s", row.provider, row.modes, diff)
		}
	}
}

// The parts of an application have types; what else is in them is the service's.
func TestPartsOfApplications(t *testing.T) {
	const secret = `is a secret in clear text; seal it with: authsync secrets seal --in m.yaml --path applications.a1.`
	for _, row := range []struct {
		fields string
		want   []string
	}{
		{`{page: {baseUrl: 'https://a.example', routeType: hash, parameters: [{key: a, value: b}], configuration: {checkedSystem: iot}, more: [1]}}`, nil},
		{`{page: {routeType: query}}`, []string{`m.yaml:6:26: applications.a1.page.routeType: "query" is not one of hash, history`}},
		{`{page: {parameters: {a: b}}}`, []string{`m.yaml:6:27: applications.a1.page.parameters: takes a list of {key, value}, not a mapping`}},
		{`{page: {parameters: [{name: a}, b]}}`, []string{
			`m.yaml:6:28: applications.a1.page.parameters.0: takes {key, value}`, `m.yaml:6:39: applications.a1.page.parameters.1: takes {key, value}`}},
		{`{apiClient: {headers: [{key: Authorization, value: abc}, {key: Accept, value: x}]}}`, []string{"m.yaml:6:58: applications.a1.apiClient.headers.0.value: " + secret + "apiClient.headers.0.value"}},
		{`{apiClient: {headers: [{key: Authorization, value: !env X}], authConfig: {type: bearer, bearer: {token: !env X}, other: {deep: {password: !env X}}}}}`, nil},
		{`{apiClient: {authConfig: {type: jwt}}}`, []string{`m.yaml:6:39: applications.a1.apiClient.authConfig.type: "jwt" is not one of none, bearer, oauth2, basic, other`}},
		{`{apiClient: {authConfig: {basic: {username: u, password: p}}}}`, []string{"m.yaml:6:64: applications.a1.apiClient.authConfig.basic.password: " + secret + "apiClient.authConfig.basic.password"}},
		{`{apiClient: {authConfig: {oauth2: {tokenRequestType: GET}}}}`, []string{`m.yaml:6:60: applications.a1.apiClient.authConfig.oauth2.tokenRequestType: "GET" is not one of POST_URI, POST_BODY`}},
		{`{sso: {configuration: {appId: a, appSecret: s}}}`, []string{"m.yaml:6:51: applications.a1.sso.configuration.appSecret: " + secret + "sso.configuration.appSecret"}},
		{`{sso: {configuration: {appKey: s}, defaultPasswd: p}}`, []string{
			"m.yaml:6:38: applications.a1.sso.configuration.appKey: " + secret + "sso.configuration.appKey", "m.yaml:6:57: applications.a1.sso.defaultPasswd: " + secret + "sso.defaultPasswd"}},
		{`{sso: {autoCreateUser: yes please}}`, []string{`m.yaml:6:30: applications.a1.sso.autoCreateUser: takes true or false, not "yes please"`}},
		{`{sso: {roleIdList: ['1', '1']}}`, []string{`m.yaml:6:26: applications.a1.sso.roleIdList: holds "1" twice`}},
		{`{logoUrl: /assets/apply/third-party.png}`, nil},
		{`{logoUrl: 'data:image/png;base64,iVBORw0KGgo='}`, nil},
		{`{logoUrl: 'assets/x.png'}`, nil},
	} {
		if diff := cmp.Diff(row.want, faults(t, map[string]string{"m.yaml": anApplication + row.fields + "\n"}, schema.Wrong)); diff != "" {
			t.Errorf("%s (-want +got)\n%s", row.fields, diff)
		}
	}
}

// What the platform has in another form than is known, it gets back as it was.
func TestPartsInAnotherForm(t *testing.T) {
	const answer = `{"page":{"baseUrl":{"at":"x"},"parameters":{"a":"b"},"routeType":{"text":"哈希","value":"hash"}},` +
		`"sso":{"autoCreateUser":"yes","roleIdList":"1,2","configuration":{"type":{"id":"x"},"appSecret":{"a":1}}}}`
	v, err := schema.ParseJSON([]byte(answer))
	if err != nil {
		t.Fatal(err)
	}
	fields, err := schema.Application.FromWire(v.(schema.Object))
	if err != nil {
		t.Fatal(err)
	}
	want := `{"page":{"baseUrl":{"at":"x"},"parameters":{"a":"b"},"routeType":"hash"},` +
		`"sso":{"autoCreateUser":"yes","configuration":{"appSecret":{"a":1},"type":{"id":"x"}},"roleIdList":"1,2"}}`
	if diff := cmp.Diff(want, schema.Show(schema.Unwrap(schema.Application.ToWire(fields)))); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

// one is the environment that a manifest describes.
func one(t *testing.T, text string) *schema.Environment {
	t.Helper()
	file := filepath.Join(t.TempDir(), "m.yaml")
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	loaded := schema.Load([]string{file}, schema.SecretsSealed)
	if err := loaded.Faults.Err(); err != nil {
		t.Fatal(err)
	}
	return loaded.Environments[0]
}

// column is where what follows a text stands in the line of an application.
func column(before string) string { return strconv.Itoa(len("  a1: ") + len(before) + 1) }
