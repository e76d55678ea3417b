package sandbox

import (
	"cmp"
	"crypto/aes"
	"crypto/cipher"
	"encoding/base64"
	"fmt"
	"strings"
	"testing"

	"authsync/schema"
	"authsync/secrets"
)

// payment is the least that a weixinpaydc needs.
const payment = `"Business":"integration","Name":"my-payment","AuthTypeCode":"weixinpaydc","RuntimeConfig":{"Memory":256},"DemoCodeFunctionName":"wx-pay-demo"`

// userKeys returns what GetUserKeyList shows of the Integration Center.
func (c *client) userKeys(filter string) []schema.Object {
	c.t.Helper()
	list := c.ok("GetUserKeyList", `{"Business":"integration","Offset":0,"Limit":100`+filter+`}`)["UserKeyList"].(schema.List)
	keys := make([]schema.Object, len(list))
	for i, key := range list {
		keys[i] = key.(schema.Object)
	}
	return keys
}

func (c *client) userKey(id, needPwd string) schema.Object {
	c.t.Helper()
	body := fmt.Sprintf(`{"Business":"integration","KeyID":%q,"NeedPwd":%s}`, id, needPwd)
	return c.ok("GetOneUserKey", body)["UserKeyInfo"].(schema.Object)
}

func (c *client) seedIntegration(wire schema.Object) {
	c.t.Helper()
	if err := c.server.SeedIntegration("e1", wire); err != nil {
		c.t.Fatal(err)
	}
}

// wechat is an integration of the type weixinmp.
func wechat(name string) schema.Object {
	return schema.Object{
		"Name":         schema.Text(name),
		"KeyID":        schema.Text("id-" + name),
		"AuthTypeCode": schema.Text("weixinmp"),
		"Ext":          schema.Object{"appId": schema.Text("wx1"), "appsecret": schema.Secret{Value: secrets.Plain("hush")}},
	}
}

func TestCreateUserKey(t *testing.T) {
	c := start(t, Options{})
	const ext = `{"privateKey": "as given", "appId":"wx1", "n":1.50}`
	same(t, "created", c.ok("CreateUserKey", `{`+payment+`,"KeyID":"wx-pay","Description":"pays","Ext":`+quote(ext)+`}`),
		`{"CreateResult":0,"DemoCodeFunctionName":"wx-pay-demo"}`)
	keys := c.userKeys("")
	if len(keys) != 1 {
		t.Fatalf("%d keys", len(keys))
	}
	id := keys[0].Text("KeyID")
	if suffix, ok := strings.CutPrefix(id, "wx-pay-"); !ok || len(suffix) != 9 {
		t.Errorf("KeyID %q is not the one wanted and nine generated characters", id)
	}
	want := `{"KeyID":` + quote(id) + `,"Name":"my-payment","Description":"pays","AuthTypeCode":"weixinpaydc","AuthTypeName":"微信支付-小程序",` +
		`"Ext":` + quote(ext) + `,"Status":"","TicketID":"","DemoCodeFunctionName":"wx-pay-demo","BindServiceList":{"Apis":[],"Mcp":[]},` +
		`"CreateAt":"2026-03-01T20:00:00+08:00","UpdateAt":"2026-03-01T20:00:00+08:00"}`
	same(t, "with passwords", c.userKey(id, "true"), want)
	blank := strings.Replace(want, quote(ext), quote(`{"appId":"wx1","n":1.50,"privateKey":""}`), 1)
	same(t, "without", c.userKey(id, "false"), blank)
	same(t, "listed", keys[0], blank)
	held := c.server.cloudbase.state().At("e1", "integrations", id).(schema.Object)
	same(t, "held: Ext", held["Ext"], quote(ext))
	same(t, "held: RuntimeConfig", held["RuntimeConfig"], `{"Memory":256}`)
}

func TestKeyIDIsGenerated(t *testing.T) {
	c := start(t, Options{})
	for _, name := range []string{"a", "b"} {
		c.ok("CreateUserKey", `{"Business":"integration","AuthTypeCode":"custom","Name":"`+name+`"}`)
	}
	keys := c.userKeys("")
	if a, b := keys[0].Text("KeyID"), keys[1].Text("KeyID"); len(a) != 16 || len(b) != 16 || a == b {
		t.Errorf("generated %q and %q", a, b)
	}
	again := start(t, Options{})
	again.ok("CreateUserKey", `{"Business":"integration","AuthTypeCode":"custom","Name":"a"}`)
	if got := again.userKeys("")[0].Text("KeyID"); got != keys[0].Text("KeyID") {
		t.Errorf("the first id of a sandbox is %q and %q", keys[0].Text("KeyID"), got)
	}
}

func TestCreateUserKeyRefuses(t *testing.T) {
	c := start(t, Options{})
	for _, code := range []string{"wxvirtualpay", "weixin-store", "channels", "gitlab", "gitee", "meeting"} {
		if err := c.server.SeedTemplate("e1", schema.Object{"AuthTypeCode": schema.Text(code)}); err != nil {
			t.Fatal(err)
		}
	}
	c.seedIntegration(wechat("taken"))
	const runtime, function = `,"RuntimeConfig":{}`, `,"DemoCodeFunctionName":"f"`
	for _, test := range []struct{ name, code, more, refusal, message string }{
		{"unknown type", "weixin", "", "InvalidParameterValue", "`AuthTypeCode`"},
		{"empty type", "", "", "InvalidParameterValue", "`AuthTypeCode`"},
		{"name in use", "custom", `,"Name":"taken"`, "ResourceInUse", "`taken`"},
		{"name in use, of a key with the wanted id", "custom", `,"Name":"taken","KeyID":"id-taken"`, "ResourceInUse", "`taken`"},
		{"empty name", "custom", `,"Name":""`, "InvalidParameterValue", "`Name`"},
		{"no name", "custom", `,"Name":null`, "MissingParameter", "`Name`"},
		{"Ext is no JSON", "custom", `,"Ext":"a=b"`, "InvalidParameterValue", "`Ext`"},
		{"Ext is a list", "custom", `,"Ext":"[]"`, "InvalidParameterValue", "`Ext`"},
		{"Ext is no text", "custom", `,"Ext":{}`, "InvalidParameter", "`Ext`"},
		{"weixinmp without RuntimeConfig", "weixinmp", function, "MissingParameter", "`RuntimeConfig`"},
		{"weixinmp without a function", "weixinmp", runtime, "MissingParameter", "`DemoCodeFunctionName`"},
		{"weixinmp with an empty function", "weixinmp", runtime + `,"DemoCodeFunctionName":""`, "MissingParameter", "`DemoCodeFunctionName`"},
		{"weixinmp", "weixinmp", runtime + function, "", ""},
		{"wxvirtualpay without both", "wxvirtualpay", "", "MissingParameter", "`RuntimeConfig`"},
		{"weixin-store without both", "weixin-store", "", "MissingParameter", "`RuntimeConfig`"},
		{"channels without both", "channels", "", "MissingParameter", "`RuntimeConfig`"},
		{"weixinpaydc without both", "weixinpaydc", "", "MissingParameter", "`RuntimeConfig`"},
		{"github without a ticket", "github", "", "MissingParameter", "`TicketID`"},
		{"gitlab without a ticket", "gitlab", "", "MissingParameter", "`TicketID`"},
		{"gitee without a ticket", "gitee", "", "MissingParameter", "`TicketID`"},
		{"meeting without a ticket", "meeting", "", "MissingParameter", "`TicketID`"},
		{"github", "github", `,"TicketID":"t1"`, "", ""},
		{"alipaydc needs nothing more", "alipaydc", "", "", ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			c := *c
			c.t = t
			body := `{"Business":"integration","AuthTypeCode":"` + test.code + `","Name":"n-` + test.code + `"` + test.more + `}`
			before := len(c.userKeys(""))
			if test.refusal == "" {
				c.ok("CreateUserKey", body)
				before++
			} else {
				c.refused("CreateUserKey", body, test.refusal, test.message)
			}
			if after := len(c.userKeys("")); after != before {
				t.Errorf("%d keys, want %d", after, before)
			}
		})
	}
}

// Without Business, or with another, every action is about an empty list.
func TestAuthorizationCentre(t *testing.T) {
	c := start(t, Options{})
	c.seedIntegration(wechat("a"))
	for _, other := range []string{``, `"Business":"",`, `"Business":"Integration",`} {
		same(t, "templates", c.ok("GetUserKeyTemplateList", `{`+other+`"Limit":100}`), `{"TotalCount":0,"KeyTemplateList":[]}`)
		same(t, "keys", c.ok("GetUserKeyList", `{`+other+`"Offset":0,"Limit":100}`), `{"TotalCount":0,"UserKeyList":[]}`)
		c.refused("GetOneUserKey", `{`+other+`"KeyID":"id-a"}`, "ResourceNotFound", "`id-a`")
		c.refused("CreateUserKey", `{`+other+`"Name":"b","AuthTypeCode":"custom"}`, "InvalidParameterValue", "`AuthTypeCode`")
		same(t, "update", c.ok("UpdateUserKey", `{`+other+`"KeyID":"id-a","Name":"b"}`), `{"UpdateResult":0}`)
	}
	same(t, "the key", c.userKey("id-a", "false")["Name"], `"a"`)
}

func TestUpdateUserKey(t *testing.T) {
	c := start(t, Options{})
	a := wechat("a")
	a["CreateAt"], a["UpdateAt"] = schema.Text("2026-01-01T10:00:00+08:00"), schema.Text("2026-01-01T10:00:00+08:00")
	c.seedIntegration(a)
	c.seedIntegration(wechat("b"))
	before := c.userKey("id-a", "true")
	update := func(fields string) {
		t.Helper()
		same(t, fields, c.ok("UpdateUserKey", `{"Business":"integration","KeyID":"id-a"`+fields+`}`), `{"UpdateResult":1}`)
	}
	update(`,"Description":"d","AuthTypeCode":"weixinmp"`)
	want := before.Clone()
	want["Description"] = schema.Text("d")
	want["UpdateAt"] = schema.Text("2026-03-01T20:00:00+08:00")
	if got := c.userKey("id-a", "true"); !schema.Same(got, want) {
		t.Errorf("what is absent stays:\n got %s\nwant %s", schema.Show(got), schema.Show(want))
	}
	update(`,"Ext":"","Name":"a"`)
	same(t, "an empty Ext is none", c.userKey("id-a", "true")["Ext"], quote(before.Text("Ext")))
	update(`,"Ext":` + quote(`{"appId":"wx2"}`))
	same(t, "an Ext is whole", c.userKey("id-a", "true")["Ext"], quote(`{"appId":"wx2"}`))

	c.refused("UpdateUserKey", `{"Business":"integration","KeyID":"id-a","AuthTypeCode":"custom"}`, "InvalidParameterValue", "`AuthTypeCode`")
	c.refused("UpdateUserKey", `{"Business":"integration","KeyID":"id-a","Name":"b"}`, "ResourceInUse", "`b`")
	c.refused("UpdateUserKey", `{"Business":"integration","KeyID":"id-a","Name":""}`, "InvalidParameterValue", "`Name`")
	c.refused("UpdateUserKey", `{"Business":"integration","KeyID":"id-a","Ext":"{"}`, "InvalidParameterValue", "`Ext`")
	c.refused("UpdateUserKey", `{"Business":"integration","KeyID":"id-a","TicketID":"t"}`, "UnknownParameter", "`TicketID`")
	same(t, "nobody", c.ok("UpdateUserKey", `{"Business":"integration","KeyID":"nobody","Name":"c"}`), `{"UpdateResult":0}`)
}

// What becomes of passwords if a client writes back what it read without NeedPwd.
func TestBlankPasswordsWrittenBackAreLost(t *testing.T) {
	c := start(t, Options{})
	c.seedIntegration(wechat("a"))
	read := c.userKey("id-a", "false").Text("Ext")
	c.ok("UpdateUserKey", `{"Business":"integration","KeyID":"id-a","Ext":`+quote(read)+`}`)
	same(t, "Ext", c.userKey("id-a", "true")["Ext"], quote(`{"appId":"wx1","appsecret":""}`))
}

func TestDeleteUserKey(t *testing.T) {
	c := start(t, Options{})
	bound := wechat("a")
	bound["BindServiceList"] = schema.Object{"CloudFunction": schema.List{schema.Object{
		"ID": schema.Text("fn-1"), "Name": schema.Text("pay"), "Scene": schema.Text("prod"),
	}}}
	c.seedIntegration(bound)
	same(t, "bound", c.userKeys("")[0]["BindServiceList"], `{"Apis":[],"Mcp":[],"CloudFunction":[{"ID":"fn-1","Name":"pay","Scene":"prod"}]}`)
	c.refused("DeleteUserKey", `{"Business":"integration","KeyID":"id-a"}`, "UnknownParameter", "`Business`")
	same(t, "deleted", c.ok("DeleteUserKey", `{"KeyID":"id-a"}`), `{"DeleteResult":1}`)
	same(t, "again", c.ok("DeleteUserKey", `{"KeyID":"id-a"}`), `{"DeleteResult":0}`)
	c.refused("GetOneUserKey", `{"Business":"integration","KeyID":"id-a"}`, "ResourceNotFound", "`id-a`")
}

func TestUserKeyPages(t *testing.T) {
	c := start(t, Options{})
	for _, name := range []string{"pay", "pay-test", "mini", "my-pay"} {
		c.seedIntegration(wechat(name))
	}
	c.seedIntegration(schema.Object{"Name": schema.Text("other"), "AuthTypeCode": schema.Text("custom")})
	for _, test := range []struct{ name, params, names, total string }{
		{"all", `"Offset":0,"Limit":100`, "pay pay-test mini my-pay other", "5"},
		{"first page", `"Offset":0,"Limit":2`, "pay pay-test", "5"},
		{"second page", `"Offset":2,"Limit":2`, "mini my-pay", "5"},
		{"last page", `"Offset":4,"Limit":2`, "other", "5"},
		{"past the end", `"Offset":5,"Limit":2`, "", "5"},
		{"far past the end", `"Offset":9223372036854775807,"Limit":9223372036854775807`, "", "5"},
		{"a name is any part of one", `"Offset":0,"Limit":100,"Name":"pay"`, "pay pay-test my-pay", "3"},
		{"a page of them", `"Offset":1,"Limit":1,"Name":"pay"`, "pay-test", "3"},
		{"by type", `"Offset":0,"Limit":100,"AuthTypeCode":"custom"`, "other", "1"},
		{"by both", `"Offset":0,"Limit":100,"AuthTypeCode":"custom","Name":"pay"`, "", "0"},
	} {
		t.Run(test.name, func(t *testing.T) {
			c := *c
			c.t = t
			list := c.ok("GetUserKeyList", `{"Business":"integration",`+test.params+`}`)
			var names []string
			for _, key := range list["UserKeyList"].(schema.List) {
				names = append(names, key.(schema.Object).Text("Name"))
			}
			if got := strings.Join(names, " "); got != test.names {
				t.Errorf("got %q, want %q", got, test.names)
			}
			same(t, "total", list["TotalCount"], test.total)
		})
	}
	c.refused("GetUserKeyList", `{"Business":"integration","Limit":100}`, "MissingParameter", "`Offset`")
	c.refused("GetUserKeyList", `{"Business":"integration","Offset":0}`, "MissingParameter", "`Limit`")
	c.refused("GetUserKeyList", `{"Business":"integration","Offset":-1,"Limit":1}`, "InvalidParameterValue", "`Offset`")
	c.refused("GetUserKeyList", `{"Business":"integration","Offset":0,"Limit":0}`, "InvalidParameterValue", "`Limit`")
}

func TestRegionOfUserKeys(t *testing.T) {
	c := start(t, Options{})
	for _, test := range []struct{ action, body, code string }{
		{"GetUserKeyTemplateList", `{"EnvId":"e1"}`, ""},
		{"GetUserKeyList", `{"EnvId":"e1","Offset":0,"Limit":1}`, ""},
		{"CreateUserKey", `{"EnvId":"e1","Business":"integration","Name":"n","AuthTypeCode":"custom"}`, ""},
		{"GetOneUserKey", `{"EnvId":"e1","KeyID":"k"}`, "ResourceNotFound"},
		{"UpdateUserKey", `{"EnvId":"e1","KeyID":"k"}`, ""},
		{"DeleteUserKey", `{"EnvId":"e1","KeyID":"k"}`, ""},
		{"GetProviders", `{"EnvId":"e1"}`, "MissingParameter"},
	} {
		s := newSigner(test.action)
		s.region = ""
		if code := codeOf(c.send(s, test.body)); code != test.code {
			t.Errorf("%s without a region: got %q, want %q", test.action, code, test.code)
		}
	}
}

// openAES is a third hand at the format, for checking.
func openAES(t *testing.T, key, sealed string) string {
	t.Helper()
	iv, err := base64.StdEncoding.DecodeString(sealed[:24])
	if err != nil {
		t.Fatal(err)
	}
	text, err := base64.StdEncoding.DecodeString(sealed[24:])
	if err != nil {
		t.Fatal(err)
	}
	block, err := aes.NewCipher([]byte(key))
	if err != nil {
		t.Fatal(err)
	}
	cipher.NewCBCDecrypter(block, iv).CryptBlocks(text, text)
	return string(text[:len(text)-int(text[len(text)-1])])
}

func TestSeedIntegrationSeals(t *testing.T) {
	// Sealed by the official SDK with the sandbox's key: "a".
	const sealed = "AAECAwQFBgcICQoLDA0ODw==woHECGAuxMXC6ZEgM7jKOA=="
	const otherKey = "another-another-another-another-"
	for _, test := range []struct {
		name, key string
		ext       schema.Value
		password  string
	}{
		{"an object with a secret", "", schema.Object{"appId": schema.Text("wx1"), "appsecret": schema.Secret{Value: secrets.Plain("hush")}}, "hush"},
		{"an object with a text", "", schema.Object{"appId": schema.Text("wx1"), "appsecret": schema.Text("hush")}, "hush"},
		{"a text", "", schema.Text(`{"appId":"wx1","appsecret":"sixteen letters!"}`), "sixteen letters!"},
		{"another key", otherKey, schema.Text(`{"appId":"wx1","appsecret":"hush"}`), "hush"},
		{"what is sealed stays", "", schema.Object{"appId": schema.Text("wx1"), "appsecret": schema.Text(sealed)}, "a"},
		{"Chinese", "", schema.Object{"appId": schema.Text("wx1"), "appsecret": schema.Text("密钥")}, "密钥"},
	} {
		t.Run(test.name, func(t *testing.T) {
			c := start(t, Options{IntegrationKey: test.key})
			c.seedIntegration(schema.Object{"Name": schema.Text("a"), "KeyID": schema.Text("k"), "AuthTypeCode": schema.Text("weixinmp"), "Ext": test.ext})
			ext := parse(t, c.userKey("k", "true").Text("Ext"))
			if ext.Text("appId") != "wx1" || len(ext) != 2 {
				t.Errorf("Ext is %s", schema.Show(ext))
			}
			if got := openAES(t, cmp.Or(test.key, IntegrationKey), ext.Text("appsecret")); got != test.password {
				t.Errorf("opened to %q, want %q", got, test.password)
			}
			same(t, "without NeedPwd", c.userKey("k", "false")["Ext"], quote(`{"appId":"wx1","appsecret":""}`))
		})
	}
}

// The same password, sealed twice, must not look the same: a client that
// compares ciphertexts is wrong.
func TestSeededPasswordsDiffer(t *testing.T) {
	c := start(t, Options{})
	c.seedIntegration(wechat("a"))
	c.seedIntegration(wechat("b"))
	a, b := c.userKey("id-a", "true").Text("Ext"), c.userKey("id-b", "true").Text("Ext")
	if a == b {
		t.Errorf("both are %s", a)
	}
	again := start(t, Options{})
	again.seedIntegration(wechat("a"))
	if got := again.userKey("id-a", "true").Text("Ext"); got != a {
		t.Errorf("the first seed of a sandbox is %s and %s", a, got)
	}
}

func TestSeedIntegrationWithoutPasswords(t *testing.T) {
	for _, test := range []struct {
		name string
		ext  schema.Value
		want string
	}{
		{"a text stays to the byte", schema.Text(`{ "b":1, "a":"x" }`), `{ "b":1, "a":"x" }`},
		{"an object", schema.Object{"b": schema.Number("1"), "a": schema.Text("x")}, `{"a":"x","b":1}`},
		{"none", nil, ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			c := start(t, Options{})
			c.seedIntegration(schema.Object{"Name": schema.Text("a"), "KeyID": schema.Text("k"), "AuthTypeCode": schema.Text("custom"), "Ext": test.ext})
			for _, needPwd := range []string{"true", "false"} {
				same(t, "NeedPwd "+needPwd, c.userKey("k", needPwd)["Ext"], quote(test.want))
			}
		})
	}
}

func TestSeedIntegrationRefuses(t *testing.T) {
	for _, test := range []struct {
		name string
		key  string
		wire schema.Object
	}{
		{"no name", "", schema.Object{"AuthTypeCode": schema.Text("custom")}},
		{"no type", "", schema.Object{"Name": schema.Text("a")}},
		{"a type without a template", "", schema.Object{"Name": schema.Text("a"), "AuthTypeCode": schema.Text("weixin")}},
		{"Ext is no JSON", "", schema.Object{"Name": schema.Text("a"), "AuthTypeCode": schema.Text("custom"), "Ext": schema.Text("a=b")}},
		{"Ext is a number", "", schema.Object{"Name": schema.Text("a"), "AuthTypeCode": schema.Text("custom"), "Ext": schema.Number("1")}},
		{"a secret that cannot be opened", "", schema.Object{"Name": schema.Text("a"), "AuthTypeCode": schema.Text("custom"), "Ext": schema.Object{"a": schema.Secret{Value: secrets.Env("PATH")}}}},
		{"a key of a wrong length", "short", wechat("a")},
	} {
		t.Run(test.name, func(t *testing.T) {
			c := start(t, Options{IntegrationKey: test.key})
			if err := c.server.SeedIntegration("e1", test.wire); err == nil {
				t.Error("no error")
			}
			if keys := c.userKeys(""); len(keys) != 0 {
				t.Errorf("holds %d keys", len(keys))
			}
		})
	}
}

// A field that no document has, and that a seed has, is shown and taken.
func TestUndocumentedFieldOfAUserKey(t *testing.T) {
	c := start(t, Options{})
	c.refused("UpdateUserKey", `{"Business":"integration","KeyID":"id-a","Color":"red"}`, "UnknownParameter", "`Color`")
	a := wechat("a")
	a["Color"] = schema.Text("blue")
	c.seedIntegration(a)
	c.ok("UpdateUserKey", `{"Business":"integration","KeyID":"id-a","Color":"red"}`)
	same(t, "shown", c.userKeys("")[0]["Color"], `"red"`)
}

func TestFaultsOfUserKeys(t *testing.T) {
	c := start(t, Options{})
	c.fault(`{"match":"CreateUserKey","nth":1,"fault":"limit"}`)
	body := `{"Business":"integration","Name":"a","AuthTypeCode":"custom"}`
	c.refused("CreateUserKey", body, "RequestLimitExceeded", "")
	c.ok("CreateUserKey", body)
	log := c.log()
	if e := log[len(log)-1]; e.Action != "CreateUserKey" || !e.Write || e.Tenant != "e1" {
		t.Errorf("logged %+v", e)
	}
}
