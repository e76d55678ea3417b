package sandbox

import (
	"fmt"
	"strings"
	"testing"

	"authsync/schema"
	"authsync/schema/quirk"
)

func (c *client) devices() visitor { return c.visit(iotHost, "X-Access-Token", "sandbox") }

// seedApplication is the example of seed 003, as a format: the id twice.
const seedApplication = `{"provider":"internal-standalone","integrationModes":["apiServer"],
	"apiServer":{"appId":%q,"secureKey":"BkPZhjK36Zb8M2KRpKdAM2krCDCNNdYZ",
		"roleIdList":["1589807922792402944","2"],"orgIdList":["1595617360684232704"],"redirectUri":"https://a"},
	"name":"API服务-测试","description":"1","id":%[1]q}`

func application(id string) string { return fmt.Sprintf(seedApplication, id) }

func TestDeviceToken(t *testing.T) {
	c := start(t, Options{})
	v := c.devices()
	for _, test := range []struct{ name, token, message, state string }{
		{"none", "", "token不能为空", "expired"},
		{"another", "other", "登录状态已失效", "offline"},
	} {
		t.Run(test.name, func(t *testing.T) {
			got := v.with("X-Access-Token", test.token).object(401, "GET", "/api/application/a", "")
			same(t, "message", got["message"], `"`+test.message+`"`)
			same(t, "code", got["code"], `"unauthorized"`)
			same(t, "status", got["status"], `401`)
			same(t, "result", got.At("result", "value"), `"`+test.state+`"`)
		})
	}
	v.with("X-Access-Token", "").object(401, "POST", "/api/application", application("a"))
	same(t, "nothing done", c.server.devices.state(), `{}`)
	v.with("X-Access-Token", "").object(200, "GET", "/api/role/_query/no-paging?paging=false&:X_Access_Token=sandbox", "")
}

func TestDeviceLogin(t *testing.T) {
	c := start(t, Options{})
	v := c.visit(iotHost, "Accept", "*/*")
	got := result(v.object(200, "POST", "/api/authorize/login", `{"username":"sandbox","password":"sandbox"}`))
	same(t, "life", got["expires"], `1800000`)
	v.with("X-Access-Token", got.Text("token")).object(200, "GET", "/api/organization/_all", "")
	same(t, "life asked for", result(v.object(200, "POST", "/api/authorize/login", `{"username":"sandbox","password":"sandbox","expires":3600000}`))["expires"], `3600000`)
	same(t, "no captcha", v.object(200, "GET", "/api/authorize/captcha/config", "").At("result", "enabled"), `false`)
	same(t, "no RSA", v.object(200, "GET", "/api/authorize/login/configs", "").At("result", "encrypt"), `{"enabled":false}`)
	v.refuses(400, "POST", "/api/authorize/login", `{"username":"sandbox","password":"other"}`, `"illegal_password"`)
	v.refuses(400, "POST", "/api/authorize/login", `{"username":"sandbox"}`, `"illegal_argument"`, "`password`")
	v.refuses(400, "POST", "/api/authorize/login", `{"username":"sandbox","password":"sandbox","otp":"1"}`, "`otp`")
	if log := c.log(); log[0].Write {
		t.Error("a login is logged as a write")
	}
}

func TestDeviceLoginWithCaptcha(t *testing.T) {
	c := start(t, Options{Quirks: quirk.Set{quirk.DevicesLogin: quirk.CaptchaLogin}})
	v := c.visit(iotHost, "Accept", "*/*")
	same(t, "captcha", v.object(200, "GET", "/api/authorize/captcha/config", "").At("result", "enabled"), `true`)
	v.refuses(400, "POST", "/api/authorize/login", `{"username":"sandbox","password":"sandbox"}`, "验证码", "verifyCode")
	v.with("X-Access-Token", "sandbox").object(200, "GET", "/api/organization/_all", "")
}

func TestDevicePaths(t *testing.T) {
	c := start(t, Options{})
	v := c.devices()
	for _, test := range []struct {
		name, method, path string
		status             int
		texts              []string
	}{
		{"unknown path", "GET", "/api/applications", 404, []string{`"error.resource_not_found"`}},
		{"unknown id", "GET", "/api/application/a", 404, []string{`"not_found"`}},
		{"there is no _enable", "PUT", "/api/application/a/_enable", 404, []string{`"error.resource_not_found"`}},
		{"406 and not 405", "PUT", "/api/application", 406, []string{`"method_not_allowed"`, `"result":["POST","PATCH"]`}},
		{"wrong method for one", "POST", "/api/application/a", 406, []string{`"result":["GET","PUT","DELETE"]`}},
		{"unknown parameter", "GET", "/api/application/_query?where=a", 400, []string{"`where`"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			v.refuses(test.status, test.method, test.path, "", append(test.texts, fmt.Sprintf(`"status":%d`, test.status))...)
		})
	}
	v.object(200, "GET", "/api/application/_query/", "")
	same(t, "timestamp", v.object(200, "GET", "/api/application/_query", "")["timestamp"], fmt.Sprint(noon.UnixMilli()))
}

func TestDevicesWriteOnly(t *testing.T) {
	c := start(t, Options{Quirks: quirk.Set{quirk.DevicesAPI: quirk.DocumentedAPI}})
	v := c.devices()
	v.object(200, "POST", "/api/application", application("a"))
	for _, request := range []string{
		"GET /api/application/a", "PUT /api/application/a", "DELETE /api/application/a", "POST /api/application/_query",
		"GET /api/application/_query/no-paging", "GET /api/role/_query/no-paging", "GET /api/organization/_all", "POST /api/authorize/login",
	} {
		method, path, _ := strings.Cut(request, " ")
		v.refuses(404, method, path, "{}", `"error.resource_not_found"`)
	}
	v.refuses(406, "PATCH", "/api/application", "{}", `"result":["POST"]`)
}

// A list without pages is still cut, unless the request says paging=false.
func TestNoPagingPages(t *testing.T) {
	c := start(t, Options{})
	v := c.devices()
	for i := range 30 {
		id := fmt.Sprintf("a%02d", i)
		must(t, c.server.SeedApplication(iotHost, wire(t, strings.Replace(application(id), `["1589807922792402944","2"]`, `["`+id+`"]`, 1))))
	}
	for _, test := range []struct {
		name, method, path, body string
		count                    int
		first                    string
	}{
		{"GET", "GET", "/api/application/_query/no-paging", "", 25, "a00"},
		{"POST", "POST", "/api/application/_query/no-paging", `{}`, 25, "a00"},
		{"POST without a body", "POST", "/api/application/_query/no-paging", "", 25, "a00"},
		{"GET all", "GET", "/api/application/_query/no-paging?paging=false", "", 30, "a00"},
		{"POST all", "POST", "/api/application/_query/no-paging", `{"paging":false}`, 30, "a00"},
		{"GET more", "GET", "/api/application/_query/no-paging?pageSize=28&pageIndex=1", "", 2, "a28"},
		{"POST more", "POST", "/api/application/_query/no-paging", `{"pageSize":28}`, 28, "a00"},
		{"GET some", "GET", "/api/application/_query/no-paging?terms[0].column=id&terms[0].value=a03", "", 1, "a03"},
		{"POST some", "POST", "/api/application/_query/no-paging", `{"terms":[{"column":"id","termType":"in","value":["a03","a04"]}]}`, 2, "a03"},
		{"POST but some", "POST", "/api/application/_query/no-paging", `{"paging":false,"terms":[{"column":"id","termType":"not","value":"a00"},{"column":"name","termType":"like","value":"%API%"}]}`, 29, "a01"},
		{"POST sorted", "POST", "/api/application/_query/no-paging", `{"sorts":[{"name":"id","order":"desc"}]}`, 25, "a29"},
		{"roles", "GET", "/api/role/_query/no-paging", "", 25, seedRole},
		{"all roles", "GET", "/api/role/_query/no-paging?paging=false", "", 31, seedRole},
		{"organisations are all shown", "POST", "/api/organization/_all", "", 1, seedOrganization},
	} {
		t.Run(test.name, func(t *testing.T) {
			list := v.object(200, test.method, test.path, test.body)["result"].(schema.List)
			if len(list) != test.count || list[0].(schema.Object).Text("id") != test.first {
				t.Errorf("%d from %s", len(list), schema.Show(list[0]))
			}
		})
	}
	page := result(v.object(200, "POST", "/api/application/_query", `{"pageIndex":1}`))
	if n := len(page["data"].(schema.List)); n != 5 {
		t.Errorf("the second page has %d", n)
	}
	delete(page, "data")
	same(t, "page", page, `{"pageIndex":1,"pageSize":25,"total":30}`)
	same(t, "count", v.object(200, "GET", "/api/application/_count", "")["result"], `30`)
	v.refuses(400, "POST", "/api/application/_query", `{"terms":[{"column":"id","termType":"btw","value":1}]}`, `"unsupported"`)
	v.refuses(400, "POST", "/api/application/_query", `{"where":"id is a"}`, "`where`")
	v.refuses(400, "GET", "/api/application/_query?pageSize=0", "", `"illegal_argument"`)
	v.refuses(400, "GET", "/api/application/_query?pageSize=x", "", `"illegal_argument"`)
	v.refuses(400, "GET", "/api/application/_query?terms[x].column=id", "", "terms[x].column")
}

func TestSeedRolesAndOrganizations(t *testing.T) {
	c := start(t, Options{})
	c.server.SeedRole(iotHost, "r1", "operators")
	c.server.SeedOrganization(iotHost, "o1", "plant")
	same(t, "roles", c.devices().object(200, "POST", "/api/role/_query/no-paging", `{"terms":[{"column":"id","value":"r1"}]}`)["result"], `[{"id":"r1","name":"operators"}]`)
	same(t, "organisations", c.devices().object(200, "GET", "/api/organization/_all", "")["result"],
		`[{"id":"1595617360684232704","name":"默认组织"},{"id":"o1","name":"plant"}]`)
}
