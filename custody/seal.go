package custody

import (
	"fmt"
	"slices"

	"authsync/atomicfile"
	"authsync/disk"
	"authsync/schema"
	"authsync/schema/rewrite"
	"authsync/secrets"
)

// Sealed is a secret that was in clear and is sealed now.
type Sealed struct {
	File       string
	Path       schema.Path
	Recipients int
}

func Seal(clear secrets.Clear, b secrets.Binding, to []string) (secrets.Value, error) {
	recipients, err := secrets.ParseRecipients(to)
	if err != nil {
		return secrets.Value{}, err
	}
	return secrets.Seal(clear, b, recipients)
}

// Seal seals the secrets in clear of manifests and their Bases, to the named
// recipients or to those of each file. It writes all files or none.
func (r Repository) Seal(to []string) ([]Sealed, error) {
	files, faults := r.files(r.Paths)
	if err := faults.Err(); err != nil {
		return nil, err
	}
	clear := r.clear(files)
	var written []atomicfile.New
	var done []Sealed
	for _, f := range files {
		targets := clear[f.Path]
		if len(targets) == 0 {
			continue
		}
		recipients, err := recipientsOf(f.Path, f.Recipients, to)
		if err != nil {
			return nil, err
		}
		text, err := disk.ReadBeside(f.Path)
		if err != nil {
			return nil, err
		}
		text, err = sealIn(f.Path, text, targets, recipients)
		if err != nil {
			return nil, err
		}
		written = append(written, atomicfile.New{Path: f.Path, Text: text})
		for _, t := range targets {
			done = append(done, Sealed{f.Path, t.Path, len(recipients)})
		}
	}
	if len(written) == 0 {
		return nil, nil
	}
	return done, atomicfile.WriteAll(SealJournal.in(written[0].Path), written)
}

// SealFile seals the secrets in clear of one manifest, or only the one at a path.
func (r Repository) SealFile(file, path string, to []string) ([]Sealed, error) {
	loaded := r.load(file)
	envs := append(loaded.Environments, loaded.Bases...)
	if len(envs) != 1 {
		return nil, loaded.Faults.Err()
	}
	recipients, err := recipientsOf(file, envs[0].Recipients, to)
	if err != nil {
		return nil, err
	}
	var targets []schema.ClearSecret
	var done []Sealed
	for _, c := range loaded.Clear {
		if c.Pos.File == envs[0].File && (path == "" || path == c.Path.String()) {
			targets = append(targets, c)
			done = append(done, Sealed{file, c.Path, len(recipients)})
		}
	}
	if path != "" && len(targets) == 0 {
		return nil, fmt.Errorf("%s: %s: no secret in clear text is there", file, path)
	}
	if len(targets) == 0 {
		return nil, nil
	}
	text, err := disk.ReadGiven(file)
	if err != nil {
		return nil, err
	}
	text, err = sealIn(file, text, targets, recipients)
	if err != nil {
		return nil, err
	}
	return done, atomicfile.Write(file, text, 0o600)
}

// recipientsOf returns the named recipients, or those that a file declares.
func recipientsOf(file string, declared, named []string) ([]string, error) {
	switch {
	case len(named) > 0:
		return named, nil
	case len(declared) > 0:
		return declared, nil
	}
	return nil, fmt.Errorf("%s: no recipients; add them to the manifest (recipients: [age1...]), or name them with --to", file)
}

// clear returns the secrets in clear of each file. A Base is also read by itself,
// since a value that every environment overrules is in git too.
func (r Repository) clear(files []schema.File) map[string][]schema.ClearSecret {
	found := map[string][]schema.ClearSecret{}
	add := func(paths ...string) {
		loaded := r.load(paths...)
		for _, c := range loaded.Clear {
			again := slices.ContainsFunc(found[c.Pos.File], func(d schema.ClearSecret) bool { return d.Pos == c.Pos })
			if !again {
				found[c.Pos.File] = append(found[c.Pos.File], c)
			}
		}
	}
	add(r.Paths...)
	for _, f := range files {
		if f.Kind == schema.BaseFile {
			add(f.Path)
		}
	}
	return found
}

// sealIn returns a manifest's text with the targets sealed in their places.
func sealIn(file string, text []byte, targets []schema.ClearSecret, to []string) ([]byte, error) {
	keys := &secrets.Keyring{}
	for _, t := range targets {
		clear, err := keys.Open(t.Value)
		if err != nil {
			return nil, fmt.Errorf("%s: %s: %w", t.Pos, t.Path, err)
		}
		sealed, err := Seal(clear, t.Binding, to)
		if err != nil {
			return nil, fmt.Errorf("%s: %s: %w", t.Pos, t.Path, err)
		}
		if text, err = rewrite.ReplaceScalar(file, text, t.Path, sealed.Armored()); err != nil {
			return nil, err
		}
	}
	return text, nil
}
