package lock

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"filippo.io/age"
	"github.com/google/go-cmp/cmp"

	"authsync/schema"
	"authsync/secrets"
)

func apiKey(name string) schema.Key { return schema.Key{Kind: "apiKey", Name: name} }

// vaultAt opens the vault of prod in a file, and a key that opens its tokens.
func vaultAt(t *testing.T, path string) *Vault {
	t.Helper()
	v, err := OpenVault(File{Path: path}, Owner{Env: "prod"})
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func newKey(t *testing.T) (*secrets.Keyring, []age.Recipient) {
	t.Helper()
	identity, err := age.GenerateX25519Identity()
	if err != nil {
		t.Fatal(err)
	}
	return &secrets.Keyring{Identities: []age.Identity{identity}}, []age.Recipient{identity.Recipient()}
}

func TestVaultKeepsTokens(t *testing.T) {
	path := filepath.Join(t.TempDir(), "prod.vault.yaml")
	keys, to := newKey(t)
	v := vaultAt(t, path)
	if _, err := os.Stat(path); !os.IsNotExist(err) {
		t.Fatalf("opening a vault made one: %v", err)
	}
	if err := v.Put(apiKey("server"), Successor{ID: "key-1", Replaces: []string{"key-0"}}, secrets.NewClear("the-token"), to); err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if strings.Contains(string(text), "the-token") || !strings.Contains(string(text), "token: !age |") {
		t.Errorf("not sealed:\n%s", text)
	}
	// What is on disk is what another process finds.
	again := vaultAt(t, path)
	token, ok := again.Entry(apiKey("server"))
	if !ok || token.ID != "key-1" || cmp.Diff([]string{"key-0"}, token.Replaces) != "" {
		t.Fatalf("read again: %+v, %v", token, ok)
	}
	clear, err := keys.Open(token.Value)
	if err != nil || clear.Reveal() != "the-token" {
		t.Fatalf("opened: %v", err)
	}
	if names := again.Keys(); cmp.Diff([]schema.Key{apiKey("server")}, names) != "" {
		t.Errorf("names: %v", names)
	}
	if err := again.Drop("apiKey", "key-0"); err != nil || len(again.Keys()) != 1 {
		t.Errorf("dropping what it replaced: %v, %v", err, again.Keys())
	}
	if err := again.Drop("apiKey", "key-1"); err != nil || len(vaultAt(t, path).Keys()) != 0 {
		t.Errorf("dropping it: %v", err)
	}
}

// A token is bound to its environment and its name: copied elsewhere it does not
// open.
func TestVaultTokensAreBound(t *testing.T) {
	dir := t.TempDir()
	keys, to := newKey(t)
	v := vaultAt(t, filepath.Join(dir, "prod.vault.yaml"))
	if err := v.Put(apiKey("server"), Successor{ID: "key-1"}, secrets.NewClear("the-token"), to); err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(filepath.Join(dir, "prod.vault.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	moved := filepath.Join(dir, "moved.yaml")
	if err := os.WriteFile(moved, []byte(strings.Replace(string(text), "  apiKey/server:", "  apiKey/other:", 1)), 0o600); err != nil {
		t.Fatal(err)
	}
	token, ok := vaultAt(t, moved).Entry(apiKey("other"))
	if !ok {
		t.Fatal("the moved token is not there")
	}
	if _, err := keys.Open(token.Value); err == nil {
		t.Error("a token opened under another name")
	}
}

// A call that shows a token is announced before it is made, and what is known of
// the one before stays until the token is kept.
func TestVaultRemembersACallWithoutAnAnswer(t *testing.T) {
	path := filepath.Join(t.TempDir(), "prod.vault.yaml")
	_, to := newKey(t)
	v := vaultAt(t, path)
	check := func(when string, want []string, wantBegun bool) {
		t.Helper()
		for what, v := range map[string]*Vault{"here": v, "on disk": vaultAt(t, path)} {
			before, begun := v.Making(apiKey("server"))
			if begun != wantBegun || cmp.Diff(want, before) != "" {
				t.Errorf("%s, %s: %v, %v", when, what, before, begun)
			}
		}
	}
	steps := []struct {
		name   string
		do     func() error
		before []string
		begun  bool
	}{
		{"begun", func() error { return v.Begin(apiKey("server"), []string{"old"}) }, []string{"old"}, true},
		{"begun again", func() error { return v.Begin(apiKey("server"), []string{"old", "lost"}) }, []string{"old"}, true},
		{"another is kept", func() error { return v.Put(apiKey("web"), Successor{ID: "w"}, secrets.NewClear("t"), to) }, []string{"old"}, true},
		{"kept", func() error {
			return v.Put(apiKey("server"), Successor{ID: "new", Replaces: []string{"old", "lost"}}, secrets.NewClear("t"), to)
		}, nil, false},
		{"begun once more", func() error { return v.Begin(apiKey("server"), []string{"new"}) }, []string{"new"}, true},
		{"abandoned", func() error { return v.Abandon(apiKey("server")) }, nil, false},
	}
	for _, s := range steps {
		if err := s.do(); err != nil {
			t.Fatalf("%s: %v", s.name, err)
		}
		check(s.name, s.before, s.begun)
	}
}

// With an error nothing is changed, neither in the file nor here.
func TestVaultThatCannotBeWritten(t *testing.T) {
	_, to := newKey(t)
	v := vaultAt(t, filepath.Join(t.TempDir(), "missing", "prod.vault.yaml"))
	for name, do := range map[string]func() error{
		"check": v.Check,
		"begin": func() error { return v.Begin(apiKey("server"), nil) },
		"put": func() error {
			return v.Put(apiKey("server"), Successor{ID: "key-1"}, secrets.NewClear("the-token"), to)
		},
	} {
		err := do()
		if err == nil || !strings.Contains(err.Error(), "prod.vault.yaml") || strings.Contains(err.Error(), "the-token") {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, begun := v.Making(apiKey("server")); begun || len(v.Keys()) > 0 {
		t.Error("a change that failed is there all the same")
	}
}

func TestVaultsThatAreNone(t *testing.T) {
	head := "apiVersion: authsync/v1\nkind: Vault\nenvironment: prod\n"
	for _, row := range []struct{ name, text, want string }{
		{"empty", "", "is not a vault that can be read; restore it from git"},
		{"torn", head + "tokens: {server: {id: a, token: !age |\n", "is not a vault that can be read; restore it from git"},
		{"of another version", strings.Replace(head, "v1", "v2", 1) + "tokens: {}\n", "this version of authsync"},
		{"of another kind", strings.Replace(head, "Vault", "Lock", 1) + "tokens: {}\n", "kind: Vault"},
		{"of another environment", strings.Replace(head, "prod", "dev", 1) + "tokens: {}\n", `is the vault of "dev", not of "prod"`},
		{"with an entry without a name", head + "making: {'': []}\ntokens: {}\n", "without a name"},
		{"with unknown names", head + "secret: the-token\n", "is not a vault that can be read"},
		{"with a token in clear", head + "tokens: {server: {id: a, token: the-token}}\n", "tokens.server: is not sealed"},
		{"with a token that is not armored", head + "tokens: {server: {id: a, token: !age the-token}}\n", "tokens.server: is not sealed"},
	} {
		t.Run(row.name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "prod.vault.yaml")
			if err := os.WriteFile(path, []byte(row.text), 0o600); err != nil {
				t.Fatal(err)
			}
			_, err := OpenVault(File{Path: path}, Owner{Env: "prod"})
			if err == nil || !strings.Contains(err.Error(), row.want) || !strings.Contains(err.Error(), path) {
				t.Errorf("got %v, want %q", err, row.want)
			}
			if err != nil && strings.Contains(err.Error(), "the-token") {
				t.Errorf("the error shows the token: %v", err)
			}
		})
	}
}

// Names stand sorted, and a change of one leaves the lines of the others alone.
func TestVaultOrderIsStable(t *testing.T) {
	path := filepath.Join(t.TempDir(), "prod.vault.yaml")
	_, to := newKey(t)
	v := vaultAt(t, path)
	for _, name := range []string{"web", "alpha", "server"} {
		if err := v.Put(apiKey(name), Successor{ID: "id-" + name}, secrets.NewClear("token of "+name), to); err != nil {
			t.Fatal(err)
		}
	}
	read := func() []string {
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		return strings.Split(string(text), "\n")
	}
	before := read()
	if err := v.Check(); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(before, read()); diff != "" {
		t.Errorf("written again without a change (-before +after)\n%s", diff)
	}
	if err := v.Put(apiKey("alpha"), Successor{ID: "id-2"}, secrets.NewClear("another"), to); err != nil {
		t.Fatal(err)
	}
	after := read()
	at := func(lines []string, name string) int {
		for i, line := range lines {
			if line == "  apiKey/"+name+":" {
				return i
			}
		}
		t.Fatalf("no %s", name)
		return 0
	}
	if diff := cmp.Diff(before[at(before, "server"):], after[at(after, "server"):]); diff != "" {
		t.Errorf("lines of others have changed (-before +after)\n%s", diff)
	}
	if a, s, w := at(after, "alpha"), at(after, "server"), at(after, "web"); a > s || s > w {
		t.Errorf("not sorted: %d %d %d", a, s, w)
	}
}

func TestVaultIsSafeForConcurrentUse(t *testing.T) {
	path := filepath.Join(t.TempDir(), "prod.vault.yaml")
	_, to := newKey(t)
	v := vaultAt(t, path)
	var wait sync.WaitGroup
	for i := range 20 {
		wait.Go(func() {
			name := fmt.Sprintf("key-%d", i)
			if err := v.Put(apiKey(name), Successor{ID: name}, secrets.NewClear(name), to); err != nil {
				t.Error(err)
			}
			if _, ok := vaultAt(t, path).Entry(apiKey(name)); !ok {
				t.Errorf("%s is not on disk when Put has returned", name)
			}
		})
	}
	wait.Wait()
	if n := len(vaultAt(t, path).Keys()); n != 20 {
		t.Errorf("%d tokens on disk", n)
	}
}

// A token lives on beside the one that takes its place, until a time, and each
// opens, also where an older version has named it by its name alone.
func TestVaultKeepsAFormerToken(t *testing.T) {
	path := filepath.Join(t.TempDir(), "prod.vault.yaml")
	keys, to := newKey(t)
	sealed, err := secrets.Seal(secrets.NewClear("old-token"), secrets.Binding{Env: "prod", Path: "tokens.server"}, to)
	if err != nil {
		t.Fatal(err)
	}
	old := "apiVersion: authsync/v1\nkind: Vault\nenvironment: prod\nmaking:\n  web: [w]\ntokens:\n  server:\n    id: key-1\n    token: !age |\n      " +
		strings.ReplaceAll(strings.TrimSpace(sealed.Armored()), "\n", "\n      ") + "\n"
	if err := os.WriteFile(path, []byte(old), 0o600); err != nil {
		t.Fatal(err)
	}
	v := vaultAt(t, path)
	if before, begun := v.Making(apiKey("web")); !begun || cmp.Diff([]string{"w"}, before) != "" {
		t.Errorf("a call that an older version began: %v, %v", before, begun)
	}
	until := time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC)
	next := Successor{ID: "key-2", Replaces: []string{"key-1"}, Until: map[string]time.Time{"key-1": until}}
	if err := v.Put(apiKey("server"), next, secrets.NewClear("new-token"), to); err != nil {
		t.Fatal(err)
	}
	again := vaultAt(t, path)
	token, _ := again.Entry(apiKey("server"))
	if len(token.Former) != 1 || token.Former[0].ID != "key-1" || !token.Former[0].Until.Equal(until) {
		t.Fatalf("read again: %+v", token)
	}
	for want, value := range map[string]secrets.Value{"new-token": token.Value, "old-token": token.Former[0].Value} {
		if clear, err := keys.Open(value); err != nil || clear.Reveal() != want {
			t.Errorf("%s: %v", want, err)
		}
	}
	if err := again.Drop("apiKey", "key-1"); err != nil {
		t.Fatal(err)
	}
	if token, ok := vaultAt(t, path).Entry(apiKey("server")); !ok || token.ID != "key-2" || len(token.Former) > 0 {
		t.Errorf("once the old one is gone: %+v", token)
	}
	if err := again.Drop("another", "key-2"); err != nil || len(again.Keys()) != 1 {
		t.Errorf("an id of another kind takes it out: %v", err)
	}
}
