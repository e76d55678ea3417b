package sandbox

import (
	"strings"
	"testing"

	"authsync/schema"
)

func (c *client) heldApplication(id string, path ...string) schema.Value {
	return c.server.devices.state().At(append([]string{iotHost, "applications", id}, path...)...)
}

func TestCreateApplication(t *testing.T) {
	c := start(t, Options{})
	v := c.devices()
	// As in seed 003: no appId, no redirectUri, enumerations with their texts,
	// a signature that was not sent; and the roles in another order.
	const want = `{"id":"a1","provider":"internal-standalone","name":"API服务-测试","description":"1",
		"integrationModes":[{"text":"API服务","value":"apiServer"}],
		"apiServer":{"secureKey":"BkPZhjK36Zb8M2KRpKdAM2krCDCNNdYZ","signature":"MD5",
			"roleIdList":["2","1589807922792402944"],"orgIdList":["1595617360684232704"]},
		"state":{"text":"启用","value":"enabled"},"creatorId":"1199596756811550720","createTime":1772366400000}`
	same(t, "created", v.object(200, "POST", "/api/application", application("a1")),
		`{"message":"success","status":200,"timestamp":1772366400000,"result":`+want+`}`)
	same(t, "read", v.object(200, "GET", "/api/application/a1", "")["result"], want)
	same(t, "kept", c.heldApplication("a1", "apiServer", "appId"), `"a1"`)
	same(t, "kept too", c.heldApplication("a1", "apiServer", "redirectUri"), `"https://a"`)
	same(t, "the user", c.server.devices.state().At(iotHost, "users", "a1"),
		`{"username":"a1","password":"BkPZhjK36Zb8M2KRpKdAM2krCDCNNdYZ","application":"a1"}`)

	v.refuses(400, "POST", "/api/application", application("a1"), "用户已存在", `"status":400`)
	v.refuses(400, "POST", "/api/application", application("sandbox"), "用户已存在")
}

func TestApplicationInput(t *testing.T) {
	c := start(t, Options{})
	v := c.devices()
	for _, test := range []struct{ name, old, new, text string }{
		{"another id", `"appId":"a1"`, `"appId":"a2"`, `"property":"id"`},
		{"no name", `"name":"API服务-测试"`, `"name":""`, `"property":"name"`},
		{"null for the provider", `"internal-standalone"`, `null`, `"property":"provider"`},
		{"unknown provider", `internal-standalone`, `standalone`, "`provider`"},
		{"unknown mode", `["apiServer"]`, `["server"]`, "integrationModes"},
		{"no key", `"secureKey":"BkPZhjK36Zb8M2KRpKdAM2krCDCNNdYZ",`, ``, `"property":"apiServer.secureKey"`},
		{"no apiServer", `"apiServer":{`, `"page":{`, `"property":"apiServer.appId"`},
		{"roles as text", `["1589807922792402944","2"]`, `"2"`, "roleIdList"},
		{"unknown field", `"description"`, `"remark"`, "`remark`"},
		{"unknown state", `"description":"1"`, `"state":"on"`, "`state`"},
	} {
		t.Run(test.name, func(t *testing.T) {
			body := strings.Replace(application("a1"), test.old, test.new, 1)
			if body == application("a1") {
				t.Fatal("nothing replaced")
			}
			v.refuses(400, "POST", "/api/application", body, `"illegal_argument"`, test.text)
		})
	}
	asEnums := strings.Replace(application("a1"), `["apiServer"]`, `[{"value":"apiServer"}]`, 1)
	asEnums = strings.Replace(asEnums, `"description":"1"`, `"state":{"value":"disabled","text":"x"}`, 1)
	same(t, "enumerations", result(v.object(200, "POST", "/api/application", asEnums))["state"], `{"value":"disabled","text":"禁用"}`)
	same(t, "kept", c.heldApplication("a1", "integrationModes"), `["apiServer"]`)

	unknown := strings.Replace(application("a3"), `"appId"`, `"zone":"x","appId"`, 1)
	v.object(200, "POST", "/api/application", unknown)
	same(t, "what is not known below the top is kept", v.object(200, "GET", "/api/application/a3", "").At("result", "apiServer", "zone"), `"x"`)
}

func TestUpdateApplication(t *testing.T) {
	c := start(t, Options{})
	v := c.devices()
	v.object(200, "POST", "/api/application", application("a1"))
	update := func(body string) {
		t.Helper()
		same(t, body, v.object(200, "PUT", "/api/application/a1", body)["result"], `true`)
	}
	update(`{"state":"disabled"}`)
	same(t, "state", c.heldApplication("a1", "state"), `"disabled"`)
	same(t, "the rest stays", c.heldApplication("a1", "name"), `"API服务-测试"`)

	update(`{"name":null,"description":null,"state":{"value":"enabled"}}`)
	same(t, "null is absent", c.heldApplication("a1", "description"), `"1"`)
	same(t, "state", c.heldApplication("a1", "state"), `"enabled"`)
	update(`{"description":""}`)
	same(t, "empty is a value", c.heldApplication("a1", "description"), `""`)
	update(`{"id":"a2","creatorId":"x","createTime":1}`)
	same(t, "not the client's", c.heldApplication("a1", "createTime"), `1772366400000`)

	update(`{"apiServer":{"appId":"a1","secureKey":"new","roleIdList":["2"]}}`)
	same(t, "apiServer is replaced as a whole", c.heldApplication("a1", "apiServer"), `{"appId":"a1","secureKey":"new","roleIdList":["2"],"signature":"MD5"}`)
	same(t, "the user's password", c.server.devices.state().At(iotHost, "users", "a1", "password"), `"new"`)

	v.refuses(400, "PUT", "/api/application/a1", `{"apiServer":{"secureKey":"new","roleIdList":["2"]}}`, "apiServer.appId")
	v.refuses(404, "PUT", "/api/application/a9", `{"name":"x"}`, `"not_found"`)
}

func TestDeleteApplication(t *testing.T) {
	c := start(t, Options{})
	v := c.devices()
	v.object(200, "POST", "/api/application", application("a1"))
	v.refuses(400, "DELETE", "/api/application/a1", "", "请先禁用")
	v.object(200, "PUT", "/api/application/a1", `{"state":"disabled"}`)
	same(t, "what is deleted is answered", result(v.object(200, "DELETE", "/api/application/a1", ""))["id"], `"a1"`)
	v.refuses(404, "DELETE", "/api/application/a1", "", `"not_found"`)
	v.object(200, "POST", "/api/application", application("a1"))
}

func TestSaveApplications(t *testing.T) {
	c := start(t, Options{})
	v := c.devices()
	same(t, "one", v.object(200, "PATCH", "/api/application", application("a1"))["result"], `{"added":1,"updated":0,"total":1}`)
	same(t, "some", v.object(200, "PATCH", "/api/application", `[{"id":"a1","name":"other"},`+application("a2")+`]`)["result"], `{"added":1,"updated":1,"total":2}`)
	same(t, "name", c.heldApplication("a1", "name"), `"other"`)
	v.refuses(400, "PATCH", "/api/application", `[1]`, "illegal_argument")
	v.refuses(400, "PATCH", "/api/application", `[`, "illegal_argument")
}

func TestSeedApplication(t *testing.T) {
	c := start(t, Options{})
	body := strings.Replace(application("a1"), `"description":"1"`, `"state":{"value":"disabled"},"createTime":5,"level":2`, 1)
	must(t, c.server.SeedApplication(iotHost, wire(t, body)))
	state := c.server.devices.state().At(iotHost).(schema.Object)
	same(t, "kept", state.At("applications", "a1", "createTime"), `5`)
	same(t, "state", state.At("applications", "a1", "state"), `"disabled"`)
	same(t, "its roles exist", state["roles"], `{"1589807922792402944":{"id":"1589807922792402944","name":"管理员"},"2":{"id":"2","name":"2"}}`)
	c.devices().object(200, "PUT", "/api/application/a1", `{"level":3}`)
	same(t, "a seeded field is known", c.heldApplication("a1", "level"), `3`)
	if err := c.server.SeedApplication(iotHost, wire(t, body)); err == nil || !strings.Contains(err.Error(), "用户已存在") {
		t.Errorf("twice: %v", err)
	}
}
