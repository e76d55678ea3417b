package main

import (
	"archive/tar"
	"archive/zip"
	"bytes"
	"compress/gzip"
	"encoding/json"
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"
)

var host = platform{runtime.GOOS, runtime.GOARCH}

// sources copies what the toolchain builds from to another directory, without
// any repository.
func sources(t *testing.T) string {
	t.Helper()
	to := t.TempDir()
	for _, name := range []string{"go.mod", "go.sum", "main.go", "README.md", "README.zh-CN.md"} {
		text, err := os.ReadFile(filepath.Join("..", name))
		if err == nil {
			err = os.WriteFile(filepath.Join(to, name), text, 0o600)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	for _, dir := range []string{"atomicfile", "audit", "cli", "custody", "diff", "disk", "examples", "git", "learn", "merge", "pair", "remote", "schema", "secrets", "spell", "sync"} {
		if err := os.CopyFS(filepath.Join(to, dir), os.DirFS(filepath.Join("..", dir))); err != nil {
			t.Fatal(err)
		}
	}
	return to
}

// The same sources in another directory, without a repository, give the same
// bytes; and the binary says what it was built from.
func TestReleaseIsReproducible(t *testing.T) {
	if testing.Short() {
		t.Skip("it builds authsync twice")
	}
	if !slices.Contains(platforms, host) {
		t.Skip("no release is made for this platform")
	}
	at := time.Unix(1_700_000_000, 0).UTC()
	made := func(from string) map[string][]byte {
		r := release{sources: from, out: t.TempDir(), version: "1.2.3", commit: "0123456789ab", time: at}
		stale := filepath.Join(r.out, "authsync_1.2.2_linux_amd64.tar.gz")
		if err := os.WriteFile(stale, nil, 0o600); err != nil {
			t.Fatal(err)
		}
		names, err := r.make([]platform{host})
		if err != nil {
			t.Fatal(err)
		}
		there, err := os.ReadDir(r.out)
		if err != nil {
			t.Fatal(err)
		}
		if len(there) != len(names) {
			t.Errorf("%d files are there, %d were made: %v", len(there), len(names), names)
		}
		files := map[string][]byte{}
		for _, name := range names {
			if files[name], err = os.ReadFile(filepath.Join(r.out, name)); err != nil {
				t.Fatal(err)
			}
		}
		return files
	}
	first, second := made(".."), made(sources(t))
	for name, text := range first {
		if !bytes.Equal(text, second[name]) {
			t.Errorf("%s differs", name)
		}
	}
	if len(first) != 3 || len(second) != 3 {
		t.Fatalf("%d and %d files, want an archive, a bill and the checksums", len(first), len(second))
	}
	checkBill(t, first["authsync_1.2.3.spdx.json"])
	stem := "authsync_1.2.3_" + host.os + "_" + host.arch
	if host.os == "windows" {
		return
	}
	entries := untar(t, first[stem+".tar.gz"], at)
	for _, want := range []string{"README.md", "README.zh-CN.md", "authsync.1", "completions/_authsync", "completions/authsync.bash", "completions/authsync.fish", "completions/authsync.ps1"} {
		if len(entries[stem+"/"+want]) == 0 {
			t.Errorf("%s is not in the archive, or empty", want)
		}
	}
	file := filepath.Join(t.TempDir(), "authsync")
	if err := os.WriteFile(file, entries[stem+"/authsync"], 0o700); err != nil {
		t.Fatal(err)
	}
	said, err := exec.Command(file, "version").Output()
	if err != nil || string(said) != "authsync 1.2.3 (0123456789ab)\n" {
		t.Errorf("version: %q, %v", said, err)
	}
	here, err := filepath.Abs("..")
	if err != nil {
		t.Fatal(err)
	}
	if bytes.Contains(entries[stem+"/authsync"], []byte(here)) {
		t.Errorf("the binary names the directory it was built in")
	}
}

func untar(t *testing.T, text []byte, at time.Time) map[string][]byte {
	t.Helper()
	plain, err := gzip.NewReader(bytes.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	entries := map[string][]byte{}
	last := ""
	for r := tar.NewReader(plain); ; {
		header, err := r.Next()
		if errors.Is(err, io.EOF) {
			return entries
		}
		if err != nil {
			t.Fatal(err)
		}
		if header.Name <= last || !header.ModTime.Equal(at) || header.Uid != 0 || header.Uname != "" {
			t.Errorf("%s after %s, of %s, by %d %q", header.Name, last, header.ModTime, header.Uid, header.Uname)
		}
		last = header.Name
		if entries[header.Name], err = io.ReadAll(r); err != nil {
			t.Fatal(err)
		}
	}
}

// checkBill wants every relationship to lead somewhere, and every module of
// go.sum to have its sum.
func checkBill(t *testing.T, text []byte) {
	t.Helper()
	var d spdxDocument
	if err := json.Unmarshal(text, &d); err != nil {
		t.Fatal(err)
	}
	ids := map[string]string{d.SPDXID: d.Name}
	sums, err := os.ReadFile("../go.sum")
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range d.Packages {
		if ids[p.SPDXID] != "" {
			t.Errorf("%s is there twice", p.SPDXID)
		}
		ids[p.SPDXID] = p.Name
		if p.Purpose != "LIBRARY" || p.Name == "stdlib" {
			continue
		}
		line := p.Name + " " + p.VersionInfo + " " + strings.TrimPrefix(p.SourceInfo, "go.sum: ") + "\n"
		if !strings.Contains(string(sums), line) {
			t.Errorf("go.sum has no %q", line)
		}
	}
	related := map[string]string{}
	for _, r := range d.Relationships {
		if ids[r.Element] == "" || ids[r.Related] == "" {
			t.Errorf("%s %s %s: one of them is not there", r.Element, r.Type, r.Related)
		}
		related[ids[r.Related]] = r.Type
	}
	for name, relation := range map[string]string{"authsync": "DESCRIBES", "filippo.io/age": "DEPENDS_ON", "stdlib": "DEPENDS_ON"} {
		if related[name] != relation {
			t.Errorf("%s is related by %q, want %s", name, related[name], relation)
		}
	}
	for _, name := range []string{"github.com/cpuguy83/go-md2man/v2", "github.com/russross/blackfriday/v2"} {
		if related[name] != "" {
			t.Errorf("%s is built in, and nothing uses it", name)
		}
	}
	if d.CreationInfo.Created != "2023-11-14T22:13:20Z" {
		t.Errorf("created %s", d.CreationInfo.Created)
	}
}

// A zip has no time before 1980, which SOURCE_DATE_EPOCH may name.
func TestZip(t *testing.T) {
	entries := []entry{{"a/authsync.exe", []byte("program"), 0o755}, {"a/README.md", []byte("text"), 0o644}}
	for _, at := range []time.Time{time.Unix(0, 0).UTC(), time.Unix(1_700_000_000, 0).UTC()} {
		text, err := zipped(entries, at)
		if err != nil {
			t.Fatal(err)
		}
		r, err := zip.NewReader(bytes.NewReader(text), int64(len(text)))
		if err != nil {
			t.Fatal(err)
		}
		want := at
		if want.Before(beginning) {
			want = beginning
		}
		for i, file := range r.File {
			if file.Name != entries[i].name || file.Mode() != entries[i].mode || !file.Modified.Equal(want) {
				t.Errorf("%s %s %s", file.Name, file.Mode(), file.Modified)
			}
		}
	}
}

func TestOrigin(t *testing.T) {
	set := func(values map[string]string) func(string) (string, bool) {
		return func(name string) (string, bool) { v, ok := values[name]; return v, ok }
	}
	plain := t.TempDir()
	t.Setenv("GIT_CEILING_DIRECTORIES", filepath.Dir(plain))
	commit, at, err := origin(plain, set(map[string]string{"COMMIT": "abc", "SOURCE_DATE_EPOCH": "86400"}))
	if err != nil || commit != "abc" || at.Format(time.RFC3339) != "1970-01-02T00:00:00Z" {
		t.Errorf("%q %s %v", commit, at, err)
	}
	if _, _, err := origin(plain, set(nil)); err == nil || !strings.Contains(err.Error(), "SOURCE_DATE_EPOCH") {
		t.Errorf("no repository and no time: %v", err)
	}
	if _, _, err := origin(plain, set(map[string]string{"SOURCE_DATE_EPOCH": "today"})); err == nil {
		t.Error("a time that is none is taken")
	}
	if _, err := exec.LookPath("git"); err != nil {
		t.Skip("there is no git")
	}
	git := func(args ...string) {
		cmd := exec.Command("git", append([]string{"-C", plain, "-c", "user.name=a", "-c", "user.email=a@example.com"}, args...)...)
		cmd.Env = append(os.Environ(), "GIT_COMMITTER_DATE=1700000000 +0000", "GIT_CONFIG_GLOBAL=/dev/null")
		if said, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("git %v: %v\n%s", args, err, said)
		}
	}
	git("init", "-q")
	git("commit", "-q", "--allow-empty", "-m", "first")
	commit, at, err = origin(plain, set(nil))
	if err != nil || len(commit) != 12 || at.Unix() != 1_700_000_000 {
		t.Errorf("%q %s %v", commit, at, err)
	}
	if err := os.WriteFile(filepath.Join(plain, "new"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if changed, _, err := origin(plain, set(nil)); err != nil || changed != commit+"+changes" {
		t.Errorf("%q %v", changed, err)
	}
}
