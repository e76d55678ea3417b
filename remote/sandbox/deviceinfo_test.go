package sandbox

import (
	"strings"
	"testing"

	"authsync/schema"
)

// The family's own client nests all of its search terms.
func TestNestedTerms(t *testing.T) {
	c := start(t, Options{})
	v := c.devices()
	for _, id := range []string{"a1", "a2", "b1"} {
		must(t, c.server.SeedApplication(iotHost, wire(t, strings.Replace(application(id), `["1589807922792402944","2"]`, `["`+id+`"]`, 1))))
	}
	for _, test := range []struct{ name, terms, want string }{
		{"nested", `[{"terms":[{"column":"id","termType":"like","value":"%a%"}]}]`, "a1 a2"},
		{"nested twice", `[{"terms":[{"terms":[{"column":"id","value":"b1"}]}]}]`, "b1"},
		{"groups that must both hold", `[{"terms":[{"column":"id","termType":"like","value":"%1%"}]},{"terms":[{"column":"id","termType":"like","value":"%b%"}]}]`, "b1"},
		{"one of a group", `[{"terms":[{"column":"id","value":"a1"},{"column":"id","value":"b1","type":"or"}]}]`, "a1 b1"},
		{"and binds closer than or", `[{"column":"id","value":"a1"},{"column":"id","value":"b1","type":"or"},{"column":"id","termType":"not","value":"b1"}]`, "a1"},
		{"a condition with a group", `[{"column":"id","termType":"like","value":"%a%","terms":[{"column":"id","termType":"not","value":"a1"}]}]`, "a2"},
		{"none", `[]`, "a1 a2 b1"},
	} {
		t.Run(test.name, func(t *testing.T) {
			page := result(v.object(200, "POST", "/api/application/_query/", `{"pageIndex":0,"pageSize":12,"terms":`+test.terms+`}`))
			var ids []string
			for _, app := range page["data"].(schema.List) {
				ids = append(ids, app.(schema.Object).Text("id"))
			}
			if got := strings.Join(ids, " "); got != test.want {
				t.Errorf("%s", got)
			}
		})
	}
	v.refuses(400, "POST", "/api/application/_query/", `{"terms":[{"terms":[{"column":"id","termType":"btw","value":1}]}]}`, `"unsupported"`)
	v.refuses(400, "POST", "/api/application/_query/", `{"terms":[{"termType":"eq"}]}`, "column")
	v.refuses(400, "POST", "/api/application/_query/", `{"terms":[{"terms":[{"column":1}]}]}`, "column")
}

func TestWhatTheFamilysClientAsks(t *testing.T) {
	c := start(t, Options{})
	v := c.devices()
	for _, test := range []struct{ method, path, body, want string }{
		{"GET", "/api/organization/_all?paging=false", "", `[{"id":"1595617360684232704","name":"默认组织"}]`},
		{"GET", "/api/organization/_all/tree?paging=false", "", `[{"children":[],"id":"1595617360684232704","name":"默认组织"}]`},
		{"POST", "/api/organization/_all/tree", `{"paging":false}`, `[{"children":[],"id":"1595617360684232704","name":"默认组织"}]`},
		{"GET", "/api/dictionary/third-sso-type/items", "", `[{"text":"OAuth2","value":"oauth2"},{"text":"Bearer","value":"bearer"}]`},
		{"POST", "/api/menu/owner", `["iot"]`, `[]`},
		{"POST", "/api/menu/owner", `[]`, `["iot"]`},
	} {
		same(t, test.path, v.object(200, test.method, test.path, test.body)["result"], test.want)
	}
	me := result(v.object(200, "GET", "/api/authorize/me", ""))
	same(t, "user", me.At("user", "username"), `"sandbox"`)
	v.refuses(400, "POST", "/api/menu/owner", `{}`, `"illegal_argument"`)
	v.with("X-Access-Token", "").object(401, "GET", "/api/authorize/me", "")

	providers := v.object(200, "GET", "/api/application/providers", "")["result"].(schema.List)
	same(t, "how many", number(int64(len(providers))), "6")
	same(t, "one", providers[2], `{"provider":"wechat-webapp","name":"微信网站应用","integrationModes":[{"text":"单点登录","value":"ssoClient"}]}`)
}

func TestDeviceLogOut(t *testing.T) {
	c := start(t, Options{})
	v := c.devices()
	token := result(c.visit(iotHost, "Accept", "*/*").object(200, "POST", "/api/authorize/login", `{"username":"sandbox","password":"sandbox"}`)).Text("token")
	same(t, "out", v.with("X-Access-Token", token).object(200, "GET", "/api/user-token/reset", "")["result"], `true`)
	v.with("X-Access-Token", token).object(401, "GET", "/api/authorize/me", "")
}

// An id that the caller does not choose is made up.
func TestIDsThatThePlatformChooses(t *testing.T) {
	c := start(t, Options{})
	v := c.devices()
	made := func(body string) string { return result(v.object(200, "POST", "/api/application", body)).Text("id") }
	for _, test := range []struct{ body, id string }{
		{`{"name":"a","provider":"wechat-webapp","integrationModes":["ssoClient"]}`, "1790000000000000001"},
		{`{"name":"a","provider":"third-party","integrationModes":["page"]}`, "1790000000000000002"},
		{`{"name":"a","provider":"third-party","integrationModes":["apiClient"],"apiClient":{"authConfig":{"type":"basic"}}}`, "1790000000000000003"},
		{`{"name":"a","provider":"third-party","integrationModes":["apiClient"],"apiClient":{"authConfig":{"oauth2":{"clientId":"c1"}}}}`, "c1"},
		{`{"name":"a","provider":"internal-integrated","integrationModes":["apiServer"],"apiServer":{"appId":"s1","secureKey":"k","roleIdList":["2"]}}`, "1790000000000000004"},
		{`{"name":"a","provider":"internal-standalone","integrationModes":["apiServer"],"apiServer":{"appId":"s2","secureKey":"k","roleIdList":["2"]}}`, "s2"},
	} {
		if id := made(test.body); id != test.id {
			t.Errorf("%s: %s", test.body, id)
		}
	}
	v.refuses(400, "POST", "/api/application", `{"name":"a","provider":"wechat-webapp","integrationModes":["page"]}`, "integrationModes")
	v.refuses(400, "POST", "/api/application", `{"name":"a","provider":"internal-standalone","integrationModes":["ssoClient","apiServer"]}`, "integrationModes")
	v.refuses(400, "POST", "/api/application", `{"name":"a","provider":"third-party","integrationModes":["apiClient"],"apiClient":{"authConfig":{"oauth2":{"clientId":"c1"}}}}`, "用户已存在")
}
