package sandbox

import (
	"strings"
	"testing"

	"authsync/schema"
	"authsync/secrets"
)

func quote(text string) string {
	quoted, err := schema.EncodeJSON(schema.Text(text), secrets.OpenClear)
	if err != nil {
		panic(err)
	}
	return string(quoted)
}

func TestTemplates(t *testing.T) {
	c := start(t, Options{})
	for _, test := range []struct{ name, params, codes, total string }{
		{"all", ``, "weixinpaydc alipaydc custom weixinmp github", "5"},
		{"a page", `,"Offset":1,"Limit":2`, "alipaydc custom", "5"},
		{"by code", `,"AuthTypeCode":"custom"`, "custom", "1"},
		{"by part of a code", `,"AuthTypeCode":"weixin"`, "", "0"},
		{"by name", `,"AuthTypeName":"微信小程序"`, "weixinmp", "1"},
		{"by both", `,"AuthTypeName":"微信小程序","AuthTypeCode":"custom"`, "", "0"},
	} {
		t.Run(test.name, func(t *testing.T) {
			c := *c
			c.t = t
			list := c.ok("GetUserKeyTemplateList", `{"Business":"integration"`+test.params+`}`)
			var codes []string
			for _, template := range list["KeyTemplateList"].(schema.List) {
				codes = append(codes, template.(schema.Object).Text("AuthTypeCode"))
			}
			if got := strings.Join(codes, " "); got != test.codes {
				t.Errorf("got %q, want %q", got, test.codes)
			}
			same(t, "total", list["TotalCount"], test.total)
		})
	}
	c.refused("GetUserKeyTemplateList", `{"Business":"integration","Offset":-1}`, "InvalidParameterValue", "`Offset`")
	c.refused("GetUserKeyTemplateList", `{"Business":"integration","Limit":0}`, "InvalidParameterValue", "`Limit`")
}

func TestBuiltinTemplates(t *testing.T) {
	for _, test := range []struct{ code, required, passwords string }{
		{"weixinpaydc", "appId merchantId merchantSerialNumber apiV3Key privateKey", "apiV3Key privateKey"},
		{"alipaydc", "appId privateKey alipayPublicKey", "privateKey"},
		{"custom", "", ""},
		{"weixinmp", "appId appsecret", "appsecret"},
		{"github", "", ""},
	} {
		t.Run(test.code, func(t *testing.T) {
			c := start(t, Options{})
			list := c.ok("GetUserKeyTemplateList", `{"Business":"integration","AuthTypeCode":"`+test.code+`"}`)["KeyTemplateList"].(schema.List)
			template := list[0].(schema.Object)
			var required []string
			for _, f := range parse(t, template.Text("Ext"))["fields"].(schema.List) {
				field := f.(schema.Object)
				if field["required"] == schema.Bool(true) {
					required = append(required, field.Text("name"))
				}
				if field.Text("name") == "" || field.Text("type") == "" || field.Text("label") == "" {
					t.Errorf("field %s", schema.Show(field))
				}
			}
			if got := strings.Join(required, " "); got != test.required {
				t.Errorf("required: got %q, want %q", got, test.required)
			}
			if got := strings.Join(passwords(template), " "); got != test.passwords {
				t.Errorf("passwords: got %q, want %q", got, test.passwords)
			}
			if oauth := template.Text("AuthURL") != ""; oauth != (len(userKeyNeeds[test.code]) == 1) {
				t.Errorf("AuthURL %q", template.Text("AuthURL"))
			}
		})
	}
}

func TestSeedTemplate(t *testing.T) {
	c := start(t, Options{})
	for _, wire := range []schema.Object{
		{"AuthTypeCode": schema.Text("weixinpaynative"), "AuthTypeName": schema.Text("Native"), "Ext": schema.Object{"fields": schema.List{
			schema.Object{"name": schema.Text("token"), "type": schema.Text("password")},
		}}},
		{"AuthTypeCode": schema.Text("custom"), "Ext": schema.Text(`{ "fields": [], "hint":"x" }`)},
		{"AuthTypeCode": schema.Text("bare")},
	} {
		if err := c.server.SeedTemplate("e1", wire); err != nil {
			t.Fatal(err)
		}
	}
	for code, want := range map[string]string{
		"weixinpaynative": `{"AuthTypeCode":"weixinpaynative","AuthTypeName":"Native","Ext":` + quote(`{"fields":[{"name":"token","type":"password"}]}`) + `}`,
		"custom":          `{"AuthTypeCode":"custom","AuthTypeName":"custom","Ext":` + quote(`{ "fields": [], "hint":"x" }`) + `}`,
		"bare":            `{"AuthTypeCode":"bare","AuthTypeName":"bare","Ext":"{}"}`,
	} {
		same(t, code, c.ok("GetUserKeyTemplateList", `{"Business":"integration","AuthTypeCode":"`+code+`"}`),
			`{"TotalCount":1,"KeyTemplateList":[`+want+`]}`)
	}
	same(t, "in another environment", c.ok("GetUserKeyTemplateList", `{"EnvId":"e2","Business":"integration","Limit":1}`)["TotalCount"], `5`)
	c.ok("CreateUserKey", `{"Business":"integration","Name":"n","AuthTypeCode":"weixinpaynative","Ext":`+quote(`{"token":"t"}`)+`}`)
	same(t, "its password", c.userKeys("")[0]["Ext"], quote(`{"token":""}`))

	for _, wire := range []schema.Object{
		{"AuthTypeName": schema.Text("no code")},
		{"AuthTypeCode": schema.Text("c"), "Ext": schema.Text("[]")},
		{"AuthTypeCode": schema.Text("c"), "Ext": schema.Null{}, "More": schema.Secret{}},
	} {
		if err := c.server.SeedTemplate("e1", wire); err == nil {
			t.Errorf("%s: no error", schema.Show(wire))
		}
	}
}
