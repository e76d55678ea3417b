package cli

import (
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"slices"

	"filippo.io/age"
	"github.com/hashicorp/go-multierror"

	"authsync/disk"
	"authsync/schema"
	"authsync/schema/rewrite"
	"authsync/secrets"
	"authsync/sync"
	"authsync/sync/lock"
)

// holder is a file that holds sealed texts.
type holder struct {
	*rewrite.Document
	manifest   schema.File     // whose recipients open them
	recipients []age.Recipient // parsed
}

// kept is a file that authsync keeps beside a manifest. What it holds sealed is
// sealed to the environment's recipients.
type kept struct {
	paths func(f schema.File) ([]string, error)
	// check says what is wrong with it, in the words of who reads it.
	check func(path, env string) error
}

var keptFiles = []kept{
	{oneFile(sync.VaultFile), func(path, env string) error { _, err := secrets.OpenVault(path, env); return err }},
	{oneFile(sync.LockFile), func(path, env string) error {
		_, err := lock.Open(path, lock.Owner{Env: env, Version: Version})
		return err
	}},
	{snapshotFiles, func(string, string) error { return nil }}, // opened as a whole, or not at all
}

func oneFile(beside func(manifest string) string) func(schema.File) ([]string, error) {
	return func(f schema.File) ([]string, error) { return []string{beside(f.Path)}, nil }
}

// snapshotFiles are what applies from here have kept for an undo.
func snapshotFiles(f schema.File) ([]string, error) {
	elsewhere, _ := lookupEnv("AUTHSYNC_STATE_DIR")
	return sync.StateOf(&schema.Environment{Name: f.Name, File: f.Path}, elsewhere).Snapshots()
}

// bindings say, by the kind of a file, what a sealed text in it may be bound to.
var bindings = map[string]func(env string, s rewrite.SealedText) []secrets.Binding{
	schema.EnvironmentFile: boundToPaths,
	schema.BaseFile:        boundToPaths,
	"Vault": func(env string, s rewrite.SealedText) []secrets.Binding {
		at := s.Paths[0]
		if len(at) != 3 || at[0] != "tokens" {
			return nil
		}
		return []secrets.Binding{{Env: env, Path: "tokens." + at[1]}}
	},
	"Lock": func(env string, s rewrite.SealedText) []secrets.Binding {
		return []secrets.Binding{{Env: env, Path: "lock." + s.Paths[0].String()}}
	},
	"Snapshot": func(env string, s rewrite.SealedText) []secrets.Binding {
		return []secrets.Binding{{Env: env, Path: "snapshot." + s.Paths[0].String()}}
	},
}

func boundToPaths(env string, s rewrite.SealedText) []secrets.Binding {
	var all []secrets.Binding
	for _, path := range s.Paths {
		all = append(all, secrets.Binding{Env: env, Path: path.String()})
	}
	return all
}

// openText opens a sealed text of a document, and says what it is bound to:
// behind an alias that is one of several paths.
func openText(keys *secrets.Keyring, d *rewrite.Document, s rewrite.SealedText) (secrets.Clear, secrets.Binding, error) {
	bind := bindings[d.Kind]
	if bind == nil {
		bind = boundToPaths
	}
	places := bind(d.Environment, s)
	if len(places) == 0 {
		return secrets.Clear{}, secrets.Binding{}, errors.New("stands where authsync puts nothing")
	}
	clear, err := keys.Open(secrets.Sealed(s.Armored, places[0]))
	if moved := (*secrets.MovedError)(nil); errors.As(err, &moved) && slices.Contains(places, moved.SealedFor) {
		places[0] = moved.SealedFor
		clear, err = keys.Open(secrets.Sealed(s.Armored, places[0]))
	}
	return clear, places[0], err
}

// readHolders reads every file in which the secrets of manifests are: the
// manifests, what they extend, and what is kept beside them.
func readHolders(files []schema.File) ([]holder, error) {
	var holders []holder
	var all *multierror.Error
	add := func(path string, f schema.File) {
		h, err := readHolder(path, f)
		if errors.Is(err, fs.ErrNotExist) {
			return
		}
		all = multierror.Append(all, err)
		if h.Document != nil {
			holders = append(holders, h)
		}
	}
	for _, f := range files {
		add(f.Path, f)
		if f.Kind != schema.EnvironmentFile {
			continue
		}
		for _, k := range keptFiles {
			paths, err := k.paths(f)
			all = multierror.Append(all, err)
			for _, path := range paths {
				if err := k.check(path, f.Name); err != nil {
					all = multierror.Append(all, err)
					continue
				}
				add(path, f)
			}
		}
	}
	return holders, all.ErrorOrNil()
}

func readHolder(path string, f schema.File) (holder, error) {
	h := holder{manifest: f}
	text, err := disk.ReadBeside(path)
	if err != nil {
		return h, err
	}
	if h.Document, err = rewrite.ReadDocument(path, text); err != nil {
		return h, err
	}
	if len(h.Sealed) > 0 && len(f.Recipients) == 0 {
		return h, &schema.Fault{Pos: f.RecipientsPos, Path: schema.Path{"recipients"},
			Text: fmt.Sprintf("are missing, and %s holds sealed values; name who opens them (recipients: [age1...])", path)}
	}
	h.recipients, err = secrets.ParseRecipients(f.Recipients)
	return h, err
}

// neighbours are environments that are not among the files of a run, lie beside
// them, and extend a Base of the run: what is done to the Base concerns them.
func neighbours(files []schema.File) []schema.File {
	var bases, known, dirs []string
	for _, f := range files {
		known = append(known, f.Path)
		if f.Kind == schema.BaseFile {
			bases = append(bases, f.Path)
		}
		if dir := filepath.Dir(f.Path); !slices.Contains(dirs, dir) {
			dirs = append(dirs, dir)
		}
	}
	if len(bases) == 0 {
		return nil
	}
	around, _ := filesOf(dirs) // a mistake in a file of no concern is of none
	var found []schema.File
	for _, f := range around {
		extends := slices.ContainsFunc(f.Extends, func(path string) bool { return slices.Contains(bases, path) })
		if f.Kind == schema.EnvironmentFile && extends && !slices.Contains(known, f.Path) {
			found = append(found, f)
		}
	}
	return found
}
