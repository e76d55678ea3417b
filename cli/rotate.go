package cli

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/urfave/cli/v2"

	"authsync/atomicfile"
	"authsync/cli/render"
	"authsync/cli/say"
	"authsync/custody"
	"authsync/disk"
	"authsync/remote/transport"
	"authsync/schema"
	"authsync/schema/list"
	"authsync/schema/rewrite"
	"authsync/secrets"
	"authsync/spell"
	"authsync/sync"
	"authsync/sync/planfile"
)

type rotateOptions struct {
	applyOptions
	keys  []schema.Key // whose tokens their services make
	paths []schema.Path
}

func rotateCommand(s Streams) *cli.Command {
	return &cli.Command{
		Name:      "rotate",
		Usage:     "put a new secret in the place of an old one",
		UsageText: "authsync secrets rotate KEY... [--in MANIFEST] [--overlap TIME | --finish] [flags]\n\nexample: authsync secrets rotate apiKey/server-prod --in envs/prod.yaml",
		ArgsUsage: "KEY...",
		Description: "A KEY that names an API key is rotated end to end: a new key is made, its token is sealed into the\n" +
			"vault beside that of the old key, and the old key lives on for the overlap, 24h if neither the manifest\n" +
			"nor --overlap says otherwise. The first apply after that deletes it; --finish deletes it now, and makes\n" +
			"no new one. That is planned, shown, and asked like any apply. The custom login key is rotated in the same\n" +
			"way, and its service ends the old one in two hours.\n" +
			"Any other KEY is the path of a secret in the manifest (providers.github.config.clientSecret): its new\n" +
			"value is read from standard input and sealed where the old one stands, and the plan is shown.",
		Flags: append([]cli.Flag{
			&cli.StringSliceFlag{Name: "in", Usage: "the manifest or directory `MANIFEST`; envs if left out; may be repeated"},
			envFlag(),
			&cli.BoolFlag{Name: "yes", Aliases: []string{"y"}, Usage: "rotate API keys without asking"},
			overlapFlag(),
			&cli.BoolFlag{Name: "finish", Usage: "make no new key, and delete the old one that lives on beside the one that took its place"},
			stateDirFlag(),
			allowFlag(),
		}, connectionFlags()...),
		Action: writing(s, errStoppedKeeping, readRotate, func(ctx context.Context, o rotateOptions, s Streams) error {
			if len(o.keys) == 0 {
				return sealNew(ctx, o, s)
			}
			o.access = transport.ReadWrite
			return carryOut(ctx, o.applyOptions, o.planning(), s)
		}),
	}
}

func readRotate(c *cli.Context, began *firstWrite) (o rotateOptions, err error) {
	if o.keys, o.paths, err = readRotated(c.Args().Slice()); err != nil {
		return o, err
	}
	switch {
	case len(o.keys)+len(o.paths) == 0:
		return o, errors.New("secrets rotate takes a KEY: apiKey/NAME, or the path of a secret in the manifest")
	case len(o.keys) > 0 && len(o.paths) > 0, len(o.paths) > 1:
		return o, errors.New("secrets rotate takes any number of API keys, or one path, whose value it reads from standard input")
	case c.Bool("finish") && c.IsSet("overlap"):
		return o, errors.New("secrets rotate takes --overlap, which makes a new key, or --finish, which makes none")
	case len(o.keys) == 0 && (c.Bool("finish") || c.IsSet("overlap")):
		return o, errors.New("secrets rotate takes --overlap and --finish with API keys alone")
	}
	if o.selection, err = readSelectionOf(c, c.StringSlice("in")); err != nil {
		return o, err
	}
	o.approved, o.writing, o.words = c.Bool("yes"), began, wordsOf(c.Context)
	o.options.Targets = o.keys
	if c.Bool("finish") {
		o.options.Finish = o.keys
	} else {
		o.options.Rotate, o.rotating = o.keys, o.keys
	}
	o.unrotated = slices.Concat([]string{"apply"}, requestedWords(planfile.Request{Paths: o.selection.paths, Environments: o.envs, Options: o.options}),
		flagWords("identity", o.identities), flagWords("state-dir", list.Only([]string{o.stateDir}, func(dir string) bool { return dir != "" })))
	if o.approved {
		o.unrotated = append(o.unrotated, "--yes")
	}
	return o, rotatable(o.options)
}

// readRotated separates the keys whose services make their tokens from the paths of
// secrets.
func readRotated(words []string) (keys []schema.Key, paths []schema.Path, err error) {
	for _, word := range words {
		key, keyErr := schema.ParseSpelledKey(word)
		path, pathErr := schema.ParsePath(word)
		switch {
		case keyErr == nil && schema.KindNamed(key.Kind).IsOne(key.Name) && schema.KindNamed(key.Kind).Update.Token == schema.TokenOnce:
			keys = append(keys, key)
		case keyErr == nil && !strings.Contains(word, "."):
			return nil, nil, fmt.Errorf("%s: authsync cannot make its secrets; name the one that gets a new value by its path in the manifest, such as providers.github.config.clientSecret", word)
		case pathErr != nil:
			return nil, nil, fmt.Errorf("%s: %w", word, pathErr)
		default:
			paths = append(paths, path)
		}
	}
	return keys, paths, nil
}

// sealNew reads a new value, seals it in the place of the old one, and shows the
// resulting plan.
func sealNew(ctx context.Context, o rotateOptions, s Streams) error {
	if err := o.replaceSecret(s); err != nil {
		return err
	}
	key, _, ok := objectAt(o.paths[0])
	if !ok {
		return nil // a system's setting, which no service has
	}
	o.options.Targets = []schema.Key{key}
	plan, err := o.plan(ctx)
	if err != nil {
		return err
	}
	if err := render.Plan(s.Out, plan, o.palette(s.Out)); err != nil {
		return err
	}
	send := "" // the flag that sends what cannot be compared
	if slices.ContainsFunc(plan.Environments, func(env *sync.EnvironmentPlan) bool { return len(env.Uncompared) > 0 }) {
		send = " --rewrite-secrets"
	}
	say.Fprintf(s.Err, "send it with: authsync apply %s --target %s%s\n", spell.Words(o.selection.paths...), spell.Word(key.String()), send)
	return errors.Join(readErrors(plan.Environments), refusals(plan))
}

// replaceSecret seals a new value in the place of the old one, or in a new place.
func (o rotateOptions) replaceSecret(s Streams) error {
	file, binding, err := o.place(o.paths[0])
	if err != nil {
		return err
	}
	var fresh newSecret // where there is none yet
	if file.Path == "" {
		if fresh, err = o.newPlace(o.paths[0]); err != nil {
			return err
		}
	}
	clear, err := typedSecret(s, o.paths[0].Spelled())
	if err != nil {
		return err
	}
	if file.Path == "" {
		return fresh.set(clear, s)
	}
	sealed, err := custody.Seal(clear, binding, file.Recipients)
	if err != nil {
		return fmt.Errorf("%s: %s: %w", file.Path, o.paths[0], err)
	}
	text, err := disk.ReadBeside(file.Path)
	if err != nil {
		return err
	}
	if text, err = rewrite.ReplaceScalar(file.Path, text, o.paths[0], sealed.Armored()); err != nil {
		return err
	}
	if err := atomicfile.Write(file.Path, text, 0o600); err != nil {
		return err
	}
	say.Fprintf(s.Err, "%s: sealed a new %s to %s\n", file.Path, o.paths[0], render.Count(len(file.Recipients), "recipient", "recipients"))
	return nil
}

// newPlace returns where a new secret goes: into the environment that names its
// object, which must be the only one.
func (o rotateOptions) newPlace(path schema.Path) (newSecret, error) {
	envs, err := load(o.selection.paths, o.envs)
	if err != nil {
		return newSecret{}, err
	}
	key, below, _ := objectAt(path)
	naming := list.Only(envs, func(env *schema.Environment) bool {
		c := env.Collections[key.Kind]
		return c != nil && c.Object(key.Name) != nil && c.Object(key.Name).Fields.At(below...) == nil
	})
	switch len(naming) {
	case 0:
		return newSecret{}, fmt.Errorf("%s: no secret is there in any environment of this run", path)
	case 1:
		return placeIn(naming[0].File, path)
	}
	return newSecret{}, fmt.Errorf("%s: is nowhere yet, and several environments could have it; choose one with --env: %s", path, environmentNames(naming))
}

// objectAt returns the object that contains a path of a manifest, and the path in it.
func objectAt(path schema.Path) (key schema.Key, field schema.Path, known bool) {
	for _, k := range schema.Kinds {
		if name, below, ok := k.NameAt(path); ok && len(below) > 0 {
			return schema.Key{Kind: k.Name, Name: name}, below, true
		}
	}
	return key, nil, false
}

// place finds the file of a secret and the binding of its seal; no file if the secret
// does not exist.
func (o rotateOptions) place(path schema.Path) (schema.File, secrets.Binding, error) {
	envs, err := load(o.selection.paths, o.envs)
	if err != nil {
		return schema.File{}, secrets.Binding{}, err
	}
	having := list.Only(envs, func(env *schema.Environment) bool {
		_, is := env.Secret(path)
		return is
	})
	if len(having) == 0 {
		return schema.File{}, secrets.Binding{}, nil
	}
	value, _ := having[0].Secret(path)
	switch {
	case value.Form() == secrets.EnvForm:
		return schema.File{}, secrets.Binding{}, fmt.Errorf("%s: is taken from the variable %s; change it there, and send it with: authsync apply --rewrite-secrets", path, value.EnvName())
	case len(having) > 1 && value.Binding().Env != "":
		return schema.File{}, secrets.Binding{}, fmt.Errorf("%s: is in several environments; choose one with --env: %s", path, environmentNames(having))
	}
	file, err := o.fileOf(path, having[0], value.Binding())
	return file, value.Binding(), err
}

// fileOf finds the file, among those of an environment, that has a sealed secret.
func (o rotateOptions) fileOf(path schema.Path, env *schema.Environment, b secrets.Binding) (schema.File, error) {
	files, faults := schema.Files(o.selection.paths, roots()...)
	if err := faults.Err(); err != nil {
		return schema.File{}, err
	}
	for _, f := range files {
		ours := f.Name == b.Env && f.Kind == schema.EnvironmentFile || f.Kind == schema.BaseFile && b.Env == ""
		source := slices.ContainsFunc(env.Sources, func(s schema.Source) bool { return s.Path == f.Path })
		if ours && source && holdsSealed(f.Path, path) {
			return f, nil
		}
	}
	return schema.File{}, fmt.Errorf("%s: the file that contains it was not found", path)
}

func holdsSealed(file string, path schema.Path) bool {
	text, err := disk.ReadBeside(file)
	if err != nil {
		return false
	}
	d, err := rewrite.ReadDocument(file, text)
	return err == nil && slices.ContainsFunc(d.Sealed, func(s rewrite.SealedText) bool {
		return slices.ContainsFunc(s.Paths, func(p schema.Path) bool { return p.String() == path.String() })
	})
}
