package sandbox

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"

	"authsync/schema"
	"authsync/schema/quirk"
)

// devices simulates the device management platform, with one tenant per host. One of
// its endpoints is documented (seed 003); the others are those of the JetLinks family
// that it belongs to (wire facts, section 4).
type devices struct{ hosted[*deviceTenant] }

// deviceTenant is the data of one host. Enumerations are stored as plain texts.
type deviceTenant struct {
	sync.Mutex
	applications  shelf
	roles         shelf
	organizations shelf
	users         shelf           // by name, with their passwords
	made          int64           // ids that were made up
	seeded        map[string]bool // fields of seeded applications that are in no document
}

const (
	applicationPath = "/api/application"
	loginPath       = "/api/authorize/login"
)

// deviceRoutes are all operations. Literal paths come before {id}.
var deviceRoutes = []route[*deviceCall]{
	{method: http.MethodPost, path: applicationPath, writes: true, do: createApplication},
	{method: http.MethodPatch, path: applicationPath, writes: true, do: saveApplications},
	{method: http.MethodGet, path: applicationPath + "/_query", query: queryParams, do: pageApplications},
	{method: http.MethodPost, path: applicationPath + "/_query", do: pageApplications},
	{method: http.MethodGet, path: applicationPath + "/_query/no-paging", query: queryParams, do: listApplications},
	{method: http.MethodPost, path: applicationPath + "/_query/no-paging", do: listApplications},
	{method: http.MethodGet, path: applicationPath + "/_count", query: queryParams, do: countApplications},
	{method: http.MethodPost, path: applicationPath + "/_count", do: countApplications},
	{method: http.MethodGet, path: applicationPath + "/providers", do: listProviders},
	{method: http.MethodGet, path: applicationPath + "/{id}", do: getApplication},
	{method: http.MethodPut, path: applicationPath + "/{id}", writes: true, do: updateApplication},
	{method: http.MethodDelete, path: applicationPath + "/{id}", writes: true, do: deleteApplication},
	{method: http.MethodGet, path: "/api/role/_query", query: queryParams, do: pageRoles},
	{method: http.MethodPost, path: "/api/role/_query", do: pageRoles},
	{method: http.MethodGet, path: "/api/role/_query/no-paging", query: queryParams, do: listRoles},
	{method: http.MethodPost, path: "/api/role/_query/no-paging", do: listRoles},
	{method: http.MethodGet, path: "/api/organization/_all", query: queryParams, do: listOrganizations},
	{method: http.MethodPost, path: "/api/organization/_all", do: listOrganizations},
	{method: http.MethodGet, path: "/api/organization/_all/tree", query: queryParams, do: treeOfOrganizations},
	{method: http.MethodPost, path: "/api/organization/_all/tree", do: treeOfOrganizations},
	{method: http.MethodGet, path: "/api/authorize/me", do: whoAmI},
	{method: http.MethodGet, path: "/api/user-token/reset", do: logOut},
	{method: http.MethodGet, path: "/api/dictionary/third-sso-type/items", do: listSSOTypes},
	{method: http.MethodPost, path: "/api/menu/owner", do: listMenuOwners},
	{method: http.MethodPost, path: loginPath, do: logIn},
	{method: http.MethodGet, path: "/api/authorize/login/configs", do: loginConfigs},
	{method: http.MethodGet, path: "/api/authorize/captcha/config", do: captchaConfig},
}

// documentedDevices are the routes that seed 003 knows.
var documentedDevices = deviceRoutes[:1]

var tokenFreePaths = []string{loginPath, "/api/authorize/login/configs", "/api/authorize/captcha/config"}

// deviceCall is one request: authentic and allowed.
type deviceCall struct {
	request
	Options
	tokens *tokens
	tenant *deviceTenant // locked for the call
	id     string        // in the path
	params url.Values    // of the URL, but for the token
}

// The ids of the role and the organisation that the seed's example names, and
// that every tenant has.
const (
	seedRole         = "1589807922792402944"
	seedOrganization = "1595617360684232704"
)

func newDevices(options Options) *devices {
	// hsweb's default: half an hour.
	return &devices{newHosted("devices", options, 30*time.Minute, newDeviceTenant)}
}

func newDeviceTenant(string) *deviceTenant {
	t := &deviceTenant{seeded: map[string]bool{}}
	t.users.put(SecretID, schema.Object{"username": schema.Text(SecretID), "password": schema.Text(SecretKey)})
	t.roles.put(seedRole, named(seedRole, "管理员"))
	t.organizations.put(seedOrganization, named(seedOrganization, "默认组织"))
	return t
}

func named(id, name string) schema.Object {
	return schema.Object{"id": schema.Text(id), "name": schema.Text(name)}
}

func (d *devices) name() string { return "devices" }

// claims everything below /api that is left: an unknown path is an answer too.
func (d *devices) claims(r *http.Request) bool { return isFor(r, "/api") }

func (d *devices) state() schema.Object {
	return d.tenants.state(func(t *deviceTenant) schema.Object {
		return schema.Object{
			"applications":  t.applications.object(),
			"roles":         t.roles.object(),
			"organizations": t.organizations.object(),
			"users":         t.users.object(),
		}
	})
}

// SeedRole adds a role to the tenant of a host such as iot.example.com.
func (s *Server) SeedRole(host, id, name string) {
	t, unlock := s.devices.tenants.locked(tenantName(host))
	defer unlock()
	t.roles.put(id, named(id, name))
}

// SeedOrganization adds an organisation to the tenant of a host such as
// iot.example.com.
func (s *Server) SeedOrganization(host, id, name string) {
	t, unlock := s.devices.tenants.locked(tenantName(host))
	defer unlock()
	t.organizations.put(id, named(id, name))
}

func (d *devices) open(r request) exchange {
	e := line(d.name(), r, hostOf(r.Request))
	routes := d.routes()
	// Its own client asks for /_query/, the framework maps /_query.
	route, id, methods := find(routes, r.Method, strings.TrimSuffix(r.URL.Path, "/"))
	e.Write = route != nil && route.writes
	return exchange{
		entry:  e,
		limit:  func() answer { return d.envelope(nil, errTooManyDevices) },
		expire: func() answer { return d.expire(r) },
		answer: func() answer {
			if d.options.Unknown == RefuseUnknown && d.tenants.named(e.Tenant) == nil {
				return nobody()
			}
			if route == nil {
				return d.envelope(nil, noSuchRoute(methods))
			}
			return d.envelope(d.serve(route, &deviceCall{request: r, Options: d.options, tokens: d.tokens, id: id}))
		},
	}
}

// routes are the operations that the platform offers.
func (d *devices) routes() []route[*deviceCall] {
	switch {
	case d.options.plays(quirk.DevicesAPI, quirk.DocumentedAPI):
		return documentedDevices
	case d.options.plays(quirk.DevicesAPI, quirk.Unlisted):
		return slices.DeleteFunc(slices.Clone(deviceRoutes), func(r route[*deviceCall]) bool {
			return strings.HasPrefix(r.path, applicationPath+"/_query")
		})
	}
	return deviceRoutes
}

func (d *devices) serve(route *route[*deviceCall], call *deviceCall) (schema.Value, error) {
	host := hostOf(call.Request)
	if !slices.Contains(tokenFreePaths, route.path) {
		if err := d.admit(call.request); err != nil {
			return nil, err
		}
	}
	if _, ok := d.limiter.take(host+" "+route.pattern(), d.clock()); !ok {
		return nil, errTooManyDevices
	}
	call.params = call.URL.Query()
	call.params.Del(tokenParam)
	if err := checkQuery(call.params, route.query); err != nil {
		return nil, err
	}
	tenant, unlock := d.tenants.locked(host)
	defer unlock()
	call.tenant = tenant
	return route.do(call)
}
