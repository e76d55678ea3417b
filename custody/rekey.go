package custody

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
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
	found, faulty := r.sealedFiles(files)
	if err := faulty.ErrorOrNil(); err != nil {
		return nil, err
	}
	k := rekeying{keys: &secrets.Keyring{Identities: ids}, moved: map[string]string{}, texts: map[string][]byte{}}
	if err := k.seal(found); err != nil {
		return nil, err
	}
	if err := k.follow(append(r.neighbours(files), files...)); err != nil {
		return nil, err
	}
	return k.done, k.write(RekeyJournal.in(files[0].Path))
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
		r.texts[h.File] = text
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
			r.texts[path] = text
		}
	}
	return nil
}

func (r *rekeying) write(journal string) error {
	var files []atomicfile.New
	for path, text := range r.texts {
		files = append(files, atomicfile.New{Path: path, Text: text})
	}
	if len(files) == 0 {
		return nil
	}
	slices.SortFunc(files, func(a, b atomicfile.New) int { return strings.Compare(a.Path, b.Path) })
	return atomicfile.WriteAll(journal, files)
}
