package cli

import (
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"

	"github.com/urfave/cli/v2"

	"authsync/cli/line"
	"authsync/cli/say"
	"authsync/custody"
	"authsync/disk"
	"authsync/schema"
	"authsync/schema/list"
	"authsync/schema/rewrite"
	"authsync/secrets"
	"authsync/spell"
	"authsync/sync"
	"authsync/sync/lock"
)

type openOptions struct {
	in         string
	path       string // in the manifest
	vault      string // a name in the vault
	former     bool   // the token of its predecessor
	env        string
	paths      []string
	identities []string
}

func openCommand(s Streams) *cli.Command {
	return &cli.Command{
		Name:  "open",
		Usage: "print one secret in clear on standard output",
		UsageText: "authsync secrets open --in FILE --path PATH [--identity FILE]\n" +
			"authsync secrets open --in FILE --vault NAME [--former] [--identity FILE]\n" +
			"authsync secrets open [PATH...] --env ENVIRONMENT --vault NAME [--identity FILE]\n" +
			"authsync secrets open --textconv FILE [--identity FILE]\n\n" +
			"example: authsync secrets open --in envs/prod.yaml --path providers.github.config.clientSecret\n" +
			"         authsync secrets open --in envs/prod.yaml --vault server-prod",
		ArgsUsage: "[PATH...]",
		Description: "With --path, the secret is in the manifest; with --vault, it is the token of that API key in the\n" +
			"vault beside the manifest (prod.vault.yaml beside prod.yaml). While an old API key lives on beside the\n" +
			"new one, that is the new one's token, and with --former the old one's.\n" +
			"With --textconv, the whole file is printed with its secrets in clear, for git diff:\n" +
			"git config diff.authsync.textconv \"authsync secrets open --textconv\"",
		Flags: []cli.Flag{
			&cli.StringFlag{Name: "in", Usage: "the manifest `FILE`"},
			&cli.StringFlag{Name: "path", Usage: "the `PATH` of the value in the manifest"},
			&cli.StringFlag{Name: "vault", Usage: "the `NAME` of a token in the manifest's vault"},
			&cli.BoolFlag{Name: "former", Usage: "with --vault: the token of the old key that lives on beside the one of that name, the latest of several"},
			&cli.StringFlag{Name: "env", Aliases: []string{"e"}, Usage: "the environment `ENV`, where the manifests hold several"},
			&cli.BoolFlag{Name: "textconv", Usage: "print a file with all of its secrets in clear, (sealed) for those that cannot be opened"},
			identityFlag(),
		},
		Action: func(c *cli.Context) error {
			if c.Bool("textconv") {
				if c.NArg() != 1 {
					return errors.New("secrets open --textconv takes one file")
				}
				return runTextconv(c.Args().First(), c.StringSlice("identity"), s)
			}
			return runOpen(openOptions{
				in: c.String("in"), path: c.String("path"), vault: c.String("vault"), former: c.Bool("former"), env: c.String("env"),
				paths: c.Args().Slice(), identities: c.StringSlice("identity"),
			}, s)
		},
	}
}

func runOpen(o openOptions, s Streams) error {
	find := o.inManifest
	switch {
	case o.vault != "" && o.path == "":
		find = o.inVault
	case o.former:
		return errors.New("secrets open takes --former with --vault NAME")
	case o.vault != "" || o.in == "" || o.path == "":
		return errors.New("secrets open takes --in FILE and --path PATH, or --in FILE and --vault NAME")
	}
	value, env, where, err := find()
	if err != nil {
		return err
	}
	ids, err := identities(o.identities, askPassphrase, s.Err)
	if err != nil {
		return err
	}
	clear, err := keyring(ids, []*schema.Outline{schema.OutlineOf(env)}).Open(value)
	if err != nil {
		return fmt.Errorf("%s: %w", where, err)
	}
	if isTerminal(s.Out) { // it must not control the terminal
		return say.Raw(s.Out, spell.Lines(clear.Reveal())+"\n")
	}
	return say.Raw(s.Out, clear.Reveal())
}

// inManifest finds the secret at a path of a manifest, and returns where it is.
func (o openOptions) inManifest() (v secrets.Value, env *schema.Environment, where string, err error) {
	path, err := schema.ParsePath(o.path)
	if err != nil {
		return v, nil, "", err
	}
	loaded := loadAll([]string{o.in})
	envs := append(loaded.Environments, loaded.Bases...)
	if len(envs) != 1 {
		return v, nil, "", loaded.Faults.Err()
	}
	v, ok := envs[0].Secret(path)
	if !ok {
		if at := list.First(loaded.Faults.Wrong(), func(f *schema.Fault) bool { return f.Path.String() == path.String() }); at != nil {
			return v, nil, "", at
		}
		return v, nil, "", fmt.Errorf("%s: %s: no secret is there", o.in, path)
	}
	return v, envs[0], fmt.Sprintf("%s: %s", o.in, path), nil
}

// inVault finds a token in the vault of the selected environment.
func (o openOptions) inVault() (v secrets.Value, env *schema.Environment, where string, err error) {
	paths := o.paths
	if o.in != "" {
		paths = append(paths, o.in)
	}
	if paths, err = line.Paths(paths); err != nil {
		return v, nil, "", err
	}
	var names []string
	if o.env != "" {
		names = []string{o.env}
	}
	envs, err := load(paths, names)
	switch {
	case err != nil:
		return v, nil, "", err
	case len(envs) > 1:
		return v, nil, "", fmt.Errorf("say with --env which is meant: %s", environmentNames(envs))
	}
	file := sync.VaultFile(envs[0].File)
	vault, err := lock.OpenVault(lock.File{Path: file}, lock.Owner{Env: envs[0].Name})
	if err != nil {
		return v, nil, "", err
	}
	token, err := tokenNamed(vault, o.vault)
	if err != nil {
		return v, nil, "", fmt.Errorf("%s: %w", file, err)
	}
	if v, err = o.chosen(token); err != nil {
		return v, nil, "", fmt.Errorf("%s: %s: %w", file, o.vault, err)
	}
	return v, envs[0], file + ": " + o.vault, nil
}

func (o openOptions) chosen(t lock.VaultEntry) (secrets.Value, error) {
	switch {
	case !o.former && t.Value.IsZero():
		return t.Value, errors.New("the key itself is gone; an old one lives on, whose token is opened with --former")
	case !o.former:
		return t.Value, nil
	case len(t.Former) == 0:
		return t.Value, errors.New("no old key lives on beside it")
	}
	latest := t.Former[len(t.Former)-1]
	if latest.Value.IsZero() {
		return latest.Value, fmt.Errorf("%s was made elsewhere, so its token is not here", latest.ID)
	}
	return latest.Value, nil
}

// tokenNamed returns the token of a name, or of a key if several kinds have the name.
func tokenNamed(vault *lock.Vault, name string) (token lock.VaultEntry, err error) {
	meant := list.Only(vault.Keys(), func(key schema.Key) bool { return key.Name == name || key.String() == name })
	switch len(meant) {
	case 0:
		names := list.Each(vault.Keys(), func(key schema.Key) string { return key.Name })
		return token, fmt.Errorf("no token of %s is there%s", name, others(name, names))
	case 1:
		token, _ = vault.Entry(meant[0])
		return token, nil
	}
	return token, fmt.Errorf("say which token is meant: %s", list.Join(meant, ", ", schema.Key.String))
}

func others(name string, names []string) string {
	if near := schema.Nearest(name, names); near != "" {
		return ", did you mean " + near + "?"
	}
	if len(names) == 0 {
		return "; it is empty"
	}
	return "; there are " + strings.Join(names, ", ")
}

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
	shown, err := d.Show(list.Each(d.Sealed, func(sealed rewrite.SealedText) string {
		if clear, _, err := custody.Open(keys, d, sealed); err == nil {
			return strconv.Quote(clear.Reveal())
		}
		return "(sealed)"
	}))
	if err != nil {
		return text
	}
	return shown
}
