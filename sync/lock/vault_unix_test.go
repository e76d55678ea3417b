//go:build unix

package lock

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"authsync/secrets"
)

// What it takes to keep a token is held before the call that shows it: a process
// that can open no file any more keeps it all the same.
func TestVaultKeepsATokenWithoutAnotherFile(t *testing.T) {
	if path := os.Getenv("VAULT_AT"); path != "" {
		keepWithoutAnotherFile(t, path)
		return
	}
	path := filepath.Join(t.TempDir(), "prod.vault.yaml")
	self := exec.Command("sh", "-c", `ulimit -n 40; exec "$0" -test.run '^TestVaultKeepsATokenWithoutAnotherFile$'`, os.Args[0])
	self.Env = append(os.Environ(), "VAULT_AT="+path)
	if said, err := self.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, said)
	}
	if token, kept := vaultAt(t, path).Entry(apiKey("server")); !kept || token.ID != "key-1" {
		t.Errorf("kept is %+v", token)
	}
	if _, begun := vaultAt(t, path).Making(apiKey("server")); begun {
		t.Error("its call is open still")
	}
}

func keepWithoutAnotherFile(t *testing.T, path string) {
	_, to := newKey(t)
	v := vaultAt(t, path)
	if err := v.Begin(apiKey("server"), nil); err != nil {
		t.Fatal(err)
	}
	var open []*os.File
	for {
		f, err := os.Open(os.DevNull)
		if err != nil {
			break
		}
		open = append(open, f)
	}
	err := v.Put(apiKey("server"), Successor{ID: "key-1"}, secrets.NewClear("t"), to)
	for _, f := range open {
		f.Close()
	}
	if err != nil {
		t.Fatal(err)
	}
}

// A call that is begun and comes to nothing leaves no file behind.
func TestVaultGivesUpWhatItReserved(t *testing.T) {
	for name, end := range map[string]func(*Vault) error{
		"abandoned": func(v *Vault) error { return v.Abandon(apiKey("server")) },
		"lost":      func(v *Vault) error { v.Release(apiKey("server")); return nil },
	} {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "prod.vault.yaml")
			v := vaultAt(t, path)
			if err := v.Begin(apiKey("server"), nil); err != nil {
				t.Fatal(err)
			}
			if err := end(v); err != nil {
				t.Fatal(err)
			}
			if entries, err := os.ReadDir(filepath.Dir(path)); err != nil || len(entries) != 1 {
				t.Errorf("left are %v, %v", entries, err)
			}
		})
	}
}
