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

// runTextconv prints a file with what its sealed texts hold, for git diff. git
// gives it copies of any name, of any state that a file ever had, and shows no
// difference at all if it fails: whatever cannot be read is printed as it is,
// and whatever cannot be opened as (sealed).
func runTextconv(file string, identityFiles []string, s Streams) error {
	text, err := disk.ReadGiven(file)
	if err != nil {
		return err
	}
	err = say.Raw(s.Out, converted(file, text, identityFiles))
	return err
}

func converted(file string, text []byte, identityFiles []string) []byte {
	d, err := rewrite.ReadDocument(file, text)
	if err != nil {
		return text
	}
	ids, _ := identities(identityFiles, askNobody, io.Discard) // without, everything is (sealed)
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
