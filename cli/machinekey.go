package cli

import (
	"io"
	"os"
	"path/filepath"

	"authsync/cli/say"
	"authsync/sync/state"
)

// machineKey is the key that marks what this machine keeps: in the directory for
// the state of programs, outside of every repository.
func machineKey() state.MachineKey {
	dir, _ := lookupEnv("XDG_STATE_HOME")
	if !filepath.IsAbs(dir) {
		dir = ""
		if home, _ := lookupEnv("HOME"); home != "" {
			dir = filepath.Join(home, ".local", "state")
		} else if config, err := os.UserConfigDir(); err == nil {
			dir = config
		}
	}
	if dir == "" {
		return state.MachineKey{}
	}
	return state.MachineKey{Path: filepath.Join(dir, "authsync", "machine.key")}
}

// makeMachineKey says where the key cannot be used, before something is kept
// without its mark.
func makeMachineKey(w io.Writer) {
	if err := machineKey().Make(); err != nil {
		say.Fprintf(w, "warning: what this apply keeps for an undo is not marked as this machine's, so undo will want --from FILE: %v\n", err)
	}
}
