package connectors_test

import (
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"

	"authsync/remote/connectors"
	"authsync/remote/officetest"
	"authsync/remote/sandbox"
	"authsync/schema"
	"authsync/schema/quirk"
	"authsync/sync"
)

const authHost = "auth.example.com"

// channels is an office whose manifests are about connectors.
func channels(t *testing.T, o sandbox.Options) *office {
	f := newOffice(t, o)
	f.Head, f.Env["S"] = "systems: {connectors: {url: http://"+authHost+"}}\n", "the-secret"
	return f
}

// connector puts one in, as the service has it.
func (f *office) connector(wire string) {
	f.Helper()
	v, err := schema.ParseJSON([]byte(wire))
	if err != nil {
		f.Fatal(err)
	}
	if err := f.Server.SeedConnector(authHost, v.(schema.Object)); err != nil {
		f.Fatal(err)
	}
}

// connectorCalls are the requests for connectors, writes with their bodies.
func (f *office) connectorCalls() []string {
	f.Helper()
	calls := []string{}
	for _, a := range f.Asked(schema.Connectors) {
		line := a.Method + " " + strings.TrimPrefix(a.Path, connectors.ConnectorsPath)
		if a.Query != "" {
			line += "?" + a.Query
		}
		if a.Write {
			line += " " + string(a.Body)
		}
		calls = append(calls, line)
	}
	slices.Sort(calls)
	return calls
}

// many seeds connectors c000 to c(n-1).
func (f *office) many(n int) {
	for i := range n {
		f.connector(fmt.Sprintf(`{"connector_id": "c%03d", "type": "Email", "config": {"access_key_id": "LTAI5tExample", "access_key_secret": "the-secret"}}`, i))
	}
}

// All pages are read, whatever the list says of their number, and of objects
// that nobody asked for no more than the list.
func TestConnectorPages(t *testing.T) {
	list := func(page int) string { return fmt.Sprintf("GET ?page=%d&page_size=100", page) }
	for _, row := range []struct {
		name   string
		n      int
		totals quirk.Value
		calls  []string
	}{
		{"none", 0, quirk.ExactTotal, []string{list(1)}},
		{"a short page", 99, quirk.ExactTotal, []string{list(1)}},
		{"a full page", 100, quirk.ExactTotal, []string{list(1), list(2)}},
		{"five hundred", 500, quirk.ExactTotal, []string{list(1), list(2), list(3), list(4), list(5), list(6)}},
		{"a total that is too high", 3, quirk.SurplusTotal, []string{list(1), list(2)}},
		{"a total that is too high after a full page", 100, quirk.SurplusTotal, []string{list(1), list(2)}},
	} {
		t.Run(row.name, func(t *testing.T) {
			f := channels(t, sandbox.Options{Quirks: quirk.Set{quirk.ConnectorTotal: row.totals}})
			f.many(row.n)
			plan := f.Planned(f.Site("connectors: {}"), sync.Options{})
			officetest.Same(t, "unmanaged", len(plan.Unmanaged), row.n)
			officetest.Same(t, "calls", f.connectorCalls(), row.calls)
		})
	}
	t.Run("one detail", func(t *testing.T) {
		f := channels(t, sandbox.Options{})
		f.many(3)
		f.Planned(f.Site("connectors: {c001: {enabled: false}}"), sync.Options{})
		officetest.Same(t, "calls", f.connectorCalls(), []string{"GET /conn_002", list(1)})
	})
}

// rewritten lets a test change what the service answers to some requests.
func (f *office) rewritten(path string, change func(query string, status int, body string) (int, string)) {
	f.Between = func(w http.ResponseWriter, r *http.Request) bool {
		if r.URL.Path != path || r.Method != http.MethodGet {
			return false
		}
		recorder := &recorded{header: http.Header{}, status: http.StatusOK}
		f.Server.ServeHTTP(recorder, r)
		status, body := change(r.URL.RawQuery, recorder.status, recorder.body.String())
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(status)
		io.WriteString(w, body)
		return true
	}
}

// recorded is an answer on its way.
type recorded struct {
	header http.Header
	status int
	body   strings.Builder
}

func (r *recorded) Header() http.Header         { return r.header }
func (r *recorded) WriteHeader(status int)      { r.status = status }
func (r *recorded) Write(b []byte) (int, error) { return r.body.Write(b) }

// A page's size may be cut down without a word, and the total may be too low:
// what is on the pages counts.
func TestConnectorPagesOfAnotherSize(t *testing.T) {
	f := channels(t, sandbox.Options{})
	f.many(45)
	f.Between = func(w http.ResponseWriter, r *http.Request) bool {
		r.URL.RawQuery = strings.Replace(r.URL.RawQuery, "page_size=100", "page_size=20", 1)
		return false
	}
	plan := f.Planned(f.Site("connectors: {}"), sync.Options{})
	officetest.Same(t, "unmanaged", len(plan.Unmanaged), 45)

	f = channels(t, sandbox.Options{})
	f.many(150)
	f.rewritten(connectors.ConnectorsPath, func(_ string, status int, body string) (int, string) {
		return status, strings.Replace(body, `"total":150`, `"total":1`, 1)
	})
	plan = f.Planned(f.Site("connectors: {}"), sync.Options{})
	officetest.Same(t, "unmanaged with a low total", len(plan.Unmanaged), 150)
}

// Whatever the service answers in the place of what it should: an error that
// names system and call, and nothing is written.
func TestConnectorsBadAnswers(t *testing.T) {
	envelope := func(result string) string { return `{"code": 0, "message": "success", "result": ` + result + `}` }
	item := `{"id": "conn_001", "connector_id": "c000", "type": "Email", "enabled": true, "config": {}}`
	const all, one = connectors.ConnectorsPath, connectors.ConnectorsPath + "/conn_001"
	for _, row := range []struct {
		name, path string
		status     int
		body, want string
	}{
		{"a page", all, 200, "<html>hello</html>", "an HTML or XML page instead of JSON"},
		{"truncated", all, 200, `{"code": 0, "result": {"data": [`, "truncated JSON at byte 32 (5 attempts)"},
		{"text", all, 200, "ok", "text instead of JSON"},
		{"nothing", all, 200, "", "an empty body instead of JSON (5 attempts)"},
		{"another kind of JSON", all, 200, "[]", "JSON of another kind instead of an object"},
		{"no envelope", all, 200, `{"data": []}`, "JSON without a code"},
		{"code of another type", all, 200, `{"code": "0", "result": {"data": []}}`, "JSON without a code"},
		{"an error with status 200", all, 200, `{"code": 400, "message": "bad", "result": "why"}`, "400: bad: why"},
		{"an error with an object", all, 400, `{"code": 400, "message": "bad", "result": {"field": "x"}}`, "400: bad"},
		{"an error with null", all, 403, `{"code": 403, "message": "no", "result": null}`, "403: no"},
		{"a broken service", all, 200, `{"code": 500, "message": "oops", "result": null}`, "500: oops (5 attempts)"},
		{"a status without an envelope", all, 404, `{}`, "status 404"},
		{"no result", all, 200, envelope("null"), "what the answer holds is not an object"},
		{"a list for a result", all, 200, envelope("[]"), "what the answer holds is not an object"},
		{"no data", all, 200, envelope("{}"), "the answer has no data"},
		{"data that is an object", all, 200, envelope(`{"data": {}}`), "the answer's data is not a list"},
		{"an item that is a text", all, 200, envelope(`{"data": ["x"]}`), "data[0] of the answer is not an object"},
		{"an item without an id", all, 200, envelope(`{"data": [{"connector_id": "c000"}]}`), "data[0] of page 1 has no id"},
		{"an id of another type", all, 200, envelope(`{"data": [{"id": 1}]}`), "data[0] of page 1 has no id"},
		{"a page that repeats", all, 200, envelope(`{"data": [` + item + "," + item + `]}`), "page 1 repeats conn_001; the list cannot be read to its end"},
		{"a detail that is a page", one, 200, "<html>hello</html>", "an HTML or XML page instead of JSON"},
		{"a detail that is a list", one, 200, envelope("[]"), "what the answer holds is not an object"},
		{"a detail of another", one, 200, envelope(strings.Replace(item, "conn_001", "conn_002", 1)), "the answer is not about this connector"},
		{"a detail that is gone", one, 404, `{"code": 404, "message": "gone", "result": null}`, "404: gone"},
		{"config that is a list", one, 200, envelope(strings.Replace(item, `"config": {}`, `"config": ["x"]`, 1)), "connector/c000: the service's answer: config: expected an object, got a list"},
		{"enabled that is a text", one, 200, envelope(strings.Replace(item, `"enabled": true`, `"enabled": "yes"`, 1)), "connector/c000: the service's answer: enabled: "},
	} {
		t.Run(row.name, func(t *testing.T) {
			f := channels(t, sandbox.Options{})
			f.many(1)
			f.rewritten(row.path, func(string, int, string) (int, string) { return row.status, row.body })
			plan := f.Plan(f.Site("connectors: {c000: {enabled: true}, new: {type: Sms, config: {a: b}}}"), sync.Options{Unmanaged: sync.DeleteUnmanaged})
			if len(plan.Errors) != 1 || len(plan.Steps) > 0 || len(plan.Changes) > 0 {
				t.Fatalf("errors %v, steps %v", plan.Errors, plan.Steps)
			}
			got := plan.Errors[0].Error()
			if !strings.HasPrefix(got, "connectors: ") || !strings.Contains(got, row.want) {
				t.Errorf("got  %s\nwant %s", got, row.want)
			}
			if named := strings.Contains(got, "GET "+row.path); !named && !strings.Contains(got, "connector/c000") {
				t.Errorf("it names neither the call nor the object: %s", got)
			}
		})
	}
}

// A page that is answered again and again ends in an error, not in a loop.
func TestConnectorPagesThatRepeat(t *testing.T) {
	f := channels(t, sandbox.Options{})
	f.many(100)
	f.Between = func(w http.ResponseWriter, r *http.Request) bool {
		r.URL.RawQuery = strings.Replace(r.URL.RawQuery, "page=2", "page=1", 1)
		return false
	}
	plan := f.Plan(f.Site("connectors: {}"), sync.Options{})
	if len(plan.Errors) != 1 || plan.Errors[0].Error() != "connectors: GET /api/v1/connectors: page 2 repeats conn_001; the list cannot be read to its end" {
		t.Errorf("%v", plan.Errors)
	}
	// The last page once more, because a total was too high, is no error: the
	// list had ended.
	f = channels(t, sandbox.Options{Quirks: quirk.Set{quirk.ConnectorTotal: quirk.SurplusTotal}})
	f.many(3)
	f.Between = func(w http.ResponseWriter, r *http.Request) bool {
		r.URL.RawQuery = strings.Replace(r.URL.RawQuery, "page=2", "page=1", 1)
		return false
	}
	officetest.Same(t, "unmanaged", len(f.Planned(f.Site("connectors: {}"), sync.Options{}).Unmanaged), 3)
}

const oneChannel = "connectors: {dm: {type: Email, config: {access_key_id: LTAI5tExample, access_key_secret: !env S}}}"

// An empty list where something was applied is believed only if it is not there
// by its id either: made again, everything would be there twice.
func TestConnectorsThatVanish(t *testing.T) {
	f := channels(t, sandbox.Options{})
	f.Apply(oneChannel, sync.Options{})
	f.rewritten(connectors.ConnectorsPath, func(string, int, string) (int, string) {
		return 200, `{"code": 0, "message": "success", "result": {"data": [], "total": 0}}`
	})
	plan := f.Plan(f.Site(oneChannel), sync.Options{})
	if len(plan.Errors) != 1 || !strings.Contains(plan.Errors[0].Error(), "connectors: GET /api/v1/connectors: it lists nothing, and /api/v1/connectors/conn_001 is there all the same") {
		t.Errorf("%v", plan.Errors)
	}
	f.Between = nil
	f.Server = sandbox.New(sandbox.Options{}) // all is really gone
	officetest.Same(t, "steps", len(f.Planned(f.Site(oneChannel), sync.Options{}).Steps), 1)
}

// The id comes with the answer; if it does not, from the list.
func TestConnectorIDs(t *testing.T) {
	for name, body := range map[string]string{
		"as documented":  "",
		"without result": `{"code": 0, "message": "success", "result": null}`,
		"of other types": `{"code": 0, "message": "success", "result": "done"}`,
	} {
		t.Run(name, func(t *testing.T) {
			f := channels(t, sandbox.Options{})
			f.Between = func(w http.ResponseWriter, r *http.Request) bool {
				if body == "" || r.Method != http.MethodPost {
					return false
				}
				f.Server.ServeHTTP(&recorded{header: http.Header{}}, r)
				io.WriteString(w, body)
				return true
			}
			f.Apply(oneChannel, sync.Options{})
			e, _ := f.Site(oneChannel).Lock.Entry(schema.Key{Kind: "connector", Name: "dm"})
			officetest.Same(t, "id in the lock", e.ID, "conn_001")
		})
	}
}

// Several connectors may share a connector_id: which is meant has to be said,
// and each is found again under the name that an export gives it.
func TestConnectorsThatShareAnID(t *testing.T) {
	f := channels(t, sandbox.Options{})
	for range 2 {
		f.connector(`{"connector_id": "github", "type": "Social", "config": {"client_id": "a"}}`)
	}
	f.connector(`{"connector_id": "wechat", "type": "Social", "config": {"app_id": "a"}}`)
	plan := f.Plan(f.Site("connectors: {github: {enabled: true}}"), sync.Options{})
	if len(plan.Errors) != 1 || plan.Errors[0].Error() != "connectors: connector/github: live has 2 that it may be: conn_001 and conn_002; say with id: which is meant" {
		t.Errorf("%v", plan.Errors)
	}
	for _, text := range []string{
		"connectors: {github: {enabled: true, id: conn_002}}",
		"connectors: {mine: {connectorId: github, enabled: true, id: conn_002}}",
		"connectors: {conn_002: {connectorId: github, enabled: true}}",
		"connectors: {conn_002: {enabled: true}}",
	} {
		plan := f.Planned(f.Site(text), sync.Options{})
		if len(plan.Steps) != 1 || plan.Steps[0].Call.String() != "PATCH /api/v1/connectors/conn_002" {
			t.Errorf("%s: %v", text, plan.Steps)
		}
	}
	// A name that another connector has does not stand for that one.
	plan = f.Planned(f.Site("connectors: {wechat: {connectorId: line, type: Social, config: {a: b}}}"), sync.Options{})
	if len(plan.Steps) != 1 || plan.Steps[0].Op != sync.OpCreate {
		t.Errorf("%v", plan.Steps)
	}
}

// Without a status that says so, an error is one by its code alone.
func TestConnectorErrorsWithStatus200(t *testing.T) {
	f := channels(t, sandbox.Options{Quirks: quirk.Set{quirk.ConnectorErrorStatus: quirk.StatusOK}})
	f.Head = "systems: {connectors: {url: http://" + authHost + ", token: !env TOKEN}}\n"
	f.Env["TOKEN"] = "wrong"
	plan := f.Plan(f.Site("connectors: {}"), sync.Options{})
	if len(plan.Errors) != 1 || plan.Errors[0].Error() != "connectors: GET /api/v1/connectors: 401: 未授权" {
		t.Errorf("%v", plan.Errors)
	}
	// So it is for a token that has expired: it is renewed all the same.
	f.Head = "systems: {connectors: {url: http://" + authHost + ", clientId: sandbox, clientSecret: !env TOKEN}}\n"
	f.Env["TOKEN"] = "sandbox"
	f.Fault(`{"match": "GET /api/v1/connectors", "fault": "expired"}`)
	f.Planned(f.Site("connectors: {}"), sync.Options{})
}

// The config of a connector in a list shows ids in part. What is sent comes from
// the connector by itself.
func TestConnectorListsAreNotBelieved(t *testing.T) {
	f := channels(t, sandbox.Options{})
	f.connector(`{"connector_id": "dm", "type": "Email", "config": {"access_key_id": "LTAI5tExample", "access_key_secret": "the-secret", "region": "cn"}}`)
	f.Apply("connectors: {dm: {config: {access_key_secret: !env S, region: us}}}", sync.Options{})
	held := f.State("connectors", authHost, "conn_001", "config")
	want := schema.Object{"access_key_id": schema.Text("LTAI5tExample"), "access_key_secret": schema.Text("the-secret"), "region": schema.Text("us")}
	if !schema.Same(held, want) {
		t.Errorf("held: %s", schema.Show(held))
	}
}

// A mask inside a list is one too, and a secret in a list is compared by the
// lock like any other.
func TestConnectorSecretsInLists(t *testing.T) {
	f := channels(t, sandbox.Options{})
	f.connector(`{"connector_id": "dm", "type": "Email", "config": {"region": "cn", "accounts": [{"user": "a", "password": "x"}]}}`)
	plan := f.Plan(f.Site("connectors: {dm: {config: {region: us}}}"), sync.Options{})
	if len(plan.Refusals) != 1 || !strings.Contains(plan.Refusals[0].Text, "the service hides config.accounts, and the call must send it") {
		t.Errorf("%v", plan.Refusals)
	}
	text := func(secret, user string) string {
		return "connectors: {dm: {config: {region: us, accounts: [{user: " + user + ", password: " + secret + "}]}}}"
	}
	sealed := f.Sealed("connectors.dm.config.accounts.0.password", "y")
	f.Apply(text(sealed, "a"), sync.Options{})
	plan = f.Planned(f.Site(text(f.Sealed("connectors.dm.config.accounts.0.password", "z"), "a")), sync.Options{})
	officetest.Same(t, "another secret", len(plan.Steps), 1)
	plan = f.Planned(f.Site(text(sealed, "b")), sync.Options{})
	officetest.Same(t, "another user", len(plan.Steps), 1)
	officetest.Same(t, "nothing else", len(f.Planned(f.Site(text(sealed, "a")), sync.Options{}).Steps), 0)
}

// A trial is asked for by its own call, and what the service says of it is told.
func TestConnectorTrial(t *testing.T) {
	for _, row := range []struct{ name, body, said, err string }{
		{"works", "", "测试消息发送成功", ""},
		{"does not", `{"code": 400, "message": "连接器测试失败", "result": "InvalidAccessKeyId: The AccessKeyId is invalid"}`, "",
			"connectors: POST /api/v1/connectors/conn_001/test: 400: 连接器测试失败: InvalidAccessKeyId: The AccessKeyId is invalid"},
		{"does not, and says so in another way", `{"code": 0, "message": "success", "result": {"result": "failed", "message": "no such template"}}`, "no such template",
			`connectors: POST /api/v1/connectors/conn_001/test: the result is "failed" and not ok: no such template`},
		{"says nothing", `{"code": 0, "message": "success", "result": null}`, "",
			`connectors: POST /api/v1/connectors/conn_001/test: the result is "" and not ok`},
	} {
		t.Run(row.name, func(t *testing.T) {
			f := channels(t, sandbox.Options{})
			f.many(1)
			f.Between = func(w http.ResponseWriter, r *http.Request) bool {
				if row.body == "" || r.Method != http.MethodPost {
					return false
				}
				io.WriteString(w, row.body)
				return true
			}
			site := f.Site("connectors: {c000: {}}")
			keys := sync.Testable(site, nil)
			officetest.Same(t, "keys", keys, []schema.Key{{Kind: "connector", Name: "c000"}})
			trial := sync.TestObjects(t.Context(), site, keys)[0]
			officetest.Same(t, "said", trial.Said, row.said)
			if got := fmt.Sprint(trial.Err); row.err == "" && trial.Err != nil || row.err != "" && got != row.err {
				t.Errorf("got %s, want %s", got, row.err)
			}
		})
	}
}
