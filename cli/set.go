package cli

import (
	"errors"
	"fmt"
	"path/filepath"
	"slices"

	"github.com/urfave/cli/v2"
	"gopkg.in/yaml.v3"

	"authsync/atomicfile"
	"authsync/cli/render"
	"authsync/cli/say"
	"authsync/custody"
	"authsync/disk"
	"authsync/schema"
	"authsync/schema/rewrite"
	"authsync/secrets"
)

func setCommand(s Streams) *cli.Command {
	return &cli.Command{
		Name:      "set",
		Usage:     "seal standard input into a manifest, as a new or another secret",
		UsageText: "authsync secrets set PATH --in FILE < value\n\nexample: authsync secrets set providers.github.config.clientSecret --in envs/prod.yaml < secret.txt",
		ArgsUsage: "PATH",
		Description: "The value (less one line break at its end) is sealed to the recipients that the manifest states, and\n" +
			"stands at PATH then, whether something stood there or not; nothing else of the file changes.\n" +
			"That takes no private key.",
		Flags: []cli.Flag{
			&cli.StringFlag{Name: "in", Usage: "the manifest `FILE` to edit"},
			&cli.StringSliceFlag{Name: "to", Usage: "seal to `RECIPIENT` instead of those of the manifest; may be repeated"},
		},
		Action: func(c *cli.Context) error {
			if c.Args().Len() != 1 || c.String("in") == "" {
				return errors.New("secrets set takes one PATH, such as providers.github.config.clientSecret, and --in FILE")
			}
			path, err := schema.ParsePath(c.Args().First())
			if err != nil {
				return err
			}
			at, err := placeIn(filepath.Clean(c.String("in")), path)
			if err != nil {
				return err
			}
			if to := c.StringSlice("to"); len(to) > 0 {
				at.recipients = to
			}
			clear, err := typedSecret(s, path.Spelled())
			if err != nil {
				return err
			}
			return at.set(clear, s)
		},
	}
}

// typedSecret reads a secret, which must not be empty, from standard input.
func typedSecret(s Streams, at string) (secrets.Clear, error) {
	clear, err := secretInput(s, at)
	if err == nil && clear.Reveal() == "" {
		err = errors.New("standard input is empty: there is no secret to seal")
	}
	return clear, err
}

// longestSecret limits what is read for one, in bytes.
const longestSecret = 1 << 20

// secretInput reads a secret for a place from standard input, less the marks of a file.
func secretInput(s Streams, at string) (secrets.Clear, error) {
	if isTerminal(s.In) {
		say.Fprintf(s.Err, "reading the secret from the terminal; end it with ctrl-d\n")
	}
	text, err := disk.ReadStream("standard input", s.In, longestSecret)
	if err != nil {
		return secrets.Clear{}, err
	}
	clear := secrets.NewClear(secrets.WithoutFileMarks(string(text)))
	if schema.IsMask(clear.Reveal()) {
		return secrets.Clear{}, fmt.Errorf("%s: %s", at, schema.NotAValue)
	}
	return clear, nil
}

// newSecret is where in a manifest a secret is to be written.
type newSecret struct {
	file       string
	path       schema.Path
	env        string // the environment of its binding; "" in a Base
	recipients []string
}

// placeIn returns a place in a manifest that already names the object: a misspelt name
// would create a new object.
func placeIn(file string, path schema.Path) (newSecret, error) {
	loaded := loadAll([]string{file})
	if err := loaded.Faults.Mistakes().Err(); err != nil {
		return newSecret{}, err
	}
	files, faults := schema.Files([]string{file}, roots()...)
	if err := faults.Err(); err != nil {
		return newSecret{}, err
	}
	i := slices.IndexFunc(files, func(f schema.File) bool { return f.Path == file })
	if i < 0 {
		return newSecret{}, fmt.Errorf("%s: is no manifest", file)
	}
	at := newSecret{file: file, path: path, recipients: files[i].Recipients}
	if files[i].Kind == schema.EnvironmentFile {
		at.env = files[i].Name
	}
	if key, _, ok := objectAt(path); ok {
		for _, env := range slices.Concat(loaded.Environments, loaded.Bases) {
			if c := env.Collections[key.Kind]; c == nil || c.Object(key.Name) == nil {
				return at, fmt.Errorf("%s: names no %s; write it there first", file, key.Spelled())
			}
		}
	}
	return at, nil
}

// set seals a secret in its place. The result must be a valid manifest.
func (at newSecret) set(clear secrets.Clear, s Streams) error {
	sealed, err := custody.Seal(clear, secrets.Binding{Env: at.env, Path: at.path.String()}, at.recipients)
	if err != nil {
		return fmt.Errorf("%s: %s: %w", at.file, at.path.Spelled(), err)
	}
	before, err := disk.ReadBeside(at.file)
	if err != nil {
		return err
	}
	node := &yaml.Node{Kind: yaml.ScalarNode, Tag: "!age", Style: yaml.LiteralStyle | yaml.TaggedStyle, Value: sealed.Armored()}
	text, err := rewrite.Apply(at.file, before, []rewrite.Edit{{Path: at.path, Node: node, Holder: rewrite.Inside}})
	if err != nil {
		return err
	}
	loaded := schema.LoadText(at.file, text, schema.SecretsSealed, roots()...)
	if faults := loaded.Faults.Mistakes().Wrong(); len(faults) > 0 {
		return fmt.Errorf("%s: %s: %s; nothing was written", at.file, faults[0].Path.Spelled(), faults[0].Text)
	}
	if err := atomicfile.Write(at.file, text, 0o600); err != nil {
		return err
	}
	say.Fprintf(s.Err, "%s: sealed %s to %s\n", at.file, at.path.Spelled(), render.Count(len(at.recipients), "recipient", "recipients"))
	return nil
}
