package sandbox

import (
	"fmt"
	"net/url"
	"strings"
	"testing"

	"authsync/schema"
)

func (c *client) heldRecords(path ...string) schema.Value {
	return c.server.openapi.state().At(append([]string{recordEnv}, path...)...)
}

func TestRecordLife(t *testing.T) {
	c := start(t, Options{})
	v := c.openapi()
	made := v.object(201, "POST", rolesPath, `{"code":"admin","name":"管理员","menu":"[1]","on":true,"rank":1.50}`)
	id := made.Text("_id")
	want := `{"_id":"` + id + `","code":"admin","name":"管理员","menu":"[1]","on":true,"rank":1.50,
		"createdAt":1772366400000,"updatedAt":1772366400000,"owner":"1668914562846957570","createBy":"1668914562846957570",
		"updateBy":"1668914562846957570","_departmentList":"[]"}`
	shown := strings.Replace(want, "{", `{"@odata.context":"$metadata#sys_role",`, 1)
	same(t, "created", made, shown)
	one := rolesPath + "('" + id + "')"
	same(t, "read", v.object(200, "GET", one, ""), shown)
	same(t, "kept", c.heldRecords("prod", "sys_role", id), want)
	if c.heldRecords("pre") != nil {
		t.Error("it is in pre too")
	}

	if got := v.do("PATCH", one, `{"name":"Administrator","menu":null}`); got.status != 204 || got.text != "" {
		t.Errorf("patched: %+v", got)
	}
	same(t, "patched", c.heldRecords("prod", "sys_role", id, "name"), `"Administrator"`)
	same(t, "emptied", v.object(200, "GET", one, "")["menu"], `null`)
	same(t, "the rest stays", c.heldRecords("prod", "sys_role", id, "rank"), `1.50`)

	if got := v.do("DELETE", one, ""); got.status != 204 || got.text != "" {
		t.Errorf("deleted: %+v", got)
	}
	same(t, "a record that is not there has no columns", v.object(200, "GET", one, ""), `{"@odata.context":"$metadata#sys_role"}`)
	v.refuses(200, "DELETE", one, "", `"Code":"ResourceNotFound"`)
	v.refuses(200, "PATCH", one, `{}`, `"Code":"ResourceNotFound"`)
}

// The errors of data sources have the form of the management API's, and come
// with HTTP 200.
func TestRecordErrors(t *testing.T) {
	c := start(t, Options{})
	v := c.openapi()
	must(t, c.server.SeedRecord(recordEnv, "prod", "sys_role", wire(t, `{"_id":"r1"}`)))
	for _, test := range []struct{ name, method, path, body, code, text string }{
		{"unknown source", "GET", "/weda/odata/v1/prod/order", "", "ResourceNotFound", "`order`"},
		{"unknown source written", "POST", "/weda/odata/v1/prod/order", `{}`, "ResourceNotFound", "`order`"},
		{"a list", "POST", rolesPath, `{"menu":[]}`, "InvalidParameter", "`menu`"},
		{"an object", "PATCH", rolesPath + "('r1')", `{"menu":{}}`, "InvalidParameter", "`menu`"},
		{"the system's", "POST", rolesPath, `{"_id":"r2"}`, "InvalidParameter", "`_id`"},
		{"the system's patched", "PATCH", rolesPath + "('r1')", `{"updatedAt":1}`, "InvalidParameter", "`updatedAt`"},
		{"unknown option", "GET", rolesPath + "?$expand=a", "", "UnknownParameter", "`$expand`"},
		{"top", "GET", rolesPath + "?$top=-1", "", "InvalidParameterValue", "`$top`"},
		{"skip", "GET", rolesPath + "?$skip=x", "", "InvalidParameterValue", "`$skip`"},
		{"order", "GET", rolesPath + "?$orderby=" + url.QueryEscape("code up"), "", "InvalidParameter", "`$orderby`"},
		{"filter", "GET", rolesPath + "?$filter=code", "", "InvalidParameter", "`$filter`"},
	} {
		t.Run(test.name, func(t *testing.T) {
			response, _ := v.object(200, test.method, test.path, test.body)["Response"].(schema.Object)
			e, _ := response["Error"].(schema.Object)
			if e.Text("Code") != test.code || !strings.Contains(e.Text("Message"), test.text) || response.Text("RequestId") == "" {
				t.Errorf("%s", schema.Show(response))
			}
		})
	}
	v.refuses(400, "POST", rolesPath, `[]`, `"BAD_REQUEST"`)
	c.fault(`{"match":"PATCH /weda","fault":"half"}`)
	r := newSigner("")
	r.method, r.action, r.contentType = "PATCH", "", "application/json"
	req := r.request(t.Context(), c.url+rolesPath+"('r1')", `{"name":"x"}`)
	req.Host = openHost
	req.Header.Set("Authorization", "Bearer sandbox")
	if resp, err := c.roundTrip(req); err == nil {
		t.Errorf("half of an empty answer: %v", resp)
	}
	same(t, "done", c.heldRecords("prod", "sys_role", "r1", "name"), `"x"`)
}

func TestRecordList(t *testing.T) {
	c := start(t, Options{})
	v := c.openapi()
	for _, record := range []string{
		`{"_id":"r1","code":"admin","rank":10,"name":"it's"}`,
		`{"_id":"r2","code":"guest","rank":9,"name":"a\"b"}`,
		`{"_id":"r3","code":"user","rank":9}`,
		`{"_id":"r4","code":"员工","rank":100,"name":""}`,
	} {
		must(t, c.server.SeedRecord(recordEnv, "prod", "sys_role", wire(t, record)))
	}
	for _, test := range []struct{ name, query, ids string }{
		{"newest first", "", "r4 r3 r2 r1"},
		{"order", "$orderby=code", "r1 r2 r3 r4"},
		{"order down", "$orderby=_id desc", "r4 r3 r2 r1"},
		{"two orders, numbers by amount", "$orderby=rank desc,code desc", "r4 r1 r3 r2"},
		{"page", "$orderby=_id&$top=2&$skip=1", "r2 r3"},
		{"last page", "$orderby=_id&$top=2&$skip=3", "r4"},
		{"past the end", "$orderby=_id&$skip=9", ""},
		{"none", "$top=0", ""},
		{"filter", "$filter=code eq 'user'", "r3"},
		{"page of a filter", "$filter=rank eq 9&$orderby=_id&$skip=1&$top=1", "r3"},
	} {
		t.Run(test.name, func(t *testing.T) {
			if got := v.ids(test.query); got != test.ids {
				t.Errorf("got %q, want %q", got, test.ids)
			}
		})
	}
	list := v.object(200, "GET", rolesPath+"?$count=true&$top=1&$orderby=_id&$select="+url.QueryEscape("_id, code,none"), "")
	same(t, "counted and selected", list, `{"@odata.context":"$metadata#sys_role","@odata.count":4,"value":[{"_id":"r1","code":"admin"}]}`)
	list = v.object(200, "GET", rolesPath+"?$count=true&$filter="+url.QueryEscape("rank eq 9"), "")
	same(t, "count of a filter", list["@odata.count"], `2`)
	if v.object(200, "GET", rolesPath, "")["@odata.count"] != nil {
		t.Error("counted without being asked")
	}
}

func (v visitor) ids(query string) string {
	v.t.Helper()
	query = strings.NewReplacer(" ", "%20", `"`, "%22").Replace(query)
	var ids []string
	for _, record := range v.object(200, "GET", rolesPath+"?"+query, "")["value"].(schema.List) {
		ids = append(ids, record.(schema.Object).Text("_id"))
	}
	return strings.Join(ids, " ")
}

func TestRecordPages(t *testing.T) {
	c := start(t, Options{})
	for i := range maxRecordPage + 5 {
		must(t, c.server.SeedRecord(recordEnv, "prod", "sys_role", wire(t, fmt.Sprintf(`{"_id":"r%04d"}`, i))))
	}
	for query, count := range map[string]int{"": 100, "$top=1000": 1000, "$top=9999": 1000, "$top=9999&$skip=1000": 5} {
		if got := len(strings.Fields(c.openapi().ids(query))); got != count {
			t.Errorf("%q: %d records, want %d", query, got, count)
		}
	}
}

func TestSeedRecord(t *testing.T) {
	c := start(t, Options{})
	c.server.DeclareDataSource(recordEnv, "pre", "empty")
	must(t, c.server.SeedRecord(recordEnv, "pre", "order", wire(t, `{"_id":"o1","createdAt":5,"code":"PERMISSION_DENIED","lines":[{"n":1}],"to":{"b":2,"a":"<"}}`)))
	same(t, "state", c.heldRecords("pre", "order", "o1"), `{"_id":"o1","code":"PERMISSION_DENIED","lines":"[{\"n\":1}]","to":"{\"a\":\"<\",\"b\":2}",
		"createdAt":5,"updatedAt":1772366400000,"owner":"1668914562846957570","createBy":"1668914562846957570",
		"updateBy":"1668914562846957570","_departmentList":"[]"}`)
	v := c.openapi()
	same(t, "a source without records", v.object(200, "GET", "/weda/odata/v1/pre/empty", "")["value"], `[]`)
	same(t, "a column named code", v.object(200, "GET", "/weda/odata/v1/pre/order('o1')", "")["code"], `"PERMISSION_DENIED"`)
	v.refuses(200, "GET", "/weda/odata/v1/prod/order", "", "ResourceNotFound")
}
