package cli

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"strings"
	"time"

	"github.com/urfave/cli/v2"

	"authsync/cli/say"
	"authsync/disk"
	"authsync/secrets"
)

func keygenCommand(s Streams) *cli.Command {
	return &cli.Command{
		Name:      "keygen",
		Usage:     "make an age identity, in age-keygen's format, on standard output",
		UsageText: "authsync secrets keygen [--pq] [--out FILE]\n\nexample: authsync secrets keygen --out key.txt",
		Flags: []cli.Flag{
			&cli.BoolFlag{Name: "pq", Usage: "make a post-quantum hybrid key"},
			&cli.StringFlag{Name: "out", Usage: "make `FILE` for it, which only its owner may read, and which must not be there"},
		},
		Action: func(c *cli.Context) error {
			kind := secrets.X25519
			if c.Bool("pq") {
				kind = secrets.PostQuantum
			}
			var text strings.Builder
			recipient, err := secrets.GenerateIdentity(&text, kind, time.Now())
			if err == nil {
				err = keepIdentity(c, text.String(), s)
			}
			if err != nil {
				return err
			}
			say.Fprintf(s.Err, "Public key: %s\n", recipient)
			return nil
		},
	}
}

// keepIdentity writes an identity to the file of --out, or to standard output.
func keepIdentity(c *cli.Context, text string, s Streams) error {
	if !c.IsSet("out") || c.String("out") == stdout {
		err := say.Raw(s.Out, text)
		warnOpenOutput(s.Err, s.Out)
		return err
	}
	file := c.String("out")
	err := newKeyFile(file, text)
	if errors.Is(err, fs.ErrExist) {
		return fmt.Errorf("--out %s: is there already, and what was sealed to a key in it would be lost; choose another name", file)
	}
	return err
}

// newKeyFile makes a file for a private key, which only its owner may read.
func newKeyFile(file, text string) error {
	f, err := os.OpenFile(file, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	_, err = f.WriteString(text)
	if err = errors.Join(err, f.Sync(), f.Close()); err != nil {
		return errors.Join(err, os.Remove(file))
	}
	return nil
}

// warnOpenOutput warns that a private key was written to a file that others may read.
func warnOpenOutput(w io.Writer, out io.Writer) {
	f := fileOf(out)
	if f == nil {
		return
	}
	info, err := f.Stat()
	if err == nil && info.Mode().IsRegular() && disk.OpenToOthers(info) {
		say.Fprintf(w, "warning: the private key went to a file that others can read (mode %04o): chmod 600 it; --out FILE makes one for its owner alone\n", info.Mode().Perm())
	}
}
