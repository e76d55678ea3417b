package cli

import (
	"io"
	"strconv"

	"authsync/cli/say"
	"authsync/custody"
	"authsync/disk"
	"authsync/schema/rewrite"
	"authsync/secrets"
)

// runTextconv prints a file with its secrets opened, for git diff. git passes copies
// with any name, of any version of the file, and shows no difference at all if the
// command fails. So what cannot be read is printed unchanged, and what cannot be
// opened as (sealed).
func runTextconv(file string, identityFiles []string, s Streams) error {
	text, err := disk.ReadGiven(file)
	if err != nil {
		return err
	}
	return say.Raw(s.Out, converted(file, text, identityFiles))
}

func converted(file string, text []byte, identityFiles []string) []byte {
	d, err := rewrite.ReadDocument(file, text)
	if err != nil {
		return text
	}
	ids, _ := identities(identityFiles, askNobody, io.Discard) // without identities everything is (sealed)
	keys := &secrets.Keyring{Identities: ids}
	words := make([]string, len(d.Sealed))
	for i, sealed := range d.Sealed {
		words[i] = "(sealed)"
		if clear, _, err := custody.Open(keys, d, sealed); err == nil {
			words[i] = strconv.Quote(clear.Reveal())
		}
	}
	shown, err := d.Show(words)
	if err != nil {
		return text
	}
	return shown
}
