package devices_test

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"slices"
	"strings"
	"testing"

	"authsync/remote/devices"
	"authsync/remote/officetest"
	"authsync/remote/sandbox"
	"authsync/remote/service"
	"authsync/remote/transport"
	"authsync/schema"
	"authsync/schema/quirk"
	"authsync/secrets"
	"authsync/sync"
)

const (
	iotHost     = "iot.example.com"
	devicesHead = "systems: {devices: {url: http://" + iotHost + "}}\n"
	goodKey     = "BkPZhjK36Zb8M2KRpKdAM2krCDCNNdYZ"
	seedRole    = "1589807922792402944"
	seedOrg     = "1595617360684232704"
)

// application is a manifest of one application as seed 003 makes one, with more
// fields of apiServer.
func application(more string) string {
	return `applications:
  ykjCyWAG5MDnTmFY:
    name: API
    provider: internal-standalone
    integrationModes: [apiServer]
    apiServer: {secureKey: !env KEY, roleIdList: ["` + seedRole + `"], orgIdList: ["` + seedOrg + `"]` + more + `}
`
}

// platform is an office whose manifests are about the device platform.
func platform(t *testing.T, o sandbox.Options) *office {
	f := newOffice(t, o)
	f.Head, f.Env["KEY"] = devicesHead, goodKey
	return f
}

// live puts an application in, as the platform has it.
func (f *office) live(id, fields string) {
	f.Helper()
	v, err := schema.ParseJSON([]byte(`{"id": "` + id + `", "name": "API", "provider": "internal-standalone", "integrationModes": ["apiServer"],
		"apiServer": {"appId": "` + id + `", "secureKey": "` + goodKey + `", "roleIdList": ["` + seedRole + `"], "orgIdList": ["` + seedOrg + `"]` + fields + `}}`))
	if err != nil {
		f.Fatal(err)
	}
	if err := f.Server.SeedApplication(iotHost, v.(schema.Object)); err != nil {
		f.Fatal(err)
	}
}
func (f *office) heldApplication(id string) schema.Object {
	return f.State("devices", iotHost, "applications", id)
}

// calls are the requests of the platform, writes with their bodies.
func (f *office) deviceCalls() []string {
	f.Helper()
	calls := []string{}
	for _, a := range f.Asked(schema.Devices) {
		line := a.Method + " " + a.Path
		if a.Query != "" {
			line += "?" + a.Query
		}
		if a.Write && string(a.Body) != "null" {
			line += " " + string(a.Body)
		}
		calls = append(calls, line)
	}
	return calls
}

func writesAmong(calls []string) []string {
	return slices.DeleteFunc(calls, func(c string) bool { return strings.HasPrefix(c, "GET ") || strings.Contains(c, "/authorize/") })
}

// An application is made by the documented call, whose answer and whose reads
// spell it in another way: {text, value}, sets in another order, no appId, no
// redirectUri, a signature that nobody asked for. None of that is a difference.
func TestApplicationIsMade(t *testing.T) {
	f := platform(t, sandbox.Options{})
	f.Server.SeedRole(iotHost, "2", "second")
	text := strings.Replace(application(", redirectUri: https://app.example.com/cb"), `["`+seedRole+`"]`, `["2", "`+seedRole+`"]`, 1)
	f.Apply(text, sync.Options{})
	writes := writesAmong(f.deviceCalls())
	officetest.Same(t, "writes", writes, []string{`POST /api/application {"apiServer":{"appId":"ykjCyWAG5MDnTmFY","orgIdList":["` + seedOrg +
		`"],"redirectUri":"https://app.example.com/cb","roleIdList":["2","` + seedRole + `"],"secureKey":"` + goodKey +
		`"},"id":"ykjCyWAG5MDnTmFY","integrationModes":["apiServer"],"name":"API","provider":"internal-standalone"}`})

	reordered := strings.Replace(text, `["2", "`+seedRole+`"]`, `["`+seedRole+`", "2"]`, 1)
	if plan := f.Planned(f.Site(reordered), sync.Options{}); !plan.Empty() {
		t.Errorf("the order of a set: %+v", plan.Changes)
	}
}

// Only the top-level fields that differ are sent, each whole, with what the
// answers leave out.
func TestApplicationIsUpdated(t *testing.T) {
	whole := `{"appId":"ykjCyWAG5MDnTmFY","orgIdList":["` + seedOrg + `"],"roleIdList":["` + seedRole + `"],"secureKey":"` + goodKey + `"`
	tests := []struct{ name, more, old, new, want string }{
		{"name", "", "name: API", "name: Other", `{"name":"Other"}`},
		{"disable", "", "name: API", "name: API\n    state: disabled", `{"state":"disabled"}`},
		{"clear", "", "name: API", "name: API\n    description: null", ``},
		{"roles", "", `roleIdList: ["` + seedRole + `"]`, `roleIdList: ["2"]`,
			strings.Replace(`{"apiServer":`+whole+`,"signature":"MD5"}}`, seedRole, "2", 1)},
		{"no roles", "", `roleIdList: ["` + seedRole + `"]`, `roleIdList: []`,
			strings.Replace(`{"apiServer":`+whole+`,"signature":"MD5"}}`, `"`+seedRole+`"`, "", 1)},
		{"redirectUri", ", redirectUri: https://a.example", "https://a.example", "https://b.example",
			`{"apiServer":{"appId":"ykjCyWAG5MDnTmFY","orgIdList":["` + seedOrg + `"],"redirectUri":"https://b.example","roleIdList":["` + seedRole + `"],"secureKey":"` + goodKey + `","signature":"MD5"}}`},
		{"another field, redirectUri known by the lock", ", redirectUri: https://a.example", ", redirectUri: https://a.example}", ", ipWhiteList: 10.0.0.1}",
			`{"apiServer":{"appId":"ykjCyWAG5MDnTmFY","ipWhiteList":"10.0.0.1","orgIdList":["` + seedOrg + `"],"redirectUri":"https://a.example","roleIdList":["` + seedRole + `"],"secureKey":"` + goodKey + `","signature":"MD5"}}`},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			f := platform(t, sandbox.Options{})
			f.Server.SeedRole(iotHost, "2", "second")
			f.Apply(application(test.more), sync.Options{})
			f.deviceCalls()
			text := strings.Replace(application(test.more), test.old, test.new, 1)
			f.Apply(text, sync.Options{})
			want := []string{}
			if test.want != "" {
				want = []string{"PUT /api/application/ykjCyWAG5MDnTmFY " + test.want}
			}
			officetest.Same(t, "writes", writesAmong(f.deviceCalls()), want)
			f.Apply(text, sync.Options{})
		})
	}
}

// What the platform never shows is not compared without a lock, and not lost
// either: the update is refused until the manifest says what it is.
func TestApplicationKeepsWhatIsNeverShown(t *testing.T) {
	f := platform(t, sandbox.Options{})
	f.live("ykjCyWAG5MDnTmFY", `, "redirectUri": "https://console.example", "zone": "x"`)

	if plan := f.Planned(f.Site(application("")), sync.Options{}); !plan.Empty() {
		t.Errorf("not stated: %+v", plan.Changes)
	}
	plan := f.Planned(f.Site(application(", redirectUri: https://git.example")), sync.Options{})
	if !plan.Empty() || !noted(plan, sync.NoteSecret, "apiServer.redirectUri") {
		t.Errorf("stated, and nobody knows what live has: %+v %+v", plan.Changes, plan.Notes)
	}
	plan = f.Plan(f.Site(application(", ipWhiteList: 10.0.0.1")), sync.Options{})
	if len(plan.Refusals) != 1 || !strings.Contains(plan.Refusals[0].Text, "never shows apiServer.redirectUri") {
		t.Errorf("its object is to be sent: %+v", plan.Refusals)
	}
	f.Apply(application(", ipWhiteList: 10.0.0.1, redirectUri: https://console.example"), sync.Options{})
	server, _ := f.heldApplication("ykjCyWAG5MDnTmFY")["apiServer"].(schema.Object)
	officetest.Same(t, "redirectUri", server.Text("redirectUri"), "https://console.example")
	officetest.Same(t, "what is not modelled", server.Text("zone"), "x")
	f.Apply(application(", ipWhiteList: 10.0.0.2"), sync.Options{}) // the lock knows it now
	server, _ = f.heldApplication("ykjCyWAG5MDnTmFY")["apiServer"].(schema.Object)
	officetest.Same(t, "redirectUri", server.Text("redirectUri"), "https://console.example")
}

func noted(plan *sync.EnvironmentPlan, code sync.NoteCode, text string) bool {
	return slices.ContainsFunc(plan.Notes, func(n sync.Note) bool { return n.Code == code && strings.Contains(n.Text, text) })
}

// A list that is called no-paging ends after 25 unless it is told otherwise.
func TestMoreApplicationsThanAPage(t *testing.T) {
	f := platform(t, sandbox.Options{})
	var text strings.Builder
	text.WriteString("applications:\n")
	for i := range 60 {
		fmt.Fprintf(&text, "  app%02d: {name: n%d, provider: third-party, integrationModes: [page]}\n", i, i)
	}
	f.Apply(text.String(), sync.Options{})
	f.deviceCalls()
	f.Planned(f.Site(text.String()), sync.Options{})
	officetest.Same(t, "reads", f.deviceCalls(), []string{"GET /api/application/_query/no-paging?paging=false"})
	plan := f.Planned(f.Site("applications: {}\n"), sync.Options{})
	officetest.Same(t, "removed from git", len(plan.Removed), 60)
}

// An application that is enabled cannot be deleted: it is disabled first, as a
// step of its own.
func TestApplicationIsDisabledBeforeItIsDeleted(t *testing.T) {
	f := platform(t, sandbox.Options{})
	f.live("gone", "")
	f.Apply("applications: {}\n", sync.Options{Unmanaged: sync.DeleteUnmanaged})
	officetest.Same(t, "writes", writesAmong(f.deviceCalls()), []string{`PUT /api/application/gone {"state":"disabled"}`, "DELETE /api/application/gone"})
	officetest.Same(t, "held", len(f.State("devices", iotHost, "applications")), 0)

	f.live("stays", "")
	for _, call := range []string{"PUT", "DELETE"} {
		f.live("lost-"+call, "")
		f.Fault(`{"match": "` + call + ` /api/application/lost-` + call + `", "fault": "lost"}`)
	}
	f.Fault(`{"match": "PUT /api/application/stays", "fault": "500"}`)
	site := f.Site("applications: {}\n")
	o := sync.Options{Unmanaged: sync.DeleteUnmanaged}
	report := sync.Apply(t.Context(), site, f.Planned(site, o), func(sync.Event) {})
	officetest.Same(t, "failed", report.Count(sync.Failed), 2) // whether a disabling was done that answered nothing is not looked up
	officetest.Same(t, "skipped", report.Count(sync.Skipped), 2)
	officetest.Same(t, "settled", report.Count(sync.Settled), 1)
	f.Apply("applications: {}\n", o)
	officetest.Same(t, "held", len(f.State("devices", iotHost, "applications")), 0)
}

// Roles and organisations that an application names must be there, as far as
// those lists can be read.
func TestApplicationNamesWhatThereIs(t *testing.T) {
	wrong := strings.Replace(application(""), seedRole, "404", 1)
	t.Run("no such role", func(t *testing.T) {
		f := platform(t, sandbox.Options{})
		plan := f.Plan(f.Site(wrong), sync.Options{})
		if len(plan.Refusals) != 1 || !strings.Contains(plan.Refusals[0].Text, "role 404, which the platform does not list") || len(plan.Steps) > 0 {
			t.Errorf("%+v %+v", plan.Refusals, plan.Steps)
		}
	})
	t.Run("no such organisation", func(t *testing.T) {
		f := platform(t, sandbox.Options{})
		plan := f.Plan(f.Site(strings.Replace(application(""), seedOrg, "405", 1)), sync.Options{})
		if len(plan.Refusals) != 1 || !strings.Contains(plan.Refusals[0].Text, "organisation 405") {
			t.Errorf("%+v", plan.Refusals)
		}
	})
	t.Run("of users that log in", func(t *testing.T) {
		f := platform(t, sandbox.Options{})
		text := "applications: {portal: {name: P, provider: third-party, integrationModes: [ssoClient], sso: {roleIdList: ['404', '" + seedRole + "'], orgIdList: ['405']}}}"
		plan := f.Plan(f.Site(text), sync.Options{})
		if len(plan.Refusals) != 2 || !strings.Contains(plan.Refusals[0].Text, "sso.roleIdList names role 404") || !strings.Contains(plan.Refusals[1].Text, "sso.orgIdList names organisation 405") {
			t.Errorf("%+v", plan.Refusals)
		}
	})
	t.Run("live has it already", func(t *testing.T) {
		f := platform(t, sandbox.Options{})
		f.live("ykjCyWAG5MDnTmFY", "")
		f.Between = replaced("/api/role/", 200, `{"message": "success", "result": [], "status": 200}`)
		if plan := f.Planned(f.Site(application("")), sync.Options{}); !plan.Empty() || len(plan.Notes) > 0 {
			t.Errorf("%+v", plan)
		}
	})
	t.Run("the list is not offered", func(t *testing.T) {
		f := platform(t, sandbox.Options{})
		f.Between = replaced("/api/role/", 403, `{"message": "没有权限", "status": 403}`)
		plan := f.Planned(f.Site(wrong), sync.Options{})
		if !noted(plan, sync.NoteChecked, "roleIdList was not checked against live: devices: GET /api/role/_query/no-paging: status 403") {
			t.Errorf("%+v", plan.Notes)
		}
	})
	t.Run("the list is broken", func(t *testing.T) {
		f := platform(t, sandbox.Options{})
		f.Between = replaced("/api/role/", 200, `{"message": "success", "result": {}, "status": 200}`)
		plan := f.Plan(f.Site(wrong), sync.Options{})
		if len(plan.Errors) != 1 || len(plan.Steps) > 0 || !strings.Contains(plan.Errors[0].Error(), "GET /api/role/_query/no-paging: the answer's result is not a list") {
			t.Errorf("%+v", plan.Errors)
		}
	})
	t.Run("a weak key", func(t *testing.T) {
		f := platform(t, sandbox.Options{})
		f.Env["KEY"] = "alllowercase1"
		if plan := f.Planned(f.Site(application("")), sync.Options{}); !noted(plan, sync.NoteChecked, "apiServer.secureKey is a password too") {
			t.Errorf("%+v", plan.Notes)
		}
	})
}

// replaced answers requests whose path begins so with something else.
func replaced(path string, status int, body string) func(http.ResponseWriter, *http.Request) bool {
	return func(w http.ResponseWriter, r *http.Request) bool {
		if !strings.HasPrefix(r.URL.Path, path) {
			return false
		}
		w.WriteHeader(status)
		io.WriteString(w, body)
		return true
	}
}

// Where the platform has the documented call and no other, an application is
// made, compared with the lock, and everything says so.
func TestApplicationsWithoutReading(t *testing.T) {
	f := platform(t, sandbox.Options{Quirks: quirk.Set{quirk.DevicesAPI: quirk.DocumentedAPI}})
	text := application(", redirectUri: https://a.example")
	text = strings.Replace(text, "!env KEY", f.Sealed("applications.ykjCyWAG5MDnTmFY.apiServer.secureKey", goodKey), 1)

	site := f.Site(text)
	plan := f.Planned(site, sync.Options{})
	if !noted(plan, sync.NoteUnread, "live cannot be read: devices: GET /api/application/ykjCyWAG5MDnTmFY: error.resource_not_found") {
		t.Errorf("the kind: %+v", plan.Notes)
	}
	key := schema.Key{Kind: "application", Name: "ykjCyWAG5MDnTmFY"}
	if !slices.ContainsFunc(plan.Notes, func(n sync.Note) bool { return n.Key == key && n.Code == sync.NoteUnread }) {
		t.Errorf("the object: %+v", plan.Notes)
	}
	report := sync.Apply(t.Context(), site, plan, func(sync.Event) {})
	if !report.Complete() || len(report.ReadBack) != 1 || report.ReadBack[0].Status != sync.NotReadable {
		t.Fatalf("%+v", report)
	}
	if again := f.Planned(f.Site(text), sync.Options{}); !again.Empty() || !noted(again, sync.NoteUnread, "") {
		t.Errorf("second plan: %+v %+v", again.Changes, again.Notes)
	}
	reordered := strings.Replace(text, `["`+seedOrg+`"]`, `["`+seedOrg+`", "2"]`, 1)
	for _, change := range []string{reordered, strings.Replace(text, "name: API", "name: Other", 1)} {
		plan := f.Plan(f.Site(change), sync.Options{})
		if len(plan.Refusals) != 1 || !strings.Contains(plan.Refusals[0].Text, "has no call that changes it") {
			t.Errorf("a change: %+v", plan.Refusals)
		}
	}

	// Without the lock nothing is known: the call then says that it exists.
	if err := os.Remove(strings.TrimSuffix(f.File, ".yaml") + ".lock.yaml"); err != nil {
		t.Fatal(err)
	}
	site = f.Site(text)
	report = sync.Apply(t.Context(), site, f.Planned(site, sync.Options{}), func(sync.Event) {})
	err := report.Steps[0].Err
	var call *transport.Error
	if !transport.IsExists(err) || !errors.As(err, &call) || !strings.Contains(err.Error(), "it exists already") || !strings.Contains(call.Advice(), "choose another id") {
		t.Errorf("exists: %v", err)
	}
}

func TestApplicationsWithoutAList(t *testing.T) {
	f := platform(t, sandbox.Options{})
	f.Between = replaced("/api/application/_query/", 406, `{"message": "不支持", "code": "method_not_allowed", "result": ["POST"], "status": 406}`)
	f.Apply(application(""), sync.Options{})
	f.Apply(strings.Replace(application(""), "name: API", "name: Other", 1), sync.Options{})
	officetest.Same(t, "held", f.heldApplication("ykjCyWAG5MDnTmFY").Text("name"), "Other")
	officetest.Same(t, "reads", slices.ContainsFunc(f.deviceCalls(), func(c string) bool { return c == "GET /api/application/ykjCyWAG5MDnTmFY" }), true)
	if plan := f.Planned(f.Site("applications: {}\n"), sync.Options{}); len(plan.Removed) != 1 { // it is asked for by its id
		t.Errorf("%+v", plan.Removed)
	}
	if err := os.Remove(sync.LockFile(f.File)); err != nil {
		t.Fatal(err)
	}
	if plan := f.Planned(f.Site("applications: {}\n"), sync.Options{}); !noted(plan, sync.NoteUnread, "live cannot be listed") {
		t.Errorf("%+v", plan.Notes)
	}
}

// An update of what can only be written may fail, since only trying shows
// whether the platform has the call.
func TestApplicationUpdateIsNotOffered(t *testing.T) {
	f := platform(t, sandbox.Options{})
	f.Between = func(w http.ResponseWriter, r *http.Request) bool {
		if r.Method == http.MethodPost || !strings.HasPrefix(r.URL.Path, "/api/application") {
			return false
		}
		w.WriteHeader(406)
		io.WriteString(w, `{"message": "不支持", "code": "method_not_allowed", "result": ["POST"], "status": 406}`)
		return true
	}
	site := f.Site(application(""))
	sync.Apply(t.Context(), site, f.Planned(site, sync.Options{}), func(sync.Event) {})
	changed := f.Site(strings.Replace(application(""), "name: API", "name: Other", 1))
	report := sync.Apply(t.Context(), changed, f.Planned(changed, sync.Options{}), func(sync.Event) {})
	if err := report.Steps[0].Err; err == nil || !strings.Contains(err.Error(), "this platform does not offer the call; do it in its console") {
		t.Errorf("%v", err)
	}
}

// A read that fails is an error that names the call, and nothing is planned.
func TestBadAnswersOfThePlatform(t *testing.T) {
	const list = "/api/application/_query/"
	tests := []struct {
		name   string
		status int
		body   string
		want   string
	}{
		{"HTML", 200, "<html>", "devices: GET /api/application/_query/no-paging: an HTML or XML page instead of JSON"},
		{"HTML and a 404", 404, "<html>", "status 404: not found, with"},
		{"500", 500, `{"message": "服务器内部异常", "code": "internal_server_error", "status": 500}`, "internal_server_error: 服务器内部异常"},
		{"500 in the body alone", 200, `{"message": "服务器内部异常", "status": 500}`, "devices: GET /api/application/_query/no-paging: 500"},
		{"403 without a code", 403, `{"message": "没有权限", "status": 403}`, "status 403: 没有权限"},
		{"403 in the body alone", 200, `{"message": "没有权限", "status": 403}`, "403: 没有权限"},
		{"truncated", 200, `{"message": "success", "result": [{"id"`, "truncated JSON"},
		{"no envelope", 200, `{}`, "it has no status"},
		{"no list", 200, `{"message": "success", "result": {"data": []}, "status": 200}`, "the answer's result is not a list"},
		{"nothing", 200, `{"message": "success", "status": 200}`, "the answer's result is not a list"},
		{"a list of texts", 200, `{"result": ["a"], "status": 200}`, "result[0] of the answer is not an object"},
		{"no id", 200, `{"result": [{"name": "a"}], "status": 200}`, `has "" for an id`},
		{"twice", 200, `{"result": [{"id": "a"}, {"id": "a"}], "status": 200}`, `has "a" for an id, or has it twice`},
		{"a name that is a number", 200, `{"result": [{"id": "a", "name": 1}], "status": 200}`, "application/a: the service's answer: name: expected a string, got a number"},
		{"a state without a value", 200, `{"result": [{"id": "a", "state": {"text": "on"}}], "status": 200}`, "state.value: expected a string, got null"},
		{"a mode that is a number", 200, `{"result": [{"id": "a", "integrationModes": [1]}], "status": 200}`, "integrationModes.0: expected a string"},
		{"an empty body", 200, "", "an empty body"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			f := platform(t, sandbox.Options{})
			f.Between = replaced(list, test.status, test.body)
			plan := f.Plan(f.Site(application("")), sync.Options{})
			if len(plan.Errors) != 1 || len(plan.Steps) > 0 || len(plan.Changes) > 0 || !strings.Contains(plan.Errors[0].Error(), test.want) {
				t.Errorf("got %v, want %q; %d steps", plan.Errors, test.want, len(plan.Steps))
			}
		})
	}
}

func TestApplicationThatIsNotItself(t *testing.T) {
	f := platform(t, sandbox.Options{})
	f.live("other", "")
	f.Between = func(w http.ResponseWriter, r *http.Request) bool {
		if strings.Contains(r.URL.Path, "_query") {
			return replaced("/", 404, `{"code": "error.resource_not_found", "status": 404}`)(w, r)
		}
		return replaced("/api/application/", 200, `{"result": {"id": "other"}, "status": 200}`)(w, r)
	}
	plan := f.Plan(f.Site(application("")), sync.Options{})
	if len(plan.Errors) != 1 || !strings.Contains(plan.Errors[0].Error(), "is not that application") {
		t.Errorf("%v", plan.Errors)
	}
}

const loginHead = "systems: {devices: {url: http://" + iotHost + ", username: sandbox, password: !env PASSWORD}}\n"

// A login is made once for a run, and once more when its token is no longer
// taken.
func TestDeviceLogin(t *testing.T) {
	f := platform(t, sandbox.Options{})
	f.Head, f.Env["PASSWORD"] = loginHead, sandbox.SecretKey
	f.Apply(application(""), sync.Options{})
	logins := func() (n int) {
		for _, c := range f.deviceCalls() {
			if strings.HasPrefix(c, "POST /api/authorize/login") {
				n++
			}
		}
		return n
	}
	officetest.Same(t, "logins of two runs", logins(), 2)

	site := f.Site(application(""))
	f.Planned(site, sync.Options{})
	officetest.Same(t, "logins of a run", logins(), 1)
	f.Fault(`{"match": "GET /api/application/_query/no-paging", "fault": "expired"}`)
	f.Planned(site, sync.Options{})
	officetest.Same(t, "logins after the token has ended", logins(), 1)
	f.Between = replaced("/api/application", 401, `{"message": "token不能为空", "code": "unauthorized", "status": 401}`)
	plan := f.Plan(site, sync.Options{})
	if len(plan.Errors) != 1 || !strings.Contains(plan.Errors[0].Error(), "unauthorized") {
		t.Errorf("%v", plan.Errors)
	}
	officetest.Same(t, "logins while no token is taken", logins(), 1)
}

func TestDeviceLoginFails(t *testing.T) {
	const captcha = "/api/authorize/captcha/config"
	tests := []struct {
		name     string
		options  sandbox.Options
		password string
		between  func(http.ResponseWriter, *http.Request) bool
		want     string
	}{
		{"captcha", sandbox.Options{Quirks: quirk.Set{quirk.DevicesLogin: quirk.CaptchaLogin}}, sandbox.SecretKey, nil,
			"devices: POST /api/authorize/login: the platform's login wants a captcha, which only a person can read; give systems.devices.token"},
		{"captcha that only the login tells of", sandbox.Options{Quirks: quirk.Set{quirk.DevicesLogin: quirk.CaptchaLogin}}, sandbox.SecretKey,
			replaced(captcha, 404, `{"code": "error.resource_not_found", "status": 404}`), "verifyCode 验证码错误: the platform's login wants a captcha"},
		{"encrypted", sandbox.Options{}, sandbox.SecretKey,
			replaced("/api/authorize/login/configs", 200, `{"result": {"encrypt": {"enabled": true, "publicKey": "x", "id": "1"}}, "status": 200}`), "wants the password encrypted"},
		{"wrong password", sandbox.Options{}, "wrong", nil, "devices: POST /api/authorize/login: illegal_password"},
		{"no token in the answer", sandbox.Options{}, sandbox.SecretKey, func(w http.ResponseWriter, r *http.Request) bool {
			return r.Method == http.MethodPost && replaced(devices.LoginPath, 200, `{"result": {}, "status": 200}`)(w, r)
		}, "the answer has no token"},
		{"HTML", sandbox.Options{}, sandbox.SecretKey, replaced("/api/authorize", 200, "<html>"), "an HTML or XML page instead of JSON"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			f := platform(t, test.options)
			f.Head, f.Env["PASSWORD"], f.Between = loginHead, test.password, test.between
			plan := f.Plan(f.Site(application("")), sync.Options{})
			if len(plan.Errors) != 1 || !strings.Contains(plan.Errors[0].Error(), test.want) {
				t.Errorf("got %v, want %q", plan.Errors, test.want)
			}
			if text := fmt.Sprint(plan.Errors); strings.Contains(text, test.password) && test.password != sandbox.SecretKey {
				t.Errorf("the password is in %s", text)
			}
		})
	}
}

func TestDeviceLife(t *testing.T) {
	for text, want := range map[string]string{`{}`: "30m0s", `{"expires": 60000}`: "1m0s", `{"expires": -1}`: "24h0m0s", `{"expires": "x"}`: "30m0s", `{"expires": 99999999999999}`: "24h0m0s"} {
		v, err := schema.ParseJSON([]byte(text))
		if err != nil {
			t.Fatal(err)
		}
		officetest.Same(t, text, devices.LifeOf(v.(schema.Object)).String(), want)
	}
}

func TestNoTokenForThePlatform(t *testing.T) {
	_, err := devices.New(schema.Object{"url": schema.Text("https://iot.example.com")}, service.Config{Keys: &secrets.Keyring{}})
	if err == nil || !strings.Contains(err.Error(), "there is no token") {
		t.Errorf("%v", err)
	}
}
