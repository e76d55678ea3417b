package schema_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"gopkg.in/yaml.v3"
	"pgregory.net/rapid"

	"authsync/schema"
	"authsync/secrets"
)

// ruleOf reads one rule, as a policy has it.
func ruleOf(t *testing.T, rule string) *schema.PolicyRule {
	t.Helper()
	dir := t.TempDir()
	for name, text := range map[string]string{
		"policy.yaml": "apiVersion: authsync/v1\nkind: Policy\nrules:\n  it: " + rule + "\n",
		"prod.yaml":   "apiVersion: authsync/v1\nkind: Environment\nname: prod\nsystems: {cloudbase: {envId: acme-1}}\nlogin: {}\n",
	} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	loaded := schema.Load([]string{dir}, schema.SecretsSealed)
	if err := loaded.Faults.Err(); err != nil {
		t.Fatal(err)
	}
	return loaded.Policies[0].Rules[0]
}

func TestRulesJudgeWhatIsHeld(t *testing.T) {
	secret := schema.Secret{}
	for _, row := range []struct {
		rule  string
		value schema.Value // nil = not set
		want  string       // a part of what is found; "" = nothing
	}{
		{"{field: login.mfaConfig.on, equals: true}", schema.True, ""},
		{"{field: login.mfaConfig.on, equals: true}", schema.False, "is false, and policy it takes true"},
		{"{field: login.mfaConfig.on, equals: true}", nil, "is not set, and policy it takes true"},
		{"{field: login.mfaConfig.on, equals: false}", nil, ""}, // what is not set is off
		{"{field: login.anonymousLogin, equals: false}", schema.Bool(true), "is true"},
		{"{field: login.anonymousLogin, not: true}", schema.Bool(true), "does not take true"},
		{"{field: login.anonymousLogin, not: true}", nil, ""},
		{"{field: providers.*.autoSignInWhenPhoneNumberMatch, equals: false}", schema.Unspecified, "is unspecified"},
		{"{field: clients.*.accessTokenExpiresIn, max: 2h}", schema.Seconds(7200), ""},
		{"{field: clients.*.accessTokenExpiresIn, max: 2h}", schema.Seconds(7201), "at most 2h"},
		{"{field: clients.*.accessTokenExpiresIn, max: 1h}", nil, "is not set, and policy it takes at most 1h"}, // the default is 2h
		{"{field: clients.*.accessTokenExpiresIn, max: 2h}", nil, ""},
		{"{field: clients.*.accessTokenExpiresIn, min: 1h}", schema.Seconds(1800), "at least 1h"},
		{"{field: clients.*.maxDevice, max: 5}", schema.Number("-1"), "is -1"}, // any number
		{"{field: clients.*.maxDevice, min: 2}", schema.Number("-1"), ""},
		{"{field: clients.*.maxDevice, oneOf: [1, 2]}", schema.Number("2"), ""},
		{"{field: clients.*.maxDevice, noneOf: [-1]}", schema.Number("-1"), "takes none of -1"},
		{"{field: apiKeys.*.expireIn, max: 90d}", schema.Seconds(0), "at most 90d"}, // for ever
		{"{field: providers.*.config.redirectUri, hosts: [\"*.example.com\"]}", schema.Text("https://a.b.EXAMPLE.com./cb"), ""},
		{"{field: providers.*.config.redirectUri, hosts: [\"*.example.com\"]}", schema.Text("https://example.com/cb"), "takes the hosts"},
		{"{field: providers.*.config.redirectUri, hosts: [\"*.example.com\"]}", schema.Text("https://evil.org/.example.com"), "takes the hosts"},
		{"{field: providers.*.config.redirectUri, hosts: [\"*.example.com\"]}", schema.Text("https://a.example.com@evil.org/"), "takes the hosts"},
		{"{field: providers.*.config.redirectUri, hosts: [\"*.example.com\"]}", schema.Text(`https://evil.org\.example.com/`), "takes the hosts"},
		{"{field: providers.*.config.redirectUri, hosts: [\"*.example.com\"]}", schema.Text("https://evilexample.com/"), "takes the hosts"},
		{"{field: providers.*.config.redirectUri, hosts: [\"a.example.com:8443\"]}", schema.Text("https://a.example.com/"), "takes the hosts"},
		{"{field: providers.*.config.redirectUri, hosts: [a.example.com]}", nil, ""},
		{"{field: connectors.*.config.tls, equals: true}", schema.Unmodelled{Value: schema.Text("false")}, "is another, and policy"},
		{"{field: connectors.*.config.tls, equals: true}", schema.Unmodelled{Value: schema.Text("true")}, ""},
		{"{field: connectors.*.config.timeout, max: 30}", schema.Unmodelled{Value: schema.Number("31")}, "is another"},
		{"{field: providers.*.config.clientSecret, set: true}", schema.Null{}, "is not set, and policy it takes a value"},
		{"{field: connectors.*.config.name, equals: x}", schema.Object{"inside": secret}, "is a secret, whose value policy it does not judge"},
		{"{field: login, set: true}", schema.Object{}, ""},
		{"{field: providers.*.config.scope, equals: \"true\"}", schema.Text("T"), "is T"},
	} {
		text, _ := ruleOf(t, row.rule).Judge(row.value, schema.Held)
		if (text == "") != (row.want == "") || !strings.Contains(text, row.want) {
			t.Errorf("%s of %v: %q, want %q", row.rule, row.value, text, row.want)
		}
	}
}

// A rule finds its places by the names that the path has, and by any name where it has *.
func TestRulesFindTheirPlaces(t *testing.T) {
	whole := schema.Object{
		"systems":      schema.Object{"cloudbase": schema.Object{}},
		"clients":      schema.Object{"a": schema.Object{"maxDevice": schema.Number("1")}, "b": schema.Object{}},
		"records":      schema.Object{"sys_role": schema.Object{"rows": schema.Object{"admin": schema.Object{"name": schema.Text("x")}}}},
		"applications": schema.Object{"x": schema.Object{"apiServer": schema.Object{"roleIdList": schema.Set{schema.Text("1"), schema.Text("2")}}}},
		"authDomains":  schema.Set{schema.Text("app.example.com")},
	}
	for _, row := range []struct {
		rule string
		want string
	}{
		{"{field: clients.*.maxDevice, max: 5}", "clients.a.maxDevice clients.b.maxDevice"},
		{"{field: clients.c.maxDevice, max: 5}", ""},
		{"{field: clients.*.keep, set: true}", "clients.a.keep clients.b.keep"},
		{"{field: login.anonymousLogin, equals: false}", "login.anonymousLogin"},
		{"{field: records.*.rows.*.name, equals: x}", "records.sys_role.rows.admin.name"},
		{"{field: applications.*.apiServer.roleIdList, oneOf: [\"1\"]}", "applications.x.apiServer.roleIdList.0 applications.x.apiServer.roleIdList.1"},
		{"{field: applications.*.apiServer.roleIdList, set: true}", "applications.x.apiServer.roleIdList"},
		{"{field: systems.connectors.url, set: true}", ""}, // there is no such system
		{"{field: systems.cloudbase.region, set: true}", "systems.cloudbase.region"},
		{"{field: records.other.envType, set: true}", ""},
		{"{field: records.*.envType, set: true}", "records.sys_role.envType"},
		{"{field: authDomains, hosts: [app.example.com]}", `authDomains."app.example.com"`},
		{"{field: authDomains.*, oneOf: [app.example.com]}", `authDomains."app.example.com"`},
		{"{field: authDomains, equals: [app.example.com]}", "authDomains"},
	} {
		var found []string
		ruleOf(t, row.rule).Judged(whole, func(at schema.Path, _ schema.Value) { found = append(found, at.String()) })
		if got := strings.Join(found, " "); got != row.want {
			t.Errorf("%s: %s, want %s", row.rule, got, row.want)
		}
	}
}

// The example's policy fits the schema that is published, and what does not is refused.
func TestPoliciesFitTheirSchema(t *testing.T) {
	text, err := schema.PolicySchema()
	if err != nil {
		t.Fatal(err)
	}
	compiled, err := validatorOf(text)
	if err != nil {
		t.Fatal(err)
	}
	example, err := os.ReadFile("../examples/envs/policy.yaml")
	if err != nil {
		t.Fatal(err)
	}
	for _, row := range []struct {
		text  string
		right bool
	}{
		{string(example), true},
		{"apiVersion: authsync/v1\nkind: Policy\nrules: {a: {field: login.emailLogin}}", false},
		{"apiVersion: authsync/v1\nkind: Policy\nrules: {a: {field: login.emailLogin, equal: true}}", false},
		{"apiVersion: authsync/v1\nkind: Policy\nrules: {a: {field: clients.*.maxDevice, max: 5}}\nexcept: [{rule: a, environment: b, until: '2027-01-01'}]", false},
	} {
		var v interface{}
		if err := yaml.Unmarshal([]byte(row.text), &v); err != nil {
			t.Fatal(err)
		}
		if err := compiled.Validate(v); (err == nil) != row.right {
			t.Errorf("%s: %v", row.text, err)
		}
	}
}

// Every place that a manifest states can be the field of a rule, which finds it there by
// its path, and by any name of the object; and no secret is in what it says.
func TestRulesReachWhateverAManifestStates(t *testing.T) {
	dir := t.TempDir()
	rapid.Check(t, func(t *rapid.T) {
		env := everything.Environment(t)
		text, err := schema.Write(env, nil)
		if err != nil {
			t.Fatal(err)
		}
		rules, values := map[string]interface{}{}, map[string]schema.Value{}
		for kind, objects := range env.Stated() {
			for name, o := range objects {
				k := schema.KindNamed(kind)
				schema.Walk(o, func(below schema.Path, v schema.Value) {
					at := append(k.Path(name), below...)
					if k.Notation == schema.Mapped && len(values) < 20 && !strings.ContainsAny(at.String(), "*•∗∙█■▪●＊") { // a mask
						values[at.String()] = v
						rules[at.String()] = map[string]interface{}{"field": at.String(), "set": false}
					}
				})
			}
		}
		policy, err := yaml.Marshal(map[string]interface{}{"apiVersion": schema.APIVersion, "kind": "Policy", "rules": rules})
		if err != nil {
			t.Fatal(err)
		}
		for name, text := range map[string][]byte{"env.yaml": text, "policy.yaml": policy} {
			if err := os.WriteFile(filepath.Join(dir, name), text, 0o600); err != nil {
				t.Fatal(err)
			}
		}
		loaded := schema.Load([]string{dir}, schema.SecretsSealed)
		if err := loaded.Faults.Err(); err != nil {
			t.Fatalf("%v\n%s", err, policy)
		}
		env = loaded.Environments[0]
		for _, r := range loaded.Policies[0].Rules {
			var found []string
			r.Judged(env.Whole(env.Stated()), func(at schema.Path, v schema.Value) {
				found = append(found, at.String())
				said, _ := r.Judge(v, schema.Stated)
				if set := !schema.IsUnset(values[at.String()]); set != (said != "") {
					t.Fatalf("%s: %q of %v", at, said, v)
				}
				if pos := env.Position(at); pos.File != env.File || pos.Line < 2 {
					t.Fatalf("%s stands at %s", at, pos)
				}
				if secret, is := v.(schema.Secret); is && secret.Form() == secrets.SealedForm && strings.Contains(said, secret.Armored()) {
					t.Fatalf("%s: %s", at, said)
				}
			})
			if len(found) != 1 || found[0] != r.Name {
				t.Fatalf("%s finds %q", r.Name, found)
			}
		}
	})
}
