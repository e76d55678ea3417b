package schema_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"authsync/schema"
	"authsync/schema/quirk"
	"authsync/secrets"
)

// What other packages ask of kinds, environments and paths is tested there by what
// comes of it, and here by itself.

// loaded is the one environment of a manifest.
func loadedText(t *testing.T, text string) *schema.Environment {
	t.Helper()
	l := schema.LoadText("prod.yaml", []byte("apiVersion: authsync/v1\nkind: Environment\nname: prod\n"+text), schema.SecretsPlain)
	if wrong := l.Faults.Wrong(); len(wrong) > 0 || len(l.Environments) != 1 {
		t.Fatalf("%+v\n%s", wrong, text)
	}
	return l.Environments[0]
}

// What a service makes of what is wanted is no difference.
func TestSettle(t *testing.T) {
	for _, row := range []struct {
		name                string
		kind                *schema.Kind
		desired, live, want schema.Object
	}{
		{"a key without end", &schema.APIKey, schema.Object{"expireIn": schema.Seconds(0)}, schema.Object{}, schema.Object{"expireIn": schema.Null{}}},
		{"a key with an end", &schema.APIKey, schema.Object{"expireIn": schema.Seconds(7200)}, schema.Object{"expireIn": schema.Seconds(3600)}, schema.Object{"expireIn": schema.Seconds(7200)}},
		{"rounded down", &schema.APIKey, schema.Object{"expireIn": schema.Seconds(7200)}, schema.Object{"expireIn": schema.Seconds(7140)}, schema.Object{"expireIn": schema.Seconds(7140)}},
		{"rounded up", &schema.APIKey, schema.Object{"expireIn": schema.Seconds(7200)}, schema.Object{"expireIn": schema.Seconds(7260)}, schema.Object{"expireIn": schema.Seconds(7260)}},
		{"too short", &schema.APIKey, schema.Object{"expireIn": schema.Seconds(7200)}, schema.Object{"expireIn": schema.Seconds(7139)}, schema.Object{"expireIn": schema.Seconds(7200)}},
		{"too long", &schema.APIKey, schema.Object{"expireIn": schema.Seconds(7200)}, schema.Object{"expireIn": schema.Seconds(7261)}, schema.Object{"expireIn": schema.Seconds(7200)}},

		{"a short life of the refresh token", &schema.Client, schema.Object{"accessTokenExpiresIn": schema.Seconds(60), "refreshTokenExpiresIn": schema.Seconds(7200)}, schema.Object{},
			schema.Object{"accessTokenExpiresIn": schema.Seconds(6540), "refreshTokenExpiresIn": schema.Seconds(7200)}},
		{"a short one that is live", &schema.Client, schema.Object{"accessTokenExpiresIn": schema.Seconds(60)}, schema.Object{"refreshTokenExpiresIn": schema.Seconds(1000)},
			schema.Object{"accessTokenExpiresIn": schema.Seconds(340)}},
		{"a longer one", &schema.Client, schema.Object{"accessTokenExpiresIn": schema.Seconds(60), "refreshTokenExpiresIn": schema.Seconds(7201)}, schema.Object{},
			schema.Object{"accessTokenExpiresIn": schema.Seconds(60), "refreshTokenExpiresIn": schema.Seconds(7201)}},
		{"the access token's is not managed", &schema.Client, schema.Object{"refreshTokenExpiresIn": schema.Seconds(1000)}, schema.Object{}, schema.Object{"refreshTokenExpiresIn": schema.Seconds(1000)}},

		{"unspecified is kept", &schema.Provider, schema.Object{"on": schema.Unspecified}, schema.Object{"on": schema.Unspecified}, schema.Object{"on": schema.Unspecified}},
		{"unspecified acts as on", &schema.Provider, schema.Object{"on": schema.Unspecified}, schema.Object{"on": schema.True}, schema.Object{"on": schema.True}},
		{"unspecified is not off", &schema.Provider, schema.Object{"on": schema.Unspecified}, schema.Object{"on": schema.False}, schema.Object{"on": schema.Unspecified}},
		{"unspecified of what nobody knows", &schema.Provider, schema.Object{"x": schema.Unspecified}, schema.Object{"x": schema.False}, schema.Object{"x": schema.False}},
		{"unspecified of what is not there", &schema.Provider, schema.Object{"on": schema.Unspecified}, schema.Object{}, schema.Object{}},
		{"transparent", &schema.Provider, schema.Object{"transparentMode": schema.True, "reuseUserId": schema.False, "on": schema.False}, schema.Object{},
			schema.Object{"transparentMode": schema.True, "reuseUserId": schema.True, "on": schema.False}},
		{"transparent live", &schema.Provider, schema.Object{"reuseUserId": schema.False}, schema.Object{"transparentMode": schema.True}, schema.Object{"reuseUserId": schema.True}},
		{"no longer transparent", &schema.Provider, schema.Object{"transparentMode": schema.False, "reuseUserId": schema.False}, schema.Object{"transparentMode": schema.True},
			schema.Object{"transparentMode": schema.False, "reuseUserId": schema.False}},
	} {
		t.Run(row.name, func(t *testing.T) {
			if d := cmp.Diff(schema.Show(row.want), schema.Show(row.kind.Settle(row.desired, row.live))); d != "" {
				t.Errorf("-want +got\n%s", d)
			}
		})
	}
}

// The access token's life is judged by that of the refresh token.
func TestAccessTokenOfAShortRefreshToken(t *testing.T) {
	for text, want := range map[string]string{
		"accessTokenExpiresIn: 6540, refreshTokenExpiresIn: 7200": "",
		"accessTokenExpiresIn: 6541, refreshTokenExpiresIn: 7200": "sets it to 109m",
		"accessTokenExpiresIn: 60, refreshTokenExpiresIn: 7201":   "",
		"accessTokenExpiresIn: 7200, refreshTokenExpiresIn: 7200": "is not less than",
	} {
		l := schema.LoadText("prod.yaml", []byte("apiVersion: authsync/v1\nkind: Environment\nname: prod\nsystems: {cloudbase: {envId: acme-1}}\nclients: {default: {"+text+"}}\n"), schema.SecretsPlain)
		said := ""
		for _, f := range l.Faults.All() {
			said += f.Text + "\n"
		}
		if want == "" && strings.Contains(said, "xpiresIn") || !strings.Contains(said, want) {
			t.Errorf("%s: %q, want %q", text, said, want)
		}
	}
}

func TestNearest(t *testing.T) {
	names := []string{"providers", "clients", "records", "login", "on", "appId"}
	for text, want := range map[string]string{
		"provider": "providers", "PROVIDERS": "providers", "pRovIders": "providers", "prvoiders": "providers", "rpoviders": "providers", "providesr": "providers",
		"providerzzz": "providers", "cleints": "clients", "klients": "clients", "logni": "login", "record": "records", "Zlients": "clients",
		"xyz": "", "no": "on", "x": "", "appid": "appId", "AppID": "appId", "apqid": "appId", "zzzzzzzzzzzzzzzzzzzzz": "", "": "",
	} {
		if got := schema.Nearest(text, names); got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
	if got := schema.Nearest("lag", []string{"log", "lug"}); got != "log" {
		t.Errorf("of two that are as near the first counts, not %q", got)
	}
	if got := schema.Nearest("lug", []string{"log", "lug"}); got != "lug" {
		t.Errorf("the nearest counts, not %q", got)
	}
}

func TestEntrances(t *testing.T) {
	byDefault := schema.Entrance{Field: "on", Default: schema.True, Unless: schema.Object{"kind": schema.Text("sms")}}
	for _, row := range []struct {
		e    schema.Entrance
		o    schema.Object
		open bool
	}{
		{schema.Entrance{Field: "on"}, nil, false},
		{schema.Entrance{Field: "on"}, schema.Object{}, false},
		{schema.Entrance{Field: "on"}, schema.Object{"on": schema.Bool(true)}, true},
		{schema.Entrance{Field: "on"}, schema.Object{"on": schema.Bool(false)}, false},
		{schema.Entrance{Field: "on"}, schema.Object{"on": schema.True}, true},
		{schema.Entrance{Field: "on"}, schema.Object{"on": schema.False}, false},
		{byDefault, nil, false},
		{byDefault, schema.Object{}, true},
		{byDefault, schema.Object{"on": schema.Null{}}, true},
		{byDefault, schema.Object{"on": schema.Unspecified}, true},
		{byDefault, schema.Object{"on": schema.False}, false},
		{byDefault, schema.Object{"on": schema.True, "kind": schema.Text("sms")}, false},
		{byDefault, schema.Object{"on": schema.True, "kind": schema.Text("e-mail")}, true},
	} {
		if got := row.e.Open(row.o); got != row.open {
			t.Errorf("%+v of %s: %v", row.e, schema.Show(row.o), got)
		}
	}
}

// SMS work in one region, and who rests on them is asked for one by one.
func TestWhoAsksForSMS(t *testing.T) {
	second := func(sms, email schema.Value) schema.Object {
		return schema.Object{"mfaConfig": schema.Object{"on": schema.True, "sms": sms, "email": email}}
	}
	for _, row := range []struct {
		o    schema.Object
		want []bool // by phone, by SMS alone, by SMS or e-mail
	}{
		{schema.Object{}, []bool{false, false, false}},
		{schema.Object{"phoneNumberLogin": schema.Bool(true)}, []bool{true, false, false}},
		{schema.Object{"phoneNumberLogin": schema.Bool(false)}, []bool{false, false, false}},
		{second(schema.True, schema.False), []bool{false, true, false}},
		{second(schema.True, schema.True), []bool{false, false, true}},
		{second(schema.False, schema.True), []bool{false, false, false}},
		{second(schema.False, schema.False), []bool{false, false, false}},
		{schema.Object{"mfaConfig": schema.Object{"on": schema.False, "sms": schema.True}}, []bool{false, false, false}},
	} {
		var got []bool
		for _, r := range schema.Login.Regional {
			got = append(got, r.Asked(row.o))
		}
		if d := cmp.Diff(row.want, got); d != "" {
			t.Errorf("%s: %s", schema.Show(row.o), d)
		}
	}
}

func TestParseSpan(t *testing.T) {
	span := schema.Span{Min: 60, Max: 2 * 7 * 24 * 3600}
	for text, want := range map[string]schema.Seconds{
		"60": 60, "1m": 60, "1209600": 1209600, "2w": 1209600, "1h30m": 5400, "1d": 86400, "1w1d1h1m1s": 694861, "90s": 90,
	} {
		if got, err := span.Parse(text); err != nil || got != want {
			t.Errorf("%s: %d %v, want %d", text, got, err, want)
		}
	}
	for _, text := range []string{"59", "59s", "1209601", "2w1s", "", "1x", "h", "-60"} {
		if got, err := span.Parse(text); err == nil || !strings.Contains(err.Error(), "takes a time from 1m to 14d") {
			t.Errorf("%q: %d %v", text, got, err)
		}
	}
}

func TestLoopback(t *testing.T) {
	for host, want := range map[string]bool{
		"localhost": true, "LOCALHOST.": true, "127.0.0.1": true, "127.9.9.9": true, "::1": true, "::ffff:127.0.0.1": true,
		"example.com": false, "10.0.0.1": false, "::2": false, "": false, "127.1": false, "localhost.example.com": false,
	} {
		if got := schema.Loopback(host); got != want {
			t.Errorf("%q: %v", host, got)
		}
	}
}

// A set is in the manifest's order, and what the manifest does not have comes last.
func TestInOrderOf(t *testing.T) {
	set := func(names ...string) schema.Set {
		out := schema.Set{}
		for _, name := range names {
			out = append(out, schema.Text(name))
		}
		return out
	}
	for _, row := range []struct{ is, like, want schema.Value }{
		{set("a", "b", "c"), set("c", "a"), set("c", "a", "b")},
		{set("a", "b", "c"), set("a", "b", "c"), set("a", "b", "c")},
		{set("a", "a", "b"), set("b", "a"), set("b", "a", "a")},
		{set("a", "b"), set("x"), set("a", "b")},
		{set("a", "b"), schema.List(set("b", "a")), set("a", "b")},
		{schema.List(set("a", "b")), set("b", "a"), schema.List(set("a", "b"))},
	} {
		if got := schema.InOrderOf(row.is, row.like); schema.Show(got) != schema.Show(row.want) {
			t.Errorf("%s like %s: %s", schema.Show(row.is), schema.Show(row.like), schema.Show(got))
		}
	}
}

// What is added to a value adds at least its text to its weight, wherever it is.
func TestWeight(t *testing.T) {
	text := schema.Text(strings.Repeat("x", 1000))
	for _, row := range []struct {
		less, more schema.Value
		by         int
	}{
		{schema.Text(""), text, 1000},
		{schema.Number("1"), schema.Number(strings.Repeat("1", 1001)), 1000},
		{schema.List{}, schema.List{text}, 1000},
		{schema.Object{}, schema.Object{string(text): schema.Text("")}, 1000},
		{schema.Object{"a": schema.Object{}}, schema.Object{"a": schema.Object{string(text): text}}, 2000},
		{schema.Text(""), schema.Object{}, 300},
		{schema.Object{"a": schema.Text("")}, schema.Object{"a": schema.Text(""), "b": schema.Text(""), "c": schema.Text("")}, 2 * (48 + 64 + 1)},
	} {
		if by := schema.Weight(row.more) - schema.Weight(row.less); by < row.by || by > row.by+300 {
			t.Errorf("%.40s is heavier than %.40s by %d, want about %d", schema.Show(row.more), schema.Show(row.less), by, row.by)
		}
	}
}

// Paths and keys are read as they are written, and nothing else is.
func TestPathsAndKeysAsText(t *testing.T) {
	for _, text := range []string{"", "a", "a.b", `records."a.b"`, `"".a`} {
		var p schema.Path
		if err := p.UnmarshalText([]byte(text)); err != nil || p.String() != text {
			t.Errorf("%q: %q %v", text, p, err)
		}
	}
	for _, text := range []string{".", ".a", "a.", "a..b", `"a`, `"a"b`} {
		if p, err := schema.ParsePath(text); err == nil {
			t.Errorf("%q is read as %q", text, p)
		}
	}
	for _, text := range []string{"", "login", "provider", "provider/github", "record/a/b"} {
		var k schema.Key
		if err := k.UnmarshalText([]byte(text)); err != nil || k.String() != text {
			t.Errorf("%q: %+v %v", text, k, err)
		}
	}
	if k, err := schema.ParseKey("provder/github"); err == nil || !strings.Contains(err.Error(), "provider") {
		t.Errorf("%+v %v", k, err)
	}
}

// A name means one object, or all of a kind or group; and an object has one place.
func TestNamesOfObjects(t *testing.T) {
	for _, row := range []struct {
		kind *schema.Kind
		name string
		one  bool
	}{
		{&schema.Login, "", true}, {&schema.Login, "x", false},
		{&schema.Provider, "github", true}, {&schema.Provider, "", false},
		{&schema.Record, "sys_role/admin", true}, {&schema.Record, "sys_role/", false}, {&schema.Record, "sys_role", false}, {&schema.Record, "/admin", false}, {&schema.Record, "", false},
	} {
		if got := row.kind.IsOne(row.name); got != row.one {
			t.Errorf("%s %q: %v", row.kind.Name, row.name, got)
		}
		if !row.one {
			continue
		}
		at := row.kind.Path(row.name)
		if name, below, ok := row.kind.NameAt(append(at, "field")); !ok || name != row.name || !slices.Equal(below, schema.Path{"field"}) {
			t.Errorf("%s: %q %v %v", at, name, below, ok)
		}
		if name, below, ok := row.kind.NameAt(at); !ok || name != row.name || len(below) > 0 {
			t.Errorf("%s: %q %v %v", at, name, below, ok)
		}
		if len(at) > 1 {
			if name, _, ok := row.kind.NameAt(at[:len(at)-1]); ok {
				t.Errorf("%s is said to hold %q", at[:len(at)-1], name)
			}
		}
	}
	if name, _, ok := schema.Record.NameAt(schema.Path{"records", "sys_role", "columns", "admin"}); ok {
		t.Errorf("what is no row is %q", name)
	}
	for name, want := range map[string]bool{"sys_role/admin": true, "a.b c/admin": true, "sys_role/": false, "admin": false} {
		if got := schema.Record.Nameable(name); got != want {
			t.Errorf("%q: %v", name, got)
		}
	}
}

const asking = `systems:
  cloudbase: {envId: acme-1, secretId: !env ID, secretKey: !env KEY}
  connectors: {url: https://auth.acme.example, token: !env TOKEN}
providers:
  github: {providerType: OAUTH, config: {clientId: a, clientSecret: !env GITHUB}}
  corp: {providerType: OAUTH, config: {clientId: b, clientSecret: !env GITHUB}}
`

// An environment tells its secrets by their places, and the variables that they are in.
func TestSecretsOfAnEnvironment(t *testing.T) {
	e := loadedText(t, asking)
	if d := cmp.Diff([]string{"GITHUB", "ID", "KEY", "TOKEN"}, e.Variables()); d != "" {
		t.Errorf("-want +got\n%s", d)
	}
	if d := cmp.Diff(map[string]string{"cloudbase": "acme-1", "connectors": "https://auth.acme.example"}, e.Remotes()); d != "" && e.Remotes()["connectors"] == "" {
		t.Errorf("-want +got\n%s", d)
	}
	for at, want := range map[string]string{
		"systems.connectors.token": "TOKEN", "systems.cloudbase.secretKey": "KEY", "providers.github.config.clientSecret": "GITHUB",
		"systems.connectors": "", "systems.connectors.url": "", "providers": "", "providers.github": "", "providers.nobody.config.clientSecret": "", "nothing.github": "", "systems": "",
	} {
		path, err := schema.ParsePath(at)
		if err != nil {
			t.Fatal(err)
		}
		s, ok := e.Secret(path)
		if ok != (want != "") || ok && s.EnvName() != want {
			t.Errorf("%s: %v %v", at, s.Form(), ok)
		}
	}
	for at, line := range map[[2]string]int{{"cloudbase", "envId"}: 5, {"connectors", "token"}: 6, {"connectors", "nothing"}: 6} {
		if got := e.SettingPosition(at[0], at[1]).Line; got != line {
			t.Errorf("%v is in line %d, want %d", at, got, line)
		}
	}
	if got := e.SettingPosition("devices", "url"); got.Line != 0 || got.File != "prod.yaml" {
		t.Errorf("%+v", got)
	}
}

// What looks random in clear, at a place that may hold anything, may be a key; what was
// there before was looked at then.
func TestLookRandom(t *testing.T) {
	const head = "systems: {connectors: {url: https://auth.acme.example}}\nconnectors:\n  dm: {type: Email, config: {"
	for value, random := range map[string]bool{
		"x1: Zx81kQp0vB7sLm3T":           true,
		"x1: [Zx81kQp0vB7sLm3T]":         true,
		"deep: {x1: Zx81kQp0vB7sLm3T}":   true,
		"publicKey: Zx81kQp0vB7sLm3T":    false,
		"x1: Zx81kQp0vB7sLm3":            false, // short
		"x1: a1a1a1a1a1a1a1a1a1a1a1a1":   false, // two letters
		"x1: abcdefghijklmnopqr":         false, // no digit
		"x1: ab1-cdefghi-jkl2mn-op3":     false, // words
		"x1: 2026-01-01T10Zabcdefghijkl": false,
	} {
		now := loadedText(t, head+value+"}}\n")
		if got := now.LookRandom(loadedText(t, "systems: {cloudbase: {envId: acme-1}}\n")); (len(got) == 1) != random {
			t.Errorf("%s: %v", value, got)
		}
		if got := now.LookRandom(now); len(got) > 0 {
			t.Errorf("%s was there before: %v", value, got)
		}
	}
}

// What is said of a field by its place in an object.
func TestFieldsByTheirPlace(t *testing.T) {
	path := func(text string) schema.Path {
		p, err := schema.ParsePath(text)
		if err != nil {
			t.Fatal(err)
		}
		return p
	}
	app, provider := &schema.Application, &schema.Provider
	for _, row := range []struct {
		what string
		ask  func(schema.Path) bool
		is   []string
		not  []string
	}{
		{"write-only", app.TypeIsWriteOnly, []string{"apiServer.redirectUri"}, []string{"apiServer.roleIdList", "apiServer", "nothing", "apiServer.nothing", "name.below"}},
		{"clearable", app.Clearable, []string{"description", "apiServer.orgIdList", "nothing", "apiServer.nothing"}, []string{"name", "apiServer.roleIdList"}},
		{"a set", app.HoldsSet, []string{"integrationModes", "apiServer.roleIdList"}, []string{"name", "apiServer"}},
		{"modelled", provider.Models, []string{"on", "config.clientId"}, []string{"nothing", "config.nothing"}},
		{"anything", schema.Connector.TakesAnything, []string{"config.region", "config.x.y"}, []string{"type", "enabled"}},
		{"extra", provider.HasExtra, []string{"providers.github.extra", "providers.github.config.extra"}, []string{"providers.github", "providers.github.on", "providers", "providers.github.picture.extra"}},
	} {
		for _, at := range row.is {
			if !row.ask(path(at)) {
				t.Errorf("%s is not %s", at, row.what)
			}
		}
		for _, at := range row.not {
			if row.ask(path(at)) {
				t.Errorf("%s is %s", at, row.what)
			}
		}
	}
}

// A value is read again from how it is shown. A secret is the word for it.
func TestDecodeShown(t *testing.T) {
	for _, row := range []struct{ at, text, want string }{
		{"config.clientSecret", `"(hidden)"`, "(hidden)"},
		{"config.clientId", `"(hidden)"`, `"(hidden)"`},
		{"config.extra.token", `"(hidden)"`, "(hidden)"},
		{"config.clientSecret", `null`, "null"},
		{"config.clientId", `"a"`, `"a"`},
		{"on", `"TRUE"`, `true`},
	} {
		at, _ := schema.ParsePath(row.at)
		v, err := schema.Provider.DecodeShown(at, row.text)
		_, secret := v.(schema.Secret)
		if err != nil || secret != (row.want == "(hidden)") {
			t.Errorf("%s: %s is %T %v", row.at, row.text, v, err)
		}
	}
	if v, err := schema.Provider.DecodeShown(nil, `{`); err == nil {
		t.Errorf("%v", v)
	}
}

// What is known of a service is known of it at one address, and not of a sandbox.
func TestQuirksOfAnAddress(t *testing.T) {
	all := schema.Quirks{}
	all.Add("cloudbase", "https://a", "client-secret", schema.Finding{Value: quirk.Masked, Seen: "a mask", At: "2026-01-01"})
	all.Add("cloudbase", "https://a", "provider-unset", schema.Finding{Value: quirk.Blank})
	all.Add("cloudbase", schema.SandboxAddress, "client-secret", schema.Finding{Value: quirk.Shown})
	for _, row := range []struct {
		address, sandbox string
		want             quirk.Set
	}{
		{"https://a", "", quirk.Set{"client-secret": quirk.Masked, "provider-unset": quirk.Blank}},
		{"https://a", "http://localhost:1", quirk.Set{"client-secret": quirk.Shown}},
		{"https://b", "", quirk.Set{}},
	} {
		if d := cmp.Diff(row.want, all.At("cloudbase", row.address, row.sandbox).Set()); d != "" {
			t.Errorf("%s %s: %s", row.address, row.sandbox, d)
		}
	}
	if source := all.At("cloudbase", "https://a", "")["client-secret"].Source(); !strings.HasSuffix(source, ", a mask, 2026-01-01") {
		t.Error(source)
	}
	if source := (schema.Finding{At: "2026-01-01"}).Source(); strings.Contains(source, ", ,") || !strings.HasSuffix(source, ", 2026-01-01") {
		t.Error(source)
	}
	if played, err := all.Played(); err == nil || !strings.Contains(err.Error(), "client-secret is ") {
		t.Errorf("%v %v", played, err)
	}
	delete(all["cloudbase"], schema.SandboxAddress)
	all.Add("cloudbase", "https://b", "client-secret", schema.Finding{Value: quirk.Masked})
	if played, err := all.Played(); err != nil || played["client-secret"] != quirk.Masked || len(played) != 2 {
		t.Errorf("%v %v", played, err)
	}
}

// How many environments of a wave may fail, and what is left of a rollout.
func TestPartsOfARollout(t *testing.T) {
	for _, row := range []struct {
		t        schema.Tolerance
		of, want int
	}{
		{schema.Tolerance{Number: 3}, 2, 3}, {schema.Tolerance{Number: 10, Percent: true}, 100, 10}, {schema.Tolerance{Number: 10, Percent: true}, 19, 1}, {schema.Tolerance{Number: 10, Percent: true}, 9, 0},
	} {
		if got := row.t.Of(row.of); got != row.want {
			t.Errorf("%+v of %d: %d, want %d", row.t, row.of, got, row.want)
		}
	}
	if got := (*schema.Rollout)(nil).Of([]string{"a"}); got != nil {
		t.Errorf("%+v", got)
	}
	r := &schema.Rollout{File: "rollout.yaml", Waves: []*schema.Wave{{Environments: []string{"a", "b"}}, {Environments: []string{"c"}}}}
	some := r.Of([]string{"b"})
	if len(some.Waves) != 2 || !slices.Equal(some.Waves[0].Environments, []string{"b"}) || len(some.Waves[1].Environments) != 0 || len(r.Waves[0].Environments) != 2 {
		t.Errorf("%+v", some)
	}
}

// A service that is known to show what it has of a secret has none where it shows none.
func TestUnhide(t *testing.T) {
	hidden := schema.Secret{Value: secrets.Hidden("")}
	known := schema.Provider.Showing(schema.Object{"Config": schema.Object{"ClientSecret": schema.Text("***")}})
	if len(known) != 1 || len(schema.Provider.Showing(schema.Object{"Config": schema.Object{"ClientSecret": schema.Null{}}})) > 0 {
		t.Fatalf("%v", known)
	}
	fields := schema.Object{"config": schema.Object{"clientSecret": hidden, "clientId": schema.Text("a"), "other": hidden}}
	shown, blank := schema.Object{"Config": schema.Object{"ClientSecret": schema.Text("***")}}, schema.Object{"Config": schema.Object{"ClientSecret": schema.Text("")}}
	for _, row := range []struct {
		wire  schema.Object
		known quirk.Set
		left  bool
	}{
		{blank, nil, true}, {blank, quirk.Set{known[0]: quirk.Masked}, false}, {blank, quirk.Set{known[0]: quirk.Shown}, false}, {blank, quirk.Set{known[0]: quirk.Part}, false},
		{blank, quirk.Set{known[0]: quirk.Blank}, true}, {shown, quirk.Set{known[0]: quirk.Masked}, true},
	} {
		got := schema.Provider.Unhide(fields, row.wire, row.known)
		if left := got.At("config", "clientSecret") != nil; left != row.left || got.At("config", "clientId") == nil || got.At("config", "other") == nil {
			t.Errorf("%v %s: %s", row.known, schema.Show(row.wire), schema.Show(got))
		}
	}
}
