package cloudbase_test

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"authsync/diff"
	"authsync/remote/cloudbase"
	"authsync/remote/officetest"
	"authsync/remote/sandbox"
	"authsync/schema"
	"authsync/secrets"
	"authsync/sync"
)

// centerKey is the key of the tests, and centerSecret a password.
const (
	centerKey    = sandbox.IntegrationKey
	otherKey     = "another-another-another-another-"
	centerSecret = "hush"
)

// newCenter is an office with the key of the Integration Center.
func newCenter(t *testing.T) *office {
	f := newOffice(t, sandbox.Options{})
	f.Env["CLOUDBASE_INTEGRATION_KEY"] = centerKey
	f.Env["SECRET"] = centerSecret
	f.Env["NEW"] = "a new one"
	return f
}

// wechat is an integration of the type weixinmp as the sandbox takes it.
func wechat(name string) schema.Object {
	return schema.Object{
		"Name":         schema.Text(name),
		"KeyID":        schema.Text("id-" + name),
		"AuthTypeCode": schema.Text("weixinmp"),
		"Ext":          schema.Object{"appId": schema.Text("wx1"), "appsecret": schema.Secret{Value: secrets.Plain(centerSecret)}},
	}
}

func (f *office) seedIntegration(wire schema.Object) {
	f.Helper()
	if err := f.Server.SeedIntegration(officetest.EnvID, wire); err != nil {
		f.Fatal(err)
	}
}

// ext is what the service holds of an integration, its passwords opened.
func (f *office) ext(id string) map[string]string {
	f.Helper()
	held := f.State("cloudbase", officetest.EnvID, "integrations", id)
	out := map[string]string{}
	if err := json.Unmarshal([]byte(held.Text("Ext")), &out); err != nil {
		f.Fatalf("%s: %v", id, err)
	}
	for name, text := range out {
		if cloudbase.LooksSealed(text) {
			clear, err := cloudbase.OpenExt(centerKey, text)
			if err != nil {
				f.Fatalf("%s: %s: %v", id, name, err)
			}
			out[name] = "sealed " + clear
		}
	}
	return out
}

// bodies are the bodies of an action that the sandbox was asked.
func bodies(all []officetest.Asked, action string) []schema.Object {
	var out []schema.Object
	for _, a := range all {
		if a.Action == action {
			v, _ := schema.ParseJSON(a.Body)
			o, _ := v.(schema.Object)
			out = append(out, o)
		}
	}
	return out
}

func (f *office) nothingWritten() {
	f.Helper()
	for _, a := range f.Asked(schema.CloudBase) {
		if a.Write {
			f.Errorf("%s was called", a.Action)
		}
	}
}

const shop = `integrations:
  shop:
    name: my-shop
    authTypeCode: weixinmp
    description: the shop
    ext: {appId: wx9, appsecret: !env SECRET}
    demoCodeFunctionName: shop-demo
    runtimeConfig: {MemorySize: 256}
`

func TestIntegrationIsCreated(t *testing.T) {
	f := newCenter(t)
	f.seedIntegration(wechat("my-shop-2")) // names are searched by part
	f.seedIntegration(wechat("shop"))
	f.Apply(shop, sync.Options{})
	all := f.Asked(schema.CloudBase)
	created := bodies(all, "CreateUserKey")
	if len(created) != 1 {
		t.Fatalf("%d creates", len(created))
	}
	ext := created[0].Text("Ext")
	delete(created[0], "Ext")
	want := schema.Object{
		"EnvId": schema.Text(officetest.EnvID), "Business": schema.Text("integration"), "KeyID": schema.Text("shop"), "Name": schema.Text("my-shop"),
		"AuthTypeCode": schema.Text("weixinmp"), "Description": schema.Text("the shop"), "DemoCodeFunctionName": schema.Text("shop-demo"),
		"RuntimeConfig": schema.Object{"MemorySize": schema.Number("256")},
	}
	if diff := cmp.Diff(want, created[0]); diff != "" {
		t.Errorf("the body (-want +got)\n%s", diff)
	}
	if strings.Contains(ext, centerSecret) || !strings.Contains(ext, `"appId":"wx9"`) {
		t.Errorf("Ext: %s", ext)
	}
	for _, a := range all {
		if in := bodies([]officetest.Asked{a}, a.Action)[0]; in.Text("Business") != "integration" {
			t.Errorf("%s without Business", a.Action)
		}
	}

	// The id is the service's, and is remembered: a new name finds it again.
	site := f.Site(shop)
	e, _ := site.Lock.Entry(schema.Key{Kind: "integration", Name: "shop"})
	if !strings.HasPrefix(e.ID, "shop-") || len(e.ID) <= len("shop-") {
		t.Fatalf("the lock remembers %q", e.ID)
	}
	if got, want := f.ext(e.ID), map[string]string{"appId": "wx9", "appsecret": "sealed hush"}; !cmp.Equal(want, got) {
		t.Errorf("held: %v", got)
	}
	f.Apply(strings.Replace(shop, "my-shop", "your-shop", 1), sync.Options{})
	updated := bodies(f.Asked(schema.CloudBase), "UpdateUserKey")
	if diff := cmp.Diff([]schema.Object{{"EnvId": schema.Text(officetest.EnvID), "Business": schema.Text("integration"),
		"KeyID": schema.Text(e.ID), "Name": schema.Text("your-shop")}}, updated); diff != "" {
		t.Errorf("the update (-want +got)\n%s", diff)
	}
}

// A name is the object's own unless it says another.
func TestIntegrationWithoutAName(t *testing.T) {
	f := newCenter(t)
	f.Apply("integrations: {tools: {authTypeCode: custom, ext: {A: '1'}}}\n", sync.Options{})
	if got := bodies(f.Asked(schema.CloudBase), "CreateUserKey")[0].Text("Name"); got != "tools" {
		t.Errorf("Name %q", got)
	}
}

// ext is sent whole: what the manifest does not name stays, passwords too, and
// no other field goes with it.
func TestExtIsSentWhole(t *testing.T) {
	f := newCenter(t)
	wire := wechat("shop")
	wire["Ext"].(schema.Object)["notifyURL"] = schema.Text("https://made.by.the.service")
	f.seedIntegration(wire)
	f.Apply("integrations: {shop: {ext: {appId: wx2}}}\n", sync.Options{})
	want := map[string]string{"appId": "wx2", "appsecret": "sealed hush", "notifyURL": "https://made.by.the.service"}
	if diff := cmp.Diff(want, f.ext("id-shop")); diff != "" {
		t.Errorf("held (-want +got)\n%s", diff)
	}
	all := f.Asked(schema.CloudBase)
	body := bodies(all, "UpdateUserKey")[0]
	if got := body.Names(); !cmp.Equal(got, []string{"Business", "EnvId", "Ext", "KeyID"}) {
		t.Errorf("sent %v", got)
	}
	for _, in := range bodies(all, "GetOneUserKey") {
		if in["NeedPwd"] != schema.Bool(true) {
			t.Error("asked without NeedPwd")
		}
	}

	// A field that is null goes, and the password is compared in clear.
	f.Apply("integrations: {shop: {ext: {notifyURL: null, appsecret: !env SECRET}}}\n", sync.Options{})
	if diff := cmp.Diff(map[string]string{"appId": "wx2", "appsecret": "sealed hush"}, f.ext("id-shop")); diff != "" {
		t.Errorf("held (-want +got)\n%s", diff)
	}
	f.Apply("integrations: {shop: {ext: {appsecret: !env NEW}}}\n", sync.Options{})
	if diff := cmp.Diff(map[string]string{"appId": "wx2", "appsecret": "sealed a new one"}, f.ext("id-shop")); diff != "" {
		t.Errorf("held (-want +got)\n%s", diff)
	}

	// Without ext in the body, the service keeps it.
	f.Asked(schema.CloudBase)
	f.Apply("integrations: {shop: {description: new, ext: {appId: wx2}}}\n", sync.Options{})
	if body := bodies(f.Asked(schema.CloudBase), "UpdateUserKey")[0]; body["Ext"] != nil {
		t.Errorf("sent %v", body.Names())
	}
}

// What is bound to services is neither deleted nor replaced, and the refusal
// names them.
func TestBoundIntegrations(t *testing.T) {
	f := newCenter(t)
	wire := wechat("shop")
	wire["BindServiceList"] = schema.Object{
		"Apis":          schema.List{schema.Object{"ID": schema.Text("api-1"), "Name": schema.Text("pay")}},
		"CloudFunction": schema.List{schema.Object{"ID": schema.Text("fn-1")}},
		"Mcp":           schema.Null{},
	}
	f.seedIntegration(wire)
	for _, row := range []struct{ name, manifest, want string }{
		{"deleted", "integrations: {}\n", "is not deleted: Apis pay, CloudFunction fn-1 are bound to it"},
		{"replaced", "integrations: {shop: {authTypeCode: custom}}\n", "authTypeCode cannot be changed, and it is not replaced while Apis pay, CloudFunction fn-1 are bound to it"},
	} {
		t.Run(row.name, func(t *testing.T) {
			f.T = t
			plan := f.Plan(f.Site(row.manifest), sync.Options{Unmanaged: sync.DeleteUnmanaged})
			if len(plan.Refusals) != 1 || plan.Refusals[0].Text != row.want {
				t.Errorf("%+v", plan.Refusals)
			}
		})
	}
}

// Another type is another integration: the old one goes first, since the name
// is taken.
func TestIntegrationOfAnotherType(t *testing.T) {
	f := newCenter(t)
	f.seedIntegration(wechat("shop"))
	const manifest = "integrations: {shop: {authTypeCode: custom, ext: {A: '1'}}}\n"
	plan := f.Plan(f.Site(manifest), sync.Options{})
	if shut := plan.Shut(); len(shut) != 1 || shut[0].Name != sync.GateReplace || shut[0].Allow != "replace" {
		t.Errorf("%+v", plan.Gates)
	}
	f.Asked(schema.CloudBase)
	f.Apply(manifest, sync.Options{})
	var writes []string
	for _, a := range f.Asked(schema.CloudBase) {
		if a.Write {
			writes = append(writes, a.Action)
		}
		if a.Action == "DeleteUserKey" && string(a.Body) != `{"EnvId":"acme-prod","KeyID":"id-shop"}` {
			t.Errorf("DeleteUserKey %s", a.Body)
		}
	}
	if !cmp.Equal(writes, []string{"DeleteUserKey", "CreateUserKey"}) {
		t.Errorf("%v", writes)
	}
}

// Two of a name, or a name that went to another, are not guessed at.
func TestIntegrationIsFound(t *testing.T) {
	f := newCenter(t)
	f.Apply("integrations: {tools: {authTypeCode: custom}}\n", sync.Options{})
	site := f.Site("integrations: {tools: {authTypeCode: custom}}\n")
	e, _ := site.Lock.Entry(schema.Key{Kind: "integration", Name: "tools"})
	f.seedIntegration(schema.Object{"Name": schema.Text("other"), "KeyID": schema.Text("id-other"), "AuthTypeCode": schema.Text("custom")})
	for _, row := range []struct{ name, manifest, want string }{
		{"the name of another", "{tools: {name: other}}", "live has " + e.ID + ", which it was when last applied, and id-other, which has its name; say with id: which is meant"},
		{"pinned", "{tools: {name: other, id: id-other}}", ""},
		{"pinned to nothing", "{tools: {id: gone}}", "live has no gone, which id: pins"},
		{"two for one", "{tools: {}, b: {id: " + e.ID + "}}", "is integration/b already"},
	} {
		t.Run(row.name, func(t *testing.T) {
			f.T = t
			plan := f.Plan(f.Site("integrations: "+row.manifest+"\n"), sync.Options{})
			switch {
			case row.want == "" && !plan.Empty():
				t.Errorf("%v %v", plan.Errors, plan.Changes)
			case row.want != "" && (len(plan.Errors) != 1 || !strings.Contains(plan.Errors[0].Error(), row.want)):
				t.Errorf("%v", plan.Errors)
			}
		})
	}

	// An unwanted one whose name no object can have goes by its id.
	f.T = t
	f.seedIntegration(schema.Object{"Name": schema.Text("微信支付"), "KeyID": schema.Text("id-pay"), "AuthTypeCode": schema.Text("custom")})
	plan := f.Plan(f.Site("integrations: {}\n"), sync.Options{})
	if !slices.Contains(plan.Unmanaged, schema.Key{Kind: "integration", Name: "id-pay"}) {
		t.Errorf("%v", plan.Unmanaged)
	}
	f.Apply("integrations: {pay: {name: 微信支付, description: x}}\n", sync.Options{})
}

// An answer to a create that is lost is settled by the name.
func TestIntegrationLostAnswer(t *testing.T) {
	f := newCenter(t)
	f.Fault(`{"match":"CreateUserKey","nth":1,"fault":"lost"}`)
	site := f.Site("integrations: {tools: {authTypeCode: custom}}\n")
	report := sync.Apply(t.Context(), site, f.Planned(site, sync.Options{}), func(sync.Event) {})
	if !report.Complete() || report.Count(sync.Settled) != 1 {
		t.Fatalf("%+v", report)
	}
	if plan := f.Planned(f.Site("integrations: {tools: {authTypeCode: custom, description: x}}\n"), sync.Options{}); plan.Steps[0].Call.Action != "UpdateUserKey" {
		t.Errorf("%v", plan.Steps)
	}
}

// What the service never shows is compared with what was last applied.
func TestRuntimeConfigIsRemembered(t *testing.T) {
	f := newCenter(t)
	f.Apply(shop, sync.Options{})
	f.Asked(schema.CloudBase)
	f.Apply(strings.Replace(shop, "256", "512", 1), sync.Options{})
	if body := bodies(f.Asked(schema.CloudBase), "UpdateUserKey")[0]; body.At("RuntimeConfig", "MemorySize") != schema.Number("512") || body["Ext"] != nil {
		t.Errorf("%v", body)
	}
	f.seedIntegration(wechat("unknown"))
	// What was neither sent nor compared is not taken for applied.
	f.Apply("integrations: {unknown: {description: new, runtimeConfig: {MemorySize: 1}}}\n", sync.Options{})
	plan := f.Planned(f.Site("integrations: {unknown: {runtimeConfig: {MemorySize: 1}}}\n"), sync.Options{})
	if !plan.Empty() || len(plan.Uncompared) != 1 || plan.Uncompared[0].Path.String() != "runtimeConfig.MemorySize" || plan.Uncompared[0].Reason != diff.LiveWriteOnly {
		t.Errorf("%v %v", plan.Changes, plan.Uncompared)
	}
}
