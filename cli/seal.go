package cli

import (
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/urfave/cli/v2"

	"authsync/atomicfile"
	"authsync/disk"
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
				return sealAll(o, s)
			case o.in == "":
				return sealInput(o, s)
			}
			return sealFile(o, s)
		},
	}
}

// sealInput turns standard input into a value to paste.
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
	if isTerminal(s.In) {
		fmt.Fprintln(s.Err, "reading the secret from the terminal; end it with ctrl-d")
	}
	text, err := io.ReadAll(io.LimitReader(s.In, 1<<20))
	if err != nil {
		return err
	}
	clear := strings.TrimSuffix(strings.TrimSuffix(string(text), "\n"), "\r")
	sealed, err := seal(secrets.NewClear(clear), secrets.Binding{Env: o.env, Path: path.String()}, o.to)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintln(s.Out, rewrite.SealedScalar(sealed.Armored()))
	return err
}

func seal(clear secrets.Clear, b secrets.Binding, to []string) (secrets.Value, error) {
	recipients, err := secrets.ParseRecipients(to)
	if err != nil {
		return secrets.Value{}, err
	}
	return secrets.Seal(clear, b, recipients)
}

// sealFile seals what stands in clear in a manifest, in place.
func sealFile(o sealOptions, s Streams) error {
	text, err := disk.ReadGiven(o.in)
	if err != nil {
		return err
	}
	targets, recipients, err := clearSecrets(o)
	if err != nil {
		return err
	}
	if text, err = sealed(o.in, text, targets, recipients); err != nil {
		return err
	}
	if len(targets) > 0 {
		if err := atomicfile.Write(o.in, text, 0o600); err != nil {
			return err
		}
	}
	for _, t := range targets {
		fmt.Fprintln(s.Err, sealedLine(o.in, t, recipients))
	}
	if len(targets) == 0 {
		fmt.Fprintf(s.Err, "%s: no secret in clear text\n", o.in)
	}
	return nil
}

// clearSecrets are the values to seal and the recipients to seal them to.
func clearSecrets(o sealOptions) ([]schema.ClearSecret, []string, error) {
	loaded := loadAll([]string{o.in})
	envs := append(loaded.Environments, loaded.Bases...)
	if len(envs) != 1 {
		return nil, nil, loaded.Faults.Err()
	}
	process.hide(envs[0].Variables()...)
	recipients := o.to
	if len(recipients) == 0 {
		recipients = envs[0].Recipients
	}
	if len(recipients) == 0 {
		return nil, nil, noRecipients(o.in)
	}
	var targets []schema.ClearSecret
	for _, c := range loaded.Clear {
		if c.Pos.File == envs[0].File && (o.path == "" || o.path == c.Path.String()) {
			targets = append(targets, c)
		}
	}
	if o.path != "" && len(targets) == 0 {
		return nil, nil, fmt.Errorf("%s: %s: no secret in clear text is there", o.in, o.path)
	}
	return targets, recipients, nil
}
