package atomicfile

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"authsync/disk"
)

// New is the new text of a file.
type New struct {
	Path string
	Text []byte
}

// intent is a line of a journal: a file's new text, and the digest of its old one.
type intent struct {
	Path   string `json:"path"`   // from the journal's directory
	Before string `json:"before"` // digest; "" = there was no file
	Text   string `json:"text"`
}

// WriteAll replaces all of several files, or none.
//
// No file system replaces two files at once. So all texts are first written to the
// file at journal, which must not exist; from then on they are decided. If a file
// cannot be written, the files before it get their old text back, and the journal is
// removed. If the program or the machine ends in between, the journal is still there,
// and [ReadUnfinished] finds what is left to do.
func WriteAll(journal string, files []New) error {
	before, err := begin(journal, files)
	if err != nil {
		return err
	}
	for i, f := range files {
		err := Write(f.Path, f.Text, 0o644)
		if err == nil {
			continue
		}
		if undone := restore(files[:i], before); undone != nil {
			return errors.Join(err, undone, fmt.Errorf("%s: holds what is missing; the next run writes it", journal))
		}
		return errors.Join(err, disk.Remove(journal))
	}
	return disk.Remove(journal)
}

// begin writes the journal and returns the old texts of the files.
func begin(journal string, files []New) ([][]byte, error) {
	intents := make([]intent, len(files))
	before := make([][]byte, len(files))
	for i, f := range files {
		held, digest, err := read(f.Path)
		if err != nil {
			return nil, err
		}
		path, err := relative(filepath.Dir(journal), f.Path)
		if err != nil {
			return nil, err
		}
		before[i], intents[i] = held, intent{filepath.ToSlash(path), digest, string(f.Text)}
	}
	text, err := json.Marshal(intents)
	if err != nil {
		return nil, err
	}
	return before, disk.CreateAmong(journal, text)
}

func relative(dir, path string) (string, error) {
	dir, err := filepath.Abs(dir)
	if err != nil {
		return "", err
	}
	if path, err = filepath.Abs(path); err != nil {
		return "", err
	}
	return filepath.Rel(dir, path)
}

func restore(files []New, before [][]byte) error {
	var errs []error
	for i, f := range files {
		if before[i] == nil {
			errs = append(errs, disk.Remove(f.Path))
			continue
		}
		errs = append(errs, Write(f.Path, before[i], 0o644))
	}
	return errors.Join(errs...)
}

// read returns a file's text and its digest; nil and "" if there is none.
func read(path string) ([]byte, string, error) {
	text, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, "", nil
	}
	if err != nil {
		return nil, "", err
	}
	return text, digest(text), nil
}

func digest(text []byte) string {
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:])
}

// Unfinished is a [WriteAll] that did not end.
type Unfinished struct {
	// Started is when it began.
	Started time.Time
	// Paths are all of its files, and Missing those not yet written.
	Paths   []string
	Missing []New

	journal string
}

// ReadUnfinished reads what the journal of a [WriteAll] has left to do; nil if there
// is no journal. It is an error if a file has neither its old text nor its new one,
// since it was changed in the meantime, and also if the journal has a file that is not
// among the given ones, is a link, or came with the repository: a journal may come
// from anybody, and must not be able to write other files.
func ReadUnfinished(journal string, among []string) (*Unfinished, error) {
	intents, begun, err := readJournal(journal)
	if err != nil || intents == nil {
		return nil, err
	}
	known := map[string]struct{}{}
	for _, path := range among {
		in, err := relative(filepath.Dir(journal), path)
		if err != nil {
			return nil, err
		}
		known[filepath.ToSlash(in)] = struct{}{}
	}
	u := &Unfinished{Started: begun, journal: journal}
	for _, in := range intents {
		if _, is := known[in.Path]; !is {
			return nil, fmt.Errorf("%s: is of a run that was cut off and wrote %q too; name all that it was given, or delete it", journal, in.Path)
		}
		path := filepath.Join(filepath.Dir(journal), filepath.FromSlash(in.Path))
		_, now, err := read(path)
		switch {
		case err != nil:
			return nil, err
		case now == in.Before:
			u.Missing = append(u.Missing, New{path, []byte(in.Text)})
		case now != digest([]byte(in.Text)):
			return nil, fmt.Errorf("%s: was changed since a run that was cut off; delete %s, and run it again", path, journal)
		}
		u.Paths = append(u.Paths, path)
	}
	return u, nil
}

// readJournal reads a journal of this machine; nil if there is none.
func readJournal(path string) (intents []intent, begun time.Time, err error) {
	info, err := os.Lstat(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, begun, nil
	}
	if err != nil {
		return nil, begun, err
	}
	if tracked, err := disk.Tracked(path); err != nil || tracked != "" {
		return nil, begun, errors.Join(err, fmt.Errorf("%s: git tracks it, and what a run was about to write never comes from a repository; look at who committed it, and delete it", path))
	}
	text, err := disk.ReadAmong(path)
	if err != nil {
		return nil, begun, err
	}
	if json.Unmarshal(text, &intents) != nil || intents == nil {
		return nil, begun, fmt.Errorf("%s: is not a journal; delete it", path)
	}
	return intents, info.ModTime(), nil
}

// Finish writes what is missing.
func (u *Unfinished) Finish() error {
	for _, f := range u.Missing {
		if err := Write(f.Path, f.Text, 0o644); err != nil {
			return err
		}
	}
	return disk.Remove(u.journal)
}
