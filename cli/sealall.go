package cli

import (
	"fmt"
	"path/filepath"
	"slices"

	"authsync/atomicfile"
	"authsync/cli/render"
	"authsync/disk"
	"authsync/schema"
	"authsync/schema/rewrite"
	"authsync/secrets"
)

// sealJournal is to seal what rekeyJournal is to rekey.
const sealJournal = ".authsync-seal.json"

// sealAll seals what stands in clear in manifests and in the Bases that they
// extend, each to the recipients of its file. All files are written, or none.
func sealAll(o sealOptions, s Streams) error {
	files, faults := filesOf(o.paths)
	if _, err := endCutOff(files, sealJournal, s); err != nil {
		return err
	}
	if err := faults.Err(); err != nil {
		return err
	}
	clear := clearIn(o.paths, files)
	var written []atomicfile.New
	var lines []string
	for _, f := range files {
		targets := clear[f.Path]
		if len(targets) == 0 {
			continue
		}
		recipients := o.to
		if len(recipients) == 0 {
			recipients = f.Recipients
		}
		if len(recipients) == 0 {
			return noRecipients(f.Path)
		}
		text, err := disk.ReadBeside(f.Path)
		if err != nil {
			return err
		}
		if text, err = sealed(f.Path, text, targets, recipients); err != nil {
			return err
		}
		written = append(written, atomicfile.New{Path: f.Path, Text: text})
		for _, t := range targets {
			lines = append(lines, sealedLine(f.Path, t, recipients))
		}
	}
	if len(written) == 0 {
		fmt.Fprintln(s.Err, "no secret in clear text")
		return nil
	}
	if err := atomicfile.WriteAll(filepath.Join(filepath.Dir(written[0].Path), sealJournal), written); err != nil {
		return err
	}
	for _, line := range lines {
		fmt.Fprintln(s.Err, line)
	}
	return nil
}

// clearIn are the secrets in clear of each file. A Base is read by itself too:
// what every environment has instead is in git all the same.
func clearIn(paths []string, files []schema.File) map[string][]schema.ClearSecret {
	found := map[string][]schema.ClearSecret{}
	add := func(paths ...string) {
		loaded := loadAll(paths)
		for _, c := range loaded.Clear {
			again := slices.ContainsFunc(found[c.Pos.File], func(d schema.ClearSecret) bool { return d.Pos == c.Pos })
			if !again {
				found[c.Pos.File] = append(found[c.Pos.File], c)
			}
		}
	}
	add(paths...)
	for _, f := range files {
		if f.Kind == schema.BaseFile {
			add(f.Path)
		}
	}
	return found
}

// sealed is a manifest's text with targets sealed where they stand.
func sealed(file string, text []byte, targets []schema.ClearSecret, to []string) ([]byte, error) {
	keys := &secrets.Keyring{}
	for _, t := range targets {
		clear, err := keys.Open(t.Value)
		if err != nil {
			return nil, fmt.Errorf("%s: %s: %w", t.Pos, t.Path, err)
		}
		sealed, err := seal(clear, t.Binding, to)
		if err != nil {
			return nil, fmt.Errorf("%s: %s: %w", t.Pos, t.Path, err)
		}
		if text, err = rewrite.ReplaceScalar(file, text, t.Path, sealed.Armored()); err != nil {
			return nil, err
		}
	}
	return text, nil
}

func sealedLine(file string, t schema.ClearSecret, to []string) string {
	return fmt.Sprintf("%s: sealed %s to %s", file, t.Path, render.Count(len(to), "recipient", "recipients"))
}

func noRecipients(file string) error {
	return fmt.Errorf("%s: no recipients; add them to the manifest (recipients: [age1...]), or name them with --to", file)
}
