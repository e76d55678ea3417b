package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	stdsync "sync"

	"github.com/hashicorp/go-multierror"
	"github.com/urfave/cli/v2"

	"authsync/atomicfile"
	"authsync/cli/progress"
	"authsync/cli/render"
	"authsync/schema"
	"authsync/sync"
)

type exportOptions struct {
	selection
	envIDs []string
	region string
	to     []string
}

func exportCommand(s Streams) *cli.Command {
	return &cli.Command{
		Name:  "export",
		Usage: "write a manifest from what is live, or bring one up to date",
		UsageText: "authsync export PATH --env-id ID... [--to RECIPIENT...] [flags]\n" +
			"authsync export PATH [flags]\n\n" +
			"example: authsync export envs --env-id prod-7gk2x9 --to age1...",
		ArgsUsage: "PATH",
		Description: "With --env-id, PATH is the file to write, or a directory for one file each, named by the id.\n" +
			"Its first line names the schema that editors check it with: " + schemaFile + ", put beside it if it is not there.\n" +
			"Without, PATH is a manifest, or a directory of them: what it names is brought up to date from live,\n" +
			"and objects that it does not name are added. Comments and order stay.\n\n" +
			"Secrets that live shows are sealed to the recipients, those that it hides are left out with a comment.\n" +
			"The result is planned before it is written: a manifest that would change anything is an error.",
		Flags: append([]cli.Flag{
			&cli.StringSliceFlag{Name: "env-id", Usage: "the CloudBase environment `ID` to export; may be repeated"},
			&cli.StringFlag{Name: "region", Usage: "the `REGION` of these environments; ap-shanghai if left out"},
			&cli.StringSliceFlag{Name: "to", Usage: "seal to `RECIPIENT`; may be repeated"},
			&cli.StringSliceFlag{Name: "env", Aliases: []string{"e"}, Usage: "only the environment `ENV`; may be repeated"},
			&cli.StringSliceFlag{Name: "target", Usage: "only what `KEY` names, such as login or provider, the whole kind; may be repeated"},
		}, connectionFlags()...),
		Action: func(c *cli.Context) error {
			selected, err := readSelection(c)
			if err != nil {
				return err
			}
			return runExport(c.Context, exportOptions{selected, c.StringSlice("env-id"), c.String("region"), c.StringSlice("to")}, s)
		},
	}
}

func runExport(ctx context.Context, o exportOptions, s Streams) error {
	if len(o.paths) != 1 {
		return errors.New("export takes one PATH: a manifest, or a directory of them")
	}
	envs, err := o.environments()
	if err != nil {
		return err
	}
	sites, err := connect(envs, o.selection)
	if err != nil {
		return err
	}
	o.progress.Begin(progress.Reading, siteNames(sites)...)
	defer o.progress.End()
	errs, said := make([]error, len(sites)), make([]strings.Builder, len(sites))
	// As with plans, more at once than there are processors would take memory
	// and no less time.
	computing := make(chan struct{}, runtime.GOMAXPROCS(0))
	var wait stdsync.WaitGroup
	for i, site := range sites {
		wait.Go(func() {
			read := o.read(ctx, site)
			o.progress.Ended(site.Env.Name)
			computing <- struct{}{}
			errs[i] = o.export(site, read, &said[i])
			<-computing
		})
	}
	wait.Wait()
	o.progress.End()
	var all *multierror.Error
	for i, err := range errs {
		fmt.Fprint(s.Err, said[i].String())
		if err == nil && len(o.envIDs) > 0 {
			err = helpEditors(sites[i].Env.File, o.progress.Messages(s.Err))
		}
		all = multierror.Append(all, sync.At(sites[i].Env.Name, err))
	}
	return all.ErrorOrNil()
}

// helpEditors puts the schema beside the first manifest of a directory.
func helpEditors(manifest string, said io.Writer) error {
	file, err := putSchema(manifest)
	if file != "" && err == nil {
		fmt.Fprintf(said, "%s: written, for editors; renew it with: authsync schema > %s\n", file, file)
	}
	return err
}

// environments are those to export: new ones by their ids, or those that the
// path holds already.
func (o exportOptions) environments() ([]*schema.Environment, error) {
	if len(o.envIDs) == 0 {
		return load(o.paths, o.envs)
	}
	info, err := os.Stat(o.paths[0])
	directory := err == nil && info.IsDir() || len(o.envIDs) > 1 || !isYAML(o.paths[0])
	var envs []*schema.Environment
	for _, id := range o.envIDs {
		file, name := o.paths[0], strings.TrimSuffix(strings.TrimSuffix(filepath.Base(o.paths[0]), ".yaml"), ".yml")
		if directory {
			file, name = filepath.Join(o.paths[0], id+".yaml"), id
		}
		if _, err := os.Stat(file); err == nil {
			return nil, fmt.Errorf("%s is there already; leave --env-id out to bring it up to date", file)
		}
		envs = append(envs, o.fresh(file, name, id))
	}
	if directory {
		return envs, os.MkdirAll(o.paths[0], 0o755)
	}
	return envs, nil
}

func isYAML(path string) bool {
	return strings.HasSuffix(path, ".yaml") || strings.HasSuffix(path, ".yml")
}

// fresh is an environment of which nothing is known but its id: all kinds of
// its systems are read, and of the kinds without a list what always has the
// same name.
func (o exportOptions) fresh(file, name, id string) *schema.Environment {
	shared := schema.Shared()
	settings := schema.Object{shared.Tenant: schema.Text(id)}
	if o.region != "" {
		settings["region"] = schema.Text(o.region)
	}
	env := &schema.Environment{
		Name: name, File: file, Recipients: o.to,
		Systems:     map[string]schema.Object{shared.Name: settings},
		Collections: map[string]*schema.Collection{},
	}
	for _, k := range schema.Kinds {
		// Nobody knows which groups there are, nor how they are set up.
		if !env.Has(k.System) || k.Arity == schema.Groups {
			continue
		}
		c := &schema.Collection{Kind: k}
		for _, alias := range k.Key.Aliases {
			c.Objects = append(c.Objects, &schema.Declared{Key: schema.Key{Kind: k.Name, Name: alias}})
		}
		env.Collections[k.Name] = c
	}
	return env
}

// read fetches all there is of the kinds that are exported.
func (o exportOptions) read(ctx context.Context, site *sync.Site) *sync.Reading {
	o.options.Others = sync.OthersWhole
	return sync.Read(ctx, site, o.options)
}

// export writes what was read as a manifest, plans that manifest against the
// same reading, and puts it in place only if that plan is empty.
func (o exportOptions) export(site *sync.Site, read *sync.Reading, said io.Writer) error {
	if len(read.Errors) > 0 {
		return multierror.Append(nil, read.Errors...)
	}
	for _, kind := range slices.Sorted(maps.Keys(read.Unreadable)) {
		fmt.Fprintf(said, "%s: %s are left as they are: %s\n", site.Env.File, schema.KindNamed(kind).Collection, read.Unreadable[kind])
		read.Leave(kind)
	}
	sealer := newSealer(site, o.to)
	var text []byte
	var err error
	if len(o.envIDs) > 0 {
		text, err = writeFresh(site, read, sealer)
	} else {
		text, err = writeUpdated(site, read, sealer)
	}
	if err != nil {
		return err
	}
	if err := verify(site, read, text, sealer); err != nil {
		return err
	}
	if err := atomicfile.Write(site.Env.File, text, 0o644); err != nil {
		return err
	}
	fmt.Fprintf(o.progress.Messages(said), "%s: written, %s sealed; its own plan is empty\n", site.Env.File, render.Count(sealer.count(), "secret", "secrets"))
	for _, written := range schema.LoadText(site.Env.File, text, schema.SecretsSealed).Environments {
		for _, at := range written.LookRandom(site.Env) {
			fmt.Fprintf(said, "%s: %s looks random and stands there in clear: look before you commit; `secret: [%s]` makes it one\n", site.Env.File, at, at)
		}
	}
	return nil
}
