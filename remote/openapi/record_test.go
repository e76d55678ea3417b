package openapi_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"sort"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"authsync/remote/officetest"
	"authsync/remote/openapi"
	"authsync/remote/sandbox"
	"authsync/schema"
	"authsync/sync"
)

// roles seeds rows of sys_role.
func (f *office) roles(envType string, rows ...string) {
	f.Helper()
	for _, row := range rows {
		v, err := schema.ParseJSON([]byte(row))
		if err != nil {
			f.Fatal(err)
		}
		if err := f.Server.SeedRecord(officetest.EnvID, envType, "sys_role", v.(schema.Object)); err != nil {
			f.Fatal(err)
		}
	}
}

// held are the columns of sys_role that a manifest can manage, by code.
func (f *office) held(envType string) map[string]string {
	f.Helper()
	held := map[string]string{}
	for _, row := range f.State("openapi", officetest.EnvID, envType, "sys_role") {
		row := row.(schema.Object).Clone()
		for _, name := range row.Names() {
			if strings.HasPrefix(name, "_") || strings.HasPrefix(name, "create") || strings.HasPrefix(name, "update") || name == "owner" {
				delete(row, name)
			}
		}
		code := schema.Show(row["code"])
		delete(row, "code")
		held[code] = schema.Show(row)
	}
	return held
}

// calls are the calls to the open API, the reads sorted, tokens left out.
func (f *office) calls() []string {
	f.Helper()
	calls := []string{}
	for _, a := range f.Asked(schema.OpenAPI) {
		if a.Path == openapi.TokenPath {
			continue
		}
		call := a.Method + " " + a.Path
		if query, err := url.ParseQuery(a.Query); err == nil && query.Get("$filter") != "" {
			call += " " + query.Get("$filter")
		}
		if string(a.Body) != "null" {
			call += " " + string(a.Body)
		}
		calls = append(calls, call)
	}
	return calls
}

const rolesHead = "records: {sys_role: {envType: prod, key: code, rows: {"

func TestRecordsAreMadeSo(t *testing.T) {
	f := newOffice(t, sandbox.Options{})
	f.roles("prod",
		`{"_id":"B1","code":"editor","name":"Old","level":1,"note":"gone soon","menus":["a"],"settings":{"theme":"dark","lang":"en"},"own":"x"}`,
		`{"_id":"C1","code":"viewer","name":"Viewer"}`)
	f.Env["PIN"] = "1234"
	report := f.Apply(rolesHead+`
  admin: {name: Administrator, level: 3, on: true, menus: [a, b], settings: {theme: {dark: true}}, pin: !env PIN},
  editor: {name: Editor, level: 1, note: null, menus: [a, b], settings: {lang: zh}},
}}}`, sync.Options{})
	want := map[string]string{
		`"admin"`:  `{"level":3,"menus":"[\"a\",\"b\"]","name":"Administrator","on":true,"pin":"1234","settings":"{\"theme\":{\"dark\":true}}"}`,
		`"editor"`: `{"level":1,"menus":"[\"a\",\"b\"]","name":"Editor","note":null,"own":"x","settings":"{\"lang\":\"zh\",\"theme\":\"dark\"}"}`,
		`"viewer"`: `{"name":"Viewer"}`,
	}
	if diff := cmp.Diff(want, f.held("prod")); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	if got := report.Count(sync.Done); got != 2 {
		t.Errorf("%d steps done, want 2", got)
	}
	var writes []string
	for _, call := range f.calls() {
		if !strings.HasPrefix(call, "GET") {
			writes = append(writes, call)
		}
	}
	sort.Strings(writes)
	if diff := cmp.Diff([]string{
		`PATCH /weda/odata/v1/prod/sys_role('B1') {"menus":"[\"a\",\"b\"]","name":"Editor","note":null,"settings":"{\"lang\":\"zh\",\"theme\":\"dark\"}"}`,
		`POST /weda/odata/v1/prod/sys_role {"code":"admin","level":3,"menus":"[\"a\",\"b\"]","name":"Administrator","on":true,"pin":"1234","settings":"{\"theme\":{\"dark\":true}}"}`,
	}, writes); diff != "" {
		t.Errorf("writes (-want +got)\n%s", diff)
	}
	lock := f.Site("login: {}").Lock
	if e, _ := lock.Entry(schema.Key{Kind: "record", Name: "sys_role/editor"}); e.ID != "B1" {
		t.Errorf("the lock remembers the id %q", e.ID)
	}
	if e, _ := lock.Entry(schema.Key{Kind: "record", Name: "sys_role/admin"}); e.ID == "" {
		t.Error("the lock does not remember the id of the new row")
	}
}

// Nothing is read but the rows that the manifest names, unless the others are
// to be deleted.
func TestOnlyNamedRowsAreTouched(t *testing.T) {
	f := newOffice(t, sandbox.Options{})
	f.roles("prod", `{"_id":"A1","code":"admin"}`, `{"_id":"B1","code":"b"}`, `{"_id":"C1","code":"c"}`, `{"_id":"D1"}`)
	manifest := rolesHead + "admin: {name: A}}}, other: {envType: prod, key: code, rows: {}}}"

	plan := f.Planned(f.Site(manifest), sync.Options{})
	if len(plan.Unmanaged) > 0 {
		t.Errorf("unmanaged %v: nobody asked for them", plan.Unmanaged)
	}
	if diff := cmp.Diff([]string{"GET /weda/odata/v1/prod/sys_role code eq 'admin'"}, f.calls()); diff != "" {
		t.Errorf("a plan (-want +got)\n%s", diff)
	}
	f.Apply(manifest, sync.Options{})
	f.calls()

	manifest = rolesHead + "admin: {name: A}}}}"
	f.Apply(manifest, sync.Options{Unmanaged: sync.DeleteUnmanaged})
	if diff := cmp.Diff(map[string]string{`"admin"`: `{"name":"A"}`, "null": "{}"}, f.held("prod")); diff != "" {
		t.Errorf("pruned (-want +got)\n%s", diff)
	}
	var deleted []string
	for _, call := range f.calls() {
		if strings.HasPrefix(call, "DELETE") {
			deleted = append(deleted, call)
		}
	}
	sort.Strings(deleted)
	if diff := cmp.Diff([]string{"DELETE /weda/odata/v1/prod/sys_role('B1')", "DELETE /weda/odata/v1/prod/sys_role('C1')"}, deleted); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

func TestTargetsOfRecords(t *testing.T) {
	f := newOffice(t, sandbox.Options{})
	site := f.Site("records:\n  sys_role: {envType: prod, key: code, rows: {a: {n: 1}, b: {n: 1}}}\n  sys_user: {envType: pre, key: name, rows: {c: {n: 1}}}")
	for _, row := range []struct {
		target        string
		changes, read []string
	}{
		{"record", []string{"record/sys_role/a", "record/sys_role/b", "record/sys_user/c"}, []string{
			"GET /weda/odata/v1/pre/sys_user name eq 'c'", "GET /weda/odata/v1/prod/sys_role code eq 'a' or code eq 'b'"}},
		{"record/sys_role", []string{"record/sys_role/a", "record/sys_role/b"}, []string{"GET /weda/odata/v1/prod/sys_role code eq 'a' or code eq 'b'"}},
		{"record/sys_role/b", []string{"record/sys_role/b"}, []string{"GET /weda/odata/v1/prod/sys_role code eq 'b'"}},
	} {
		t.Run(row.target, func(t *testing.T) {
			key, err := schema.ParseKey(row.target)
			if err != nil {
				t.Fatal(err)
			}
			plan := f.Planned(site, sync.Options{Targets: []schema.Key{key}})
			var changes []string
			for _, c := range plan.Changes {
				changes = append(changes, c.Key.String())
			}
			read := f.calls()
			sort.Strings(read)
			if diff := cmp.Diff([][]string{row.changes, row.read}, [][]string{changes, read}); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
		})
	}
}

// A key may hold whatever it likes.
func TestKeysAreQuoted(t *testing.T) {
	f := newOffice(t, sandbox.Options{})
	keys := []string{"o'brien", "''", "a b", "a/b", "a+b", "50%", "x&$top=1", "#", "管理员", "' or code ne '", "\"", "line\nbreak", "true", "1"}
	rows := map[string]map[string]string{}
	for _, key := range keys {
		rows[key] = map[string]string{"name": "of " + key}
	}
	text, err := json.Marshal(map[string]any{"sys_role": map[string]any{"envType": "prod", "key": "code", "rows": rows}})
	if err != nil {
		t.Fatal(err)
	}
	f.roles("prod", `{"_id":"it's","code":"o'brien","name":"old"}`, `{"_id":"Z9","code":"somebody else"}`)
	f.Apply("records: "+string(text), sync.Options{})
	f.Apply("records: "+string(text), sync.Options{Unmanaged: sync.DeleteUnmanaged})
	held := f.held("prod")
	for _, key := range keys {
		if got, want := held[schema.Show(schema.Text(key))], schema.Show(schema.Object{"name": schema.Text("of " + key)}); got != want {
			t.Errorf("%q has %s, want %s", key, got, want)
		}
	}
	if len(held) != len(keys) {
		t.Errorf("%d rows, want %d", len(held), len(keys))
	}
}

// A key that is a number is stated as one.
func TestKeyThatIsANumber(t *testing.T) {
	f := newOffice(t, sandbox.Options{})
	f.roles("prod", `{"_id":"A1","code":7,"name":"old"}`)
	f.Apply(rolesHead+`"7": {code: 7, name: seven}, "8": {code: 8}}}}`, sync.Options{Unmanaged: sync.DeleteUnmanaged})
	if diff := cmp.Diff(map[string]string{"7": `{"name":"seven"}`, "8": "{}"}, f.held("prod")); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

// prod and pre are two data sources, and several are read at once.
func TestProdAndPre(t *testing.T) {
	f := newOffice(t, sandbox.Options{})
	f.roles("prod", `{"code":"a","name":"live"}`)
	f.roles("pre", `{"code":"a","name":"preview"}`)
	f.Apply("records: {sys_role: {envType: pre, key: code, rows: {a: {name: changed}}}}", sync.Options{Unmanaged: sync.DeleteUnmanaged})
	if got := f.held("prod")[`"a"`]; got != `{"name":"live"}` {
		t.Errorf("prod has %s", got)
	}
	if got := f.held("pre")[`"a"`]; got != `{"name":"changed"}` {
		t.Errorf("pre has %s", got)
	}
}

func manyRows(f *office, n int) (manifest string) {
	f.Helper()
	var rows strings.Builder
	for i := range n {
		f.roles("prod", fmt.Sprintf(`{"code":"role %d 'é'","name":"n"}`, i))
		fmt.Fprintf(&rows, "%q: {name: n}, ", fmt.Sprintf("role %d 'é'", i))
	}
	return rolesHead + rows.String() + "}}}"
}

// A URL stays below 4 KB, however many rows are wanted.
func TestFiltersFitIntoURLs(t *testing.T) {
	f := newOffice(t, sandbox.Options{})
	manifest := manyRows(f, 500)
	if plan := f.Planned(f.Site(manifest), sync.Options{}); !plan.Empty() {
		t.Errorf("%d changes where there are none", len(plan.Changes))
	}
	lists := 0
	for _, a := range f.Asked(schema.OpenAPI) {
		if n := len("https://acme-prod.ap-shanghai.tcb-api.tencentcloudapi.com" + a.Path + "?" + a.Query); n > 4096 {
			t.Errorf("a URL of %d bytes", n)
		}
		if a.Method != "GET" {
			continue
		}
		lists++
		q, err := url.ParseQuery(a.Query)
		if err != nil || q.Get("$orderby") != "code,_id" || q.Get("$count") != "true" || strings.Contains(a.Query, "+") {
			t.Errorf("%s (%v)", a.Query, err)
		}
	}
	if lists < 2 || lists > 20 {
		t.Errorf("%d lists for 500 rows", lists)
	}
}

// Lists are read to their end, whatever the server does to $top and says of the
// count.
func TestPagesOfRows(t *testing.T) {
	for _, row := range []struct {
		name string
		lie  func(url.Values, schema.Object) schema.Object // nil = none
		top  int                                           // the most that a page has; 0 = what is asked for
		// moved is by how many places the rows have moved when the second page is read.
		moved int
		want  string // part of the error
	}{
		{name: "true"},
		{name: "pages are cut short", top: 30},
		{name: "no count", lie: func(_ url.Values, o schema.Object) schema.Object { delete(o, "@odata.count"); return o }},
		{name: "no count, cut short", top: 70, lie: func(_ url.Values, o schema.Object) schema.Object { delete(o, "@odata.count"); return o }},
		{name: "count too small", lie: func(_ url.Values, o schema.Object) schema.Object { o["@odata.count"] = schema.Number("1"); return o }},
		{name: "count too large", top: 30, lie: func(_ url.Values, o schema.Object) schema.Object { o["@odata.count"] = schema.Number("9999"); return o }},
		{name: "count of another type", lie: func(_ url.Values, o schema.Object) schema.Object { o["@odata.count"] = schema.Text("many"); return o }},
		{name: "a row of an earlier page vanishes", moved: 1},
		{name: "a row of an earlier page appears", moved: -1},
		{name: "no count, cut short, and a row vanishes", top: 70, moved: 1, lie: func(_ url.Values, o schema.Object) schema.Object { delete(o, "@odata.count"); return o }},
		{name: "a page repeats", want: "openapi: GET /weda/odata/v1/prod/sys_role: other rows were deleted or created each time",
			lie: func(q url.Values, o schema.Object) schema.Object { return o }, top: -1},
		{name: "no list", want: "openapi: GET /weda/odata/v1/prod/sys_role: the answer has no list of rows under value",
			lie: func(_ url.Values, o schema.Object) schema.Object { delete(o, "value"); return o }},
		{name: "null", want: "the answer has no list of rows under value",
			lie: func(_ url.Values, o schema.Object) schema.Object { o["value"] = schema.Null{}; return o }},
		{name: "rows of another type", want: "value[0] of the answer is not an object",
			lie: func(_ url.Values, o schema.Object) schema.Object {
				o["value"] = schema.List{schema.Text("x")}
				return o
			}},
		{name: "a row without _id", want: "openapi: GET /weda/odata/v1/prod/sys_role: a row has no _id",
			lie: func(_ url.Values, o schema.Object) schema.Object {
				o["value"] = schema.List{schema.Object{"code": schema.Text("x")}}
				return o
			}},
	} {
		t.Run(row.name, func(t *testing.T) {
			f := newOffice(t, sandbox.Options{})
			manifest := manyRows(f, 450)
			pages := 0
			f.Between = func(w http.ResponseWriter, r *http.Request) bool {
				q := r.URL.Query()
				if r.Method != http.MethodGet || !q.Has("$top") {
					return false
				}
				if pages++; pages == 2 {
					skip, err := strconv.Atoi(q.Get("$skip"))
					if err != nil {
						t.Error(err)
					}
					q.Set("$skip", strconv.Itoa(skip+row.moved))
				}
				if row.top < 0 {
					q.Set("$skip", "0")
				} else if row.top > 0 {
					q.Set("$top", strconv.Itoa(row.top))
				}
				r.URL.RawQuery = q.Encode()
				if row.lie == nil {
					return false
				}
				c := &caught{header: http.Header{}}
				f.Server.ServeHTTP(c, r)
				v, err := schema.ParseJSON(c.body)
				if err != nil {
					t.Error(err)
				}
				text, _ := schema.EncodeJSON(row.lie(q, v.(schema.Object)), nil)
				w.Write(text)
				return true
			}
			plan := f.Plan(f.Site(manifest), sync.Options{Unmanaged: sync.DeleteUnmanaged})
			switch {
			case row.want == "" && (len(plan.Errors) > 0 || !plan.Empty()):
				t.Errorf("%v; %d changes", plan.Errors, len(plan.Changes))
			case row.want != "" && (len(plan.Errors) != 1 || !strings.Contains(plan.Errors[0].Error(), row.want)):
				t.Errorf("%v, want %q", plan.Errors, row.want)
			case row.want != "" && len(plan.Steps) > 0:
				t.Errorf("%d steps after a failed read", len(plan.Steps))
			}
		})
	}
}

// caught is an answer of the sandbox.
type caught struct {
	header http.Header
	status int
	body   []byte
}

func (c *caught) Header() http.Header         { return c.header }
func (c *caught) WriteHeader(status int)      { c.status = status }
func (c *caught) Write(b []byte) (int, error) { c.body = append(c.body, b...); return len(b), nil }

func TestTwoRowsOfOneKey(t *testing.T) {
	f := newOffice(t, sandbox.Options{})
	f.roles("prod", `{"_id":"A1","code":"admin"}`, `{"_id":"A2","code":"admin"}`, `{"_id":"B1","code":"b"}`, `{"_id":"B2","code":"b"}`)
	for _, row := range []struct {
		name, manifest, want string
	}{
		{"a wanted one", rolesHead + "admin: {name: A}}}}", "record/sys_role/admin"},
		{"nobody's business", rolesHead + "c: {name: C}}}}", ""},
	} {
		t.Run(row.name, func(t *testing.T) {
			plan := f.Plan(f.Site(row.manifest), sync.Options{})
			if row.want == "" {
				if len(plan.Errors) > 0 {
					t.Error(plan.Errors)
				}
				return
			}
			if len(plan.Errors) != 1 || len(plan.Steps) > 0 {
				t.Fatalf("%v, %d steps", plan.Errors, len(plan.Steps))
			}
			for _, part := range []string{row.want, "_id A1 and A2", "records.sys_role.key"} {
				if !strings.Contains(plan.Errors[0].Error(), part) {
					t.Errorf("%v does not say %q", plan.Errors[0], part)
				}
			}
		})
	}
}

// What nobody names is deleted by id, when that is asked for.
func TestRowsOfOneKeyArePrunedByID(t *testing.T) {
	f := newOffice(t, sandbox.Options{})
	f.roles("prod", `{"_id":"A1","code":"admin"}`, `{"_id":"A2","code":"admin"}`, `{"_id":"B1","code":"b"}`)
	plan := f.Plan(f.Site(rolesHead+"b: {name: B}}}}"), sync.Options{Unmanaged: sync.DeleteUnmanaged})
	var deleted []string
	for _, s := range plan.Steps {
		if s.Op == sync.OpDelete {
			deleted = append(deleted, s.Key.Name+" "+s.ID)
		}
	}
	if want := []string{"sys_role/A1 A1", "sys_role/A2 A2"}; !slices.Equal(deleted, want) || len(plan.Errors) > 0 {
		t.Errorf("deleted are %q, want %q: %v", deleted, want, plan.Errors)
	}
}

func TestUnknownDataSource(t *testing.T) {
	f := newOffice(t, sandbox.Options{})
	plan := f.Plan(f.Site("records: {sys_rol: {envType: prod, key: code, rows: {}}, roles: {envType: pre, key: code, rows: {a: {}}}}"), sync.Options{})
	if len(plan.Errors) != 1 {
		t.Fatal(plan.Errors)
	}
	const want = "records.roles: there is no such data source in pre: openapi: GET /weda/odata/v1/pre/roles: ResourceNotFound: "
	if got := plan.Errors[0].Error(); !strings.HasPrefix(got, want) || !strings.Contains(got, "request id") {
		t.Errorf("%s\nwant %s", got, want)
	}
}

// A row that was made, though its answer was lost, is found and not made again.
func TestLostAnswersOfRecords(t *testing.T) {
	for _, fault := range []string{"lost", "half"} {
		t.Run(fault, func(t *testing.T) {
			f := newOffice(t, sandbox.Options{})
			f.roles("prod", `{"_id":"B1","code":"b","name":"old"}`, `{"_id":"C1","code":"c"}`)
			f.Fault(`{"match": "POST /weda", "fault": "` + fault + `"}`)
			if fault == "lost" { // what has no body cannot break off
				f.Fault(`{"match": "PATCH /weda", "fault": "lost"}`)
				f.Fault(`{"match": "DELETE /weda", "fault": "lost"}`)
			}
			f.Apply(rolesHead+"a: {}, b: {name: new}}}}", sync.Options{Unmanaged: sync.DeleteUnmanaged})
			if diff := cmp.Diff(map[string]string{`"a"`: "{}", `"b"`: `{"name":"new"}`}, f.held("prod")); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
		})
	}
}

// A write that did not arrive is not taken for done, also where the manifest
// says nothing of the row but its name.
func TestWritesThatWereNotDone(t *testing.T) {
	for _, method := range []string{"POST", "PATCH", "DELETE"} {
		t.Run(method, func(t *testing.T) {
			f := newOffice(t, sandbox.Options{})
			f.roles("prod", `{"code":"b","name":"old"}`, `{"code":"c"}`)
			f.Fault(`{"match": "` + method + ` /weda", "fault": "500"}`)
			site := f.Site(rolesHead + "a: {}, b: {name: new}}}}")
			o := sync.Options{Unmanaged: sync.DeleteUnmanaged}
			report := sync.Apply(t.Context(), site, f.Planned(site, o), func(sync.Event) {})
			var failed []string
			for _, s := range report.Steps {
				if s.Outcome == sync.Failed {
					failed = append(failed, s.Step.Call.Method)
				}
			}
			if diff := cmp.Diff([]string{method}, failed); diff != "" {
				t.Errorf("failed (-want +got)\n%s", diff)
			}
		})
	}
}

// A read that fails stops writes to this system and to no other.
func TestBadAnswersOfTheOpenAPI(t *testing.T) {
	for _, row := range []struct {
		name   string
		status int
		body   string
		want   string
	}{
		{"HTML", 200, "<html><body>login</body></html>", "an HTML or XML page instead of JSON"},
		{"HTML, not found", 404, "<html></html>", "status 404: an HTML or XML page instead of JSON"},
		{"truncated", 200, `{"value":[{"_id":"A`, "truncated JSON"},
		{"text", 200, "ok", "text instead of JSON"},
		{"another type", 200, `[{"_id":"A1"}]`, "JSON of another kind instead of an object"},
		{"nothing", 200, "", "an empty body instead of JSON"},
		{"no content", 204, "", "the answer has no list of rows under value"},
		{"broken", 500, `{"code":"SYS_ERR","message":"sorry","requestId":"r1"}`, "SYS_ERR: sorry (request id r1"},
		{"without a code", 400, `{"error":"x"}`, "status 400"},
	} {
		t.Run(row.name, func(t *testing.T) {
			f := newOffice(t, sandbox.Options{})
			f.roles("prod", `{"code":"a","name":"old"}`)
			f.Between = func(w http.ResponseWriter, r *http.Request) bool {
				if !strings.HasPrefix(r.URL.Path, openapi.RecordsPath) {
					return false
				}
				w.WriteHeader(row.status)
				w.Write([]byte(row.body))
				return true
			}
			site := f.Site("clients: {default: {maxDevice: 3}}\n" + rolesHead + "a: {name: new}}}}")
			plan := f.Plan(site, sync.Options{})
			if len(plan.Errors) != 1 || !strings.HasPrefix(plan.Errors[0].Error(), "openapi: GET /weda/odata/v1/prod/sys_role: ") || !strings.Contains(plan.Errors[0].Error(), row.want) {
				t.Errorf("%v, want %q", plan.Errors, row.want)
			}
			report := sync.Apply(t.Context(), site, plan, func(sync.Event) {})
			if report.Count(sync.Done) != 1 || report.Steps[0].Step.Key.Kind != "client" {
				t.Errorf("the other system did not go on: %+v", report.Steps)
			}
			for _, a := range f.Asked(schema.OpenAPI) {
				if a.Write {
					t.Errorf("%s %s: a write after a failed read", a.Method, a.Path)
				}
			}
		})
	}
}

// A row of a table with columns named like the parts of an error is no error.
func TestRowsThatLookLikeErrors(t *testing.T) {
	f := newOffice(t, sandbox.Options{})
	f.roles("prod", `{"code":"PERMISSION_DENIED","message":"no","requestId":"r"}`)
	f.Apply(rolesHead+"PERMISSION_DENIED: {message: yes it is}, SYS_ERR: {message: m, requestId: r, extra: {a: 1}, Response: {Error: {Code: x}}, value: 3}}}}", sync.Options{})
	f.Apply(rolesHead+"PERMISSION_DENIED: {message: yes it is}, SYS_ERR: {message: m2, extra: {a: 2}}}}}", sync.Options{})
	if got := f.held("prod")[`"SYS_ERR"`]; got != `{"Response":"{\"Error\":{\"Code\":\"x\"}}","extra":"{\"a\":2}","message":"m2","requestId":"r","value":3}` {
		t.Error(got)
	}
}

// A deletion that is answered well and does nothing is seen.
func TestDeletedRowsThatStay(t *testing.T) {
	f := newOffice(t, sandbox.Options{})
	f.roles("prod", `{"code":"c"}`)
	f.Between = func(w http.ResponseWriter, r *http.Request) bool {
		if r.Method == http.MethodDelete && strings.HasPrefix(r.URL.Path, openapi.RecordsPath) {
			w.WriteHeader(http.StatusNoContent)
			return true
		}
		return false
	}
	site, o := f.Site(rolesHead+"}}}"), sync.Options{Unmanaged: sync.DeleteUnmanaged}
	report := sync.Apply(t.Context(), site, f.Planned(site, o), func(sync.Event) {})
	if len(report.ReadBack) != 1 || report.ReadBack[0].Status != sync.NotVisibleYet {
		t.Errorf("%+v", report.ReadBack)
	}
}
