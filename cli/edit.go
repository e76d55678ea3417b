package cli

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/hashicorp/go-multierror"
	"github.com/urfave/cli/v2"

	"authsync/atomicfile"
	"authsync/cli/render"
	"authsync/cli/say"
	"authsync/custody"
	"authsync/disk"
	"authsync/schema"
	"authsync/schema/list"
	"authsync/schema/rewrite"
	"authsync/secrets"
	"authsync/spell"
)

func editCommand(s Streams) *cli.Command {
	return &cli.Command{
		Name:      "edit",
		Usage:     "edit a manifest with its secrets in clear",
		ArgsUsage: "FILE",
		UsageText: "authsync secrets edit FILE [--identity FILE]\n\nexample: authsync secrets edit envs/prod.yaml",
		Description: "Opens $VISUAL or $EDITOR on the manifest. Each secret stands there in clear behind !plain; the text\n" +
			"is in a private file, in memory where that can be, and is gone when the editor has ended. Then every\n" +
			"secret that is new, has changed or has moved is sealed. All else stays as it was, to the byte.",
		Flags: []cli.Flag{identityFlag()},
		Action: func(c *cli.Context) error {
			if c.NArg() != 1 {
				return errors.New("secrets edit takes one FILE, a manifest")
			}
			return runEdit(c.Args().First(), c.StringSlice("identity"), s)
		},
	}
}

func runEdit(file string, identityFiles []string, s Streams) error {
	var before []byte
	var loaded *schema.Loaded
	var shown *rewrite.Unsealed
	err := attended(s.Err, new(firstWrite), errStoppedReading, func() (err error) {
		before, loaded, shown, err = unsealed(file, identityFiles, s)
		return err
	})
	if err != nil {
		return err
	}
	held, release := holdInterrupts()
	defer release()
	session := editing{streams: s, file: file, shown: shown, held: held}
	sealed, err := session.run()
	switch {
	case err != nil:
		return err
	case sealed == nil || bytes.Equal(sealed.Text, before):
		say.Fprintf(s.Err, "%s: nothing changed\n", file)
		return nil
	}
	if err := keepEdited(file, before, sealed.Text); err != nil {
		return err
	}
	for _, path := range sealed.Sealed {
		say.Fprintf(s.Err, "%s: sealed %s to %s\n", file, path, render.Count(len(sealed.Recipients), "recipient", "recipients"))
	}
	if len(sealed.Sealed) == 0 {
		say.Fprintf(s.Err, "%s: written, no secret has changed\n", file)
	}
	for _, env := range append(loaded.Environments, loaded.Bases...) {
		if !slices.Equal(env.Recipients, sealed.Recipients) {
			say.Fprintf(s.Err, "warning: %s: the recipients have changed; secrets that did not change are sealed to the former ones: authsync secrets rekey %s\n", file, spell.Word(file))
		}
	}
	return nil
}

// unsealed reads a manifest, and unseals what the identities can open.
func unsealed(file string, identityFiles []string, s Streams) (text []byte, loaded *schema.Loaded, shown *rewrite.Unsealed, err error) {
	if text, err = disk.ReadGiven(file); err != nil {
		return nil, nil, nil, err
	}
	loaded = schema.LoadText(file, text, schema.SecretsClear, roots()...)
	ids, err := identities(identityFiles, askPassphrase, s.Err)
	if err != nil {
		return nil, nil, nil, err
	}
	keys := keyring(ids, schema.OutlinesOf(append(loaded.Environments, loaded.Bases...)))
	if shown, err = rewrite.Unseal(file, text, keys.Open, roots()...); err != nil {
		return nil, nil, nil, err
	}
	return text, loaded, shown, sayShut(s, shown)
}

// sayShut names the secrets that stay sealed in the editor. If all of them do, the
// identity is most likely the wrong one.
func sayShut(s Streams, shown *rewrite.Unsealed) error {
	for _, shut := range shown.Shut {
		if errors.Is(shut.Err, secrets.ErrNoIdentity) {
			return fmt.Errorf("%s: %s: %w", shut.Pos, shut.Path, shut.Err)
		}
	}
	for _, shut := range shown.Shut {
		say.Fprintf(s.Err, "warning: %s: %s stays sealed: %s\n", shut.Pos, shut.Path, shut.Err)
	}
	return nil
}

// keepEdited replaces the manifest. If somebody else has written it in the meantime,
// it is left alone, and the edited text is kept beside it, sealed.
func keepEdited(file string, before, after []byte) error {
	now, err := disk.ReadGiven(file)
	if err == nil && bytes.Equal(now, before) {
		return atomicfile.Write(file, after, 0o600)
	}
	beside, err := os.CreateTemp(filepath.Dir(file), filepath.Base(file)+".edited-*")
	if err != nil {
		return err
	}
	_, err = beside.Write(after)
	if err = errors.Join(err, beside.Sync(), beside.Close()); err != nil {
		return err
	}
	return fmt.Errorf("%s was changed by somebody else while it was edited, and is left as it is; what you wrote is in %s, sealed: compare the two", file, beside.Name())
}

// editing is one manifest in the user's editor, until it can be sealed or the user
// gives up.
type editing struct {
	streams Streams
	file    string
	shown   *rewrite.Unsealed
	held    interrupts
}

// run returns the sealed manifest; nil if the text was not changed.
func (e editing) run() (sealed *rewrite.Resealed, err error) {
	private, err := newPrivateFile(filepath.Base(e.file), e.shown.Text)
	if err != nil {
		return nil, err
	}
	defer func() {
		if left := private.remove(); left != nil {
			err = multierror.Append(err, fmt.Errorf("the text in clear is still there: %w", left))
		}
	}()
	for {
		if err := e.held.pending(); err != nil {
			return nil, err
		}
		if err := edit(private.path, e.streams, e.held); err != nil {
			return nil, err
		}
		text, err := os.ReadFile(private.path)
		if err != nil {
			return nil, fmt.Errorf("what the editor left: %w", err)
		}
		if text = withoutBanner(text); bytes.Equal(text, e.shown.Text) {
			return nil, nil
		}
		sealed, faults := e.shown.Seal(text, custody.Seal)
		if len(faults) == 0 {
			return sealed, nil
		}
		if err := e.again(faults); err != nil {
			return nil, err
		}
		if err := private.write(withBanner(text, faults)); err != nil {
			return nil, err
		}
	}
}

// again shows what is wrong, and asks whether to edit again. Without a person to ask,
// or after a no, it returns what is wrong.
func (e editing) again(faults []*schema.Fault) error {
	if !isTerminal(e.streams.In) {
		return multierror.Append(nil, list.Each(faults, func(f *schema.Fault) error { return f })...)
	}
	for _, fault := range faults {
		say.Fprintf(e.streams.Err, "authsync: %s\n", fault)
	}
	say.Fprintf(e.streams.Err, "\nedit again? [Y/n] ")
	answered := make(chan string, 1)
	go func() {
		answer, err := bufio.NewReader(e.streams.In).ReadString('\n')
		if err != nil {
			answer = "no"
		}
		answered <- strings.ToLower(strings.TrimSpace(answer))
	}()
	select {
	case answer := <-answered:
		if answer == "n" || answer == "no" {
			return errors.New("given up, nothing was written")
		}
		return nil
	case <-e.held:
		return errInterrupted
	}
}

const bannerMark = "#!authsync "

// withBanner puts the faults at the top of a text; their line numbers include these
// lines.
func withBanner(text []byte, faults []*schema.Fault) []byte {
	lines := []string{"this cannot be sealed yet; these lines go away by themselves"}
	for _, fault := range faults {
		where := fmt.Sprintf("line %d: ", fault.Pos.Line+len(faults)+1)
		if len(fault.Path) > 0 {
			where += fault.Path.String() + ": "
		}
		lines = append(lines, spell.Text(strings.Join(strings.Fields(where+fault.Text), " ")))
	}
	var out bytes.Buffer
	rest, marked := bytes.CutPrefix(text, []byte("\ufeff"))
	if marked {
		out.WriteString("\ufeff")
	}
	for _, line := range lines {
		out.WriteString(bannerMark + line + "\n")
	}
	out.Write(rest)
	return out.Bytes()
}

func withoutBanner(text []byte) []byte {
	rest, marked := bytes.CutPrefix(text, []byte("\ufeff"))
	for bytes.HasPrefix(rest, []byte(bannerMark)) {
		_, rest, _ = bytes.Cut(rest, []byte("\n"))
	}
	if marked {
		rest = append([]byte("\ufeff"), rest...)
	}
	return rest
}
