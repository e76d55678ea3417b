package sync_test

import (
	"strings"
	"testing"

	"pgregory.net/rapid"

	"authsync/remote/sandbox"
	"authsync/remote/transport"
	"authsync/schema"
	"authsync/schema/quirk"
	"authsync/schema/schematest"
	"authsync/secrets"
	"authsync/sync"
)

var (
	vendorPath = schema.Path{"smsVerificationConfig", "templateProvider"}
	keyGroup   = []string{"SecretId", "SecretKey", "CredentialAuthKeyId"}
)

// vendor is a login configuration with an own SMS account, and fields of it.
func vendor(fields schema.Object) schema.Object {
	account := schema.Object{"vendor": schema.Text("TENCENT_INTL"), "templateId": schema.Text("1"), "sdkAppId": schema.Text("2")}
	return schema.Object{"smsVerificationConfig": schema.Object{"type": schema.Text("template"), "templateProvider": schema.Overlay(account, fields)}}
}

// drawVendor draws what a manifest may say of the account.
func drawVendor(t *rapid.T) schema.Object {
	fields := schema.Object{"templateId": schema.Text(rapid.SampledFrom([]string{"1", "7"}).Draw(t, "templateId"))}
	if by := rapid.SampledFrom([]string{"", "SMS_AUTH_SECRET_KEY", "SMS_AUTH_ASSUME_ROLE"}).Draw(t, "authType"); by != "" {
		fields["authType"] = schema.Text(by)
	}
	if letter := rapid.SampledFrom([]string{"", "A", "B"}).Draw(t, "key"); letter != "" {
		fields["secretId"] = schema.Text("id-" + strings.ToLower(letter))
		fields["secretKey"] = schema.Secret{Value: secrets.Env("S_" + letter)}
	}
	switch id := rapid.SampledFrom([]string{"", "X", "Y", "null"}).Draw(t, "credentialAuthKeyId"); id {
	case "":
	case "null":
		fields["credentialAuthKeyId"] = schema.Null{}
	default:
		fields["credentialAuthKeyId"] = schema.Text(id)
	}
	return vendor(fields)
}

// liveVendor draws what an environment may have from before: the platform's own
// key, one of an id, a role, or another channel.
func (w *world) liveVendor(t *rapid.T) {
	account := schema.Object{"Vendor": schema.Text("TENCENT_INTL"), "TemplateId": schema.Text("1"), "SdkAppId": schema.Text("2")}
	old := schema.Object{"SecretId": schema.Text("id-old"), "SecretKey": schema.Text("clear-old")}
	switch rapid.SampledFrom([]string{"own", "X", "role", "default"}).Draw(t, "live") {
	case "own":
		account = schema.Overlay(account, old)
	case "X":
		account = schema.Overlay(schema.Overlay(account, old), schema.Object{"CredentialAuthKeyId": schema.Text("X")})
	case "role":
		account["AuthType"] = schema.Text("SMS_AUTH_ASSUME_ROLE")
	default:
		return
	}
	w.seed(t, &schema.Login, "", schema.Object{"SmsVerificationConfig": schema.Object{"Type": schema.Text("template"), "TemplateProvider": account}})
}

// keyQuirks draws how the service shows keys.
func keyQuirks(t *rapid.T) quirk.Set {
	set := quirk.Set{}
	for _, name := range []quirk.Name{quirk.SMSSecretKey, quirk.SMSSecretID, quirk.SMSKeyID, quirk.SMSAuthType} {
		row, _ := quirk.Find(name)
		set[name] = rapid.SampledFrom(row.Values()).Draw(t, string(name))
	}
	return set
}

func (w *world) account(t fataler) schema.Object {
	account, _ := held(w.state(t), schema.Key{Kind: "login"}).At("SmsVerificationConfig", "TemplateProvider").(schema.Object)
	return account
}

// However keys are shown, and whatever was there before: a manifest's key is in
// use once it is applied, no mask is stored, an update that changes nothing of the
// key sends nothing of it, and nothing is left to do.
func TestKeysConverge(t *testing.T) {
	w := newWorld(t, transport.Options{})
	count := struct{ all, applied, kept, refused int }{}
	rapid.Check(t, func(t *rapid.T) {
		w.fresh(sandbox.Options{Quirks: keyQuirks(t)})
		w.liveVendor(t)
		var last schema.Object
		for range rapid.IntRange(1, 4).Draw(t, "manifests") {
			fields := drawVendor(t)
			if schematest.Objection(&schema.Login, fields) != "" {
				continue
			}
			count.all++
			applied := w.applyVendor(t, fields, last)
			switch {
			case applied == nil:
				count.refused++
				return
			case !sendsKey(applied):
				count.kept++
			}
			count.applied++
			last = fields
		}
	})
	t.Logf("%+v", count)
	if enough() && (count.refused*2 > count.all || count.kept == 0 || count.kept == count.applied) {
		t.Errorf("too little was applied: %+v", count)
	}
}

// applyVendor applies a manifest, holds what came of it against what it should,
// and returns the plan; nil = it was refused, by authsync or the service.
func (w *world) applyVendor(t *rapid.T, fields, last schema.Object) *sync.EnvironmentPlan {
	before := w.account(t).Clone()
	site := w.site(t, environment(&schema.Declared{Key: schema.Key{Kind: "login"}, Fields: fields}))
	plan := sync.Build(site, sync.Read(t.Context(), site, sync.Options{}), sync.Options{})
	if len(plan.Refusals) > 0 {
		return nil
	}
	report := sync.Apply(t.Context(), site, allowed(plan), silent)
	for _, s := range report.Steps {
		if s.Err != nil && (strings.Contains(s.Err.Error(), "keyID ") || strings.Contains(s.Err.Error(), "SecretId` is required")) {
			return nil // a manifest cannot know which keys there are
		}
	}
	complete(t, report)
	w.keyIs(t, plan, fields, before)
	if same(fields, last, []string{"secretId", "secretKey", "credentialAuthKeyId", "authType"}) && sendsKey(plan) {
		t.Fatalf("the key is as it was applied, and is sent: %s", schema.Show(plan.Steps[0].Call.Body))
	}
	if again := sync.Build(site, sync.Read(t.Context(), site, sync.Options{}), sync.Options{}); !again.Empty() {
		t.Fatalf("the next plan is not empty: %+v %+v %+v", again.Changes, again.Refusals, again.Errors)
	}
	return plan
}

// keyIs fails unless the account is as a manifest has it.
func (w *world) keyIs(t *rapid.T, plan *sync.EnvironmentPlan, fields, before schema.Object) {
	after, wants := w.account(t), fields.At(vendorPath...).(schema.Object)
	if after.Text("TemplateId") != wants.Text("templateId") {
		t.Fatalf("the template is %s", after.Text("TemplateId"))
	}
	for _, name := range keyGroup {
		if strings.Contains(after.Text(name), "*") || after.Text("AuthType") == "SMS_AUTH_ASSUME_ROLE" && after[name] != nil {
			t.Fatalf("%s is %s", name, after.Text(name))
		}
	}
	secret, gives := wants["secretKey"].(schema.Secret)
	switch {
	case len(plan.Uncompared) > 0 && !sendsKey(plan):
	case gives:
		clear, _ := variable(secret.EnvName())
		if after.Text("SecretKey") != clear {
			t.Fatalf("the key is %s, want %s", after.Text("SecretKey"), clear)
		}
	case wants["credentialAuthKeyId"] == nil && before["SecretKey"] != nil && after.Text("AuthType") != "SMS_AUTH_ASSUME_ROLE" && !schema.Same(before["SecretKey"], after["SecretKey"]):
		t.Fatalf("the key was %s, is %s", before.Text("SecretKey"), after.Text("SecretKey"))
	}
	if id := wants.Text("credentialAuthKeyId"); id != "" && after.Text("CredentialAuthKeyId") != id {
		t.Fatalf("the key of the id %q is in use, want %q", after.Text("CredentialAuthKeyId"), id)
	}
}

// same reports whether two manifests say the same of some fields of the account.
func same(a, b schema.Object, names []string) bool {
	x, _ := a.At(vendorPath...).(schema.Object)
	y, _ := b.At(vendorPath...).(schema.Object)
	for _, name := range names {
		if x == nil || y == nil || !schema.Same(x[name], y[name]) {
			return false
		}
	}
	return true
}

// sendsKey reports whether a plan sends anything of a key.
func sendsKey(plan *sync.EnvironmentPlan) bool {
	for _, s := range plan.Steps {
		account, _ := s.Call.Body.At("SmsVerificationConfig", "TemplateProvider").(schema.Object)
		for _, name := range keyGroup {
			if account[name] != nil {
				return true
			}
		}
	}
	return false
}
