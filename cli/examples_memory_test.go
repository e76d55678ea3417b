package cli

import (
	"os"
	"path/filepath"
	"regexp"
	"testing"

	"authsync/atomicfile"
	"authsync/remote/sandbox"
	"authsync/schema"
	"authsync/sync"
	"authsync/sync/lock"
)

// The locks and the vault of the examples are of the examples' sandbox: they are
// believed for it, and set aside at a service. With UPDATE=1 they become so.
func TestTheExamplesRememberTheirSandbox(t *testing.T) {
	server, err := seeded(sandboxOptions{seed: "../examples/sandbox"})
	if err != nil {
		t.Fatal(err)
	}
	listening, err := sandbox.Start("127.0.0.1:0", server)
	if err != nil {
		t.Fatal(err)
	}
	defer listening.Close()
	defer server.Close()
	identity, err := sandbox.Identify(t.Context(), listening.URL)
	if err != nil {
		t.Fatal(err)
	}
	loaded := schema.Load([]string{"../examples/envs"}, schema.SecretsSealed)
	if err := loaded.Faults.Err(); err != nil {
		t.Fatal(err)
	}
	for _, env := range loaded.Environments {
		owner := lock.Owner{Env: env.Name, Version: Version, Places: lock.PlacesOf(env, identity), Recipients: env.Recipients}
		if os.Getenv("UPDATE") != "" {
			renew(t, identity, env, owner)
		}
		for _, file := range []string{sync.LockFile(env.File), sync.VaultFile(env.File)} {
			text, err := os.ReadFile(file)
			if os.IsNotExist(err) {
				continue
			}
			if got := lock.PlacesIn(text).Sandbox(); err != nil || got != identity {
				t.Errorf("%s: is of %q, %v, want %q; UPDATE=1 writes it again", filepath.Base(file), got, err, identity)
			}
		}
	}
}

var anySandbox = regexp.MustCompile(`sandbox: sha256:[0-9a-f]+`)

func renew(t *testing.T, identity string, env *schema.Environment, owner lock.Owner) {
	t.Helper()
	check := func(err error) {
		if err != nil {
			t.Fatal(err)
		}
	}
	for _, file := range []string{sync.LockFile(env.File), sync.VaultFile(env.File)} {
		if text, err := os.ReadFile(file); err == nil {
			check(atomicfile.Write(file, anySandbox.ReplaceAll(text, []byte("sandbox: "+identity)), 0o644))
		}
	}
	l, err := lock.Open(sync.LockFile(env.File), owner)
	check(err)
	check(l.Check())
	if _, err := os.Stat(sync.VaultFile(env.File)); err == nil {
		v, err := lock.OpenVault(lock.File{Path: sync.VaultFile(env.File)}, owner)
		check(err)
		check(v.Check())
	}
}
