package cli

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"sort"
	"strings"
	stdsync "sync"
	"time"

	"filippo.io/age"
	"github.com/hashicorp/go-multierror"
	"github.com/urfave/cli/v2"

	"authsync/remote"
	"authsync/remote/sandbox"
	"authsync/schema"
	"authsync/secrets"
	"authsync/sync"
)

// selection is what the commands that read live environments have in common.
type selection struct {
	paths       []string
	envs        []string
	identities  []string
	sandbox     string
	concurrency int
	rate        int
	timeout     time.Duration
	plain       bool // no colour
	options     sync.Options
}

func selectionFlags() []cli.Flag {
	return append([]cli.Flag{
		&cli.StringSliceFlag{Name: "env", Usage: "only the environment `NAME`; may be repeated"},
		&cli.StringSliceFlag{Name: "target", Usage: "only the object `KEY` (provider/github, login) or all of a kind (provider); may be repeated"},
		&cli.BoolFlag{Name: "prune", Usage: "delete live objects that the manifest does not name, in the collections that it has"},
		&cli.BoolFlag{Name: "rewrite-secrets", Usage: "send the secrets that cannot be compared with live"},
	}, connectionFlags()...)
}

func connectionFlags() []cli.Flag {
	return []cli.Flag{
		&cli.StringSliceFlag{Name: "identity", Aliases: []string{"i"}, Usage: "age identity `FILE` that opens secrets; else AUTHSYNC_IDENTITY_FILE, or the text in AUTHSYNC_IDENTITY"},
		&cli.StringFlag{Name: "sandbox", EnvVars: []string{"AUTHSYNC_SANDBOX"}, Usage: "send everything to the sandbox at `URL`"},
		&cli.IntFlag{Name: "concurrency", Value: 10, Usage: "requests in flight at most: `N`"},
		&cli.IntFlag{Name: "rate", Usage: "requests per second and action at most: `N`; 0 is what the service documents"},
		&cli.DurationFlag{Name: "timeout", Value: 30 * time.Second, Usage: "how long to wait for one answer: `TIME`"},
		&cli.BoolFlag{Name: "no-color", Usage: "plain text, also on a terminal"},
	}
}

func readSelection(c *cli.Context) (selection, error) {
	s := selection{
		envs:        c.StringSlice("env"),
		identities:  c.StringSlice("identity"),
		sandbox:     c.String("sandbox"),
		concurrency: c.Int("concurrency"),
		rate:        c.Int("rate"),
		timeout:     c.Duration("timeout"),
		plain:       c.Bool("no-color"),
	}
	if s.concurrency < 1 {
		return s, fmt.Errorf("--concurrency takes a number from 1, not %d", s.concurrency)
	}
	if s.rate < 0 || s.timeout <= 0 {
		return s, errors.New("--rate takes a number from 0, --timeout a time above 0")
	}
	if c.Bool("prune") {
		s.options.Prune = sync.DeleteUnmanaged
	}
	if c.Bool("rewrite-secrets") {
		s.options.Secrets = sync.RewriteUnknown
	}
	for _, text := range c.StringSlice("target") {
		key, err := schema.ParseKey(text)
		if err != nil {
			return s, fmt.Errorf("--target %w", err)
		}
		s.options.Targets = append(s.options.Targets, key)
	}
	var err error
	s.paths, err = manifestPaths(c)
	return s, err
}

// manifestPaths are the command's PATHs; without one, envs if it is there.
func manifestPaths(c *cli.Context) ([]string, error) {
	if c.NArg() > 0 {
		return c.Args().Slice(), nil
	}
	if info, err := os.Stat("envs"); err == nil && info.IsDir() {
		return []string{"envs"}, nil
	}
	return nil, errors.New("name a manifest or a directory of them (there is no envs here)")
}

// load reads the manifests of a selection and keeps the environments asked for.
func load(paths, names []string) ([]*schema.Environment, error) {
	loaded := schema.Load(paths, schema.SecretsSealed)
	if err := loaded.Faults.Err(); err != nil {
		return nil, err
	}
	if len(loaded.Environments) == 0 {
		return nil, fmt.Errorf("%s: no Environment there, only what others extend", strings.Join(paths, ", "))
	}
	if len(names) == 0 {
		return loaded.Environments, nil
	}
	var chosen []*schema.Environment
	for _, name := range names {
		found := false
		for _, env := range loaded.Environments {
			if env.Name == name {
				chosen, found = append(chosen, env), true
			}
		}
		if !found {
			return nil, fmt.Errorf("--env %s: no such environment; there are %s", name, environmentNames(loaded.Environments))
		}
	}
	sort.SliceStable(chosen, func(i, j int) bool { return chosen[i].Name < chosen[j].Name })
	return chosen, nil
}

func environmentNames(envs []*schema.Environment) string {
	names := make([]string, len(envs))
	for i, env := range envs {
		names[i] = env.Name
	}
	return strings.Join(names, ", ")
}

// targetsExist refuses a target that no environment names: most likely it is
// misspelt, and a plan of nothing would look like good news.
func targetsExist(envs []*schema.Environment, o sync.Options) error {
	for _, t := range o.Targets {
		found := o.Prune == sync.DeleteUnmanaged
		for _, env := range envs {
			if c := env.Collections[t.Kind]; c != nil && (t.Name == "" || c.Object(t.Name) != nil) {
				found = true
			}
		}
		if !found {
			return fmt.Errorf("--target %s: no environment of this run names it", t)
		}
	}
	return nil
}

// identities reads the private keys of a run: files of flags, else the
// variables.
func identities(files []string) ([]age.Identity, error) {
	if len(files) == 0 {
		if file := os.Getenv("AUTHSYNC_IDENTITY_FILE"); file != "" {
			files = []string{file}
		}
	}
	var all []age.Identity
	for _, file := range files {
		text, err := os.ReadFile(file)
		var why *fs.PathError
		switch {
		case err != nil && looksPrivate(file):
			return nil, errors.New("identity: --identity and AUTHSYNC_IDENTITY_FILE take the name of a file; the text of a key goes into AUTHSYNC_IDENTITY")
		case errors.As(err, &why):
			return nil, fmt.Errorf("identity: %s: %w", file, why.Err)
		case err != nil:
			return nil, fmt.Errorf("identity: %w", err)
		}
		ids, err := secrets.ParseIdentities(string(text), file)
		if err != nil {
			return nil, err
		}
		all = append(all, ids...)
	}
	if text := os.Getenv("AUTHSYNC_IDENTITY"); text != "" && len(files) == 0 {
		return secrets.ParseIdentities(text, "AUTHSYNC_IDENTITY")
	}
	return all, nil
}

// looksPrivate reports whether a file's name is a key, put where the name
// belongs. It must not come back in an error.
func looksPrivate(name string) bool {
	return strings.ContainsAny(name, "\n\r") || strings.Contains(name, "-----BEGIN") ||
		strings.Contains(strings.ToUpper(name), "AGE-SECRET-KEY-") || strings.Contains(strings.ToUpper(name), "AGE-PLUGIN-")
}

// connect makes the sites of a run. It makes no call.
func connect(envs []*schema.Environment, s selection) ([]*sync.Site, error) {
	ids, err := identities(s.identities)
	if err != nil {
		return nil, err
	}
	keys := &secrets.Keyring{Identities: ids, LookupEnv: os.LookupEnv}
	transport, err := remote.NewTransport(remote.Options{
		Sandbox: s.sandbox, Concurrency: s.concurrency, Rate: s.rate, Timeout: s.timeout,
		UserAgent: "authsync/" + Version,
	})
	if err != nil {
		return nil, err
	}
	config := remote.SiteConfig{Transport: transport, Keys: keys, LookupEnv: os.LookupEnv}
	if s.sandbox != "" {
		config.Fallback = &remote.Credentials{SecretID: sandbox.SecretID, SecretKey: sandbox.SecretKey}
	}
	var sites []*sync.Site
	var faults *multierror.Error
	for _, env := range envs {
		site, err := remote.NewSite(env, config)
		if err != nil {
			faults = multierror.Append(faults, err)
			continue
		}
		sites = append(sites, site)
	}
	return sites, faults.ErrorOrNil()
}

// plan reads all environments at once and lays out what to do. The sites are
// in the order of the plan's environments.
func (s selection) plan(ctx context.Context) (*sync.Plan, []*sync.Site, error) {
	envs, err := load(s.paths, s.envs)
	if err != nil {
		return nil, nil, err
	}
	if err := targetsExist(envs, s.options); err != nil {
		return nil, nil, err
	}
	sites, err := connect(envs, s)
	if err != nil {
		return nil, nil, err
	}
	plan := &sync.Plan{Environments: make([]*sync.EnvironmentPlan, len(sites))}
	var wait stdsync.WaitGroup
	for i, site := range sites {
		wait.Go(func() {
			plan.Environments[i] = sync.Build(site, sync.Read(ctx, site, s.options), s.options)
		})
	}
	wait.Wait()
	return plan, sites, nil
}
