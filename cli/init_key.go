package cli

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"authsync/cli/say"
	"authsync/cli/setup"
	"authsync/custody"
	"authsync/disk"
	"authsync/schema"
	"authsync/schema/pattern"
	"authsync/secrets"
)

type keyFile struct {
	path   string
	whose  string
	public []string
	made   string // its text, if it is to be made
}

// initKeys are the keys that open what init seals: the person's, and for a first
// manifest the pipeline's.
type initKeys struct {
	own, pipeline *keyFile // nil = there is none
	recipients    []string
}

// keys returns the keys of a folder, and to whom a new manifest is sealed: to the
// recipients of those that are there, and to this person.
func (o initOptions) keys(there []*schema.Environment, host *setup.Host) (initKeys, error) {
	var k initKeys
	for _, env := range there {
		k.add(env.Recipients)
	}
	path, err := o.keyPath()
	if err != nil {
		return k, err
	}
	if path != "" {
		if k.own, err = o.keyAt(path, "yours"); err != nil {
			return k, err
		}
		k.add(k.own.public)
	} else if text, _ := lookupEnv("AUTHSYNC_IDENTITY"); text != "" {
		k.add(custody.PublicHalves(text))
	}
	if host != nil && len(there) == 0 {
		beside := path
		if beside == "" {
			beside, err = usualKey()
		}
		if err == nil {
			k.pipeline, err = o.keyAt(filepath.Join(filepath.Dir(beside), o.pipelineKey()), "the pipeline's")
		}
		if err != nil {
			return k, err
		}
		k.add(k.pipeline.public)
	}
	k.add(o.to)
	_, err = secrets.ParseRecipients(k.recipients)
	return k, err
}

func (k *initKeys) add(recipients []string) {
	for _, r := range recipients {
		same := func(other string) bool { return secrets.RecipientKey(other) == secrets.RecipientKey(r) }
		if !slices.ContainsFunc(k.recipients, same) {
			k.recipients = append(k.recipients, r)
		}
	}
}

// keyPath is where the private key is; "" = in a variable.
func (o initOptions) keyPath() (string, error) {
	file, _ := lookupEnv("AUTHSYNC_IDENTITY_FILE")
	text, _ := lookupEnv("AUTHSYNC_IDENTITY")
	path := cmp.Or(slices.Concat([]string{o.key}, o.identities, []string{file})...)
	if path != "" || text != "" {
		return path, nil
	}
	return usualKey()
}

// usualKey is where a private key is kept that nobody has said a place for.
func usualKey() (string, error) {
	dir, _ := lookupEnv("XDG_CONFIG_HOME")
	if !filepath.IsAbs(dir) {
		var err error
		if dir, err = os.UserConfigDir(); err != nil {
			return "", errors.New("there is no folder for a user's settings here: say with --key where the private key goes")
		}
	}
	return filepath.Join(dir, "authsync", "key.txt"), nil
}

var plainName = pattern.Of(`^[A-Za-z0-9][A-Za-z0-9._-]*$`)

func (o initOptions) pipelineKey() string {
	if whole, err := filepath.Abs(o.in(".")); err == nil && plainName.MatchString(filepath.Base(whole)) {
		return "pipeline-" + filepath.Base(whole) + ".txt"
	}
	return "pipeline.txt"
}

// keyAt reads the public half of a key that is there, or makes one. None is made in a
// repository.
func (o initOptions) keyAt(path, whose string) (*keyFile, error) {
	if looksPrivate(path) {
		return nil, errors.New("--key, --identity and AUTHSYNC_IDENTITY_FILE take the name of a file")
	}
	text, err := disk.ReadGiven(path)
	if err == nil {
		k := &keyFile{path: path, whose: whose, public: custody.PublicHalves(string(text))}
		if len(k.public) == 0 && len(o.to) == 0 {
			return nil, fmt.Errorf("%s: the public half of the key there is not known: give it with --to", path)
		}
		return k, nil
	}
	if !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	if disk.Inside(o.in("."), path) {
		return nil, fmt.Errorf("%s is in the repository, where a private key does not belong: choose another place with --key", path)
	}
	var made strings.Builder
	public, err := secrets.GenerateIdentity(&made, secrets.X25519, time.Now())
	return &keyFile{path: path, whose: whose, public: []string{public}, made: made.String()}, err
}

func (o initOptions) putKeys(k initKeys, s Streams) error {
	for _, key := range []*keyFile{k.own, k.pipeline} {
		if key == nil || key.made == "" {
			continue
		}
		if o.dryRun {
			say.Fprintf(s.Err, "%s: a private key, %s, would be made\n", key.path, say.Own(key.whose))
			continue
		}
		if err := os.MkdirAll(filepath.Dir(key.path), 0o700); err != nil {
			return err
		}
		if err := newKeyFile(key.path, key.made); err != nil {
			return err
		}
		say.Fprintf(s.Err, "%s: made, a private key, %s; its public half is %s\n", key.path, say.Own(key.whose), key.public[0])
	}
	return nil
}
