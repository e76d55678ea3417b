package lock_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"authsync/diff"
	"authsync/schema"
	"authsync/secrets"
	"authsync/sync/lock"
)

var (
	here    = lock.Places{"connectors": {Address: "https://auth.example"}, "cloudbase": {Address: "https://tcb.tencentcloudapi.com", Tenant: "prod-1"}}
	sandbox = lock.Places{"connectors": {Address: "https://auth.example", Sandbox: "sha256:1"}, "cloudbase": {Address: "https://tcb.tencentcloudapi.com", Tenant: "prod-1", Sandbox: "sha256:1"}}
)

func opened(t *testing.T, f lock.File, places lock.Places) *lock.Lock {
	t.Helper()
	l, err := lock.OpenFile(f, lock.Owner{Env: "prod", Version: "1.2.3", Places: places, Recipients: []string{"age1x"}})
	if err != nil {
		t.Fatal(err)
	}
	return l
}

// Everything that a lock remembers is read as it was written.
func TestLockRemembersAll(t *testing.T) {
	path := filepath.Join(t.TempDir(), "prod.lock.yaml")
	l := opened(t, lock.File{Path: path}, here)
	record(t, l, ghKey, "conn_001", schema.Object{"enabled": schema.Bool(true), "config": schema.Object{"redirect": schema.Text("HTTPS://x")}})
	for _, err := range []error{
		l.Stamped(ghKey, "2026-03-01 11:59:58", noon),
		l.Stamped(ghKey, "2026-03-01 11:59:58", noon.Add(time.Hour)), // read again: no news
		l.Settle(ghKey, nil, []diff.Field{{Path: schema.Path{"config", "redirect"}, Before: schema.Text("https://x/"), After: schema.Text("HTTPS://x")}}),
	} {
		if err != nil {
			t.Fatal(err)
		}
	}
	if run, err := l.Begin(); run != 1 || err != nil {
		t.Errorf("the first run is %d, %v", run, err)
	}
	again := opened(t, lock.File{Path: path}, here)
	e, _ := again.Entry(ghKey)
	if e.Stamp != "2026-03-01 11:59:58" || !e.Read.Equal(noon) || e.Settled["config.redirect"] != `"https://x/"` {
		t.Errorf("read again: %+v", e)
	}
	if run, err := again.Begin(); run != 2 || err != nil || cmp.Diff([]string{"age1x"}, again.Recipients()) != "" {
		t.Errorf("run %d, %v, recipients %v", run, err, again.Recipients())
	}
	record(t, again, ghKey, "", schema.Object{"config": schema.Object{"redirect": schema.Text("https://y")}})
	if e, _ := again.Entry(ghKey); len(e.Settled) > 0 || e.Stamp != "" {
		t.Errorf("what was written again is settled no more, and its stamp is another: %+v", e)
	}
}

// What is remembered at another address is not believed, tells of itself, and is
// forgotten by the next write.
func TestLockOfAnotherAddress(t *testing.T) {
	path := filepath.Join(t.TempDir(), "prod.lock.yaml")
	login := schema.Key{Kind: "login"}
	l := opened(t, lock.File{Path: path}, here)
	record(t, l, ghKey, "conn_001", schema.Object{"enabled": schema.Bool(true)})
	record(t, l, login, "", schema.Object{"emailLogin": schema.Bool(true)})
	moved := lock.Places{"connectors": {Address: "https://other.example"}, "cloudbase": here["cloudbase"]}
	l = opened(t, lock.File{Path: path}, moved)
	if got := l.Moved(); len(got) != 1 || got[0].System != "connectors" || got[0].Was.Address != "https://auth.example" || got[0].Is.Address != "https://other.example" {
		t.Errorf("moved: %+v", got)
	}
	if history := l.LastApplied(ghKey).History(); history != diff.NoLock {
		t.Errorf("of what is at the other address it knows %v", history)
	}
	if history := l.LastApplied(login).History(); history != diff.WasApplied {
		t.Errorf("of what has not moved it knows %v", history)
	}
	record(t, l, login, "", schema.Object{"emailLogin": schema.Bool(false)})
	l = opened(t, lock.File{Path: path}, moved)
	if _, known := l.Entry(ghKey); known || len(l.Moved()) > 0 {
		t.Errorf("written: known %v, moved %v", known, l.Moved())
	}
	tenant := lock.Places{"cloudbase": {Address: here["cloudbase"].Address, Tenant: "prod-2"}}
	if _, err := lock.OpenFile(lock.File{Path: path}, lock.Owner{Env: "prod", Places: tenant}); err == nil || !strings.Contains(err.Error(), `is the lock of the cloudbase environment "prod-1", and the manifest says "prod-2"`) {
		t.Errorf("of another tenant: %v", err)
	}
}

// Locks of older versions are read: where the systems are, and secrets inside
// lists, which had but a word there.
func TestLockOfAnOlderVersion(t *testing.T) {
	path := filepath.Join(t.TempDir(), "prod.lock.yaml")
	if err := os.WriteFile(path, []byte(`apiVersion: authsync/v1
kind: Lock
environment: prod
systems:
  cloudbase: prod-1
  connectors: https://Auth.example:443/
objects:
  connector/github:
    applied: 2026-03-01T12:00:00Z
    authsync: 0.1.0
    fields:
      config.accounts: '[{"password":"(env S_A)","user":"a"},{"password":"(sealed)","user":"(a)"}]'
      config.accounts.1.password: sha256:00
      config.hosts: '["(b)"]'
`), 0o600); err != nil {
		t.Fatal(err)
	}
	l := opened(t, lock.File{Path: path}, here)
	e, _ := l.Entry(ghKey)
	if len(l.Moved()) > 0 || !e.HoldsSecretIn(schema.Path{"config", "accounts"}) || e.HoldsSecretIn(schema.Path{"config", "hosts"}) {
		t.Errorf("moved %v, %+v", l.Moved(), e)
	}
	record(t, l, ghKey, "", schema.Object{"enabled": schema.Bool(true)})
	again := opened(t, lock.File{Path: path}, here)
	if after, _ := again.Entry(ghKey); after.Fields["config.accounts.0.password"] != "secret" || after.Fields["config.accounts.1.password"] != "sha256:00" {
		t.Errorf("written again: %+v", after)
	}
}

// A secret inside a list has an entry of its own, whatever is known of it, and a
// text that looks like the word for one is a text.
func TestSecretsInsideLists(t *testing.T) {
	path := filepath.Join(t.TempDir(), "prod.lock.yaml")
	l := opened(t, lock.File{Path: path}, here)
	key := schema.Key{Kind: "connector", Name: "mail"}
	record(t, l, key, "", schema.Object{"config": schema.Object{
		"accounts": schema.List{schema.Object{"password": schema.Secret{Value: secrets.Env("S_A")}}},
		"words":    schema.List{schema.Text("(sealed)")},
	}})
	e, _ := opened(t, lock.File{Path: path}, here).Entry(key)
	if !e.HoldsSecretIn(schema.Path{"config", "accounts"}) || e.HoldsSecretIn(schema.Path{"config", "words"}) {
		t.Errorf("%+v", e.Fields)
	}
}

type folder struct{ dir string }

func (f folder) Own(name string) string { return filepath.Join(f.dir, ".authsync", "prod."+name) }
func (f folder) Prepare() error         { return os.MkdirAll(filepath.Join(f.dir, ".authsync"), 0o700) }

// Whose memory stands beside the manifest decides where a run keeps its own.
func TestWhereMemoriesAreKept(t *testing.T) {
	for _, row := range []struct {
		name          string
		lockOf        lock.Places // what stands there; nil = nothing
		vaultOf       lock.Places
		run           lock.Places
		set           bool
		believes, own bool
	}{
		{name: "nothing, the service", run: here},
		{name: "nothing, a sandbox", run: sandbox},
		{name: "the service's, the service", lockOf: here, run: here, believes: true},
		{name: "the service's, a sandbox", lockOf: here, run: sandbox, own: true},
		{name: "the service's vault alone, a sandbox", vaultOf: here, run: sandbox, own: true},
		{name: "a sandbox's, the same", lockOf: sandbox, run: sandbox, believes: true},
		{name: "a sandbox's, the service", lockOf: sandbox, run: here, set: true},
	} {
		t.Run(row.name, func(t *testing.T) {
			dir := t.TempDir()
			path, vault := filepath.Join(dir, "prod.lock.yaml"), filepath.Join(dir, "prod.vault.yaml")
			if row.lockOf != nil {
				record(t, opened(t, lock.File{Path: path}, row.lockOf), ghKey, "conn_001", nil)
			}
			if row.vaultOf != nil {
				v, err := lock.OpenVault(lock.File{Path: vault}, lock.Owner{Env: "prod", Places: row.vaultOf})
				if err == nil {
					err = v.Check()
				}
				if err != nil {
					t.Fatal(err)
				}
			}
			before, _ := os.ReadFile(path)
			lockFile, vaultFile := lock.Choose(row.run, path, vault, folder{dir}, nil)
			if own := lockFile.Path != path; own != row.own || own != (vaultFile.Path != vault) {
				t.Errorf("kept at %s and %s", lockFile.Path, vaultFile.Path)
			}
			l := opened(t, lockFile, row.run)
			if _, known := l.Entry(ghKey); known != row.believes {
				t.Errorf("believed: %v", known)
			}
			record(t, l, schema.Key{Kind: "login"}, "", nil)
			after, _ := os.ReadFile(path)
			if row.own && string(before) != string(after) {
				t.Errorf("the service's lock was touched:\n%s", after)
			}
			aside, err := os.ReadFile(filepath.Join(dir, ".authsync", "prod.sandbox.lock.yaml"))
			if row.set && (err != nil || string(aside) != string(before)) {
				t.Errorf("not set aside: %v", err)
			}
		})
	}
}
