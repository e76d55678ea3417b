package schema

import (
	"slices"
	"strings"
	"testing"
)

// A remark stands above what it is about. One about a collection that the manifest does
// not have stands where that would be.
func TestWhereRemarksStand(t *testing.T) {
	loaded := LoadText("prod.yaml", []byte("apiVersion: authsync/v1\nkind: Environment\nname: prod\nsystems: {cloudbase: {envId: a-1}}\n"+
		"login: {emailLogin: true}\nproviders: {github: {on: true, config: {clientId: a}}}\n"), SecretsSealed)
	if err := loaded.Faults.Err(); err != nil {
		t.Fatal(err)
	}
	env := loaded.Environments[0]
	above := func(path Path) string { // what the remark stands above
		text, err := Write(env, []Remark{{Path: path, Text: "a remark\n of two lines"}})
		if err != nil {
			t.Fatal(err)
		}
		_, after, found := strings.Cut(string(text), "# a remark of two lines\n")
		if !found {
			return ""
		}
		name, _, _ := strings.Cut(strings.TrimSpace(after), ":")
		return name
	}
	place := func(name string) int {
		return slices.IndexFunc(Kinds, func(k *Kind) bool { return k.Collection == name })
	}
	first, last := "login", "providers"
	if place(first) > place(last) {
		first, last = last, first
	}
	for _, k := range Kinds {
		want := last
		if place(k.Collection) <= place(first) {
			want = first
		}
		if got := above(Path{k.Collection}); got != want {
			t.Errorf("a remark about %s stands above %s, want %s", k.Collection, got, want)
		}
	}
	for path, want := range map[string]string{
		"systems": "systems", "name": "name", "providers.github": "github", "providers.github.config.clientId": "clientId",
		"providers.github.config.scope": "config", "providers.corp": "providers", "connectors.dm": "", "nothing": "",
	} {
		if got := above(strings.Split(path, ".")); got != want {
			t.Errorf("a remark about %s stands above %q, want %q", path, got, want)
		}
	}
	text, err := Write(env, []Remark{{Path: Path{"login"}, Text: "one"}, {Path: Path{"login"}, Text: "two"}})
	if err != nil || !strings.Contains(string(text), "\n\n# one\n# two\nlogin:") {
		t.Errorf("%v\n%s", err, text)
	}
}
