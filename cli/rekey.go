package cli

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"slices"

	"github.com/hashicorp/go-multierror"
	"github.com/urfave/cli/v2"

	"authsync/atomicfile"
	"authsync/cli/line"
	"authsync/cli/render"
	"authsync/disk"
	"authsync/schema"
	"authsync/schema/rewrite"
	"authsync/secrets"
	"authsync/sync"
	"authsync/sync/lock"
)

// rekeyJournal is where a rekey keeps what it is about to write, beside the
// first of its manifests, while it writes.
const rekeyJournal = ".authsync-rekey.json"

func rekeyCommand(s Streams) *cli.Command {
	return &cli.Command{
		Name:      "rekey",
		Usage:     "seal every secret anew, after recipients have changed",
		ArgsUsage: "[PATH...]",
		UsageText: "authsync secrets rekey [PATH...] [--identity FILE]\n\nexample: authsync secrets rekey envs",
		Description: "Everything sealed in the manifests, in the Bases that they extend, and in their vaults is opened\n" +
			"and sealed anew to the recipients that each file now states; locks follow, so that the next plan\n" +
			"is empty. All files are written, or none. A run that was cut off is ended by the next one.\n\n" +
			"Who could open the old texts still can: they are in the history. secrets check --left says\n" +
			"which secrets to replace.",
		Flags: []cli.Flag{identityFlag()},
		Action: func(c *cli.Context) error {
			paths, err := line.Paths(c.Args().Slice())
			if err != nil {
				return err
			}
			return runRekey(paths, c.StringSlice("identity"), s)
		},
	}
}

func identityFlag() cli.Flag {
	return &cli.StringSliceFlag{Name: "identity", Aliases: []string{"i"},
		Usage: "age identity `FILE`; else AUTHSYNC_IDENTITY_FILE, or the text in AUTHSYNC_IDENTITY"}
}

func runRekey(paths, identityFiles []string, s Streams) error {
	files, faults := filesOf(paths)
	if ended, err := endCutOff(files, rekeyJournal, s); ended || err != nil {
		return err
	}
	if err := faults.Err(); err != nil {
		return err
	}
	if err := loadAll(paths).Faults.Err(); err != nil {
		return err
	}
	ids, err := identities(identityFiles, askPassphrase)
	if err != nil {
		return err
	}
	if len(ids) == 0 {
		return secrets.ErrNoIdentity
	}
	holders, err := readHolders(files)
	if err != nil {
		return err
	}
	r := rekeying{keys: &secrets.Keyring{Identities: ids}, moved: map[string]string{}, texts: map[string][]byte{}}
	if err := r.seal(holders); err != nil {
		return err
	}
	if err := r.follow(files); err != nil {
		return err
	}
	return r.write(filepath.Join(filepath.Dir(files[0].Path), rekeyJournal), s)
}

// endCutOff writes what a run that was cut off did not come to write.
func endCutOff(files []schema.File, journal string, s Streams) (ended bool, err error) {
	var dirs, among []string
	for _, f := range append(neighbours(files), files...) {
		among = append(among, f.Path)
		for _, k := range keptFiles {
			paths, err := k.paths(f)
			if err != nil {
				return false, err
			}
			among = append(among, paths...)
		}
	}
	for _, f := range files {
		if dir := filepath.Dir(f.Path); !slices.Contains(dirs, dir) {
			dirs = append(dirs, dir)
		}
	}
	for _, dir := range dirs {
		paths, err := atomicfile.Finish(filepath.Join(dir, journal), among)
		if err != nil {
			return false, err
		}
		if len(paths) > 0 {
			ended = true
			fmt.Fprintf(s.Err, "ended a run that was cut off: %s; run it again if something has changed since\n",
				render.Count(len(paths), "file", "files"))
		}
	}
	return ended, nil
}

// rekeying is what a rekey is about to write. Nothing is written before all of
// it is here.
type rekeying struct {
	keys  *secrets.Keyring
	moved map[string]string // the new sealed text by the old one
	texts map[string][]byte // by path
	lines []string          // what to say once it is done
}

// seal opens everything and seals it anew. Its error names all that cannot be
// opened.
func (r *rekeying) seal(holders []holder) error {
	var all *multierror.Error
	for _, h := range holders {
		fresh := make([]string, len(h.Sealed))
		for i, old := range h.Sealed {
			armored, err := r.anew(h, old)
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
		if err != nil {
			return err
		}
		r.texts[h.File] = text
		r.lines = append(r.lines, fmt.Sprintf("%s: %s sealed anew to %s", h.File,
			render.Count(len(fresh), "secret", "secrets"), render.Count(len(h.recipients), "recipient", "recipients")))
	}
	if all != nil {
		return multierror.Append(all, errors.New("nothing was written"))
	}
	return nil
}

func (r *rekeying) anew(h holder, old rewrite.SealedText) (string, error) {
	clear, bound, err := openText(r.keys, h.Document, old)
	if err != nil {
		return "", err
	}
	sealed, err := secrets.Seal(clear, bound, h.recipients)
	return sealed.Armored(), err
}

// follow moves the digests in the locks of these environments, and of those
// beside them that share a Base.
func (r *rekeying) follow(files []schema.File) error {
	for _, f := range append(neighbours(files), files...) {
		if f.Kind != schema.EnvironmentFile {
			continue
		}
		path := sync.LockFile(f.Path)
		held, err := disk.ReadBeside(path)
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return err
		}
		text := held
		if sealed, ok := r.texts[path]; ok { // it holds something sealed itself
			text = sealed
		}
		if text = lock.Reseal(text, r.moved); !bytes.Equal(text, held) {
			r.texts[path] = text
		}
	}
	return nil
}

func (r *rekeying) write(journal string, s Streams) error {
	var files []atomicfile.New
	for path, text := range r.texts {
		files = append(files, atomicfile.New{Path: path, Text: text})
	}
	slices.SortFunc(files, func(a, b atomicfile.New) int { return bytes.Compare([]byte(a.Path), []byte(b.Path)) })
	if len(files) > 0 {
		if err := atomicfile.WriteAll(journal, files); err != nil {
			return err
		}
	}
	for _, line := range r.lines {
		fmt.Fprintln(s.Err, line)
	}
	if len(r.lines) == 0 {
		fmt.Fprintln(s.Err, "no sealed secret is there")
	}
	return nil
}
