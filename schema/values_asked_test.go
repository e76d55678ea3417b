package schema

import (
	"slices"
	"strings"
	"testing"

	"authsync/secrets"
)

// What several places ask of kinds, types and values, each at its bound.

func TestWhatALoginMakesOfAVendor(t *testing.T) {
	vendor := func(fields Object) Object {
		return Object{"smsVerificationConfig": Object{"templateProvider": fields}}
	}
	key, role := Object{"authType": Text(byKey)}, Object{"authType": Text(byRole)}
	for _, row := range []struct {
		name                string
		desired, live, want Object
	}{
		{"a key, where nobody said how", vendor(key), vendor(Object{"vendor": Text("TENCENT_CN")}), vendor(Object{})},
		{"a key, where somebody said so", vendor(key), vendor(key), vendor(key)},
		{"a key, where it was a role", vendor(key), vendor(role), vendor(key)},
		{"a key, without a vendor", vendor(key), Object{}, vendor(key)},
		{"a role", vendor(role), vendor(Object{}), vendor(role)},
		{"nothing", Object{}, vendor(Object{}), Object{}},
	} {
		if got := Login.Settle(row.desired, row.live); Show(got) != Show(row.want) {
			t.Errorf("%s: %s, want %s", row.name, Show(got), Show(row.want))
		}
	}
	// What an account reads without is hidden, unless it needs none.
	hidden := Secret{secrets.Hidden("")}
	for _, row := range []struct{ live, want Object }{
		{Object{"vendor": Text("x")}, Object{"vendor": Text("x"), "secretId": hidden, "secretKey": hidden}},
		{Object{"vendor": Text("x"), "secretId": Text("id")}, Object{"vendor": Text("x"), "secretId": Text("id"), "secretKey": hidden}},
		{Object{"vendor": Text("x"), "authType": Text(byRole)}, Object{"vendor": Text("x"), "authType": Text(byRole)}},
		{Object{}, Object{}},
	} {
		got := row.live.Clone()
		if smsCredential.markHidden(got); !Same(got, row.want) {
			t.Errorf("%s: %s, want %s", Show(row.live), Show(got), Show(row.want))
		}
	}
}

func TestWordsOfModes(t *testing.T) {
	const want = "Of integrationModes, wechat-webapp takes ssoClient alone; wechat-miniapp takes ssoClient alone; dingtalk-ent-app takes ssoClient alone; " +
		"internal-standalone does not take ssoClient alone; internal-standalone does not take apiServer and ssoClient alone."
	if got := modesInWords(); got != want {
		t.Error(got)
	}
}

func TestWhatWorksElsewhere(t *testing.T) {
	asked := Object{"phoneNumberLogin": Bool(true)}
	for region, want := range map[string]int{"": 0, "ap-shanghai": 0, "ap-singapore": 1} {
		e := &Environment{Systems: map[string]Object{CloudBase: {regionSetting: Text(region)}}}
		if got := e.Elsewhere(&Login, asked); len(got) != want || len(e.Elsewhere(&Login, Object{})) != 0 {
			t.Errorf("%q: %v", region, got)
		}
	}
	if got := new(Environment).Elsewhere(&Login, asked); len(got) != 0 {
		t.Error(got)
	}
}

func TestEmptyListsAreUnset(t *testing.T) {
	got := Canonical(Object{"set": Set{}, "list": List{}, "one": Set{Text("a")}, "in": Object{"set": Set{}}, "text": Text("")})
	if want := (Object{"set": Null{}, "list": Null{}, "one": Set{Text("a")}, "in": Object{"set": Null{}}, "text": Null{}}); !Same(got, want) {
		t.Error(Show(got))
	}
	if got := Project(Object{"set": Set{}, "one": Set{Text("a")}}, Object{"set": Set{Text("b")}, "one": Set{}}); !Same(got, Object{"set": Null{}, "one": Set{Text("a")}}) {
		t.Error(Show(got))
	}
}

// An object without fields is none, but for one that takes any name.
func TestObjectsWithoutFields(t *testing.T) {
	inner := Struct{Naming: AsIs, Fields: []Field{{Name: "x", Type: String{}}}}
	for _, row := range []struct {
		s    Struct
		want Object
	}{
		{Struct{Naming: AsIs, Fields: []Field{{Name: "in", Type: inner}}}, Object{}},
		{Struct{Naming: AsIs, Fields: []Field{{Name: "in", Type: inner}}, Others: Any{}}, Object{"in": Object{}}},
	} {
		if got, err := row.s.fromWire(Object{"in": Object{}}); err != nil || !Same(got, row.want) {
			t.Errorf("%s %v, want %s", Show(got), err, Show(row.want))
		}
	}
	if got := Provider.Type.WireName("on") + " " + Provider.Type.WireName("nothing"); got != "On nothing" {
		t.Error(got)
	}
	if Login.HoldsSet(nil) || !Application.HoldsSet(Path{"integrationModes"}) {
		t.Error("a whole object is no set")
	}
}

// Names are near up to as many letters as a third of them, and one.
func TestHowNearANameIs(t *testing.T) {
	for _, row := range []struct{ text, name, want string }{
		{"AAAxx", "aaa", "aaa"}, {"ZZZxx", "zzz", "zzz"}, {"[[[xx", "{{{", ""}, {"@@@xx", "```", ""},
		{"x", "a", ""}, {"ax", "ab", "ab"}, {"xy", "ab", ""}, {"olxin", "login", "login"}, {"olxyn", "login", ""}, {"abcd", "abcdefg", ""}, {"abcd", "abcdef", "abcdef"}, {"abcdef", "abc", ""}, {"abcdef", "abcd", "abcd"}, {"abcdefg", "abc", ""},
		{"logi", "login", "login"}, {"", "a", ""}, {"ab", "ba", "ba"},
	} {
		if got := Nearest(row.text, []string{row.name}); got != row.want {
			t.Errorf("%s, of %s: %q", row.text, row.name, got)
		}
	}
}

// What looks random is told once, wherever it is, and not where it was before.
func TestRandomTextsInJSON(t *testing.T) {
	env := func(text string) *Environment {
		l := LoadText("a.yaml", []byte("apiVersion: authsync/v1\nkind: Environment\nname: a\nsystems: {cloudbase: {envId: acme-1}}\nintegrations: {pay: {ext: {x1: "+text+", list: [a, "+text+"]}}}\n"), SecretsSealed)
		if err := l.Faults.Err(); err != nil {
			t.Fatal(err)
		}
		return l.Environments[0]
	}
	for text, random := range map[string]bool{"Zx81kQp0vB7sLm3T": true, "Zx81kQ-p0vB7s-Lm3T": true, "Zx81-kQp0-vB7s-Lm3T": false, "word": false} {
		var places []string
		now := env(text)
		for _, at := range now.LookRandom(env("word")) {
			places = append(places, at.String())
		}
		want := []string{"integrations.pay.ext.list.1", "integrations.pay.ext.x1"}
		if !random {
			want = nil
		}
		if !slices.Equal(places, want) {
			t.Errorf("%s: %s", text, places)
		}
		if again := now.LookRandom(env(text)); len(again) != 0 {
			t.Errorf("%s was there before: %s", text, again)
		}
	}
}

func TestWhatIsLessSafeAtItsBound(t *testing.T) {
	if checksLess(Path{"enabled"}, Bool(true), Bool(false)) || !checksLess(Path{"ssl", "enabled"}, Bool(true), Bool(false)) || !checksLess(Path{"ssl"}, Bool(true), Bool(false)) || checksLess(nil, Bool(true), Bool(false)) {
		t.Error("it is the name before a switch that counts")
	}
	secure := `<A Location="https://a.example/"/>`
	if !clearTextLocation(nil, Text(secure), Text(secure+`<B Location="http://a.example/"/>`)) || clearTextLocation(nil, Text(secure), Text(secure+secure)) {
		t.Error("every endpoint counts")
	}
	for _, row := range []struct {
		before, after string
		looser        bool
	}{
		{"10.0.0.0/8", "10.9.9.9/8", false}, {"10.0.0.0/8", "10.1.0.0/16", false}, {"10.0.0.0/16", "10.0.0.0/15", true}, {"10.0.0.1", "10.0.0.1/32", false}, {"10.0.0.0/8", "11.0.0.0/8", true}, {"x", "x", false}, {"10.0.0.1", "", true}, {"", "10.0.0.1", false},
	} {
		if got := loosensAddresses(nil, Text(row.before), Text(row.after)); got != row.looser {
			t.Errorf("%s to %s: %v", row.before, row.after, got)
		}
	}
	test := Test{operand: Number("2")}
	for n, want := range map[Number][2]bool{"1": {true, false}, "2": {true, true}, "3": {false, true}} {
		if test.atMost(n) != want[0] || test.atLeast(n) != want[1] {
			t.Errorf("%s of 2", n)
		}
	}
	hosts := Test{operand: List{Text("*.example.com")}}
	for url, want := range map[string]bool{"https://a.example.com": true, "https://.example.com/": false, "https://example.com": false} {
		if hosts.atHost(Text(url)) != want {
			t.Error(url)
		}
	}
}

// Items that live has and the manifest does not may each be a secret, if one is.
func TestSecretsOfItems(t *testing.T) {
	secret := Secret{secrets.Env("PIN")}
	for _, row := range []struct {
		live, known Value
		want        string
	}{
		{List{Text("1"), Text("2"), Text("3")}, List{Text("1"), secret}, `["1","(in clear)","(in clear)"]`},
		{List{Text("1")}, List{}, `["1"]`},
		{List{Text("1")}, Text("1"), `["1"]`},
	} {
		if got := Show(MarkSecrets(Object{"x": row.live}, Object{"x": row.known})); got != `{"x":`+row.want+`}` {
			t.Errorf("%s, want %s", got, row.want)
		}
	}
}

// What the manifest says is secret is so in live, at every level that a path may name. A
// choice that everybody knows is none, there as here.
func TestSecretPathsInLive(t *testing.T) {
	live := Object{"providerType": Text("OAUTH"), "name": Object{"message": Text("n")}, "config": Object{"scope": Text("s"), "responseType": Text("code"), "extra": Object{"list": List{Text("1"), Text("2")}}}}
	for path, want := range map[string]string{
		"providers.a.config.extra.list.0": "list0", "providers.*.config.extra.list.0": "list0", "providers.b": "", "clients": "", "providers.a.nothing": "",
		"providers.a.name": "name", "providers.a.config": "scope list0 list1", "providers.a": "name scope list0 list1", "providers.*": "name scope list0 list1", "providers": "name scope list0 list1",
	} {
		at, err := ParsePath(path)
		if err != nil {
			t.Fatal(err)
		}
		marked := (&Environment{SecretPaths: []Path{at}}).MarkSecrets(&Provider, "a", live, nil)
		var got []string
		for _, one := range []struct {
			name string
			at   Path
		}{{"type", Path{"providerType"}}, {"name", Path{"name", "message"}}, {"scope", Path{"config", "scope"}}, {"response", Path{"config", "responseType"}}, {"list0", Path{"config", "extra", "list", "0"}}, {"list1", Path{"config", "extra", "list", "1"}}} {
			if IsSecret(valueAt(marked, one.at)) {
				got = append(got, one.name)
			}
		}
		if said := strings.Join(got, " "); said != want {
			t.Errorf("%s: %q, want %q", path, said, want)
		}
	}
}
