package main

import (
	"bytes"
	_ "embed"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"text/template"
	"time"

	"filippo.io/age"

	"authsync/secrets"
)

// live is how the live state stands to the manifests.
type live string

const (
	// moved differs in the login policy (one way in to open, one to close),
	// the client and one provider, and lacks another provider.
	moved live = "moved"
	// equal is just as the manifests say.
	equal live = "equal"
)

// world is a number of environments on disk.
type world struct {
	manifests string // a directory of manifests and their base
	seeds     map[live]string
	exports   string // a directory to export into; emptied before each run
	identity  string // the file of the key that opens the secrets
	recipient string
	envIDs    []string
}

// generateAll writes a world of each size.
func generateAll(dir string, sizes []int) (map[int]*world, error) {
	worlds := map[int]*world{}
	for _, n := range sizes {
		w, err := generate(filepath.Join(dir, fmt.Sprint(n)), n)
		if err != nil {
			return nil, err
		}
		worlds[n] = w
	}
	return worlds, nil
}

//go:embed manifest.tmpl
var manifestText string

//go:embed base.yaml
var baseText []byte

var manifest = template.Must(template.New("manifest").Parse(manifestText))

// generate writes n environments. Each has four secrets, sealed to one key.
func generate(dir string, n int) (*world, error) {
	w := &world{
		manifests: filepath.Join(dir, "envs"),
		seeds:     map[live]string{moved: filepath.Join(dir, "moved"), equal: filepath.Join(dir, "equal")},
		exports:   filepath.Join(dir, "exports"),
		identity:  filepath.Join(dir, "key.txt"),
	}
	for _, path := range []string{w.manifests, w.seeds[moved], w.seeds[equal]} {
		if err := os.MkdirAll(path, 0o700); err != nil {
			return nil, err
		}
	}
	var key bytes.Buffer
	var err error
	if w.recipient, err = secrets.GenerateIdentity(&key, secrets.X25519, time.Now()); err != nil {
		return nil, err
	}
	recipients, err := secrets.ParseRecipients([]string{w.recipient})
	if err != nil {
		return nil, err
	}
	if err := os.WriteFile(w.identity, key.Bytes(), 0o600); err != nil {
		return nil, err
	}
	if err := os.WriteFile(filepath.Join(w.manifests, "base.yaml"), baseText, 0o600); err != nil {
		return nil, err
	}
	for i := range n {
		name := fmt.Sprintf("env%02d", i)
		w.envIDs = append(w.envIDs, "bench-"+name)
		for path, page := range map[string]page{
			w.manifests:    {Name: name, recipients: recipients},
			w.seeds[equal]: {Name: name, Live: equal},
			w.seeds[moved]: {Name: name, Live: moved},
		} {
			var text bytes.Buffer
			if err := manifest.Execute(&text, page); err != nil {
				return nil, err
			}
			if err := os.WriteFile(filepath.Join(path, name+".yaml"), text.Bytes(), 0o600); err != nil {
				return nil, err
			}
		}
	}
	return w, nil
}

// page is what the template is filled with.
type page struct {
	Name       string
	Live       live // empty: the manifest
	recipients []age.Recipient
}

// Secret is a secret of its own for each place: sealed in a manifest, in clear
// in a seed.
func (p page) Secret(path string) (string, error) {
	text := "secret of " + p.Name + " at " + path
	if p.Live != "" {
		return fmt.Sprintf("!plain %q", text), nil
	}
	sealed, err := secrets.Seal(secrets.NewClear(text), secrets.Binding{Env: p.Name, Path: path}, p.recipients)
	if err != nil {
		return "", err
	}
	const indent = "\n          "
	return "!age |" + indent + strings.ReplaceAll(strings.TrimSpace(sealed.Armored()), "\n", indent), nil
}
