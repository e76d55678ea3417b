package custody

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
	"authsync/sync/state"
)

// Repository is a set of manifests, the files that they extend, and the files beside
// them.
type Repository struct {
	// Paths are manifests, or directories of them.
	Paths []string
	// Roots are directories, beside the repository, in which files named by manifests
	// may be.
	Roots []string
	// StateDir is where this machine keeps state; "" = beside each manifest.
	StateDir string
	// Claims is how many environments may be claimed at once: each is a file or two that
	// is open.
	Claims int
	// Key marks snapshots as this machine's.
	Key state.MachineKey
	// Version is the version of authsync, for locks.
	Version string
	// Hide is called with the variables that manifests name, before an age plugin may
	// run, since a plugin must not get them.
	Hide func(names ...string)
	// Ignored reports whether git is told not to take a file.
	Ignored func(path string) bool
}

// load reads manifests without opening secrets.
func (r Repository) load(paths ...string) *schema.Loaded {
	loaded := schema.Load(paths, schema.SecretsSealed, r.Roots...)
	for _, env := range append(loaded.Environments, loaded.Bases...) {
		r.Hide(env.Variables()...)
	}
	return loaded
}

// files reads the recipients of manifests.
func (r Repository) files(paths []string) ([]schema.File, *schema.Faults) {
	return schema.Files(paths, r.Roots...)
}

type sealedFile struct {
	*rewrite.Document
	manifest   schema.File     // whose recipients open them
	recipients []age.Recipient // parsed
	text       []byte
	// mark gives a changed text the machine's mark if the old text had it.
	mark func(before, after []byte) ([]byte, error)
}

// kept is a file that authsync keeps beside a manifest. Its secrets are sealed to the
// environment's recipients.
type kept struct {
	paths func(f schema.File) ([]string, error)
	// check returns what is wrong with the file, in the words of its reader.
	check func(path, env string) error
	read  func(path string) ([]byte, error)
	mark  func(before, after []byte) ([]byte, error)
}

// unmarked is the mark of files without one.
func unmarked(_, after []byte) ([]byte, error) { return after, nil }

func (r Repository) kept() []kept {
	return []kept{
		{beside(sync.VaultFile), func(path, env string) error {
			_, err := lock.OpenVault(lock.File{Path: path}, lock.Owner{Env: env})
			return err
		}, disk.ReadBeside, unmarked},
		{beside(sync.LockFile), func(path, env string) error { _, err := r.lock(path, env); return err }, disk.ReadBeside, unmarked},
		{r.snapshots, func(string, string) error { return nil }, disk.ReadOwn, r.Key.Remark}, // opened only as a whole
	}
}

func (r Repository) lock(path, env string) (*lock.Lock, error) {
	return lock.Open(path, lock.Owner{Env: env, Version: r.Version})
}

// snapshots returns the snapshots that applies from here have kept.
func (r Repository) snapshots(f schema.File) ([]string, error) {
	return sync.StateOf(f.Name, f.Path, r.StateDir).Snapshots()
}

func beside(file func(manifest string) string) func(schema.File) ([]string, error) {
	return func(f schema.File) ([]string, error) { return []string{file(f.Path)}, nil }
}

// sealedFiles reads every file with secrets of the manifests: the manifests, what they
// extend, and the files beside them.
func (r Repository) sealedFiles(files []schema.File) ([]sealedFile, *multierror.Error) {
	var found []sealedFile
	var all *multierror.Error
	add := func(path string, f schema.File, k kept) {
		h, err := k.sealed(path, f)
		if errors.Is(err, fs.ErrNotExist) {
			return
		}
		all = multierror.Append(all, err)
		if h.Document != nil {
			found = append(found, h)
		}
	}
	for _, f := range files {
		add(f.Path, f, kept{read: disk.ReadBeside, mark: unmarked})
		if f.Kind != schema.EnvironmentFile {
			continue
		}
		for _, k := range r.kept() {
			paths, err := k.paths(f)
			all = multierror.Append(all, err)
			for _, path := range paths {
				if err := k.check(path, f.Name); err != nil {
					all = multierror.Append(all, err)
					continue
				}
				add(path, f, k)
			}
		}
	}
	return found, all
}

func (k kept) sealed(path string, f schema.File) (sealedFile, error) {
	h := sealedFile{manifest: f, mark: k.mark}
	var err error
	if h.text, err = k.read(path); err != nil {
		return h, err
	}
	if h.Document, err = rewrite.ReadDocument(path, h.text); err != nil {
		return h, err
	}
	if len(h.Sealed) > 0 && len(f.Recipients) == 0 {
		return h, &schema.Fault{Pos: f.RecipientsPos, Path: schema.Path{"recipients"},
			Text: fmt.Sprintf("are missing, and %s holds sealed values; name who opens them (recipients: [age1...])", path)}
	}
	h.recipients, err = secrets.ParseRecipients(f.Recipients)
	return h, err
}

// neighbours returns environments beside the given files that extend one of their
// Bases: a change of the Base concerns them too.
func (r Repository) neighbours(files []schema.File) []schema.File {
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
	around, _ := r.files(dirs) // mistakes in unrelated files do not matter
	var found []schema.File
	for _, f := range around {
		extends := slices.ContainsFunc(f.Extends, func(path string) bool { return slices.Contains(bases, path) })
		if f.Kind == schema.EnvironmentFile && extends && !slices.Contains(known, f.Path) {
			found = append(found, f)
		}
	}
	return found
}
