//go:build unix

package disk_test

import (
	"os"
	"path/filepath"
	"testing"

	"authsync/disk"
)

func chmod(t *testing.T, path string, mode os.FileMode) {
	t.Helper()
	if err := os.Chmod(path, mode); err != nil {
		t.Fatal(err)
	}
}

func TestAFolderOfSomebodyElse(t *testing.T) {
	const other = 4242
	for name, c := range map[string]struct {
		spoil func(t *testing.T, dir, folder string)
		want  string
	}{
		"as made": {func(*testing.T, string, string) {}, ""},
		"a link":  {func(t *testing.T, dir, folder string) { os.Remove(folder); link(t, t.TempDir(), folder) }, "is a link"},
		"a link inside": {func(t *testing.T, dir, folder string) {
			os.Rename(folder, folder+"2")
			link(t, filepath.Base(folder)+"2", folder)
		}, "is a link"},
		"a file":                 {func(t *testing.T, dir, folder string) { os.Remove(folder); write(t, folder, "") }, "is a regular file, not a directory"},
		"a pipe":                 {func(t *testing.T, dir, folder string) { os.Remove(folder); fifo(t, folder) }, "is a pipe, not a directory"},
		"open to all":            {func(t *testing.T, dir, folder string) { chmod(t, folder, 0o777) }, "can be written by every user"},
		"like the one around it": {func(t *testing.T, dir, folder string) { chmod(t, dir, 0o777); chmod(t, folder, 0o777) }, ""},
		"sticky":                 {func(t *testing.T, dir, folder string) { chmod(t, folder, 0o777|os.ModeSticky) }, ""},
		"of a group":             {func(t *testing.T, dir, folder string) { chmod(t, folder, 0o770) }, ""},
		"another's":              {func(t *testing.T, dir, folder string) { chown(t, folder, other) }, "belongs to another user (uid 4242)"},
		"of who keeps manifests": {func(t *testing.T, dir, folder string) { chown(t, dir, other); chown(t, folder, other) }, ""},
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			folder := filepath.Join(dir, ".authsync")
			f, err := disk.MakeFolder(folder)
			if err != nil {
				t.Fatal(err)
			}
			f.Close()
			c.spoil(t, dir, folder)
			f, err = disk.MakeFolder(folder)
			says(t, name, err, c.want)
			if err == nil {
				f.Close()
			}
		})
	}
}

func chown(t *testing.T, path string, uid int) {
	t.Helper()
	if os.Geteuid() != 0 {
		t.Skip("only root gives files away")
	}
	if err := os.Lchown(path, uid, -1); err != nil {
		t.Fatal(err)
	}
}

// What stands in the place of a file of the folder is not opened, and so never
// emptied.
func TestAFileOfSomebodyElse(t *testing.T) {
	for name, c := range map[string]struct {
		put  func(t *testing.T, file, precious string)
		want string
	}{
		"nothing":           {func(*testing.T, string, string) {}, ""},
		"a file":            {func(t *testing.T, file, precious string) { write(t, file, "x") }, ""},
		"a link":            {func(t *testing.T, file, precious string) { link(t, precious, file) }, "is a link"},
		"a link to nothing": {func(t *testing.T, file, precious string) { link(t, precious+"2", file) }, "is a link"},
		"a link beside":     {func(t *testing.T, file, precious string) { write(t, file+"2", "x"); link(t, "prod.apply2", file) }, "is a link"},
		"a second name":     {func(t *testing.T, file, precious string) { os.Link(precious, file) }, "has another name"},
		"a pipe":            {func(t *testing.T, file, precious string) { fifo(t, file) }, "is a pipe"},
		"a directory":       {func(t *testing.T, file, precious string) { os.Mkdir(file, 0o700) }, "is a directory"},
		"another's":         {func(t *testing.T, file, precious string) { chown(t, write(t, file, "x"), 4242) }, "belongs to another user"},
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			precious := write(t, filepath.Join(dir, "precious"), "what somebody needs")
			f, err := disk.MakeFolder(filepath.Join(dir, ".authsync"))
			if err != nil {
				t.Fatal(err)
			}
			defer f.Close()
			c.put(t, filepath.Join(f.Path, "prod.apply"), precious)
			for _, flag := range []int{os.O_RDWR | os.O_CREATE | os.O_TRUNC, os.O_RDWR} {
				file, err := f.Open("prod.apply", flag)
				says(t, name, err, c.want)
				if err == nil {
					file.Close()
				}
			}
			if text, err := os.ReadFile(precious); string(text) != "what somebody needs" {
				t.Errorf("%q, %v", text, err)
			}
		})
	}
}
