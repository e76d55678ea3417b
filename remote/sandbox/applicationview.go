package sandbox

import (
	"slices"

	"authsync/schema"
	"authsync/schema/quirk"
)

// modeNames are the display names of the integration modes.
var modeNames = map[string]string{
	"page":      "页面集成",
	"apiClient": "API客户端",
	"apiServer": "API服务",
	"ssoClient": "单点登录",
}

var stateNames = map[string]string{
	"enabled":  "启用",
	"disabled": "禁用",
}

// sets are the fields of apiServer whose order is not kept.
var sets = []string{"roleIdList", "orgIdList"}

// listedView returns an application as an item of a list.
func (c *deviceCall) listedView(app schema.Object) schema.Object {
	view := c.view(app)
	if c.plays(quirk.ApplicationList, quirk.Short) {
		delete(view, "apiServer")
	}
	return view
}

// view returns an application as the platform sends it. Sets come in the reverse of
// the order in which they were written.
func (c *deviceCall) view(app schema.Object) schema.Object {
	view := app.Clone()
	view["state"] = enum(app.Text("state"), stateNames[app.Text("state")])
	modes, _ := app["integrationModes"].(schema.List)
	view["integrationModes"] = valuesOf(modes, func(mode schema.Value) schema.Value {
		text, _ := mode.(schema.Text)
		return enum(string(text), modeNames[string(text)])
	})
	server, ok := view["apiServer"].(schema.Object) // a copy: Clone is deep in objects
	if !ok {
		return view
	}
	c.cover(server, app.At("apiServer").(schema.Object))
	for _, name := range sets {
		if ids, ok := server[name].(schema.List); ok {
			ids = slices.Clone(ids)
			slices.Reverse(ids)
			server[name] = ids
		}
	}
	return view
}

// cover removes or masks the fields of an API service that the platform does not show.
func (c *deviceCall) cover(server, stored schema.Object) {
	hide(server, fieldOf(applicationFields, "apiServer").fields)
	for name, as := range map[string]quirk.Name{"redirectUri": quirk.RedirectURI, "appId": quirk.AppID} {
		if c.plays(as, quirk.Shown) && stored[name] != nil {
			server[name] = stored[name]
		}
	}
	switch {
	case schema.IsUnset(server["secureKey"]):
	case c.plays(quirk.SecureKey, quirk.Masked):
		server["secureKey"] = schema.Text(masked)
	case c.plays(quirk.SecureKey, quirk.Blank):
		server["secureKey"] = schema.Text("")
	}
}

// enum is an enumeration as the platform sends it.
func enum(value, text string) schema.Object {
	return schema.Object{"value": schema.Text(value), "text": schema.Text(text)}
}
