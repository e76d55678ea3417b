package sandbox

import (
	"net/http"
	"slices"

	"authsync/schema"
)

// Other calls of the family's own client (jl-ui, apply.ts). Their forms are those of
// the framework's controllers (hsweb, jetlinks-community).

// listProviders returns the modes that each type of application supports.
func listProviders(*deviceCall) (schema.Value, error) {
	list := schema.List{}
	for _, p := range applicationProviders {
		modes := valuesOf(p.modes, func(mode string) schema.Value { return enum(mode, modeNames[mode]) })
		list = append(list, schema.Object{"provider": schema.Text(p.name), "name": schema.Text(p.text), "integrationModes": modes})
	}
	return list, nil
}

// treeOfOrganizations returns all organisations as roots: the sandbox has no nesting.
func treeOfOrganizations(c *deviceCall) (schema.Value, error) {
	_, found, err := c.found(c.tenant.organizations.all())
	return viewed(found, func(o schema.Object) schema.Object {
		o = o.Clone()
		o["children"] = schema.List{}
		return o
	}), err
}

// whoAmI returns the user of the token with its permissions.
func whoAmI(*deviceCall) (schema.Value, error) {
	return schema.Object{
		"user":        schema.Object{"id": schema.Text(sandboxUser), "username": schema.Text(SecretID), "name": schema.Text("sandbox"), "userType": schema.Text("user")},
		"permissions": schema.List{schema.Object{"id": schema.Text("application-manager"), "name": schema.Text("应用管理"), "actions": texts([]string{"query", "save", "delete"}), "dataAccesses": schema.List{}}},
		"dimensions":  schema.List{},
		"attributes":  schema.Object{},
	}, nil
}

// logOut revokes the token, except the sandbox's own.
func logOut(c *deviceCall) (schema.Value, error) {
	c.tokens.expire(accessToken(c.request))
	return schema.Bool(true), nil
}

// listSSOTypes returns the login methods at third parties.
func listSSOTypes(*deviceCall) (schema.Value, error) {
	return schema.List{enum("oauth2", "OAuth2"), enum("bearer", "Bearer")}, nil
}

// listMenuOwners returns the systems that have menus, except those in the body.
func listMenuOwners(c *deviceCall) (schema.Value, error) {
	v, err := schema.ParseJSON(c.body)
	but, isList := v.(schema.List)
	if err != nil || !isList {
		return nil, &deviceError{status: http.StatusBadRequest, code: "illegal_argument", message: "参数错误"}
	}
	return slices.DeleteFunc(schema.List{schema.Text("iot")}, func(owner schema.Value) bool { return slices.Contains(but, owner) }), nil
}
