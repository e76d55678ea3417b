package schema_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"authsync/schema"
)

func TestFaultsOfApplications(t *testing.T) {
	const iot = "apiVersion: authsync/v1\nkind: Environment\nname: test\nsystems: {devices: {url: 'https://iot.example.com'}}\n"
	const app = iot + "applications:\n  a1: {"
	server := func(more string) string { return app + "apiServer: {roleIdList: ['1']" + more + "}}\n" }
	for _, row := range []struct {
		name, text string
		want       []string
	}{
		{"right", app + "name: API, description: null, provider: third-party, integrationModes: [page, apiServer], state: disabled,\n" +
			"    apiServer: {appId: a1, secureKey: !env KEY, roleIdList: [], orgIdList: null, redirectUri: null, ipWhiteList: 10.0.0.1, signature: SHA256, enableOAuth2: true},\n" +
			"    page: {baseUrl: 'https://a.example', any: [1]}, apiClient: {}, sso: {x: {clientSecret: !env S}}, logoUrl: null, extra: {Zone: 1}}\n", nil},
		{"nothing", app + "}\n", nil},
		{"name of 64 characters", app + "name: " + strings.Repeat("名", 64) + "}\n", nil},
		{"name of 65", app + "name: " + strings.Repeat("名", 65) + "}\n", []string{"m.yaml:6:14: applications.a1.name: is 65 characters long; the most is 64"}},
		{"description of 201", app + "description: " + strings.Repeat("x", 201) + "}\n", []string{"m.yaml:6:21: applications.a1.description: is 201 characters long; the most is 200"}},
		{"provider", app + "provider: internal}\n", []string{`m.yaml:6:18: applications.a1.provider: "internal" is not one of internal-standalone, internal-integrated, wechat-webapp, wechat-miniapp, dingtalk-ent-app, third-party`}},
		{"mode", app + "integrationModes: [apiserver]}\n", []string{`m.yaml:6:27: applications.a1.integrationModes.0: "apiserver" is unknown, did you mean apiServer? (page, apiClient, apiServer, ssoClient)`}},
		{"mode twice", app + "integrationModes: [page, page]}\n", []string{`m.yaml:6:26: applications.a1.integrationModes: holds "page" twice`}},
		{"state", app + "state: true}\n", []string{`m.yaml:6:15: applications.a1.state: takes text; put quotes around it: "true"`}},
		{"as answers spell it", app + "state: {value: enabled}}\n", []string{"m.yaml:6:15: applications.a1.state: takes text, not a mapping"}},
		{"name cleared", app + "name: null}\n", []string{"m.yaml:6:14: applications.a1.name: cannot be cleared; leave the name out to leave the field alone"}},
		{"another appId", server(", appId: b2"), []string{`m.yaml:6:46: applications.a1.apiServer.appId: "b2" is not the application's id "a1"; leave it out`}},
		{"no roles", app + "apiServer: {secureKey: !env KEY}}\n", []string{"m.yaml:6:19: applications.a1.apiServer: roleIdList is missing"}},
		{"a role that is a number", app + "apiServer: {roleIdList: [1589807922792402944]}}\n", []string{`m.yaml:6:33: applications.a1.apiServer.roleIdList.0: takes text; put quotes around it: "1589807922792402944"`}},
		{"key in clear", server(", secureKey: abc"), []string{"m.yaml:6:50: applications.a1.apiServer.secureKey: is a secret in clear text; seal it with: authsync secrets seal --in m.yaml --path applications.a1.apiServer.secureKey"}},
		{"another secret in clear", app + "apiClient: {oauth2: {clientSecret: abc}}}\n", []string{"m.yaml:6:43: applications.a1.apiClient.oauth2.clientSecret: is a secret in clear text; seal it with: authsync secrets seal --in m.yaml --path applications.a1.apiClient.oauth2.clientSecret"}},
		{"redirectUri", server(", redirectUri: a.example"), []string{`m.yaml:6:52: applications.a1.apiServer.redirectUri: "a.example" is not a URL (https://host/path)`}},
		{"signature", server(", signature: SHA1"), []string{`m.yaml:6:50: applications.a1.apiServer.signature: "SHA1" is not one of MD5, SHA256`}},
		{"logo elsewhere", app + "logoUrl: 'ftp://a.example/x.png'}\n", []string{`m.yaml:6:17: applications.a1.logoUrl: "ftp://a.example/x.png" is not a URL (https://host/path)`}},
		{"logo with a password", app + "logoUrl: 'https://u:p@a.example/x.png'}\n", []string{`m.yaml:6:17: applications.a1.logoUrl: holds a user name or password; a URL is not a place for a secret`}},
		{"logo of no kind", app + "logoUrl: 'mailto:a'}\n", []string{`m.yaml:6:17: applications.a1.logoUrl: "mailto:a" is neither a URL (https://host/path) nor a path`}},
		{"what was made", app + "createTime: 5}\n", []string{
			"m.yaml:6:8: applications.a1.createTime: is set by the service and cannot be managed"}},
		{"an id that is none", iot + "applications: {'a/b': {}}\n", []string{`m.yaml:5:16: applications.a/b: "a/b" is not an application id, or a name for it (letters, digits, - and _, at most 64)`}},
		{"nowhere", "apiVersion: authsync/v1\nkind: Environment\nname: test\napplications: {}\n", []string{"m.yaml:4:1: applications: needs systems.devices, which says where they are"}},
	} {
		t.Run(row.name, func(t *testing.T) {
			got := faults(t, map[string]string{"m.yaml": row.text}, schema.Wrong)
			if diff := cmp.Diff(row.want, got); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
		})
	}
}

// With apiClient among the modes the id is that of its OAuth client.
func TestAppIDBesideAPIClient(t *testing.T) {
	text := "apiVersion: authsync/v1\nkind: Environment\nname: test\nsystems: {devices: {url: 'https://iot.example.com'}}\n" +
		"applications: {a1: {integrationModes: [apiServer, apiClient], apiServer: {appId: b2, roleIdList: []}}}\n"
	if got := faults(t, map[string]string{"m.yaml": text}, schema.Wrong); got != nil {
		t.Error(got)
	}
}

// Enumerations come down as {text, value}, sets in any order, and what is
// never shown is hidden, not missing.
func TestApplicationFromWire(t *testing.T) {
	const answer = `{"id": "a1", "name": "API", "provider": "internal-standalone", "creatorId": "1", "createTime": 1,
		"integrationModes": [{"text": "页面集成", "value": "page"}, {"text": "API服务", "value": "apiServer"}],
		"state": {"text": "启用", "value": "enabled"}, "zone": "x",
		"apiServer": {"secureKey": "k", "signature": %s, "roleIdList": ["2", "1"], "orgIdList": []}}`
	for _, signature := range []string{`"MD5"`, `{"text": "MD5", "value": "MD5"}`} {
		v, err := schema.ParseJSON([]byte(fmt.Sprintf(answer, signature)))
		if err != nil {
			t.Fatal(err)
		}
		got, err := schema.Application.FromWire(v.(schema.Object))
		if err != nil {
			t.Fatal(err)
		}
		want := `{"apiServer":{"appId":"(hidden)","redirectUri":"(hidden)","roleIdList":["2","1"],"secureKey":"(in clear)","signature":"MD5"},` +
			`"extra":{"zone":"(carried)"},"integrationModes":["page","apiServer"],"name":"API","provider":"internal-standalone","state":"enabled"}`
		if diff := cmp.Diff(want, schema.Show(got)); diff != "" {
			t.Errorf("(-want +got)\n%s", diff)
		}
		if !schema.Same(got.At("apiServer", "roleIdList"), schema.Set{schema.Text("1"), schema.Text("2")}) {
			t.Error("the order of a set matters")
		}
	}
}
