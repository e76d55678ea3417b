package main

import (
	"archive/tar"
	"archive/zip"
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"authsync/cli"
)

type entry struct {
	name string
	text []byte
	mode fs.FileMode
}

// documents are the files that go with every binary.
func (r release) documents() ([]entry, error) {
	var all []entry
	for _, file := range []string{"README.md", "README.zh-CN.md", "LICENSE"} {
		text, err := os.ReadFile(filepath.Join(r.sources, file))
		if errors.Is(err, fs.ErrNotExist) && file == "LICENSE" {
			continue
		}
		if err != nil {
			return nil, err
		}
		all = append(all, entry{file, text, 0o644})
	}
	for name, command := range map[string][]string{
		"authsync.1":                {"man"},
		"completions/authsync.bash": {"completion", "bash"},
		"completions/_authsync":     {"completion", "zsh"},
		"completions/authsync.fish": {"completion", "fish"},
		"completions/authsync.ps1":  {"completion", "powershell"},
	} {
		var out, said bytes.Buffer
		args := append([]string{"authsync"}, command...)
		if code := cli.Main(args, cli.Streams{In: strings.NewReader(""), Out: &out, Err: &said}); code != 0 {
			return nil, fmt.Errorf("%s: exit code %d: %s", strings.Join(args, " "), code, said.String())
		}
		all = append(all, entry{name, out.Bytes(), 0o644})
	}
	return all, nil
}

// archive packs a binary with its documents, and returns the file's name.
func (r release) archive(b binary, documents []entry) (string, error) {
	stem := fmt.Sprintf("authsync_%s_%s_%s", r.version, b.platform.os, b.platform.arch)
	var entries []entry
	for _, e := range append([]entry{{b.name, b.text, 0o755}}, documents...) {
		e.name = path.Join(stem, e.name)
		entries = append(entries, e)
	}
	slices.SortFunc(entries, func(a, b entry) int { return strings.Compare(a.name, b.name) })
	pack, end := tarball, ".tar.gz"
	if b.platform.os == "windows" {
		pack, end = zipped, ".zip"
	}
	text, err := pack(entries, r.time)
	if err != nil {
		return "", err
	}
	return stem + end, r.write(stem+end, text)
}

func tarball(entries []entry, at time.Time) ([]byte, error) {
	var out bytes.Buffer
	squeezed, err := gzip.NewWriterLevel(&out, gzip.BestCompression)
	if err != nil {
		return nil, err
	}
	w := tar.NewWriter(squeezed)
	for _, e := range entries {
		header := &tar.Header{
			Name: e.name, Size: int64(len(e.text)), Mode: int64(e.mode), ModTime: at,
			Typeflag: tar.TypeReg, Format: tar.FormatUSTAR,
		}
		if err := w.WriteHeader(header); err != nil {
			return nil, err
		}
		if _, err := w.Write(e.text); err != nil {
			return nil, err
		}
	}
	if err := errors.Join(w.Close(), squeezed.Close()); err != nil {
		return nil, err
	}
	return out.Bytes(), nil
}

// beginning is the earliest time that a zip file can hold.
var beginning = time.Date(1980, 1, 1, 0, 0, 0, 0, time.UTC)

func zipped(entries []entry, at time.Time) ([]byte, error) {
	if at.Before(beginning) {
		at = beginning
	}
	var out bytes.Buffer
	w := zip.NewWriter(&out)
	for _, e := range entries {
		header := &zip.FileHeader{Name: e.name, Method: zip.Deflate, Modified: at}
		header.SetMode(e.mode)
		file, err := w.CreateHeader(header)
		if err != nil {
			return nil, err
		}
		if _, err := file.Write(e.text); err != nil {
			return nil, err
		}
	}
	if err := w.Close(); err != nil {
		return nil, err
	}
	return out.Bytes(), nil
}
