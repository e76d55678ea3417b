package cli

import (
	"io"
	"os"
	"path/filepath"

	"authsync/cli/say"
	"authsync/sync/state"
)

// machineKey returns the key that marks this machine's files. It is in the state
// directory of programs, outside of every repository.
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

// makeMachineKey warns if the key cannot be used, before something is kept without a
// mark.
func makeMachineKey(w io.Writer) {
	if err := machineKey().Make(); err != nil {
		say.Fprintf(w, "warning: what this apply keeps for an undo is not marked as this machine's, so undo will want --from FILE: %v\n", err)
	}
}
