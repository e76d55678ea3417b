package sandbox

import (
	"cmp"
	"errors"
	"fmt"

	"authsync/schema"
	"authsync/schema/list"
	"authsync/schema/quirk"
)

// template describes the integrations of one type.
type template struct {
	code, name string
	authURL    string // of the types whose ticket comes from signing in elsewhere
	fields     []templateField
}

// templateField is a field of an integration's Ext. Only the form "password" is
// special to the service's client.
type templateField struct {
	name, form, label string
	required          bool
}

// builtin are the templates that every environment has. No template of the
// service is public: the codes are (cloud docs 139855), the fields of
// weixinpaydc are those of the official payment example, those of weixinmp are
// in the example of cloud docs 139853, and the others, like which field is a
// password and which is required, are guesses. A custom integration has whatever
// fields it is given.
var builtin = []template{
	{code: "weixinpaydc", name: "微信支付-小程序", fields: []templateField{
		{"signMode", "select", "签名方式", false},
		{"appId", "text", "小程序 AppID", true},
		{"service_app_id", "text", "服务号 AppID", false},
		{"merchantId", "text", "商户号", true},
		{"merchantSerialNumber", "text", "商户证书序列号", true},
		{"apiV3Key", "password", "APIv3 密钥", true},
		{"privateKey", "password", "商户私钥", true},
		{"wxPayPublicKey", "text", "微信支付公钥", false},
		{"wxPayPublicKeyId", "text", "微信支付公钥 ID", false},
		{"notifyURLPayURL", "text", "支付回调地址", false},
		{"notifyURLRefundsURL", "text", "退款回调地址", false},
	}},
	{code: "alipaydc", name: "支付宝支付", fields: []templateField{
		{"appId", "text", "应用 AppID", true},
		{"privateKey", "password", "应用私钥", true},
		{"alipayPublicKey", "text", "支付宝公钥", true},
		{"notifyURL", "text", "回调地址", false},
	}},
	{code: "custom", name: "自定义集成"},
	{code: "weixinmp", name: "微信小程序", fields: []templateField{
		{"appId", "text", "AppID", true},
		{"appsecret", "password", "AppSecret", true},
	}},
	{code: "github", name: "GitHub", authURL: "https://github.com/login/oauth/authorize"},
}

// wire returns the template as the service sends it.
func (t template) wire() schema.Object {
	fields := schema.List{}
	for _, f := range t.fields {
		fields = append(fields, schema.Object{
			"name":     schema.Text(f.name),
			"type":     schema.Text(f.form),
			"label":    schema.Text(f.label),
			"required": schema.Bool(f.required),
		})
	}
	ext, _ := encodeExt(schema.Object{"fields": fields}) // it holds no secret that would not open
	wire := schema.Object{
		"AuthTypeCode": schema.Text(t.code),
		"AuthTypeName": schema.Text(t.name),
		"Ext":          ext,
	}
	if t.authURL != "" {
		wire["AuthURL"] = schema.Text(t.authURL)
	}
	return wire
}

// builtinTemplates returns the templates of a new environment, by code.
func builtinTemplates() shelf {
	var templates shelf
	for _, t := range builtin {
		templates.put(t.code, t.wire())
	}
	return templates
}

// SeedTemplate adds a template in wire form, or replaces the one with the same
// AuthTypeCode. Ext is an object, or its JSON as text. The default of AuthTypeName is
// the code.
func (s *Server) SeedTemplate(envID string, wire schema.Object) error {
	code := wire.Text("AuthTypeCode")
	return seedIn(&s.cloudbase.environments, envID, "template "+code, wire, func(env *environment, plain schema.Object) error {
		if code == "" {
			return errors.New("it has no AuthTypeCode")
		}
		if plain["Ext"] == nil {
			plain["Ext"] = schema.Object{}
		}
		var err error
		if plain["Ext"], err = sealedExt(plain["Ext"], nil, nil); err != nil {
			return fmt.Errorf("in Ext: %w", err)
		}
		plain["AuthTypeName"] = schema.Text(cmp.Or(plain.Text("AuthTypeName"), code))
		env.integration.templates.put(code, plain)
		return nil
	})
}

func getUserKeyTemplateList(c *call) (schema.Object, error) {
	code, name := c.in.Text("AuthTypeCode"), c.in.Text("AuthTypeName")
	found := list.Only(c.centre().templates.all(), func(t schema.Object) bool {
		return (code == "" || t.Text("AuthTypeCode") == code) && (name == "" || t.Text("AuthTypeName") == name)
	})
	if c.plays(quirk.IntegrationTemplates, quirk.Unlisted) {
		found = nil
	}
	return c.paged("KeyTemplateList", found)
}

// passwords returns the names of a template's fields that are secret.
func passwords(template schema.Object) []string {
	ext, _ := parseExt(template.Text("Ext"))
	fields, _ := ext["fields"].(schema.List)
	var names []string
	for _, f := range fields {
		if field, _ := f.(schema.Object); field.Text("type") == "password" {
			names = append(names, field.Text("name"))
		}
	}
	return names
}
