package cloudbase_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"authsync/remote/officetest"
	"authsync/schema"
	"authsync/sync"
)

func TestIntegrationTemplates(t *testing.T) {
	f := newCenter(t)
	f.seedIntegration(wechat("shop"))
	bound := wechat("github")
	bound["AuthTypeCode"], bound["Ext"] = schema.Text("github"), schema.Object{"token": schema.Text("x")}
	f.seedIntegration(bound)
	f.template("meeting", "{}")
	for _, row := range []struct {
		name, manifest  string
		refusals, notes []string
	}{
		{"an unknown type", "{a: {authTypeCode: weixinpay}}",
			[]string{`authTypeCode "weixinpay" is no type that the environment has a template of, did you mean weixinpaydc?`}, nil},
		{"a type like no other", "{a: {authTypeCode: zzzzzzzzzz}}",
			[]string{`authTypeCode "zzzzzzzzzz" is no type that the environment has a template of; there are alipaydc, custom, github, meeting, weixinmp, weixinpaydc`}, nil},
		{"no type", "{a: {description: x}}", []string{"does not exist yet, and creating it takes authTypeCode; add it to the manifest"}, nil},
		{"nothing that the type needs", "{a: {authTypeCode: alipaydc}}",
			[]string{"ext.appId is missing, and alipaydc needs it", "ext.privateKey is missing, and alipaydc needs it", "ext.alipayPublicKey is missing, and alipaydc needs it"}, nil},
		{"unknown fields", "{a: {authTypeCode: alipaydc, ext: {appId: x, privateKey: !env SECRET, alipayPublicKey: x, notifyUrl: x, 'a.b': x}}}",
			nil, []string{"ext.notifyUrl is no field of alipaydc, did you mean notifyURL?", `ext."a.b" is no field of alipaydc`}},
		{"any field", "{a: {authTypeCode: custom, ext: {WHAT_EVER: x, API_TOKEN: !env SECRET}}}", nil, nil},
		{"a secret that is no password", "{shop: {ext: {appId: !env SECRET}}}", nil,
			[]string{"ext.appId is no password of weixinmp: the service keeps and shows it in clear"}},
		{"what a live one has need not be said", "{shop: {ext: {appId: wx1}}}", nil, nil},
		{"a required field cleared", "{shop: {ext: {appId: null}}}", []string{"ext.appId cannot be cleared: weixinmp needs it"}, nil},
		{"a ticket", "{a: {authTypeCode: github}, b: {authTypeCode: meeting}}", []string{
			"authTypeCode github takes a ticket from signing in there, which only the console gets: create it in the console once, then export",
			"authTypeCode meeting takes a ticket from signing in there, which only the console gets: create it in the console once, then export"}, nil},
		{"a ticket of a live one", "{github: {authTypeCode: github, description: y}}", nil, nil},
		{"another type", "{shop: {authTypeCode: github}}", []string{"authTypeCode github takes a ticket from signing in there, which only the console gets: create it in the console once, then export"}, nil},
		{"no function", "{a: {authTypeCode: weixinmp, ext: {appId: x, appsecret: !env SECRET}}}",
			[]string{"runtimeConfig", "demoCodeFunctionName"}, nil},
	} {
		t.Run(row.name, func(t *testing.T) {
			f.T = t
			plan := f.Plan(f.Site("integrations: "+row.manifest+"\n"), sync.Options{})
			if len(plan.Errors) > 0 {
				t.Fatal(plan.Errors)
			}
			var refusals, notes []string
			for _, r := range plan.Refusals {
				refusals = append(refusals, r.Text)
			}
			for _, n := range plan.Notes {
				if n.Code == sync.NoteChecked {
					notes = append(notes, n.Text)
				}
			}
			if len(refusals) != len(row.refusals) || slices.ContainsFunc(row.refusals, func(want string) bool {
				return !slices.ContainsFunc(refusals, func(got string) bool { return strings.Contains(got, want) })
			}) {
				t.Errorf("refusals: %s", strings.Join(refusals, "\n"))
			}
			slices.Sort(notes)
			slices.Sort(row.notes)
			if diff := cmp.Diff(row.notes, notes); diff != "" {
				t.Errorf("notes (-want +got)\n%s", diff)
			}
		})
	}
	f.nothingWritten()
}

func (f *office) template(code, ext string) {
	f.Helper()
	if err := f.Server.SeedTemplate(officetest.EnvID, schema.Object{"AuthTypeCode": schema.Text(code), "Ext": schema.Text(ext)}); err != nil {
		f.Fatal(err)
	}
}
