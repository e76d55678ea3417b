package sandbox

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	"authsync/schema"
	"authsync/schema/list"
)

// applicationFields are the fields of an application: those that are documented
// for the API service (seed 003), and the family's own.
var applicationFields = []param{
	{name: "id"},
	{name: "name"},
	{name: "description"},
	{name: "provider", oneOf: []string{"internal-standalone", "internal-integrated", "wechat-webapp", "wechat-miniapp", "dingtalk-ent-app", "third-party"}},
	{name: "integrationModes", form: textList},
	{name: "apiServer", form: object, fields: []param{
		{name: "appId", unseen: true},
		{name: "secureKey"},
		{name: "signature", oneOf: []string{"MD5", "SHA256"}},
		{name: "roleIdList", form: textList},
		{name: "orgIdList", form: textList},
		{name: "redirectUri", unseen: true},
		{name: "ipWhiteList"},
		{name: "enableOAuth2", form: boolean},
	}},
	{name: "state", oneOf: []string{"enabled", "disabled"}},
	{name: "page", form: object, fields: []param{
		{name: "baseUrl"},
		{name: "routeType", oneOf: []string{"hash", "history"}},
		{name: "parameters", form: objects},
		{name: "configuration", form: object},
	}},
	{name: "apiClient", form: object, fields: []param{
		{name: "baseUrl"},
		{name: "headers", form: objects},
		{name: "parameters", form: objects},
		{name: "authConfig", form: object, fields: []param{
			{name: "type", oneOf: []string{"none", "bearer", "oauth2", "basic", "other"}},
			{name: "token"},
			{name: "bearer", form: object, fields: []param{{name: "token"}}},
			{name: "basic", form: object, fields: []param{{name: "username"}, {name: "password"}}},
			{name: "oauth2", form: object, fields: []param{
				{name: "authorizationUrl"}, {name: "tokenUrl"}, {name: "redirectUri"}, {name: "clientId"}, {name: "clientSecret"},
				{name: "grantType", oneOf: []string{"authorization_code", "client_credentials"}},
				{name: "accessTokenProperty"},
				{name: "tokenRequestType", oneOf: []string{"POST_URI", "POST_BODY"}},
			}},
		}},
	}},
	{name: "sso", form: object, fields: []param{
		{name: "configuration", form: object, fields: []param{
			{name: "type"}, {name: "appId"}, {name: "appKey"}, {name: "appSecret"},
			{name: "oauth2", form: object, fields: []param{
				{name: "authorizationUrl"}, {name: "tokenUrl"}, {name: "userInfoUrl"}, {name: "redirectUri"}, {name: "clientId"},
				{name: "clientSecret"}, {name: "scope"}, {name: "logoUrl"}, {name: "accessTokenProperty"},
				{name: "grantType", oneOf: []string{"authorization_code", "client_credentials"}},
				{name: "tokenRequestType", oneOf: []string{"POST_URI", "POST_BODY"}},
				{name: "userProperty", form: object, fields: userProperties},
			}},
			{name: "bearer", form: object, fields: []param{
				{name: "loginUrl"}, {name: "userInfoUrl"}, {name: "tokenKey"}, {name: "base64", form: boolean},
				{name: "userProperty", form: object, fields: userProperties},
			}},
		}},
		{name: "autoCreateUser", form: boolean},
		{name: "usernamePrefix"},
		{name: "roleIdList", form: textList},
		{name: "orgIdList", form: textList},
		{name: "defaultPasswd"},
	}},
	{name: "logoUrl"},
	{name: "creatorId"},
	{name: "createTime", form: integer},
}

var userProperties = []param{{name: "userId"}, {name: "username"}}

// applicationStamps are fields that a request may contain and that only the service
// sets.
var applicationStamps = []string{"id", "creatorId", "createTime"}

// applicationNeeds are the required fields of a new application.
var applicationNeeds = []string{"name", "provider", "integrationModes"}

// applicationProviders are the sorts of application, as /application/providers
// lists them, with the modes that each takes (the form of the family's own client).
var applicationProviders = []struct {
	name, text string
	modes      []string
	// chosen ids are those of the application's OAuth client, or of its API service;
	// others are made up.
	chosen bool
}{
	{"internal-standalone", "内部独立应用", []string{"page", "apiClient", "apiServer", "ssoClient"}, true},
	{"internal-integrated", "内部集成应用", []string{"page", "apiClient", "apiServer", "ssoClient"}, false},
	{"wechat-webapp", "微信网站应用", []string{"ssoClient"}, false},
	{"wechat-miniapp", "微信小程序", []string{"ssoClient"}, false},
	{"dingtalk-ent-app", "钉钉企业内部应用", []string{"ssoClient"}, false},
	{"third-party", "第三方应用", []string{"page", "apiClient", "apiServer", "ssoClient"}, true},
}

// notStandalone are sets of modes that an internal-standalone application cannot have.
var notStandalone = [][]string{{"ssoClient"}, {"apiServer", "ssoClient"}}

// takesModes reports whether a sort of application takes modes.
func takesModes(provider string, modes schema.List) bool {
	var names []string
	for _, mode := range modes {
		text, _ := mode.(schema.Text)
		names = append(names, string(text))
	}
	slices.Sort(names)
	if provider == "internal-standalone" && slices.ContainsFunc(notStandalone, func(lone []string) bool { return slices.Equal(lone, names) }) {
		return false
	}
	for _, p := range applicationProviders {
		if p.name == provider {
			return !slices.ContainsFunc(names, func(mode string) bool { return !slices.Contains(p.modes, mode) })
		}
	}
	return true
}

// chosenID returns the id that the caller chose: with the mode apiClient that of the
// OAuth client, else that of the API service. "" = the platform generates one.
func chosenID(app schema.Object) string {
	for _, p := range applicationProviders {
		if p.name == app.Text("provider") && !p.chosen {
			return ""
		}
	}
	modes, _ := app["integrationModes"].(schema.List)
	id := schema.Value(nil)
	switch {
	case slices.Contains(modes, schema.Value(schema.Text("apiClient"))):
		id = app.At("apiClient", "authConfig", "oauth2", "clientId")
	case slices.Contains(modes, schema.Value(schema.Text("apiServer"))):
		id = app.At("apiServer", "appId")
	}
	text, _ := id.(schema.Text)
	return string(text)
}

// apiServerNeeds are those of apiServer, when that is one of the modes.
var apiServerNeeds = []string{"appId", "secureKey", "roleIdList"}

// mayAdd refuses an invalid new application. If the settings of a mode determine the
// id, the family overwrites the request's id with it. The sandbox refuses a different
// id instead, so that a faulty client is found.
func (t *deviceTenant) mayAdd(in schema.Object) error {
	if err := cmp.Or(checkNeeds(in, applicationNeeds, ""), checkApplication(in)); err != nil {
		return err
	}
	if id := chosenID(in); id != "" && in.Text("id") != "" && in.Text("id") != id {
		return illegal(detail("id", "必须与appId一致"))
	}
	_, taken := t.applications.get(cmp.Or(in.Text("id"), chosenID(in)))
	if server, ok := in["apiServer"].(schema.Object); ok && !taken {
		_, taken = t.users.get(server.Text("appId"))
	}
	if taken {
		return declined("用户已存在")
	}
	return nil
}

// checkApplication refuses an application that contradicts itself.
func checkApplication(app schema.Object) error {
	modes, _ := app["integrationModes"].(schema.List)
	for _, mode := range modes {
		if text, _ := mode.(schema.Text); modeNames[string(text)] == "" {
			return illegal(detail("integrationModes", "不支持的接入方式"))
		}
	}
	if !takesModes(app.Text("provider"), modes) {
		return illegal(detail("integrationModes", "应用类型不支持所选的接入方式"))
	}
	if !slices.Contains(modes, schema.Value(schema.Text("apiServer"))) {
		return nil
	}
	server, _ := app["apiServer"].(schema.Object)
	return checkNeeds(server, apiServerNeeds, "apiServer.")
}

// checkNeeds refuses an object at a prefix of paths that lacks required fields.
func checkNeeds(o schema.Object, needs []string, prefix string) error {
	lacking := list.Only(needs, func(name string) bool { return schema.IsUnset(o[name]) })
	if len(lacking) == 0 {
		return nil
	}
	return illegal(list.Each(lacking, func(name string) schema.Object { return detail(prefix+name, "不能为空") })...)
}

// flattened spells enumerations as texts: {"value":"enabled"} is enabled.
func flattened(app schema.Object) schema.Object {
	flat := app.Clone()
	for _, name := range []string{"state", "provider"} {
		flat[name] = flatEnum(flat[name])
	}
	if modes, ok := flat["integrationModes"].(schema.List); ok {
		flat["integrationModes"] = valuesOf(modes, flatEnum)
	}
	maps.DeleteFunc(flat, func(_ string, v schema.Value) bool { return v == nil })
	return flat
}

func flatEnum(v schema.Value) schema.Value {
	if o, ok := v.(schema.Object); ok && strings.TrimSpace(o.Text("value")) != "" {
		return o["value"]
	}
	return v
}
