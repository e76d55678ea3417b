package cli

import (
	"errors"
	"fmt"
	"os"

	"github.com/urfave/cli/v2"

	"authsync/schema"
	"authsync/secrets"
)

func openCommand(s Streams) *cli.Command {
	return &cli.Command{
		Name:      "open",
		Usage:     "print one secret in clear on standard output",
		UsageText: "authsync secrets open --in FILE --path PATH [--identity FILE]\n\nexample: authsync secrets open --in envs/prod.yaml --path providers.github.config.clientSecret",
		Flags: []cli.Flag{
			&cli.StringFlag{Name: "in", Usage: "the manifest `FILE`"},
			&cli.StringFlag{Name: "path", Usage: "the `PATH` of the value"},
			&cli.StringSliceFlag{Name: "identity", Aliases: []string{"i"}, Usage: "age identity `FILE`; else AUTHSYNC_IDENTITY_FILE, or the text in AUTHSYNC_IDENTITY"},
		},
		Action: func(c *cli.Context) error {
			return runOpen(c.String("in"), c.String("path"), c.StringSlice("identity"), s)
		},
	}
}

func runOpen(in, at string, files []string, s Streams) error {
	if in == "" || at == "" {
		return errors.New("secrets open takes --in FILE and --path PATH")
	}
	path, err := schema.ParsePath(at)
	if err != nil {
		return err
	}
	loaded := schema.Load([]string{in}, schema.SecretsSealed)
	envs := append(loaded.Environments, loaded.Bases...)
	if len(envs) != 1 {
		return loaded.Faults.Err()
	}
	value, ok := envs[0].Secret(path)
	if !ok {
		for _, fault := range loaded.Faults.Wrong() {
			if fault.Path.String() == path.String() {
				return fault
			}
		}
		return fmt.Errorf("%s: %s: no secret is there", in, path)
	}
	ids, err := identities(files)
	if err != nil {
		return err
	}
	keys := &secrets.Keyring{Identities: ids, LookupEnv: os.LookupEnv}
	clear, err := keys.Open(value)
	if err != nil {
		return fmt.Errorf("%s: %s: %w", in, path, err)
	}
	end := ""
	if isTerminal(s.Out) {
		end = "\n"
	}
	_, err = fmt.Fprint(s.Out, clear.Reveal(), end)
	return err
}
