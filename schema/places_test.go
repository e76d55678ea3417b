package schema

import (
	"fmt"
	"strings"
	"testing"
)

// Which addresses a domain lets users come back to.
func TestServesAddress(t *testing.T) {
	for _, row := range []struct {
		domain, address string
		want            bool
	}{
		{"app.example.com", "https://app.example.com/callback", true},
		{"App.Example.com.", "https://APP.example.com", true},
		{"app.example.com", "https://other.example.com", false},
		{"app.example.com", "https://app.example.com:8443", true}, // at any port
		{"app.example.com:8443", "https://app.example.com:8443", true},
		{"app.example.com:8443", "https://app.example.com:8444", false},
		{"app.example.com:443", "https://app.example.com", true},
		{"app.example.com:80", "https://app.example.com", false},
		{"app.example.com:80", "http://app.example.com", true},
		{"*.example.com", "https://app.example.com", true},
		{"*.example.com", "https://example.com", false},
		{"127.0.0.1", "http://127.0.0.1:3000", true},
		{"127.0.0.1:3000", "http://127.0.0.1:3000", true},
		{"127.0.0.1", "http://127.0.0.2", false},
		{"app.example.com", "app.example.com", false}, // which is no address
		{"app.example.com", "https://%zz", false},
		{"app.example.com", " https://app.example.com\n", true},
	} {
		if got := servesAddress(row.domain, row.address); got != row.want {
			t.Errorf("%s of %s: %v", row.address, row.domain, got)
		}
	}
}

// What a manifest says of paths is told where it is wrong.
func TestPathsInAManifest(t *testing.T) {
	const top = "apiVersion: authsync/v1\nkind: Environment\nname: prod\nsystems: {cloudbase: {envId: a-1}}\nproviders: {github: {config: {clientSecret: !env X}}}\n"
	for _, row := range []struct{ text, want string }{
		{"secret: [\"\"]", "secret"},
		{"secret: [nothing.a]", "a path begins with the name of a collection, such as connectors"},
		{"notSecret: [systems.cloudbase]", "a path begins with the name of a collection"},
		{"own: [\"" + strings.Repeat("a.", 3) + "\"]", "own"},
		{"secret: [" + strings.Repeat("connectors.a,", mostPaths) + "connectors.a]", "holds 1001 paths; the most is 1000, and * stands for any one name"},
		{"own: [providers.*.config.clientId, connectors]", ""},
		{"secret: [" + strings.Repeat("connectors.a,", mostPaths-1) + "connectors.a]", ""},
		{"ack: {\"a..b\": because}", "ack"},
		{"ack: {nothing.a: because}", "a path begins with the name of a collection, such as providers"},
		{"ack: {providers.github: null}", "says why in words"},
		{"ack: {providers.github: because}", ""},
		{"expires: {\"a..b\": 2030-01-01}", "expires"},
		{"expires: {providers.github.config.clientId: 2030-01-01}", "there is no secret at this path of the manifest"},
		{"expires: {providers.github.config.clientId: null}", ""},
		{"expires: {providers.github.config.clientSecret: 2030-01-01}", ""},
	} {
		loaded := LoadText("prod.yaml", []byte(top+row.text+"\n"), SecretsSealed)
		var said []string
		for _, f := range loaded.Faults.Wrong() {
			said = append(said, f.Error())
		}
		if got := strings.Join(said, "\n"); (got == "") != (row.want == "") || !strings.Contains(got, row.want) {
			t.Errorf("%.60s: it is told %q, want %q", row.text, got, row.want)
		}
	}
}

// What live has is marked as a secret where the manifest says so, however deep.
func TestSecretPathsMarkLive(t *testing.T) {
	loaded := LoadText("prod.yaml", []byte("apiVersion: authsync/v1\nkind: Environment\nname: prod\nsystems: {connectors: {url: \"https://a.example\"}}\n"+
		"secret: [connectors.dm.config.deep, connectors.*.config.list, connectors.dm.config.one.plain, connectors.other]\n"), SecretsSealed)
	if err := loaded.Faults.Err(); err != nil {
		t.Fatal(err)
	}
	live := Object{"config": Object{
		"deep": Object{"a": Object{"b": Text("x")}, "n": Number("1")},
		"list": List{Text("x"), Object{"c": Text("y")}},
		"one":  Object{"plain": Text("x"), "shown": Text("z")},
	}}
	got := loaded.Environments[0].MarkSecrets(&Connector, "dm", live, nil)
	for path, secret := range map[string]bool{"deep.a.b": true, "one.plain": true, "one.shown": false, "deep.n": false} {
		at := append(Path{"config"}, strings.Split(path, ".")...)
		if v := got.At(at...); IsSecret(v) != secret {
			t.Errorf("%s: %v", path, v)
		}
	}
	list, _ := got.At("config", "list").(List)
	if len(list) != 2 || !IsSecret(list[0]) || !IsSecret(list[1].(Object)["c"]) {
		t.Errorf("the list: %v", list)
	}
	if live["config"].(Object)["one"].(Object)["plain"] != Text("x") {
		t.Error("what was read is changed")
	}
	if got := loaded.Environments[0].MarkSecrets(&Connector, "sms", live, nil); IsSecret(got.At("config", "deep", "a", "b")) || !IsSecret(got.At("config", "list").(List)[0]) {
		t.Errorf("another object: %v", got)
	}
}

// What cannot be said of an object is left out of it: the field, what it is in, or the
// whole object.
func TestRemove(t *testing.T) {
	env := func() *Environment {
		loaded := LoadText("prod.yaml", []byte("apiVersion: authsync/v1\nkind: Environment\nname: prod\nsystems: {cloudbase: {envId: a-1}}\n"+
			"clients: {default: {maxDevice: 1}, a: {maxDevice: 2}}\nproviders: {github: {on: true, config: {clientId: a, scope: b}}}\n"), SecretsSealed)
		if err := loaded.Faults.Err(); err != nil {
			t.Fatal(err)
		}
		return loaded.Environments[0]
	}
	for _, row := range []struct {
		path  string
		goes  bool
		count string
	}{
		{"providers.github.config.scope", true, "objects: 3, fields: 4"},
		{"providers.github.config.scope.deeper", true, "objects: 3, fields: 4"},
		{"providers.github.config", true, "objects: 3, fields: 3"},
		{"providers.github", true, "objects: 2, fields: 2"},
		{"clients.a", true, "objects: 2, fields: 4"},
		{"clients.a.maxDevice", true, "objects: 3, fields: 4"},
		{"clients.a.refreshTokenExpiresIn", false, "objects: 3, fields: 5"},
		{"clients.b", false, "objects: 3, fields: 5"},
		{"connectors.a", false, "objects: 3, fields: 5"},
		{"nothing.a", false, "objects: 3, fields: 5"},
		{"", false, "objects: 3, fields: 5"},
	} {
		e := env()
		var at Path
		if row.path != "" {
			at = strings.Split(row.path, ".")
		}
		goes := e.Remove(at)
		objects, fields := 0, 0
		for _, c := range e.Collections {
			for _, o := range c.Objects {
				objects++
				eachLeaf(o.Fields, func() { fields++ })
			}
		}
		if got := fmt.Sprintf("objects: %d, fields: %d", objects, fields); goes != row.goes || got != row.count {
			t.Errorf("%q: %v, %s, want %v, %s", row.path, goes, got, row.goes, row.count)
		}
	}
}

func eachLeaf(v Value, found func()) {
	if o, is := v.(Object); is {
		for _, inner := range o {
			eachLeaf(inner, found)
		}
		return
	}
	found()
}

func TestPathsThatMeet(t *testing.T) {
	config, secret, name := Path{"config"}, Path{"config", "clientSecret"}, Path{"name"}
	for _, row := range []struct {
		a, b          Path
		within, meets bool
	}{
		{secret, config, true, true}, {config, secret, false, true}, {config, config, true, true}, {config, nil, true, true}, {name, config, false, false}, {secret, name, false, false},
	} {
		if row.a.Within(row.b) != row.within || row.a.Meets(row.b) != row.meets {
			t.Errorf("%v and %v: within %t, meet %t", row.a, row.b, row.a.Within(row.b), row.a.Meets(row.b))
		}
	}
}
