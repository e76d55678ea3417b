package custody

import (
	"bytes"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"filippo.io/age"
	"filippo.io/age/agessh"
	"golang.org/x/crypto/ssh"

	"authsync/disk"
	"authsync/schema"
	"authsync/schema/pattern"
	"authsync/secrets"
)

// PrivateKey is a file in the repository with a private key.
type PrivateKey struct {
	Path string
	// Tracked says that git tracks it, and Opens that it opens a secret here.
	Tracked, Opens bool
}

// notSecret is the first line of a file whose keys are public.
const notSecret = "# authsync: not a secret"

// NoSecret reports whether a text declares that its keys are not secret.
func NoSecret(text []byte) bool {
	first, _, _ := bytes.Cut(text, []byte("\n"))
	return string(bytes.TrimSpace(first)) == notSecret
}

// A key may be anywhere in a line, as in KEY=AGE-SECRET-KEY-1... or in a text of JSON,
// and what only speaks of keys has none.
var (
	ageKey     = pattern.Of(`AGE-SECRET-KEY-(?:PQ-)?1[0-9A-Z]{40,}`)
	pemKey     = pattern.Of(`(?s)-----BEGIN (?:[A-Z0-9]+ )*PRIVATE KEY-----.+?-----END (?:[A-Z0-9]+ )*PRIVATE KEY-----`)
	privateKey = pattern.Of(ageKey.String() + `|-----BEGIN (?:[A-Z0-9]+ )*PRIVATE KEY-----(?:\\[rn]|[^0-9A-Za-z]){1,20}(?:[0-9A-Za-z+/]{40}|Proc-Type:)`)
)

// holdsKey reports whether a text has a private key. Most texts have no word of one, which
// is found out sooner than that they have no key.
func holdsKey(text []byte) bool {
	return (bytes.Contains(text, []byte("AGE-SECRET-KEY-")) || bytes.Contains(text, []byte("PRIVATE KEY-----"))) && privateKey.Match(text)
}

// keySize is larger than most files that somebody writes a private key into.
const keySize = 1 << 20

// PrivateKeys finds private keys that git has or may take of the repository, or, without
// one, those beside the manifests.
func (r Repository) PrivateKeys() ([]PrivateKey, error) {
	var recipients []string
	files, _ := r.files(r.Paths)
	for _, f := range files {
		recipients = append(recipients, f.Recipients...)
	}
	var found []PrivateKey
	for dir, repository := range r.trees() {
		err := filepath.WalkDir(dir, func(path string, entry fs.DirEntry, err error) error {
			switch {
			case err != nil:
				return nil // an unreadable file is no usable key
			case entry.IsDir() && slices.Contains([]string{".git", "node_modules"}, entry.Name()):
				return fs.SkipDir
			case entry.IsDir() && path != dir && !repository:
				return fs.SkipDir
			case !entry.Type().IsRegular():
				return nil
			}
			text := keyText(path, entry)
			if !holdsKey(text) || NoSecret(text) {
				return nil
			}
			tracked, err := disk.Tracked(path)
			if tracked != "" || err != nil || !r.Ignored(path) {
				found = append(found, PrivateKey{shown(path), tracked != "", opens(text, recipients)})
			}
			return err
		})
		if err != nil {
			return nil, err
		}
	}
	return found, nil
}

// trees returns the repositories of the paths, or their folders.
func (r Repository) trees() map[string]bool {
	trees := map[string]bool{}
	for _, path := range r.Paths {
		dir := path
		if info, err := os.Stat(path); err != nil || !info.IsDir() {
			dir = filepath.Dir(path)
		}
		dir, repository := disk.Tree(dir)
		trees[dir] = repository
	}
	return trees
}

// keyText returns the text of a file that is small enough for a key, without the zero
// bytes of UTF-16.
func keyText(path string, entry fs.DirEntry) []byte {
	if info, err := entry.Info(); err != nil || info.Size() > keySize {
		return nil
	}
	text, _ := disk.Read(path)
	return bytes.ReplaceAll(text, []byte{0}, nil)
}

// shown returns a path relative to the working directory.
func shown(path string) string {
	here, err := os.Getwd()
	if err != nil {
		return path
	}
	if in, err := filepath.Rel(here, path); err == nil {
		return in
	}
	return path
}

// opens reports whether a private key in a text belongs to one of the recipients. A
// key protected by a passphrase may.
func opens(text []byte, recipients []string) bool {
	public := PublicHalves(string(text))
	return slices.ContainsFunc(recipients, func(recipient string) bool {
		return slices.Contains(public, secrets.RecipientKey(recipient))
	})
}

// PublicHalves returns the recipients of the private keys in a text that are not
// protected by a passphrase.
func PublicHalves(text string) []string {
	var public []string
	for _, key := range ageKey.FindAllString(text, -1) {
		if id, err := age.ParseX25519Identity(key); err == nil {
			public = append(public, secrets.RecipientKey(id.Recipient().String()))
		} else if id, err := age.ParseHybridIdentity(key); err == nil {
			public = append(public, secrets.RecipientKey(id.Recipient().String()))
		}
	}
	for _, block := range pemKey.FindAllString(strings.ReplaceAll(text, `\n`, "\n"), -1) {
		signer, err := ssh.ParsePrivateKey([]byte(block))
		if err != nil {
			continue
		}
		key := string(ssh.MarshalAuthorizedKey(signer.PublicKey()))
		if _, err := agessh.ParseRecipient(key); err == nil {
			public = append(public, secrets.RecipientKey(key))
		}
	}
	return public
}

// KeyFaults are the faults of private keys in the repository.
func (r Repository) KeyFaults() (faults []*schema.Fault) {
	keys, err := r.PrivateKeys()
	if err != nil {
		faults = append(faults, &schema.Fault{Text: disk.Told(err)})
	}
	for _, k := range keys {
		if k.Tracked && k.Opens {
			faults = append(faults, &schema.Fault{Pos: schema.Position{File: k.Path}, Text: "is a private key that opens what is sealed here, and git has it: " +
				"everybody who reads the repository can open it; make a new one, rekey, and replace every secret"})
			continue
		}
		faults = append(faults, &schema.Fault{Pos: schema.Position{File: k.Path}, Severity: schema.Doubtful,
			Text: "is a private key among files that may be committed; keep it elsewhere, or begin it with the line: " + notSecret})
	}
	return faults
}
