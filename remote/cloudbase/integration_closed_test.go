package cloudbase_test

import (
	"bytes"
	"crypto/cipher"
	"crypto/rand"
	"encoding/base64"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"authsync/remote/cloudbase"
	"authsync/remote/officetest"
	"authsync/schema"
	"authsync/secrets"
	"authsync/sync"
)

// Where the official client goes on with half of what it needs, nothing is
// written.
func TestIntegrationsFailClosed(t *testing.T) {
	const newID = "integrations: {shop: {ext: {appId: wx2}}}\n"
	blank := func(_, out map[string]any) {
		info := out["UserKeyInfo"].(map[string]any)
		info["Ext"] = `{"appId":"wx1","appsecret":""}`
	}
	for _, row := range []struct {
		name     string
		manifest string
		prepare  func(f *office)
		want     string // of the read, the plan or the apply
	}{
		{"no key", newID, func(f *office) { delete(f.Env, "CLOUDBASE_INTEGRATION_KEY") },
			"the service hides ext.appsecret, and the call must send it"},
		{"no key, and the password given", "integrations: {shop: {ext: {appId: wx2, appsecret: !env SECRET}}}\n", func(f *office) { delete(f.Env, "CLOUDBASE_INTEGRATION_KEY") },
			"ext.appsecret: cannot be sealed: there is no integration key: give systems.cloudbase.integrationKey"},
		{"no key for a new one", strings.Replace(shop, "my-shop", "other", 1), func(f *office) { delete(f.Env, "CLOUDBASE_INTEGRATION_KEY") },
			"ext.appsecret: cannot be sealed"},
		{"a short key", newID, func(f *office) { f.Env["CLOUDBASE_INTEGRATION_KEY"] = "short" },
			"systems.cloudbase.integrationKey: the integration key is not 32 bytes long"},
		{"a wrong key", newID, func(f *office) { f.Env["CLOUDBASE_INTEGRATION_KEY"] = otherKey },
			"integration/shop: ext.appsecret: the integration key does not open it"},
		{"a password stored in clear", newID, func(f *office) {
			f.replace("GetOneUserKey", func(_, out map[string]any) {
				out["UserKeyInfo"].(map[string]any)["Ext"] = `{"appId":"wx1","appsecret":"in clear"}`
			})
		}, "integration/shop: ext.appsecret: not sealed"},
		{"a password sealed twice", newID, func(f *office) {
			once, _ := cloudbase.SealExt(centerKey, centerSecret, rand.Reader)
			twice := sealAnything(once)
			f.replace("GetOneUserKey", func(_, out map[string]any) {
				out["UserKeyInfo"].(map[string]any)["Ext"] = `{"appId":"wx1","appsecret":"` + twice + `"}`
			})
		}, "integration/shop: ext.appsecret: was sealed twice"},
		{"a password that is a number", newID, func(f *office) {
			f.replace("GetOneUserKey", func(_, out map[string]any) {
				out["UserKeyInfo"].(map[string]any)["Ext"] = `{"appsecret":1}`
			})
		}, "integration/shop: ext.appsecret: is a password and no text"},
		{"a password that NeedPwd does not show", newID, func(f *office) { f.replace("GetOneUserKey", blank) },
			"the service hides ext.appsecret, and the call must send it"},
		{"a detail without an ext", newID, func(f *office) {
			f.replace("GetOneUserKey", func(_, out map[string]any) { delete(out["UserKeyInfo"].(map[string]any), "Ext") })
		}, "GetOneUserKey: integration/shop: the answer has no Ext, and the list shows one"},
		{"a detail whose ext is no JSON", newID, func(f *office) {
			f.replace("GetOneUserKey", func(_, out map[string]any) { out["UserKeyInfo"].(map[string]any)["Ext"] = "a=b" })
		}, "integration/shop: ext: is no JSON object"},
		{"a detail of another", newID, func(f *office) {
			f.replace("GetOneUserKey", func(_, out map[string]any) { out["UserKeyInfo"].(map[string]any)["KeyID"] = "id-other" })
		}, "GetOneUserKey: the answer is not about this integration"},
		{"a detail that fails", newID, func(f *office) {
			f.Fault(`{"match":"GetOneUserKey","fault":"500","times":50}`)
		}, "cloudbase: GetOneUserKey"},
		{"templates that fail", newID, func(f *office) {
			f.Fault(`{"match":"GetUserKeyTemplateList","fault":"500","times":50}`)
		}, "cloudbase: GetUserKeyTemplateList"},
		{"a type without a template", newID, func(f *office) {
			f.replace("GetUserKeyTemplateList", func(_, out map[string]any) { out["KeyTemplateList"], out["TotalCount"] = []any{}, 0 })
		}, "the service hides ext.appsecret"},
		{"a broken template", newID, func(f *office) {
			f.replace("GetUserKeyTemplateList", func(_, out map[string]any) {
				for _, t := range out["KeyTemplateList"].([]any) {
					t.(map[string]any)["Ext"] = `{"fields":[{"type":"password"}]}`
				}
			})
		}, "the service hides ext.appsecret"},
		{"a password that looks sealed", "integrations: {shop: {ext: {appsecret: !env NEW}}}\n", func(f *office) {
			f.Env["NEW"], _ = cloudbase.SealExt(centerKey, centerSecret, rand.Reader)
		}, "ext.appsecret: already sealed"},
		{"a password in clear", "integrations: {notes: {authTypeCode: secretive, ext: {door: '1234'}}}\n", func(f *office) {
			f.template("secretive", `{"fields":[{"name":"door","type":"password"}]}`)
		}, "ext.door is a password of its type and stands in clear"},
		{"bindings that cannot be read", newID, func(f *office) {
			f.replace("GetUserKeyList", func(_, out map[string]any) {
				out["UserKeyList"].([]any)[0].(map[string]any)["BindServiceList"] = "many"
			})
		}, "GetUserKeyList: id-shop: BindServiceList is not an object"},
	} {
		t.Run(row.name, func(t *testing.T) {
			f := newCenter(t)
			f.seedIntegration(wechat("shop"))
			before := f.State("cloudbase", officetest.EnvID, "integrations")
			row.prepare(f)
			f.Asked(schema.CloudBase)
			site := f.Site(row.manifest)
			plan := f.Plan(site, sync.Options{})
			var texts []string
			for _, err := range plan.Errors {
				texts = append(texts, err.Error())
			}
			for _, r := range plan.Refusals {
				texts = append(texts, r.Text)
			}
			if len(texts) == 0 {
				for _, err := range sync.Apply(t.Context(), site, plan, func(sync.Event) {}).Errors {
					texts = append(texts, err.Error())
				}
			}
			if got := strings.Join(texts, "\n"); !strings.Contains(got, row.want) {
				t.Errorf("it says:\n%s\nwant: %s", got, row.want)
			} else if strings.Contains(got, centerSecret) || strings.Contains(got, "in clear\"") || strings.Contains(got, "1234") {
				t.Errorf("it shows a secret: %s", got)
			}
			f.nothingWritten()
			if diff := cmp.Diff(before, f.State("cloudbase", officetest.EnvID, "integrations")); diff != "" {
				t.Errorf("changed: %s", diff)
			}
		})
	}
}

// A call that was planned is not made either when its ext cannot be sealed.
func TestIntegrationMakeFailsClosed(t *testing.T) {
	f := newCenter(t)
	f.seedIntegration(wechat("shop"))
	site := f.Site(shop)
	service := site.Services["integration"]
	plain := func(name string, v schema.Value) schema.Object {
		return schema.Object{"EnvId": schema.Text(officetest.EnvID), "KeyID": schema.Text("id-shop"), "Name": schema.Text("x"),
			"AuthTypeCode": schema.Text("weixinmp"), "Ext": schema.Packed{Value: schema.Object{name: v}}}
	}
	reveal := (&secrets.Keyring{}).Open
	for _, row := range []struct {
		name string
		body schema.Object
		want string
	}{
		{"in clear", plain("appsecret", schema.Text("1234")), "ext.appsecret: is a password of its type and stands in clear"},
		{"carried in clear", plain("appsecret", schema.Unmodelled{Value: schema.Text("1234")}), "ext.appsecret: is a password of its type and stands in clear"},
		{"hidden", plain("appsecret", schema.Secret{Value: secrets.Hidden("")}), "ext.appsecret: is hidden"},
		{"hidden, and no password", plain("appId", schema.Secret{Value: secrets.Hidden("***")}), "ext.appId: is hidden"},
		{"empty", plain("appsecret", schema.Secret{Value: secrets.Plain("")}), "ext.appsecret"},
		{"not packed", schema.Object{"KeyID": schema.Text("id-shop"), "Ext": schema.Text(`{"appsecret":"1234"}`)}, "ext is no object"},
		{"of an integration that is not there", schema.Object{"KeyID": schema.Text("id-nobody"), "Ext": plain("appId", schema.Text("wx"))["Ext"]}, "does not exist"},
	} {
		t.Run(row.name, func(t *testing.T) {
			_, err := service.Make(t.Context(), sync.Call{System: "cloudbase", Action: "UpdateUserKey", Body: row.body}, reveal)
			if err == nil || !strings.Contains(err.Error(), row.want) || strings.Contains(err.Error(), "1234") {
				t.Errorf("%v, want %s", err, row.want)
			}
		})
	}
	f.nothingWritten()
}

// Without the key, all that is no password is planned and written.
func TestIntegrationsWithoutTheKey(t *testing.T) {
	f := newCenter(t)
	f.seedIntegration(wechat("shop"))
	delete(f.Env, "CLOUDBASE_INTEGRATION_KEY")
	f.Apply("integrations: {shop: {description: new}, tools: {authTypeCode: custom, ext: {A: '1'}}}\n", sync.Options{})

	// A key that is not to be had here is as good as none: the password is new in
	// git, and the plan says that it cannot be sealed here.
	const manifest = "systems: {cloudbase: {envId: " + officetest.EnvID + ", integrationKey: !env NOWHERE}}\nintegrations: {shop: {ext: {appId: wx1, appsecret: !env SECRET}}}\n"
	site, err := f.Connect(manifest)
	if err != nil {
		t.Fatal(err)
	}
	plan := f.Planned(site, sync.Options{})
	if len(plan.Changes) != 1 || len(plan.Changes[0].Fields) != 1 || plan.Changes[0].Fields[0].Path.String() != "ext.appsecret" {
		t.Errorf("%v", plan.Changes)
	}
	var notes []string
	for _, n := range plan.Notes {
		notes = append(notes, n.Text)
	}
	if text := strings.Join(notes, "\n"); !strings.Contains(text, "there is no integration key") {
		t.Errorf("notes: %s", text)
	}
}

// A list of nothing, where something was, is not believed.
func TestIntegrationsAllGone(t *testing.T) {
	f := newCenter(t)
	const manifest = "integrations: {tools: {authTypeCode: custom}}\n"
	f.Apply(manifest, sync.Options{})
	f.replace("GetUserKeyList", func(_, out map[string]any) { out["UserKeyList"] = []any{} })
	plan := f.Plan(f.Site(manifest), sync.Options{})
	if len(plan.Errors) != 1 || !strings.Contains(plan.Errors[0].Error(), "cloudbase: GetUserKeyList: it lists nothing, where integration/tools existed") {
		t.Errorf("%v", plan.Errors)
	}
}

// sealAnything seals also what is sealed, as a client does that does not look.
func sealAnything(text string) string {
	block, err := cloudbase.ExtCipher(centerKey)
	if err != nil {
		panic(err)
	}
	iv := make([]byte, block.BlockSize())
	pad := block.BlockSize() - len(text)%block.BlockSize()
	padded := append([]byte(text), bytes.Repeat([]byte{byte(pad)}, pad)...)
	cipher.NewCBCEncrypter(block, iv).CryptBlocks(padded, padded)
	return base64.StdEncoding.EncodeToString(iv) + base64.StdEncoding.EncodeToString(padded)
}
