package disk_test

import (
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"testing"

	"authsync/disk"
)

func TestAFileThatCannotBeReadIsToldByWhereAndWhat(t *testing.T) {
	missing := filepath.Join(t.TempDir(), "nothing.json")
	_, err := disk.ReadGiven(missing)
	for _, row := range []struct {
		err  error
		want string
	}{
		{err, missing + ": no such file or directory"},
		{fmt.Errorf("prod: %w", err), "prod: " + missing + ": no such file or directory"},
		{fmt.Errorf("%s: %w", missing, err), missing + ": no such file or directory"},
		{&fs.PathError{Op: "mkdir", Path: "a/b", Err: fs.ErrExist}, "a/b: file already exists"},
		{errors.New("open x: nothing of a file"), "open x: nothing of a file"},
	} {
		if got := disk.Told(row.err); got != row.want {
			t.Errorf("got %q, want %q", got, row.want)
		}
	}
}
