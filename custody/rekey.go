package custody

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"filippo.io/age"
	"github.com/hashicorp/go-multierror"

	"authsync/atomicfile"
	"authsync/disk"
	"authsync/schema"
	"authsync/schema/rewrite"
	"authsync/secrets"
	"authsync/sync"
	"authsync/sync/lock"
	"authsync/sync/state"
)

// Journal is the file, beside the first manifest, that keeps all texts while they are
// being written.
type Journal string

const (
	RekeyJournal Journal = ".authsync-rekey.json"
	SealJournal  Journal = ".authsync-seal.json"
)

// Resealed is a file whose secrets were sealed again.
type Resealed struct {
	File                string
	Secrets, Recipients int
}

// Rekey opens every secret and seals it again to the recipients that its file states
// now. It writes all files or none.
func (r Repository) Rekey(identities func() ([]age.Identity, error)) ([]Resealed, error) {
	files, faults := r.files(r.Paths)
	if err := faults.Err(); err != nil {
		return nil, err
	}
	if err := r.load(r.Paths...).Faults.Err(); err != nil {
		return nil, err
	}
	ids, err := identities()
	if err != nil {
		return nil, err
	}
	if len(ids) == 0 {
		return nil, secrets.ErrNoIdentity
	}
	around := append(r.neighbours(files), files...)
	release, err := r.claim(around)
	if err != nil {
		return nil, err
	}
	defer release()
	found, faulty := r.sealedFiles(files)
	if err := faulty.ErrorOrNil(); err != nil {
		return nil, err
	}
	k := rekeying{keys: &secrets.Keyring{Identities: ids}, moved: map[string]string{}, was: map[string][]byte{}, texts: map[string][]byte{}}
	if err := k.seal(found); err != nil {
		return nil, err
	}
	if err := k.follow(around); err != nil {
		return nil, err
	}
	return k.done, k.write(RekeyJournal.in(files[0].Path))
}

// claim excludes applies of the environments that have a lock or a vault: a token that
// one stores would be written over. Of more than [Repository.Claims] it only finds out that none
// is running; that their files stay as they were read is looked at before they are written.
func (r Repository) claim(files []schema.File) (release func(), err error) {
	var held []*state.Claim
	release = func() {
		for _, c := range held {
			c.Release()
		}
	}
	for _, f := range files {
		if f.Kind != schema.EnvironmentFile || !applied(f.Path) {
			continue
		}
		c, err := sync.StateOf(f.Name, f.Path, r.StateDir).Claim()
		if err != nil {
			release()
			return nil, err
		}
		if len(held) >= r.Claims {
			c.Release()
			continue
		}
		held = append(held, c)
	}
	return release, nil
}

// applied reports whether an apply has left a lock or a vault beside a manifest.
func applied(manifest string) bool {
	return slices.ContainsFunc([]string{sync.LockFile(manifest), sync.VaultFile(manifest)}, func(path string) bool {
		_, err := os.Stat(path)
		return err == nil
	})
}

func (j Journal) in(manifest string) string { return filepath.Join(filepath.Dir(manifest), string(j)) }

// Unfinished returns the writes that interrupted runs did not finish.
func (r Repository) Unfinished(journal Journal) ([]*atomicfile.Unfinished, error) {
	files, _ := r.files(r.Paths)
	var dirs, among []string
	for _, f := range append(r.neighbours(files), files...) {
		among = append(among, f.Path)
		for _, k := range r.kept() {
			paths, err := k.paths(f)
			if err != nil {
				return nil, err
			}
			among = append(among, paths...)
		}
	}
	for _, f := range files {
		if dir := filepath.Dir(f.Path); !slices.Contains(dirs, dir) {
			dirs = append(dirs, dir)
		}
	}
	var all []*atomicfile.Unfinished
	for _, dir := range dirs {
		u, err := atomicfile.ReadUnfinished(filepath.Join(dir, string(journal)), among)
		if err != nil {
			return nil, err
		}
		if u != nil {
			all = append(all, u)
		}
	}
	return all, nil
}

// rekeying holds the new texts. Nothing is written before all of them are made.
type rekeying struct {
	keys  *secrets.Keyring
	moved map[string]string // the new sealed text by the old one
	was   map[string][]byte // what was read, by path
	texts map[string][]byte // by path
	done  []Resealed
}

// seal opens every secret and seals it again. Its error names all that cannot be
// opened.
func (r *rekeying) seal(files []sealedFile) error {
	var all *multierror.Error
	for _, h := range files {
		fresh := make([]string, len(h.Sealed))
		for i, old := range h.Sealed {
			armored, err := r.reseal(h, old)
			if err != nil {
				all = multierror.Append(all, fmt.Errorf("%s: %s: %w", old.Pos, old.Paths[0], err))
				continue
			}
			fresh[i], r.moved[old.Armored] = armored, armored
		}
		if all != nil || len(fresh) == 0 {
			continue
		}
		text, err := h.Replace(fresh)
		if err == nil {
			text, err = h.mark(h.text, text)
		}
		if err != nil {
			return err
		}
		r.was[h.File], r.texts[h.File] = h.text, text
		r.done = append(r.done, Resealed{h.File, len(fresh), len(h.recipients)})
	}
	if all != nil {
		return multierror.Append(all, errors.New("nothing was written"))
	}
	return nil
}

func (r *rekeying) reseal(h sealedFile, old rewrite.SealedText) (string, error) {
	clear, bound, err := Open(r.keys, h.Document, old)
	if err != nil {
		return "", err
	}
	sealed, err := secrets.Seal(clear, bound, h.recipients)
	return sealed.Armored(), err
}

// follow updates the digests in the locks of environments.
func (r *rekeying) follow(files []schema.File) error {
	for _, f := range files {
		if f.Kind != schema.EnvironmentFile {
			continue
		}
		path := sync.LockFile(f.Path)
		held, err := disk.ReadLong(path)
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return err
		}
		text := held
		if sealed, ok := r.texts[path]; ok { // the file has sealed texts of its own
			text = sealed
		}
		if text = lock.Reseal(text, r.moved); !bytes.Equal(text, held) {
			r.was[path], r.texts[path] = held, text
		}
	}
	return nil
}

func (r *rekeying) write(journal string) error {
	var files []atomicfile.New
	for path, text := range r.texts {
		if now, err := disk.ReadLong(path); err != nil || !bytes.Equal(now, r.was[path]) {
			return errors.Join(err, fmt.Errorf("%s: was written to while this ran; nothing was written, run it again", path))
		}
		files = append(files, atomicfile.New{Path: path, Text: text})
	}
	if len(files) == 0 {
		return nil
	}
	slices.SortFunc(files, func(a, b atomicfile.New) int { return strings.Compare(a.Path, b.Path) })
	return atomicfile.WriteAll(journal, files)
}
