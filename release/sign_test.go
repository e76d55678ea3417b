package main

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"crypto/rand"
	"crypto/subtle"
	"encoding/base64"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"aead.dev/minisign"
	"golang.org/x/crypto/blake2b"
	"golang.org/x/crypto/scrypt"
)

func throwAwayKey(t *testing.T) (public minisign.PublicKey, secret minisign.PrivateKey, text string) {
	t.Helper()
	public, secret, err := minisign.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	written, err := secret.MarshalText()
	if err != nil {
		t.Fatal(err)
	}
	return public, secret, string(written)
}

// lockedBy locks a key with a password as minisign does, at the least cost that its format
// has: minisign itself takes a GB of memory and seconds.
func lockedBy(t *testing.T, password, text string) string {
	t.Helper()
	const salt, key = 6, 54 // where they are
	comment, encoded, _ := strings.Cut(text, "\n")
	b, err := base64.StdEncoding.DecodeString(encoded)
	if err != nil {
		t.Fatal(err)
	}
	copy(b[2:], "Sc")                   // by scrypt
	copy(b[38:], []byte{0, 0x80, 0})    // 1<<15 operations,
	copy(b[46:], []byte{0, 0, 0x20, 0}) // and 2 MB: these mean the parameters of Key
	sum := blake2b.Sum256(append([]byte("Ed"), b[key:len(b)-blake2b.Size256]...))
	copy(b[len(b)-blake2b.Size256:], sum[:])
	stream, err := scrypt.Key([]byte(password), b[salt:salt+32], 1<<10, 8, 1, len(b)-key)
	if err != nil {
		t.Fatal(err)
	}
	subtle.XORBytes(b[key:], b[key:], stream)
	return comment + "\n" + base64.StdEncoding.EncodeToString(b)
}

func TestSigningKey(t *testing.T) {
	_, secret, text := throwAwayKey(t)
	locked := lockedBy(t, "pass", text)
	file := filepath.Join(t.TempDir(), "authsync.key")
	if err := os.WriteFile(file, []byte(text+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for name, row := range map[string]struct {
		key, password string
		want          *minisign.PrivateKey
		fails         bool
	}{
		"none":            {},
		"text":            {key: text + "\n", want: &secret},
		"a file":          {key: file, want: &secret},
		"with a password": {key: locked, password: "pass", want: &secret},
		"a wrong one":     {key: locked, password: "word", fails: true},
		"no key":          {key: "SECRET-TEXT", fails: true},
	} {
		t.Run(name, func(t *testing.T) {
			env := map[string]string{keyVariable: row.key, passwordVariable: row.password}
			key, err := signingKey(func(name string) (string, bool) { v, ok := env[name]; return v, ok })
			if (err != nil) != row.fails || (key == nil) != (row.want == nil) || key != nil && !key.Equal(*row.want) {
				t.Errorf("%v, %v", key != nil, err)
			}
			if err != nil && strings.Contains(err.Error(), row.key) {
				t.Errorf("the error quotes it: %v", err)
			}
		})
	}
}

// published is a release of a program that says its name, signed with a key.
func published(t *testing.T, key minisign.PrivateKey) (dir, url string) {
	t.Helper()
	root := t.TempDir()
	r := release{out: filepath.Join(root, "v1.2.3"), version: "1.2.3", key: &key}
	if err := os.Mkdir(r.out, 0o700); err != nil {
		t.Fatal(err)
	}
	stem := "authsync_1.2.3_" + runtime.GOOS + "_" + runtime.GOARCH
	if err := r.write(stem+".tar.gz", archiveOf(t, stem+"/authsync", "#!/bin/sh\necho authsync\n")); err != nil {
		t.Fatal(err)
	}
	if err := r.sums([]string{stem + ".tar.gz"}); err != nil {
		t.Fatal(err)
	}
	if _, err := r.sign(); err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(http.FileServer(http.Dir(root)))
	t.Cleanup(server.Close)
	return r.out, server.URL
}

func archiveOf(t *testing.T, name, text string) []byte {
	t.Helper()
	var b bytes.Buffer
	packed := gzip.NewWriter(&b)
	files := tar.NewWriter(packed)
	if err := files.WriteHeader(&tar.Header{Name: name, Mode: 0o755, Size: int64(len(text))}); err != nil {
		t.Fatal(err)
	}
	files.Write([]byte(text))
	files.Close()
	packed.Close()
	return b.Bytes()
}

// What is installed is what was signed.
func TestInstallVerifies(t *testing.T) {
	for _, tool := range []string{"sh", "curl", "openssl", "tar"} {
		if _, err := exec.LookPath(tool); err != nil {
			t.Skip(err)
		}
	}
	public, secret, _ := throwAwayKey(t)
	other, _, _ := throwAwayKey(t)
	text := func(k minisign.PublicKey) string {
		lines := strings.Split(strings.TrimSpace(k.String()), "\n")
		return lines[len(lines)-1]
	}
	change := func(name, text string) func(t *testing.T, dir string) {
		return func(t *testing.T, dir string) {
			files, err := filepath.Glob(filepath.Join(dir, name))
			if err != nil || len(files) != 1 {
				t.Fatal(files, err)
			}
			was, err := os.ReadFile(files[0])
			if err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(files[0], append(was, text...), 0o600); err != nil {
				t.Fatal(err)
			}
		}
	}
	for name, row := range map[string]struct {
		env    []string
		change func(t *testing.T, dir string)
		says   string // "" = it is installed
	}{
		"signed":            {env: []string{"AUTHSYNC_PUBLIC_KEY=" + text(public)}},
		"by somebody else":  {env: []string{"AUTHSYNC_PUBLIC_KEY=" + text(other)}, says: "is not signed with AUTHSYNC_PUBLIC_KEY"},
		"by a key of chaff": {env: []string{"AUTHSYNC_PUBLIC_KEY=chaff"}, says: "is not signed with AUTHSYNC_PUBLIC_KEY"},
		"another list":      {env: []string{"AUTHSYNC_PUBLIC_KEY=" + text(public)}, change: change("SHA256SUMS", "0  x\n"), says: "is not signed with AUTHSYNC_PUBLIC_KEY"},
		"another archive":   {env: []string{"AUTHSYNC_PUBLIC_KEY=" + text(public)}, change: change("*.gz", "x"), says: "has the checksum"},
		"unsigned": {env: []string{"AUTHSYNC_PUBLIC_KEY=" + text(public)}, says: "is unsigned",
			change: func(t *testing.T, dir string) { os.Remove(filepath.Join(dir, "SHA256SUMS.minisig")) }},
		"a checksum that differs":             {env: []string{"AUTHSYNC_SHA256=0000"}, says: "not 0000"},
		"signed, and a checksum that differs": {env: []string{"AUTHSYNC_PUBLIC_KEY=" + text(public), "AUTHSYNC_SHA256=0000"}, says: "not 0000"},
		"nothing to verify by":                {},
	} {
		t.Run(name, func(t *testing.T) {
			dir, url := published(t, secret)
			if row.change != nil {
				row.change(t, dir)
			}
			bin := filepath.Join(t.TempDir(), "bin")
			command := exec.Command("sh", "../install.sh", bin)
			command.Env = append(os.Environ(), append(row.env, "AUTHSYNC_RELEASES="+url, "AUTHSYNC_VERSION=1.2.3")...)
			said, err := command.CombinedOutput()
			_, missing := os.Stat(filepath.Join(bin, "authsync"))
			if (row.says == "") != (err == nil) || (missing == nil) != (err == nil) || !strings.Contains(string(said), row.says) {
				t.Errorf("%v, %v: %s", err, missing, said)
			}
		})
	}
}

// A pipeline that has a copy of its own installs by the same rules.
func TestInstallOfTheExamples(t *testing.T) {
	ours, err := os.ReadFile("../install.sh")
	if err != nil {
		t.Fatal(err)
	}
	theirs, err := os.ReadFile("../examples/ci/shell/install.sh")
	if err != nil || !bytes.Equal(ours, theirs) {
		t.Errorf("examples/ci/shell/install.sh differs from install.sh: %v", err)
	}
}
