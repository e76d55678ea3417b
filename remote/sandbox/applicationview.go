package sandbox

import (
	"slices"

	"authsync/schema"
)

// modeNames are the ways of integration, as the platform shows them.
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

// applicationView is an application as it is sent. The sets come in the reverse
// of the order in which they were given.
func applicationView(app schema.Object) schema.Object {
	view := app.Clone()
	view["state"] = enum(app.Text("state"), stateNames[app.Text("state")])
	modes, _ := app["integrationModes"].(schema.List)
	list := make(schema.List, len(modes))
	for i, mode := range modes {
		text, _ := mode.(schema.Text)
		list[i] = enum(string(text), modeNames[string(text)])
	}
	view["integrationModes"] = list
	server, ok := view["apiServer"].(schema.Object) // a copy: Clone is deep in objects
	if !ok {
		return view
	}
	hide(server, fieldOf(applicationFields, "apiServer").fields)
	for _, name := range sets {
		if ids, ok := server[name].(schema.List); ok {
			ids = slices.Clone(ids)
			slices.Reverse(ids)
			server[name] = ids
		}
	}
	return view
}

// enum is an enumeration as the platform sends it.
func enum(value, text string) schema.Object {
	return schema.Object{"value": schema.Text(value), "text": schema.Text(text)}
}
