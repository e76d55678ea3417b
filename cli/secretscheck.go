package cli

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/urfave/cli/v2"

	"authsync/cli/line"
	"authsync/cli/render"
	"authsync/schema"
	"authsync/schema/rewrite"
	"authsync/secrets"
)

func secretsCheckCommand(s Streams) *cli.Command {
	return &cli.Command{
		Name:      "check",
		Usage:     "check what is sealed, and to whom, without a private key",
		ArgsUsage: "[PATH...]",
		UsageText: "authsync secrets check [PATH...] [--identity FILE]\n" +
			"authsync secrets check [PATH...] --left RECIPIENT\n\n" +
			"example: authsync secrets check envs",
		Description: "It finds secrets in clear, those sealed to others than the recipients that their file states,\n" +
			"copies of a sealed text, and what nothing uses. With an identity it also opens everything, and\n" +
			"finds what was moved from another place.\n" +
			"With --left it lists what somebody could read who is leaving, or has left: what to replace.",
		Flags: []cli.Flag{
			identityFlag(),
			&cli.StringFlag{Name: "left", Usage: "list the secrets that `RECIPIENT` could read"},
		},
		Action: func(c *cli.Context) error {
			paths, err := line.Paths(c.Args().Slice())
			if err != nil {
				return err
			}
			if c.IsSet("left") {
				return runLeft(paths, c.String("left"), s)
			}
			return runSecretsCheck(paths, c.StringSlice("identity"), s)
		},
	}
}

func runSecretsCheck(paths, identityFiles []string, s Streams) error {
	ids, err := identities(identityFiles, askPassphrase)
	if err != nil {
		return err
	}
	c := checking{keys: &secrets.Keyring{Identities: ids}, first: map[string]schema.Position{}}
	files, faults := filesOf(paths)
	c.faults.Add(faults.Wrong()...)
	loaded := loadAll(paths)
	c.faults.Add(loaded.Faults.Wrong()...)
	c.basesAlone(files)
	for _, f := range files {
		c.manifest(f)
	}
	c.aliases(loaded.Environments)
	if readable(loaded) {
		c.unused(files, loaded)
	}
	if c.unopened > 0 {
		fmt.Fprintf(s.Err, "warning: %s could not be opened, and may have been moved\n", render.Count(c.unopened, "sealed value", "sealed values"))
	}
	if c.unnamed > 0 {
		fmt.Fprintf(s.Err, "warning: %s not say to whom: only the number and the types of recipients were compared; secrets rekey makes it exact\n",
			render.Count(c.unnamed, "sealed value does", "sealed values do"))
	}
	if err := c.faults.Err(); err != nil {
		return err
	}
	fmt.Fprintf(s.Out, "%s in %s: sealed to those who are declared\n",
		render.Count(c.texts, "sealed value", "sealed values"), render.Count(c.holding, "file", "files"))
	return nil
}

// checking gathers what is wrong with the secrets of a run.
type checking struct {
	keys     *secrets.Keyring
	faults   schema.Faults
	holders  []holder
	first    map[string]schema.Position // of each sealed text
	texts    int                        // sealed, in all
	holding  int                        // files with one
	unnamed  int                        // sealed texts that do not name their recipients
	unopened int                        // by the identities that there are
}

func (c *checking) add(pos schema.Position, path schema.Path, format string, args ...interface{}) {
	c.faults.Add(&schema.Fault{Pos: pos, Path: path, Text: fmt.Sprintf(format, args...)})
}

// basesAlone finds secrets in clear that every environment has another in the
// place of.
func (c *checking) basesAlone(files []schema.File) {
	for _, f := range files {
		if f.Kind != schema.BaseFile {
			continue
		}
		loaded := loadAll([]string{f.Path})
		for _, fault := range loaded.Faults.Wrong() {
			if inClear(loaded, fault) {
				c.faults.Add(fault)
			}
		}
	}
}

// inClear reports whether a fault is a secret in clear.
func inClear(loaded *schema.Loaded, fault *schema.Fault) bool {
	return slices.ContainsFunc(loaded.Clear, func(c schema.ClearSecret) bool { return c.Pos == fault.Pos })
}

// readable reports whether nothing is wrong but secrets in clear. Only then is
// it known what is used.
func readable(loaded *schema.Loaded) bool {
	return !slices.ContainsFunc(loaded.Faults.Wrong(), func(f *schema.Fault) bool { return !inClear(loaded, f) })
}

// manifest checks what a manifest and the files beside it hold.
func (c *checking) manifest(f schema.File) {
	holders, err := readHolders([]schema.File{f})
	for _, one := range flatten(err) {
		var fault *schema.Fault
		if !errors.As(one, &fault) {
			fault = &schema.Fault{Pos: schema.Position{File: f.Path}, Text: strings.TrimPrefix(one.Error(), f.Path+": ")}
		}
		c.faults.Add(fault)
	}
	for _, h := range holders {
		c.holders = append(c.holders, h)
		c.texts += len(h.Sealed)
		c.holding += min(1, len(h.Sealed))
		for _, text := range h.Sealed {
			c.text(h, text)
		}
	}
}

func (c *checking) text(h holder, s rewrite.SealedText) {
	value := secrets.Sealed(s.Armored, secrets.Binding{})
	at := s.Paths[0]
	if first, again := c.first[value.Armored()]; again {
		c.add(s.Pos, at, "is a copy of the sealed text at %s, and opens in one place only; seal its value anew with: authsync secrets seal", first)
	} else {
		c.first[value.Armored()] = s.Pos
	}
	header, err := secrets.ReadHeader(value)
	if err != nil {
		c.add(s.Pos, at, "%s; restore it from git", err)
		return
	}
	if !header.Named() {
		c.unnamed++
	}
	if len(h.recipients) > 0 {
		if differences := header.Against(h.recipients); len(differences) > 0 {
			c.add(s.Pos, at, "%s; seal it anew with: authsync secrets rekey %s", strings.Join(differences, ", "), h.manifest.Path)
		}
	}
	c.place(h, s)
}

// place opens a text, where there is a key, to see that it is where it was
// sealed for.
func (c *checking) place(h holder, s rewrite.SealedText) {
	if len(c.keys.Identities) == 0 {
		return
	}
	_, _, err := openText(c.keys, h.Document, s)
	var moved *secrets.MovedError
	switch {
	case err == nil:
	case errors.As(err, &moved):
		c.add(s.Pos, s.Paths[0], "%s; open it where it was sealed for, and seal it anew where it stands", err)
	case errors.Is(err, secrets.ErrUnbound), errors.Is(err, secrets.ErrDamaged):
		c.add(s.Pos, s.Paths[0], "%s", err)
	default:
		c.unopened++
	}
}

// aliases finds one text that an environment reads as two secrets.
func (c *checking) aliases(envs []*schema.Environment) {
	for _, env := range envs {
		read := map[schema.Position]schema.Path{}
		for _, held := range env.Secrets {
			if held.Value.Form() != secrets.SealedForm {
				continue
			}
			if other, again := read[held.Pos]; again && other.String() != held.Path.String() {
				c.add(held.Pos, held.Path, "is the same sealed text as %s, by an alias, and opens in one place only; seal it for each", other)
				continue
			}
			read[held.Pos] = held.Path
		}
	}
}
