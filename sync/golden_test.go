package sync_test

import (
	"bytes"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"authsync/remote/sandbox"
	"authsync/remote/transport"
	"authsync/schema"
	"authsync/schema/quirk"
	"authsync/sync"
	"authsync/sync/planfile"
)

var update = flag.Bool("update", false, "write the plans in testdata/plan again")

const (
	github = `{providerType: OAUTH, name: {message: GitHub}, on: true, config: {clientId: a, clientSecret: !plain clear-a, redirectUri: "https://r.example"}}`
	corp   = `{providerType: OIDC, name: {message: Corp}, on: true, config: {issuer: "https://a.example", clientId: c, clientSecret: !plain clear-c, tokenEndpoint: "https://a.example/token", redirectUri: "https://r.example"}}`
)

// smsAccount is a login configuration with an own SMS account. What it says of
// the template may be said again.
func smsAccount(more string) string {
	template := "templateId: '1', "
	if strings.Contains(more, "templateId") {
		template = ""
	}
	return "login: {smsVerificationConfig: {type: template, templateProvider: {vendor: TENCENT_INTL, sdkAppId: '2', " + template + more + "}}}"
}

func TestGoldenPlans(t *testing.T) {
	for _, row := range []struct {
		name, reason   string
		live, manifest string
		options        sync.Options
		sandbox        sandbox.Options
	}{
		{
			name: "login on and off", reason: "a way in closes only after another has opened, in a step of its own",
			live:     "login: {emailLogin: false, userNameLogin: true, phoneNumberLogin: false, anonymousLogin: true}",
			manifest: "login: {emailLogin: true, anonymousLogin: false}",
		},
		{
			name: "login off only", reason: "closing alone is one step, in the phase that takes away",
			live:     "login: {emailLogin: true, userNameLogin: true, phoneNumberLogin: false, anonymousLogin: true}",
			manifest: "login: {anonymousLogin: false, smsVerificationConfig: {smsDayLimit: 50}}",
		},
		{
			name: "create with follow-up", reason: "AddProvider takes neither emailConfig nor autoSignUpWithProviderUser: a second call does",
			live:     "providers: {}",
			manifest: "providers: {gitlab: {providerType: OAUTH, name: {message: GitLab}, autoSignUpWithProviderUser: false, config: {clientId: g, clientSecret: !env S_G}}}",
		},
		{
			name: "issuer with stated endpoints", reason: "discovery overwrites what the manifest states, so it is written again from a fresh read",
			live:     "providers: {corp: " + corp + "}",
			manifest: "providers: {corp: {config: {issuer: \"https://b.example\", tokenEndpoint: \"https://own.example/token\"}}}",
		},
		{
			name: "issuer alone", reason: "old endpoints do not travel with a new issuer",
			live:     "providers: {corp: " + corp + "}",
			manifest: "providers: {corp: {config: {issuer: \"https://b.example\"}}}",
		},
		{
			name: "issuer of another type", reason: "only OIDC discovers: what live has of an OAUTH provider travels along",
			live:     "providers: {corp: " + strings.Replace(corp, "OIDC", "OAUTH", 1) + "}",
			manifest: "providers: {corp: {config: {issuer: \"https://b.example\"}}}",
		},
		{
			name: "masked secret", reason: "config is sent whole, its secret is hidden and not in the manifest: refused",
			live:     "providers: {github: " + github + "}",
			manifest: "providers: {github: {config: {clientId: b}}}",
			sandbox:  sandbox.Options{Quirks: quirk.Set{quirk.ClientSecret: quirk.Masked, quirk.SMTPPassword: quirk.Masked}},
		},
		{
			name: "rule broken with live", reason: "what breaks a rule only together with live is refused, and the field is a path",
			live:     "providers: {github: {providerType: OAUTH, name: {message: GitHub}, on: true, config: {clientId: a, clientSecret: !plain clear-a, redirectUri: \"https://r.example\", scope: user}}}",
			manifest: "providers: {github: {providerType: OIDC, config: {clientId: b}}}",
		},
		{
			name: "masked secret given", reason: "the manifest gives the hidden secret, so config can be sent",
			live:     "providers: {github: " + github + "}",
			manifest: "providers: {github: {config: {clientId: b, clientSecret: !env S_B}}}",
			sandbox:  sandbox.Options{Quirks: quirk.Set{quirk.ClientSecret: quirk.Masked, quirk.SMTPPassword: quirk.Masked}},
		},
		{
			name: "secret not compared", reason: "a hidden secret alone is no difference, and the plan says that it was not compared",
			live:     "providers: {github: " + github + "}",
			manifest: "providers: {github: {config: {clientSecret: !env S_B}}}",
			sandbox:  sandbox.Options{Quirks: quirk.Set{quirk.ClientSecret: quirk.Masked, quirk.SMTPPassword: quirk.Masked}},
		},
		{
			name: "rewrite secrets", reason: "asked to, the plan sends what it cannot compare",
			live:     "providers: {github: " + github + "}",
			manifest: "providers: {github: {config: {clientSecret: !env S_B}}}",
			sandbox:  sandbox.Options{Quirks: quirk.Set{quirk.ClientSecret: quirk.Masked, quirk.SMTPPassword: quirk.Masked}}, options: sync.Options{Secrets: sync.RewriteUnknown},
		},
		{
			name: "variable not set", reason: "a plan needs no secret: one that cannot be opened here is not compared",
			live:     "providers: {github: " + github + "}",
			manifest: "providers: {github: {config: {clientSecret: !env NOT_SET}}}",
		},
		{
			name: "phantom email", reason: "the service shows an e-mail provider that nobody made; it is written to with ModifyProvider, never added",
			live:     "providers: {}",
			manifest: "providers: {email: {on: true, emailConfig: {on: true}}}",
		},
		{
			name: "carried fields", reason: "what this version does not model travels with the whole field, and is not shown",
			live:     "providers: {github: {providerType: OAUTH, name: {message: GitHub}, config: {clientId: a, redirectUri: \"https://r.example\", requestParametersMap: {extra: {IsGithub: SECRET}}, extra: {Beta: {x: [1, 2]}}}}}",
			manifest: "providers: {github: {config: {clientId: b, clientSecret: !env S_B}}}",
		},
		{
			name: "prune", reason: "what git does not name is deleted when asked; phantoms and the reserved ones are not",
			live:     "providers: {github: " + github + ", old: " + github + ", custom: {providerType: CUSTOM, name: {message: Custom}, on: true}}",
			manifest: "providers: {github: {config: {clientId: a}}}",
			options:  sync.Options{Unmanaged: sync.DeleteUnmanaged},
		},
		{
			name: "unmanaged", reason: "not asked to prune, the plan lists what git does not name and leaves it alone",
			live:     "providers: {github: " + github + ", old: " + github + "}",
			manifest: "providers: {github: {config: {clientId: a}}}",
		},
		{
			name: "zero is sent", reason: "0 is a value, not an absence",
			live:     "clients: {default: {maxDevice: 5}}",
			manifest: "clients: {default: {maxDevice: 0}}",
		},
		{
			name: "null clears", reason: "null is written as \"\", since clients of the service cannot send null",
			live:     "providers: {github: " + github + "}",
			manifest: "providers: {github: {picture: null, config: {redirectUri: null, clientSecret: null}}}",
		},
		{
			name: "unspecified", reason: "unspecified is content with what it stands for, and written over anything else",
			live:     "providers: {github: {providerType: OAUTH, name: {message: GitHub}, on: true, autoSignInWhenEmailMatch: true, config: {clientId: a}}}",
			manifest: "providers: {github: {on: unspecified, autoSignInWhenEmailMatch: unspecified}}",
		},
		{
			name: "clamped life", reason: "what the service will make of a short refresh token is compared, so there is no eternal difference",
			live:     "clients: {default: {accessTokenExpiresIn: 2940s, refreshTokenExpiresIn: 1h}}",
			manifest: "clients: {default: {accessTokenExpiresIn: 30m, refreshTokenExpiresIn: 1h}}",
		},
		{
			name: "targets", reason: "only what is targeted is read, compared and planned",
			live:     "login: {emailLogin: false, userNameLogin: true, phoneNumberLogin: false, anonymousLogin: false}\nproviders: {github: " + github + ", corp: " + corp + "}",
			manifest: "login: {emailLogin: true}\nproviders: {github: {on: false}, corp: {on: false}}",
			options:  sync.Options{Targets: []schema.Key{{Kind: "provider", Name: "corp"}}},
		},
		{
			name: "client that does not exist", reason: "there is no call that creates any client but the default one",
			live:     "clients: {}",
			manifest: "clients: {web: {maxDevice: 1}, default: {maxDevice: 1}}",
		},
		{
			name: "create without a name", reason: "what a create needs is asked for before anything is sent",
			live:     "providers: {}",
			manifest: "providers: {gitlab: {on: true}}",
		},
		{
			name: "public OIDC client with endpoints", reason: "the second call would send a secret that the service may be hiding: refused before the first",
			live:     "providers: {}",
			manifest: "providers: {corp: {providerType: OIDC, name: {message: Corp}, config: {issuer: \"https://a.example\", clientId: c, tokenEndpoint: \"https://own.example/token\"}}}",
		},
		{
			name: "sms template with a hidden key", reason: "what is not given of a key is kept: another field is changed without it, and no plan is refused for what live hides",
			live:     smsAccount("secretId: AKIDa, secretKey: !plain clear-a"),
			manifest: smsAccount("templateId: '7'"),
			sandbox:  sandbox.Options{Quirks: quirk.Set{quirk.SMSSecretKey: quirk.Masked, quirk.SMSSecretID: quirk.Part}},
		},
		{
			name: "sms key overwritten", reason: "a key without an id overwrites the platform's own, and both halves of it are sent",
			live:     smsAccount("secretId: AKIDa, secretKey: !plain clear-a"),
			manifest: smsAccount("secretId: AKIDb, secretKey: !env S_B"),
		},
		{
			name: "sms key of an id", reason: "a key with an id that is not in use is made under it",
			live:     smsAccount("secretId: AKIDa, secretKey: !plain clear-a"),
			manifest: smsAccount("secretId: AKIDb, secretKey: !env S_B, credentialAuthKeyId: mine"),
		},
		{
			name: "sms id alone", reason: "an id alone uses the key of that id: what live has of another is not sent with it",
			live:     smsAccount("secretId: AKIDa, secretKey: !plain clear-a"),
			manifest: smsAccount("credentialAuthKeyId: mine"),
		},
		{
			name: "sms key of an id that is in use", reason: "a key of an id is made once: the plan is refused before the service does",
			live:     smsAccount("secretId: AKIDa, secretKey: !plain clear-a, credentialAuthKeyId: mine"),
			manifest: smsAccount("secretId: AKIDb, secretKey: !env S_B, credentialAuthKeyId: mine"),
		},
		{
			name: "sms id without its key cleared", reason: "leaving both out keeps the key: nothing but a new one takes an id away",
			live:     smsAccount("secretId: AKIDa, secretKey: !plain clear-a, credentialAuthKeyId: mine"),
			manifest: smsAccount("credentialAuthKeyId: null"),
		},
		{
			name: "sms half of a key", reason: "live hides the other half, and a new key takes both",
			live:     smsAccount("secretId: AKIDa, secretKey: !plain clear-a"),
			manifest: smsAccount("secretId: AKIDb"),
		},
		{
			name: "sms role", reason: "a role needs no key: what live has of one is not sent",
			live:     smsAccount("secretId: AKIDa, secretKey: !plain clear-a"),
			manifest: smsAccount("authType: SMS_AUTH_ASSUME_ROLE"),
		},
		{
			name: "sms key beside a role", reason: "a key together with live's role breaks a rule that the manifest alone does not",
			live:     smsAccount("authType: SMS_AUTH_ASSUME_ROLE"),
			manifest: smsAccount("secretId: AKIDb, secretKey: !env S_B"),
		},
		{
			name: "sms function beside an account", reason: "another channel leaves the account of before, less its key, and less what the service would object to",
			live:     smsAccount("secretId: AKIDa, secretKey: !plain clear-a"),
			manifest: "login: {smsVerificationConfig: {type: function, cloudFunction: {functionName: SendVerificationCode}}}",
		},
		{
			name: "sms function beside half an account", reason: "what live has of an account that the service would object to is not sent",
			live:     "login: {smsVerificationConfig: {type: default, templateProvider: {sdkAppId: '2'}}}",
			manifest: "login: {smsVerificationConfig: {type: function, cloudFunction: {functionName: SendVerificationCode}}}",
		},
		{
			name: "sms parameters in their order", reason: "the order of a template's parameters is their meaning, and their names need not be there",
			live:     smsAccount("secretId: AKIDa, secretKey: !plain clear-a, templateExtendParam: [{value: x}, {value: y}]"),
			manifest: smsAccount("templateExtendParam: [{value: y}, {value: x}]"),
		},
		{
			name: "domains come and go", reason: "a domain is added before another goes; the one that a redirectUri uses trips lockout, the platform's own stay",
			live:     "authDomains: [r.example, old.example]\nproviders: {github: " + github + "}",
			manifest: "authDomains: [new.example, \"localhost:3000\"]\nproviders: {github: {on: true}}",
			options:  sync.Options{Unmanaged: sync.DeleteUnmanaged},
		},
		{
			name: "first login key", reason: "one that was made elsewhere, which no call shows, would end: lockout",
			live:     "customLoginKey: {}",
			manifest: "recipients: [age1n4jkj5grdlgrpffkytru5umezddty8ywfa3k45795vm47suq5eeqy0vfyg]\ncustomLoginKey: {rotateAfter: 180d}",
		},
		{
			name: "nothing to do", reason: "sets without order, spans in any unit, unset in any form",
			live:     "clients: {default: {accessTokenExpiresIn: 7200}}\nproviders: {github: {providerType: OAUTH, name: {message: G, localized: [{locale: en, message: G}, {locale: zh, message: H}]}, description: {message: D}, config: {clientId: a}}}",
			manifest: "clients: {default: {accessTokenExpiresIn: 2h}}\nproviders: {github: {picture: null, description: {message: D, localized: []}, name: {message: G, localized: [{message: H, locale: zh}, {locale: en, message: G}]}}}",
		},
	} {
		t.Run(row.name, func(t *testing.T) {
			if row.reason == "" {
				t.Fatal("a golden plan needs a reason")
			}
			w := newWorld(t, transport.Options{})
			w.put(t, row.sandbox, row.live+"\n")
			site := w.site(t, manifest(t, row.manifest+"\n", schema.SecretsSealed))
			plan := sync.Plan{Environments: []*sync.EnvironmentPlan{sync.Build(site, w.read(t, site, row.options), row.options)}}
			plan.Environments[0].File = "test.yaml" // and not where the test has put it
			var got bytes.Buffer
			if err := planfile.WriteJSON(&got, &plan, "test"); err != nil {
				t.Fatal(err)
			}
			if writes := w.writes(t); len(writes) > 0 {
				t.Errorf("planning wrote: %+v", writes)
			}
			golden(t, row.name, got.String())
		})
	}
}

func golden(t *testing.T, name, got string) {
	t.Helper()
	file := filepath.Join("testdata", "plan", strings.ReplaceAll(name, " ", "-")+".golden")
	if *update {
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("(-want +got; write it again with -update)\n%s", diff)
	}
	if strings.Contains(got, "clear-") || strings.Contains(got, "SECRET") {
		t.Error("the plan holds a secret, or what nobody knows not to be one")
	}
}
