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
)

// New is the text that a file is to have.
type New struct {
	Path string
	Text []byte
}

// intent is one line of a journal: a text, and what the file held when it was
// decided on.
type intent struct {
	Path   string `json:"path"`   // from the journal's directory
	Before string `json:"before"` // digest; "" = there was no file
	Text   string `json:"text"`
}

// WriteAll replaces several files: all of them, or none.
//
// No file system replaces two files at once. So all texts are first written to
// the file at journal, which must not be there; from then on they count. If a
// file cannot be written, those before it get back what they held, and the
// journal goes. If the program or the machine ends in between, the journal is
// still there, and [Finish] writes the rest.
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
		return errors.Join(err, os.Remove(journal))
	}
	return os.Remove(journal)
}

// begin writes the journal and returns what the files hold.
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
	return before, Write(journal, text, 0o600)
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
			errs = append(errs, os.Remove(f.Path))
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

// Finish ends what a [WriteAll] with this journal began and did not come to
// end, and returns the paths of all its files; none if there is no journal. A
// file that holds neither its old text nor its new one was changed since: then
// it is an error, and nothing is written. So it is if the journal has a file
// that is not among those given: a journal may come from anywhere, and must not
// be able to write anything anywhere.
func Finish(journal string, among []string) ([]string, error) {
	text, _, err := read(journal)
	if err != nil || text == nil {
		return nil, err
	}
	var intents []intent
	if err := json.Unmarshal(text, &intents); err != nil {
		return nil, fmt.Errorf("%s: is not a journal; delete it", journal)
	}
	known := map[string]struct{}{}
	for _, path := range among {
		in, err := relative(filepath.Dir(journal), path)
		if err != nil {
			return nil, err
		}
		known[filepath.ToSlash(in)] = struct{}{}
	}
	var paths []string
	var missing []New
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
			missing = append(missing, New{path, []byte(in.Text)})
		case now != digest([]byte(in.Text)):
			return nil, fmt.Errorf("%s: was changed since a run that was cut off; restore its files from git and delete %s", path, journal)
		}
		paths = append(paths, path)
	}
	for _, f := range missing {
		if err := Write(f.Path, f.Text, 0o644); err != nil {
			return nil, err
		}
	}
	return paths, os.Remove(journal)
}
