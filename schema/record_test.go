package schema_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"authsync/schema"
)

func TestFaultsOfRecords(t *testing.T) {
	const group = head + "records:\n  sys_role: {envType: prod, key: code, rows: {"
	for _, row := range []struct {
		name, text string
		want       []string
	}{
		{"right", group + "admin: {name: A, on: true, n: 1.50, list: [1, {a: b}], open: {a: {b: null}}, gone: null, s: !env X, extra: {a: 1}}}}\n", nil},
		{"the key said again", group + "admin: {code: admin}, \"1\": {code: 1}, \"true\": {code: 'true'}}}\n", nil},
		{"no rows", head + "records: {sys_role: {envType: pre, key: code}}\n", nil},
		{"open api by itself", "apiVersion: authsync/v1\nkind: Environment\nname: test\nsystems: {openapi: {url: 'https://a.example'}}\nrecords: {sys_role: {envType: pre, key: code}}\n", nil},
		{"another key", group + "admin: {code: root}}}\n",
			[]string{`m.yaml:6:61: records.sys_role.rows.admin.code: is the key, which is the row's name, "admin"; leave it out, or name the row otherwise`}},
		{"no key", group + "admin: {code: null}, b: {code: [b]}, c: {code: {c: d}}}}\n", []string{
			`m.yaml:6:61: records.sys_role.rows.admin.code: is the key, which is the row's name, "admin"; leave it out, or name the row otherwise`,
			`m.yaml:6:78: records.sys_role.rows.b.code: is the key, which is the row's name, "b"; leave it out, or name the row otherwise`,
			`m.yaml:6:94: records.sys_role.rows.c.code: is the key, which is the row's name, "c"; leave it out, or name the row otherwise`}},
		{"the service's columns", group + "a: {_id: x, owner: x, createdAt: 1, '@odata.etag': x, _departmentList: []}}}\n", []string{
			"m.yaml:6:51: records.sys_role.rows.a._id: is set by the service and cannot be managed",
			"m.yaml:6:59: records.sys_role.rows.a.owner: is set by the service and cannot be managed",
			"m.yaml:6:69: records.sys_role.rows.a.createdAt: is set by the service and cannot be managed",
			`m.yaml:6:83: records.sys_role.rows.a."@odata.etag": is set by the service and cannot be managed`,
			"m.yaml:6:101: records.sys_role.rows.a._departmentList: is set by the service and cannot be managed"}},
		{"nothing of the group", head + "records: {sys_role: {rows: {}}}\n", []string{
			"m.yaml:5:21: records.sys_role: envType is missing", "m.yaml:5:21: records.sys_role: key is missing"}},
		{"another type of environment", head + "records: {sys_role: {envType: production, key: code}}\n",
			[]string{`m.yaml:5:31: records.sys_role.envType: "production" is not one of prod, pre`}},
		{"a key of the service", head + "records: {sys_role: {envType: prod, key: _id}}\n",
			[]string{"m.yaml:5:42: records.sys_role.key: _id is set by the service; rows are named by a column of your own"}},
		{"a key that is no name", head + "records: {sys_role: {envType: prod, key: \"code eq 'x' or code\"}}\n",
			[]string{`m.yaml:5:42: records.sys_role.key: "code eq 'x' or code" is not the name of a column (letters, digits and _)`}},
		{"a data source that is none", head + "records: {sys/role: {envType: prod, key: code}, \"x('y')\": {envType: prod, key: code}}\n", []string{
			`m.yaml:5:11: records.sys/role: "sys/role" is not the identifier of a data source (letters, digits, _ and -)`,
			`m.yaml:5:49: records.x('y'): "x('y')" is not the identifier of a data source (letters, digits, _ and -)`}},
		{"a misspelt setting", head + "records: {sys_role: {envtype: prod, envType: prod, key: code, row: {}}}\n", []string{
			"m.yaml:5:22: records.sys_role.envtype: unknown field, did you mean envType?",
			"m.yaml:5:63: records.sys_role.row: unknown field, did you mean rows?"}},
		{"rows that are none", head + "records: {sys_role: {envType: prod, key: code, rows: [admin]}}\n",
			[]string{"m.yaml:5:54: records.sys_role.rows: takes a mapping, not a list"}},
		{"a row that is none", group + "admin: }}\n", []string{"m.yaml:6:54: records.sys_role.rows.admin: takes a mapping, not null"}},
		{"a row without a name", group + "\"\": {}}}\n", []string{`m.yaml:6:47: records.sys_role.rows."": "" is not a value of the key column (at most 255 characters)`}},
		{"a secret in clear where it says so", group + "a: {s: !plain x}}}\n", []string{
			"m.yaml:6:54: records.sys_role.rows.a.s: !plain is for a sandbox's seed only; seal it with: authsync secrets seal --in m.yaml --path records.sys_role.rows.a.s"}},
	} {
		t.Run(row.name, func(t *testing.T) {
			got := faults(t, map[string]string{"m.yaml": row.text}, schema.Wrong)
			if diff := cmp.Diff(row.want, got); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
		})
	}
}

// An object in a column is one value, whether a manifest or a service spells it
// as an object or as text.
func TestColumns(t *testing.T) {
	for _, row := range []struct {
		name string
		wire schema.Value
		want schema.Value // nil = unset
		back schema.Value
	}{
		{"text", schema.Text("a"), schema.Text("a"), schema.Text("a")},
		{"nothing", schema.Text(""), nil, nil},
		{"null", schema.Null{}, nil, nil},
		{"zero", schema.Number("0"), schema.Number("0"), schema.Number("0")},
		{"no", schema.Bool(false), schema.Bool(false), schema.Bool(false)},
		{"an object in text", schema.Text(`{"b": [1, {}]}`), schema.Object{"b": schema.List{schema.Number("1"), schema.Object{}}},
			schema.Packed{Value: schema.Object{"b": schema.List{schema.Number("1"), schema.Object{}}}}},
		{"an object", schema.Object{"a": schema.Null{}}, schema.Object{"a": schema.Null{}}, schema.Packed{Value: schema.Object{"a": schema.Null{}}}},
		{"a list in text", schema.Text(`["a"]`), schema.List{schema.Text("a")}, schema.Packed{Value: schema.List{schema.Text("a")}}},
		{"text that only begins so", schema.Text(`[x] marks`), schema.Text(`[x] marks`), schema.Text(`[x] marks`)},
	} {
		t.Run(row.name, func(t *testing.T) {
			fields, err := schema.Record.FromWire(schema.Object{"column": row.wire, "_id": schema.Text("x"), "@odata.context": schema.Text("x"), "owner": schema.Text("x")})
			if err != nil {
				t.Fatal(err)
			}
			want, back := schema.Object{}, schema.Object{}
			if row.want != nil {
				want["column"], back["column"] = row.want, row.back
			}
			if diff := cmp.Diff(schema.Value(want), schema.Unwrap(fields)); diff != "" {
				t.Errorf("read (-want +got)\n%s", diff)
			}
			if diff := cmp.Diff(schema.Value(back), schema.Unwrap(schema.Record.ToWire(fields))); diff != "" {
				t.Errorf("written (-want +got)\n%s", diff)
			}
		})
	}
}
