package fleet

import (
	"errors"
	"os"
	"path/filepath"
	"testing"

	"authsync/schema"
	"authsync/sync"
	"authsync/sync/state"
)

// claimable are environments of which nothing is there but their names.
func claimable(t *testing.T, names ...string) []*schema.Outline {
	t.Helper()
	dir := t.TempDir()
	var envs []*schema.Outline
	for _, name := range names {
		envs = append(envs, &schema.Outline{Name: name, File: filepath.Join(dir, name+".yaml")})
	}
	return envs
}

// A large run holds only so many claims, and claims the rest when their turn
// comes: refused if another apply is running, or has run meanwhile.
func TestClaimsOfALargeRun(t *testing.T) {
	envs := claimable(t, "a", "b", "c", "d")
	ours, err := Claim(envs, "", 2)
	if err != nil {
		t.Fatal(err)
	}
	defer ours.ReleaseAll()
	var taken *state.ClaimedError
	for i, env := range envs {
		other, err := sync.StateOf(env.Name, env.File, "").Claim()
		if held := errors.As(err, &taken); held != (i < 2) {
			t.Errorf("%s is held: %t, %v", env.Name, held, err)
		}
		if err == nil {
			other.Release()
		}
	}
	if err := ours.begin(envs[0]); err != nil {
		t.Errorf("what is held: %v", err)
	}
	if err := ours.begin(envs[2]); err != nil {
		t.Errorf("what nobody came to meanwhile: %v", err)
	}
	if _, err := sync.StateOf(envs[2].Name, envs[2].File, "").Claim(); !errors.As(err, &taken) {
		t.Errorf("its turn has begun, and another can claim it: %v", err)
	}
	ours.release(envs[2])
	other, err := sync.StateOf(envs[2].Name, envs[2].File, "").Claim()
	if err != nil {
		t.Fatalf("after its turn: %v", err)
	}
	other.Release()
}

func TestWhatCameBetweenAClaimAndItsTurn(t *testing.T) {
	for name, between := range map[string]func(*testing.T, *schema.Outline){
		"an apply that is still running": func(t *testing.T, env *schema.Outline) {
			other, err := sync.StateOf(env.Name, env.File, "").Claim()
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(other.Release)
		},
		"another lock":  func(t *testing.T, env *schema.Outline) { write(t, sync.LockFile(env.File)) },
		"another vault": func(t *testing.T, env *schema.Outline) { write(t, sync.VaultFile(env.File)) },
		"another journal": func(t *testing.T, env *schema.Outline) {
			write(t, filepath.Join(sync.StateOf(env.Name, env.File, "").Dir, env.Name+"-00000001.jsonl"))
		},
	} {
		t.Run(name, func(t *testing.T) {
			envs := claimable(t, "a")
			ours, err := Claim(envs, "", 0)
			if err != nil {
				t.Fatal(err)
			}
			between(t, envs[0])
			var refused *RefusedError
			if err := ours.begin(envs[0]); !errors.As(err, &refused) {
				t.Errorf("its turn begins: %v", err)
			}
		})
	}
}

func write(t *testing.T, path string) {
	t.Helper()
	if err := os.WriteFile(path, []byte("x\n"), 0o600); err != nil {
		t.Fatal(err)
	}
}
