package cli

import (
	"context"
	"sort"
	stdsync "sync"

	"github.com/hashicorp/go-multierror"
	"github.com/urfave/cli/v2"

	"authsync/audit"
	"authsync/cli/render"
	"authsync/cli/say"
	"authsync/schema"
	"authsync/sync"
	"authsync/sync/lock"
)

func validateCommand(s Streams) *cli.Command {
	return &cli.Command{
		Name:      "validate",
		Usage:     "check manifests, offline: every mistake of every file at once",
		UsageText: "authsync validate [PATH...] [--online [--try-secrets]]\n\nexample: authsync validate envs",
		ArgsUsage: "[PATH...]",
		Flags: append([]cli.Flag{
			&cli.BoolFlag{Name: "online", Usage: "check also what only the services know, such as the templates of integrations, and identity providers; reads only"},
			trySecretsFlag(),
		}, connectionFlags()...),
		Action: func(c *cli.Context) error {
			selected, err := readSelection(c)
			if err != nil {
				return err
			}
			asking, err := readAsking(c, s)
			if err != nil {
				return err
			}
			if c.Bool("online") {
				return runValidate(c.Context, selected, asking.online, s)
			}
			return runValidate(c.Context, selected, offline, s)
		},
	}
}

// furtherCheck is a check of manifests without faults.
type furtherCheck func(context.Context, selection, *schema.Loaded) error

func offline(context.Context, selection, *schema.Loaded) error { return nil }

// online asks the services, and adds their problems to the faults.
func (a asking) online(ctx context.Context, o selection, loaded *schema.Loaded) error {
	sites, err := connect(loaded.Environments, o)
	if err != nil {
		return err
	}
	faults, errs := make([][]*schema.Fault, len(sites)), make([][]error, len(sites))
	var wait stdsync.WaitGroup
	for i, site := range sites {
		wait.Go(func() { faults[i], errs[i] = sync.Check(ctx, site) })
	}
	wait.Wait()
	all := multierror.Append(nil, a.providers(ctx, o, sites, loaded))
	for i := range sites {
		loaded.Faults.Add(faults[i]...)
		for _, err := range errs[i] {
			all = multierror.Append(all, sync.At(sites[i].Env.Name, err))
		}
	}
	return all.ErrorOrNil()
}

// remembered reports whether a lock knows the object of a fault: it was applied
// from here, so live has it, and more of it than the manifest may say. A lock that
// cannot be read knows nothing; the commands that need it say why.
func remembered(envs []*schema.Environment, read func(path string) ([]byte, error)) func(*schema.Fault) bool {
	locks := map[string]*lock.Lock{}
	for _, env := range envs {
		if l, err := lock.OpenFile(lock.File{Path: sync.LockFile(env.File), Read: read}, lock.Owner{Env: env.Name}); err == nil {
			locks[env.Name] = l
		}
	}
	return func(f *schema.Fault) bool {
		l, ok := locks[f.Env]
		if !ok {
			return false
		}
		_, known := l.Entry(f.Key)
		return known
	}
}

func runValidate(ctx context.Context, o selection, further furtherCheck, s Streams) error {
	loaded := loadWhole(o.paths)
	for _, env := range loaded.Environments {
		loaded.Faults.Add(o.hosts.Faults(env)...)
	}
	loaded.Faults.Demand(remembered(loaded.Environments, o.readLock))
	var all *multierror.Error
	if len(loaded.Faults.Wrong()) == 0 {
		loaded.Faults.Add(audit.Manifests(loaded, o.options.Now)...)
		all = multierror.Append(all, further(ctx, o, loaded))
	}
	all = multierror.Append(all, loaded.Faults.Err())
	for _, doubt := range loaded.Faults.Doubts() {
		say.Fprintf(s.Err, "warning: %s\n", doubt)
	}
	if err := all.ErrorOrNil(); err != nil {
		return err
	}
	sort.Slice(loaded.Bases, func(i, j int) bool { return loaded.Bases[i].File < loaded.Bases[j].File })
	for _, env := range loaded.Bases {
		say.Fprintf(s.Out, "%s: valid, as far as a part can be\n", env.File)
	}
	for _, env := range loaded.Environments {
		objects := 0
		for _, c := range env.Collections {
			objects += len(c.Objects)
		}
		say.Fprintf(s.Out, "%s: %s is valid: %s\n", env.File, env.Name, render.Count(objects, "object", "objects"))
	}
	return nil
}
