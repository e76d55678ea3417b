package cli

import (
	"errors"
	"fmt"

	"github.com/urfave/cli/v2"

	"authsync/cli/render"
	"authsync/cli/say"
	"authsync/custody"
	"authsync/schema"
	"authsync/schema/rewrite"
	"authsync/secrets"
)

type sealOptions struct {
	in    string
	path  string
	env   string
	to    []string
	paths []string
}

func sealCommand(s Streams) *cli.Command {
	return &cli.Command{
		Name:      "seal",
		Usage:     "seal the clear secrets of a manifest in place, or standard input",
		ArgsUsage: "[PATH...]",
		UsageText: "authsync secrets seal --in FILE [--path PATH] [--to RECIPIENT...]\n" +
			"authsync secrets seal PATH... [--to RECIPIENT...]\n" +
			"authsync secrets seal [--for ENV] --path PATH --to RECIPIENT... < value\n\n" +
			"example: authsync secrets seal --in envs/prod.yaml --path providers.github.config.clientSecret",
		Description: "With --in, every secret of the file that stands in clear text is sealed to the manifest's\n" +
			"recipients, or the one at --path alone; comments, order and quoting stay.\n" +
			"With a PATH, so are those of all manifests there and of what they extend: all files, or none.\n" +
			"Without, standard input (less one line break at its end) becomes a value ready to paste.\n" +
			"A sealed value opens only at the environment and path that it was sealed for; without --for\n" +
			"it is for a Base, and bound to the path alone.",
		Flags: []cli.Flag{
			&cli.StringFlag{Name: "in", Usage: "the manifest `FILE` to edit"},
			&cli.StringFlag{Name: "path", Usage: "the `PATH` of the value, such as providers.github.config.clientSecret"},
			&cli.StringFlag{Name: "for", Usage: "the `ENV` that the value is for"},
			&cli.StringSliceFlag{Name: "to", Usage: "seal to `RECIPIENT` instead of those of the manifest; may be repeated"},
		},
		Action: func(c *cli.Context) error {
			o := sealOptions{c.String("in"), c.String("path"), c.String("for"), c.StringSlice("to"), c.Args().Slice()}
			switch {
			case len(o.paths) > 0 && (o.in != "" || o.path != "" || o.env != ""):
				return fmt.Errorf("secrets seal takes either PATHs or --in, --path and --for, not both: %q", o.paths[0])
			case len(o.paths) > 0:
				return sealAll(repository(o.paths), o.to, s)
			case o.in == "":
				return sealInput(o, s)
			}
			return sealFile(o, s)
		},
	}
}

// sealInput seals standard input and prints the value to paste.
func sealInput(o sealOptions, s Streams) error {
	if o.path == "" {
		return errors.New("say with --path where the value will stand: it opens nowhere else")
	}
	path, err := schema.ParsePath(o.path)
	if err != nil {
		return err
	}
	if len(o.to) == 0 {
		return errors.New("say with --to who can open it")
	}
	clear, err := secretInput(s, path.Spelled())
	if err != nil {
		return err
	}
	sealed, err := custody.Seal(clear, secrets.Binding{Env: o.env, Path: path.String()}, o.to)
	if err != nil {
		return err
	}
	return say.Raw(s.Out, rewrite.SealedScalar(sealed.Armored())+"\n")
}

func sealFile(o sealOptions, s Streams) error {
	done, err := repository(nil).SealFile(o.in, o.path, o.to)
	if err != nil {
		return err
	}
	saySealed(s, done, say.Sprintf("%s: ", o.in))
	return nil
}

func sealAll(r custody.Repository, to []string, s Streams) error {
	if _, err := endCutOff(r, custody.SealJournal, s); err != nil {
		return err
	}
	done, err := r.Seal(to)
	if err != nil {
		return err
	}
	saySealed(s, done, "")
	return nil
}

func saySealed(s Streams, done []custody.Sealed, where say.Own) {
	for _, d := range done {
		say.Fprintf(s.Err, "%s: sealed %s to %s\n", d.File, d.Path, render.Count(d.Recipients, "recipient", "recipients"))
	}
	if len(done) == 0 {
		say.Fprintf(s.Err, "%sno secret in clear text\n", where)
	}
}
