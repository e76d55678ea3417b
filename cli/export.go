package cli

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/hashicorp/go-multierror"
	"github.com/urfave/cli/v2"

	"authsync/atomicfile"
	"authsync/cli/render"
	"authsync/cli/say"
	"authsync/cli/setup"
	"authsync/disk"
	"authsync/schema"
	"authsync/schema/list"
	"authsync/spell"
	"authsync/sync"
	"authsync/sync/fleet"
)

type exportOptions struct {
	selection
	envIDs   []string
	region   string
	to       []string
	asked    []sync.AskedText
	approved bool
	dryRun   bool
	losing   bool
}

func exportCommand(s Streams) *cli.Command {
	return &cli.Command{
		Name:  "export",
		Usage: "write a manifest from what is live, or bring one up to date",
		UsageText: "authsync export PATH --env-id ID... [--to RECIPIENT...] [flags]\n" +
			"authsync export PATH [--target KEY[.FIELD]...] [flags]\n\n" +
			"example: authsync export envs --env-id prod-7gk2x9 --to age1...",
		ArgsUsage: "PATH",
		Description: "With --env-id, PATH is the file to write, or a directory for one file each, named by the id.\n" +
			"Its first line names the schema that editors check it with: " + setup.SchemaFile + ", put beside it if it is not there.\n" +
			"Without, PATH is a manifest, or a directory of them: what live has moved is taken over in place, and\n" +
			"objects that are new in live are added. No byte changes but those of the values that move. What git\n" +
			"alone has moved since the last apply stays, and is told. --target takes over what it names and nothing\n" +
			"else, whoever has moved it: this is how one drift is accepted.\n\n" +
			"Secrets that live shows are sealed to the recipients, those that it hides are left out with a comment.\n" +
			"The result is planned before it is written: a manifest that would change anything else is an error.",
		Flags: append([]cli.Flag{
			&cli.StringSliceFlag{Name: "env-id", Usage: "the CloudBase environment `ID` to export; may be repeated"},
			&cli.StringFlag{Name: "region", Usage: "the `REGION` of these environments; ap-shanghai if left out"},
			&cli.StringSliceFlag{Name: "to", Usage: "seal to `RECIPIENT`; may be repeated"},
			envFlag(),
			&cli.StringSliceFlag{Name: "target", Usage: "only what `KEY` names: login, provider/github, provider/github.config.scope, or a whole kind; may be repeated"},
			&cli.BoolFlag{Name: "prune", Usage: "take out objects that live has lost also where secrets that are sealed in them go too"},
			&cli.BoolFlag{Name: "dry-run", Usage: "show how the files would change, and write nothing"},
			&cli.BoolFlag{Name: "yes", Aliases: []string{"y"}, Usage: "rewrite several files without asking"},
		}, connectionFlags()...),
		Action: doing(s, readExport, runExport),
	}
}

func readExport(c *cli.Context) (o exportOptions, err error) {
	o = exportOptions{
		envIDs: c.StringSlice("env-id"), region: c.String("region"), to: c.StringSlice("to"),
		approved: c.Bool("yes"), dryRun: c.Bool("dry-run"), losing: c.Bool("prune"),
	}
	if o.asked, err = readEach(c, "target", sync.ParseAsked); err != nil {
		return o, err
	}
	if o.selection, err = readConnection(c, c.Args().Slice()); err != nil {
		return o, err
	}
	// Whoever names what live lost, or asks for what is lost to go, believes a list that
	// is empty.
	o.options = sync.Options{Others: sync.OthersWhole, Gone: sync.Gone(o.losing || len(o.asked) > 0), Now: o.options.Now}
	o.options.Targets = list.Flat(o.asked, sync.AskedText.Keys)
	switch {
	case len(o.paths) != 1:
		return o, errors.New("export takes one PATH: a manifest, or a directory of them")
	case o.paths[0] == stdout:
		return o, errors.New("export -: a manifest goes to a file, with what stands beside it; name one, or a directory")
	case len(o.envIDs) > 0 && (o.losing || slices.ContainsFunc(o.asked, sync.AskedText.ByName)):
		return o, errors.New("--prune, and a --target that is no whole kind, go with a manifest that is there")
	}
	return o, nil
}

func runExport(ctx context.Context, o exportOptions, s Streams) error {
	envs, err := o.environments()
	if err != nil {
		return err
	}
	sites, err := connect(envs, o.selection)
	if err != nil {
		return err
	}
	sayOfSandbox(o.progress.Messages(s.Err), sites)
	exports := o.exports(ctx, sites)
	if len(o.asked) > 0 {
		o.knownSomewhere(exports)
	}
	if err := o.agreed(exports, s); err != nil {
		return err
	}
	var all *multierror.Error
	for _, x := range exports {
		if x.err == nil {
			x.err = o.put(x, s)
		}
		all = multierror.Append(all, sync.At(x.site.Env.Name, x.err))
	}
	return all.ErrorOrNil()
}

type export struct {
	site   *sync.Site
	read   *sync.Reading
	sealer *sealer
	before []byte // nil = none
	text   []byte
	taken  *sync.Takeover // of a manifest that is there
	said   []string
	left   bool // a new manifest cannot express something
	// targets are the objects that were asked for, and unknown the errors of names that
	// the environment does not know, by the name.
	targets []schema.Key
	unknown map[string]error
	err     error
}

// exports reads the environments and makes their manifests.
func (o exportOptions) exports(ctx context.Context, sites []*sync.Site) []*export {
	o.progress.Begin(fleet.Reading, siteNames(sites)...)
	defer o.progress.End()
	return fleet.Turns(len(sites), fleet.AtOnce(o.concurrency), func(i int) *export {
		x := &export{site: sites[i], sealer: newSealer(sites[i], o.to)}
		wide := *x.site
		wide.Env = sync.Widened(x.site.Env, o.asked)
		x.read = sync.Read(ctx, &wide, o.options)
		o.progress.Ended(x.site.Env.Name)
		x.err = o.layOut(x)
		return x
	})
}

func (o exportOptions) layOut(x *export) error {
	if len(x.read.Errors) > 0 {
		return multierror.Append(nil, x.read.Errors...)
	}
	for _, kind := range slices.Sorted(maps.Keys(x.read.Unreadable)) {
		x.say("%s are left as they are: %s", schema.KindNamed(kind).Collection, x.read.Unreadable[kind])
		x.read.Leave(kind)
	}
	x.leaveUnseen()
	if len(o.envIDs) > 0 {
		return x.layOutFresh()
	}
	return o.refresh(x)
}

func (x *export) leaveUnseen() {
	for _, k := range schema.Kinds {
		if k.Update.Seen != schema.InVault {
			continue
		}
		if x.site.Env.Collections[k.Name] != nil {
			x.say("%s stays as it is: no call shows it", k.Collection)
		}
		x.read.Leave(k.Name)
	}
}

func (x *export) say(format string, args ...any) {
	x.said = append(x.said, fmt.Sprintf(format, args...))
}

// put writes a manifest, or shows how it would change.
func (o exportOptions) put(x *export, s Streams) error {
	file := x.site.Env.File
	messages := o.progress.Messages(s.Err)
	for _, line := range x.said {
		say.Fprintf(messages, "%s: %s\n", file, line)
	}
	told := ""
	if x.left || x.taken != nil && len(x.taken.Left) > 0 {
		told = ", but for what is said above"
	}
	switch {
	case o.dryRun:
		return say.Raw(s.Out, fileDiff(file, x.before, x.text))
	case x.before != nil && bytes.Equal(x.before, x.text):
		say.Fprintf(messages, "%s: stays as it is; its own plan is empty%s\n", file, told)
		return nil
	}
	if err := unmoved(file, x.before); err != nil {
		return err
	}
	if dir := filepath.Dir(file); dir == filepath.Clean(o.paths[0]) { // a directory for new manifests
		if err := os.MkdirAll(dir, 0o755); err != nil {
			return err
		}
	}
	if err := atomicfile.Write(file, x.text, 0o644); err != nil {
		return err
	}
	say.Fprintf(messages, "%s: written, %s sealed; its own plan is empty%s\n", file, render.Count(x.sealer.count(), "secret", "secrets"), told)
	for _, written := range schema.LoadText(file, x.text, schema.SecretsSealed, roots()...).Environments {
		for _, path := range written.LookRandom(x.site.Env) {
			say.Fprintf(s.Err, "%s: %s looks random and stands there in clear: look before you commit; `secret: [%s]` makes it one\n", file, path, path)
		}
	}
	if len(o.envIDs) > 0 {
		return helpEditors(file, messages)
	}
	return nil
}

// unmoved returns an error if a manifest was edited since it was read, since a
// question may have been open for long.
func unmoved(file string, before []byte) error {
	if before == nil {
		return nil
	}
	now, err := disk.ReadBeside(file)
	if err == nil && !bytes.Equal(now, before) {
		err = fmt.Errorf("%s: was edited while this ran; nothing was written, run again", file)
	}
	return err
}

// helpEditors writes the schema beside the first manifest of a directory.
func helpEditors(manifest string, said io.Writer) error {
	file := filepath.Join(filepath.Dir(manifest), setup.SchemaFile)
	if _, err := os.Lstat(file); err == nil || !errors.Is(err, os.ErrNotExist) {
		return err
	}
	text, err := schema.JSONSchema()
	if err != nil {
		return err
	}
	if err := atomicfile.Write(file, text, 0o644); err != nil {
		return err
	}
	say.Fprintf(said, "%s: written, for editors; renew it with: authsync schema > %s\n", file, say.Own(spell.Word(file)))
	return nil
}

// environments returns those to export: new ones by their ids, or those in the path.
func (o exportOptions) environments() ([]*schema.Environment, error) {
	if len(o.envIDs) == 0 {
		return load(o.paths, o.envs)
	}
	info, err := os.Stat(o.paths[0])
	directory := err == nil && info.IsDir() || len(o.envIDs) > 1 || !slices.Contains([]string{".yaml", ".yml"}, filepath.Ext(o.paths[0]))
	var envs []*schema.Environment
	for _, id := range o.envIDs {
		file, name := o.paths[0], strings.TrimSuffix(strings.TrimSuffix(filepath.Base(o.paths[0]), ".yaml"), ".yml")
		if directory {
			file, name = filepath.Join(o.paths[0], id+".yaml"), id
		}
		if _, err := os.Stat(file); err == nil {
			return nil, fmt.Errorf("%s is there already; leave --env-id out to bring it up to date", file)
		}
		env := newEnvironment(file, name, id, o.region, o.to)
		wanted(env, env.Has)
		envs = append(envs, env)
	}
	return envs, nil
}

// newEnvironment returns an environment of which only the id is known, and its region; "" =
// the usual one.
func newEnvironment(file, name, id, region string, recipients []string) *schema.Environment {
	shared := schema.Shared()
	settings := schema.Object{shared.Tenant: schema.Text(id)}
	if region != "" {
		settings["region"] = schema.Text(region)
	}
	return &schema.Environment{
		Name: name, File: file, Recipients: recipients,
		Systems:     map[string]schema.Object{shared.Name: settings},
		Collections: map[string]*schema.Collection{},
	}
}

// wanted names every kind of the systems, so that all of them are read, and of kinds
// without a list the objects with fixed names. Of groups it is not known which there
// are, nor their settings.
func wanted(env *schema.Environment, reached func(system string) bool) {
	for _, k := range schema.Kinds {
		if !reached(k.System) || k.Arity == schema.Groups || k.Update.Seen == schema.InVault {
			continue
		}
		c := &schema.Collection{Kind: k}
		for _, alias := range k.Key.Aliases {
			c.Objects = append(c.Objects, &schema.Declared{Key: schema.Key{Kind: k.Name, Name: alias}})
		}
		env.Collections[k.Name] = c
	}
}
