package devices_test

import (
	"slices"
	"strings"
	"testing"

	"authsync/diff"
	"authsync/remote/officetest"
	"authsync/remote/sandbox"
	"authsync/schema"
	"authsync/schema/quirk"
	"authsync/sync"
)

// firstID is the first id that the sandbox makes up.
const firstID = "1790000000000000001"

// login is a manifest of an application whose id the platform chooses.
const login = `applications:
  login:
    name: WeChat login
    provider: wechat-webapp
    integrationModes: [ssoClient]
    sso: {configuration: {appId: wx1, appSecret: !env KEY}}
`

// put puts an application in, as the platform has it.
func (f *office) put(wire string) {
	f.Helper()
	v, err := schema.ParseJSON([]byte(wire))
	if err != nil {
		f.Fatal(err)
	}
	if err := f.Server.SeedApplication(iotHost, v.(schema.Object)); err != nil {
		f.Fatal(err)
	}
}

func wechat(id, name string) string {
	return `{"id": "` + id + `", "name": "` + name + `", "provider": "wechat-webapp", "integrationModes": ["ssoClient"],
		"sso": {"configuration": {"appId": "wx1", "appSecret": "` + goodKey + `"}}}`
}

// An application whose id the platform chooses is made without one, and from then on
// it is the one that the platform has made, whatever it is called.
func TestPlatformChoosesTheID(t *testing.T) {
	f := platform(t, sandbox.Options{})
	f.Apply(login, sync.Options{})
	officetest.Same(t, "writes", writesAmong(f.deviceCalls()), []string{`POST /api/application {"integrationModes":["ssoClient"],"name":"WeChat login","provider":"wechat-webapp",` +
		`"sso":{"configuration":{"appId":"wx1","appSecret":"` + goodKey + `"}}}`})

	f.Apply(strings.Replace(login, "name: WeChat login", "name: Login", 1), sync.Options{})
	officetest.Same(t, "writes", writesAmong(f.deviceCalls()), []string{`PUT /api/application/` + firstID + ` {"name":"Login"}`})

	f.Apply("applications: {}", sync.Options{Prune: sync.DeleteRemoved})
	officetest.Same(t, "writes", writesAmong(f.deviceCalls()), []string{`PUT /api/application/` + firstID + ` {"state":"disabled"}`, `DELETE /api/application/` + firstID})
}

// Without what a run remembers, the application is found by its name among those of
// its provider.
func TestPlatformsIDIsFoundByTheName(t *testing.T) {
	const byHand = `{"id": "9", "name": "WeChat login", "provider": "wechat-miniapp", "integrationModes": ["ssoClient"]}`
	for _, row := range []struct {
		name string
		live []string
		text string
		want string // the errors, or the actions on applications
	}{
		{"not there", nil, login, "create"},
		{"there", []string{wechat("7", "WeChat login")}, login, ""},
		{"of another provider", []string{byHand}, login, "create"},
		{"beside one of another provider", []string{wechat("7", "WeChat login"), byHand}, login, ""},
		{"two of the name", []string{wechat("7", "WeChat login"), wechat("8", "WeChat login")}, login, "live has 2 that it may be: 7 and 8; say with id: which is meant"},
		{"two, and one is meant", []string{wechat("7", "WeChat login"), wechat("8", "WeChat login")}, strings.Replace(login, "name:", "id: '8'\n    name:", 1), ""},
		{"pinned to none", []string{wechat("7", "WeChat login")}, strings.Replace(login, "name:", "id: '8'\n    name:", 1), "live has no 8, which id: pins"},
		{"called in the manifest by its id", []string{wechat("7", "WeChat login")}, strings.Replace(login, "login:", "'7':", 1), ""},
		{"renamed, and called by its id", []string{wechat("7", "Other")}, strings.Replace(login, "login:", "'7':", 1), "update"},
		{"the name is another's id", []string{wechat("login", "Other"), wechat("7", "WeChat login")}, login, "live has login, whose id is the name in the manifest, and 7, which is called so"},
		{"the name is the id of another sort", []string{`{"id": "login", "name": "Other", "provider": "third-party", "integrationModes": ["page"]}`}, login, "live has an application of this id, Other of the provider third-party"},
		{"more of it is not said", []string{wechat("7", "WeChat login"), byHand}, "applications: {login: {name: WeChat login, description: x}}", "live has 2 that it may be: 7 and 9"},
		{"little of it is said", []string{wechat("7", "WeChat login")}, "applications: {login: {name: WeChat login, description: x}}", "update"},
		{"two of one name", nil, login + strings.Replace(strings.TrimPrefix(login, "applications:\n"), "  login:", "  entry:", 1), "application/login has the name of application/entry at the platform"},
		{"two of one name, and one is there", []string{wechat("7", "WeChat login")}, strings.Replace(login, "login:", "'7':", 1) + strings.Replace(strings.TrimPrefix(login, "applications:\n"), "  login:", "  entry:", 1), "application/entry: 7 is application/7 already; say with id: which is meant"},
		{"its name is its name", []string{wechat("7", "login")}, "applications: {login: {description: x}}", "update"},
	} {
		t.Run(row.name, func(t *testing.T) {
			f := platform(t, sandbox.Options{})
			for _, wire := range row.live {
				f.put(wire)
			}
			plan := f.Plan(f.Site(row.text), sync.Options{})
			var got []string
			for _, err := range plan.Errors {
				got = append(got, err.Error())
			}
			for _, r := range plan.Refusals {
				got = append(got, r.Text)
			}
			for _, c := range plan.Changes {
				got = append(got, map[diff.Action]string{diff.Create: "create", diff.Update: "update"}[c.Action])
			}
			if all := strings.Join(got, "\n"); !strings.Contains(all, row.want) || row.want == "" && all != "" {
				t.Errorf("%q, not %q", all, row.want)
			}
		})
	}
}

// What git calls by another name, the lock follows by the id.
func TestPlatformsIDUnderAnotherName(t *testing.T) {
	f := platform(t, sandbox.Options{})
	f.Apply(login, sync.Options{})
	f.deviceCalls()
	f.Apply(strings.Replace(login, "  login:", "  entry:", 1), sync.Options{Prune: sync.DeleteRemoved})
	f.Apply(strings.Replace(login, "  login:", "  '"+firstID+"':", 1), sync.Options{Prune: sync.DeleteRemoved})
	f.Apply(login, sync.Options{Prune: sync.DeleteRemoved})
	officetest.Same(t, "writes", writesAmong(f.deviceCalls()), []string{})
}

// An application that gets an API service later keeps the id that it has.
func TestPlatformsIDIsTheAppIDLater(t *testing.T) {
	f := platform(t, sandbox.Options{})
	const page = `applications:
  portal:
    name: Portal
    provider: third-party
    integrationModes: [page]
    page: {baseUrl: https://portal.example}
`
	f.Apply(page, sync.Options{})
	f.deviceCalls()
	f.Apply(strings.Replace(page, "[page]", "[page, apiServer]", 1)+`    apiServer: {secureKey: !env KEY, roleIdList: ["`+seedRole+`"]}`+"\n", sync.Options{})
	officetest.Same(t, "writes", writesAmong(f.deviceCalls()), []string{`PUT /api/application/` + firstID + ` {"apiServer":{"appId":"` + firstID + `","roleIdList":["` + seedRole +
		`"],"secureKey":"` + goodKey + `"},"integrationModes":["page","apiServer"]}`})
}

// The id of an application with an OAuth client is the client's.
func TestClientIDIsTheID(t *testing.T) {
	f := platform(t, sandbox.Options{})
	const client = `applications:
  app-client-1:
    name: Client
    provider: internal-standalone
    integrationModes: [apiClient, apiServer]
    apiClient: {baseUrl: https://api.example, headers: [{key: Authorization, value: !env KEY}], authConfig: {oauth2: {clientSecret: !env KEY}}}
    apiServer: {secureKey: !env KEY, roleIdList: ["` + seedRole + `"]}
`
	f.Apply(client, sync.Options{})
	officetest.Same(t, "writes", writesAmong(f.deviceCalls()), []string{`POST /api/application {"apiClient":{"authConfig":{"oauth2":{"clientId":"app-client-1","clientSecret":"` + goodKey +
		`"}},"baseUrl":"https://api.example","headers":[{"key":"Authorization","value":"` + goodKey + `"}]},"apiServer":{"appId":"app-client-1","roleIdList":["` + seedRole +
		`"],"secureKey":"` + goodKey + `"},"id":"app-client-1","integrationModes":["apiClient","apiServer"],"name":"Client","provider":"internal-standalone"}`})
}

// An answer that is lost, and a run that is killed before it can note anything, cost
// no second application.
func TestPlatformsIDAfterALostAnswer(t *testing.T) {
	f := platform(t, sandbox.Options{})
	f.Fault(`{"match":"POST /api/application","nth":1,"fault":"lost"}`)
	f.Apply(login, sync.Options{})
	entry, _ := f.Site(login).Lock.Entry(schema.Key{Kind: "application", Name: "login"})
	officetest.Same(t, "id in the lock", entry.ID, firstID)
	officetest.Same(t, "applications", f.State("devices", iotHost, "applications").Names(), []string{firstID})
}

// Where nothing is listed, nobody can tell whether an application is there whose id is
// not known, and the plan says so.
func TestPlatformsIDWithoutAList(t *testing.T) {
	for _, way := range []quirk.Value{quirk.Unlisted, quirk.DocumentedAPI} {
		f := platform(t, sandbox.Options{Quirks: quirk.Set{quirk.DevicesAPI: way}})
		plan := f.Planned(f.Site(login), sync.Options{})
		if !slices.ContainsFunc(plan.Notes, func(n sync.Note) bool { return n.Code == sync.NoteChecked && n.Key.Kind == schema.Application.Name }) {
			t.Errorf("%s: %+v", way, plan.Notes)
		}
		report := sync.Apply(f.Context(), f.Site(login), plan, func(sync.Event) {})
		if report.Count(sync.Done) != 1 {
			t.Errorf("%s: %+v", way, report)
		}
		again := f.Planned(f.Site(login), sync.Options{})
		if entry, _ := f.Site(login).Lock.Entry(schema.Key{Kind: "application", Name: "login"}); entry.ID != firstID || !again.Empty() {
			t.Errorf("%s: the lock has %q; changes %+v", way, entry.ID, again.Changes)
		}
	}
}
