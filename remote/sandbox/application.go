package sandbox

import (
	"cmp"
	"maps"
	"slices"
	"strconv"

	"authsync/schema"
	"authsync/schema/quirk"
)

// sandboxUser is the id of the user to whom the sandbox's own token belongs.
const sandboxUser = "1199596756811550720"

// SeedApplication adds an application in wire form to the tenant of a host such as
// iot.example.com. Enumerations are texts or {value}. It also adds the application's
// user, and the roles and organisations that the application names, if they do not
// exist.
func (s *Server) SeedApplication(host string, wire schema.Object) error {
	return seedIn(&s.devices.tenants, tenantName(host), "application", wire, func(t *deviceTenant, plain schema.Object) error {
		in := flattened(plain)
		if err := t.mayAdd(in); err != nil {
			return err
		}
		for _, name := range undeclared(in, applicationFields) {
			t.seeded[name] = true
		}
		app := created(in, t.idOf(in), s.options.Now().UnixMilli())
		for _, name := range applicationStamps {
			if in[name] != nil {
				app[name] = in[name]
			}
		}
		t.put(app)
		missingOnes(&t.roles, app.At("apiServer", "roleIdList"))
		missingOnes(&t.organizations, app.At("apiServer", "orgIdList"))
		return nil
	})
}

func missingOnes(shelf *shelf, ids schema.Value) {
	list, _ := ids.(schema.List)
	for _, id := range list {
		text, _ := id.(schema.Text)
		if _, known := shelf.get(string(text)); !known {
			shelf.put(string(text), named(string(text), string(text)))
		}
	}
}

// put stores an application and its user, which has the API service's name and state
// (seed 003).
func (t *deviceTenant) put(app schema.Object) {
	t.removeUser(app.Text("id"))
	t.applications.put(app.Text("id"), app)
	if server, ok := app["apiServer"].(schema.Object); ok && server.Text("appId") != "" {
		t.users.put(server.Text("appId"), schema.Object{
			"username":    server["appId"],
			"password":    server["secureKey"],
			"application": app["id"],
		})
	}
}

func (t *deviceTenant) removeUser(application string) {
	for _, user := range t.users.all() {
		if user.Text("application") == application {
			t.users.remove(user.Text("username"))
		}
	}
}

// idOf returns the id of a new application: the caller's, or a generated one.
func (t *deviceTenant) idOf(in schema.Object) string {
	if id := cmp.Or(in.Text("id"), chosenID(in)); id != "" {
		return id
	}
	return t.applications.unused(func() string {
		t.made++
		return strconv.FormatInt(beforeFirstID+t.made, 10)
	})
}

// beforeFirstID is the number before the first id that the platform generates.
const beforeFirstID = 1790000000000000000

// created returns a new application with the fields that the service adds.
func created(in schema.Object, id string, now int64) schema.Object {
	app := schema.Object{"state": schema.Text("enabled")}
	maps.Copy(app, in)
	app["id"] = schema.Text(id)
	app["creatorId"] = schema.Text(sandboxUser)
	app["createTime"] = number(now)
	return signed(app)
}

// signed sets the default signature method of an API service.
func signed(app schema.Object) schema.Object {
	if server, ok := app["apiServer"].(schema.Object); ok && schema.IsUnset(server["signature"]) {
		server = server.Clone()
		server["signature"] = schema.Text("MD5")
		app["apiServer"] = server
	}
	return app
}

// input reads an application from the body. Null counts as absent, enumerations become
// texts, and unknown fields and wrong types are refused.
func (c *deviceCall) input() (schema.Object, error) {
	in, err := jsonObject(c.request)
	if err != nil {
		return nil, err
	}
	return c.checked(in)
}

func (c *deviceCall) checked(in schema.Object) (schema.Object, error) {
	in = flattened(withoutNulls(in))
	if c.plays(quirk.ApplicationEmptyText, quirk.Ignored) {
		in = withoutEmpty(in)
	}
	return in, checkBody(in, applicationFields, c.tenant.seeded)
}

func createApplication(c *deviceCall) (schema.Value, error) {
	in, err := c.input()
	if err != nil {
		return nil, err
	}
	return c.add(in)
}

func (c *deviceCall) add(in schema.Object) (schema.Value, error) {
	if err := c.tenant.mayAdd(in); err != nil {
		return nil, err
	}
	app := created(in, c.tenant.idOf(in), c.Now().UnixMilli())
	c.tenant.put(app)
	return c.view(app), nil
}

func getApplication(c *deviceCall) (schema.Value, error) {
	app, ok := c.tenant.applications.get(c.id)
	if !ok {
		return nil, errNotFound
	}
	return c.view(app), nil
}

// updateApplication replaces each given field as a whole, except where the quirk says
// that apiServer is merged: it is one column to the platform. Null and absent fields
// are not changed.
func updateApplication(c *deviceCall) (schema.Value, error) {
	in, err := c.input()
	if err != nil {
		return nil, err
	}
	if err := c.change(c.id, in); err != nil {
		return nil, err
	}
	return schema.Bool(true), nil
}

func (c *deviceCall) change(id string, in schema.Object) error {
	old, ok := c.tenant.applications.get(id)
	if !ok {
		return errNotFound
	}
	next := old.Clone()
	for name, value := range in {
		was, _ := old[name].(schema.Object)
		new, _ := value.(schema.Object)
		switch {
		case slices.Contains(applicationStamps, name):
		case name == "apiServer" && c.plays(quirk.APIServer, quirk.Merged) && was != nil && new != nil:
			next[name] = overlay(was, new)
		default:
			next[name] = value
		}
	}
	if err := checkApplication(next); err != nil {
		return err
	}
	c.tenant.put(signed(next))
	return nil
}

// saveApplications updates existing applications and creates missing ones. The body is
// one application or a list.
func saveApplications(c *deviceCall) (schema.Value, error) {
	v, err := schema.ParseJSON(c.body)
	if err != nil {
		return nil, refuse("", "The request body is not JSON.")
	}
	list, isList := v.(schema.List)
	if !isList {
		list = schema.List{v}
	}
	var added, updated int64
	for _, v := range list {
		app, isObject := v.(schema.Object)
		if !isObject {
			return nil, refuse("", "An application is a JSON object.")
		}
		in, err := c.checked(app)
		if err != nil {
			return nil, err
		}
		if _, known := c.tenant.applications.get(in.Text("id")); known {
			updated++
			err = c.change(in.Text("id"), in)
		} else {
			added++
			_, err = c.add(in)
		}
		if err != nil {
			return nil, err
		}
	}
	return schema.Object{"added": number(added), "updated": number(updated), "total": number(added + updated)}, nil
}

// deleteApplication returns the deleted application. The platform refuses to delete an
// enabled application; the family's own client disables it first.
func deleteApplication(c *deviceCall) (schema.Value, error) {
	app, ok := c.tenant.applications.get(c.id)
	switch {
	case !ok:
		return nil, errNotFound
	case app.Text("state") == "enabled" && c.plays(quirk.ApplicationDeletion, quirk.DisabledFirst):
		return nil, declined("请先禁用该应用")
	}
	c.tenant.applications.remove(c.id)
	c.tenant.removeUser(c.id)
	return c.view(app), nil
}

var applicationPlay = play{
	transcription: transcription{sent: applicationFields, stored: applicationFields},
	id:            "id",
	held: func(s *Server, env *schema.Environment) schema.Object {
		t, unlock := s.devices.tenants.locked(tenantName(tenantOf(env, schema.Devices)))
		defer unlock()
		return t.applications.object()
	},
	seed: func(s *Server, env *schema.Environment, name string, wire schema.Object) error {
		if schema.IsUnset(wire["id"]) {
			wire["id"] = schema.Text(name)
		}
		if server, ok := wire["apiServer"].(schema.Object); ok && schema.IsUnset(server["appId"]) {
			server["appId"] = wire["id"]
		}
		return s.SeedApplication(tenantOf(env, schema.Devices), wire)
	},
}
