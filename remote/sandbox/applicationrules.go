package sandbox

import (
	"maps"
	"slices"
	"strings"

	"authsync/schema"
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
	{name: "page", form: object},
	{name: "apiClient", form: object},
	{name: "sso", form: object},
	{name: "logoUrl"},
	{name: "creatorId"},
	{name: "createTime", form: integer},
}

// applicationStamps are fields that a request may hold and that only the service writes.
var applicationStamps = []string{"id", "creatorId", "createTime"}

// applicationNeeds are the fields that a new application cannot do without.
var applicationNeeds = []string{"id", "name", "provider", "integrationModes"}

// apiServerNeeds are those of apiServer, when that is one of the modes.
var apiServerNeeds = []string{"appId", "secureKey", "roleIdList"}

// mayAdd refuses what cannot be a new application.
func (t *deviceTenant) mayAdd(in schema.Object) error {
	var details []schema.Object
	for _, name := range applicationNeeds {
		if schema.IsUnset(in[name]) {
			details = append(details, detail(name, "不能为空"))
		}
	}
	if len(details) > 0 {
		return illegal(details...)
	}
	if err := checkApplication(in); err != nil {
		return err
	}
	_, taken := t.applications.get(in.Text("id"))
	if server, ok := in["apiServer"].(schema.Object); ok && !taken {
		_, taken = t.users.get(server.Text("appId"))
	}
	if taken {
		return declined("用户已存在")
	}
	return nil
}

// checkApplication refuses an application that contradicts itself. The family
// sets the id to apiServer.appId; here another one is refused, so that a client
// that means something else learns of it.
func checkApplication(app schema.Object) error {
	modes, _ := app["integrationModes"].(schema.List)
	for _, mode := range modes {
		if text, _ := mode.(schema.Text); modeNames[string(text)] == "" {
			return illegal(detail("integrationModes", "不支持的接入方式"))
		}
	}
	if !slices.Contains(modes, schema.Value(schema.Text("apiServer"))) {
		return nil
	}
	server, _ := app["apiServer"].(schema.Object)
	var details []schema.Object
	for _, name := range apiServerNeeds {
		if schema.IsUnset(server[name]) {
			details = append(details, detail("apiServer."+name, "不能为空"))
		}
	}
	if len(details) > 0 {
		return illegal(details...)
	}
	// With apiClient among the modes, the id is that of its OAuth client.
	if !slices.Contains(modes, schema.Value(schema.Text("apiClient"))) && app.Text("id") != server.Text("appId") {
		return illegal(detail("id", "必须与apiServer.appId一致"))
	}
	return nil
}

// flattened spells enumerations as texts: {"value":"enabled"} is enabled.
func flattened(app schema.Object) schema.Object {
	flat := app.Clone()
	for _, name := range []string{"state", "provider"} {
		flat[name] = flatEnum(flat[name])
	}
	if modes, ok := flat["integrationModes"].(schema.List); ok {
		texts := make(schema.List, len(modes))
		for i, mode := range modes {
			texts[i] = flatEnum(mode)
		}
		flat["integrationModes"] = texts
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
