package cli

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"runtime"
	"runtime/debug"
	"slices"
	"sort"
	"strings"
	stdsync "sync"
	"time"

	"filippo.io/age"
	"github.com/hashicorp/go-multierror"
	"github.com/urfave/cli/v2"

	"authsync/cli/line"
	"authsync/cli/progress"
	"authsync/cli/render"
	"authsync/cli/say"
	"authsync/disk"
	"authsync/remote"
	"authsync/remote/credentials"
	"authsync/remote/sandbox"
	"authsync/remote/service"
	"authsync/remote/transport"
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
	hosts       service.Hosts
	readLock    func(path string) ([]byte, error) // nil = the file
	concurrency int
	rate        int
	timeout     time.Duration
	plain       bool // no colour
	progress    *progress.Progress
	access      transport.Access
	stateDir    string
	said        io.Writer // what is no result
	options     sync.Options
}

func selectionFlags() []cli.Flag {
	flags := []cli.Flag{&cli.StringSliceFlag{Name: "env", Aliases: []string{"e"}, Usage: "only the environment `ENV`; may be repeated"}}
	for _, f := range optionFlags {
		flags = append(flags, f.flag)
	}
	flags = append(flags, lockFromFlag())
	return append(flags, connectionFlags()...)
}

func connectionFlags() []cli.Flag {
	return append([]cli.Flag{
		&cli.StringSliceFlag{Name: "identity", Aliases: []string{"i"}, Usage: "age identity `FILE` that opens secrets; else AUTHSYNC_IDENTITY_FILE, or the text in AUTHSYNC_IDENTITY"},
		&cli.StringFlag{Name: "sandbox", EnvVars: []string{"AUTHSYNC_SANDBOX"}, Usage: "send everything to the sandbox at `URL`"},
		&cli.StringSliceFlag{Name: "allow-host", Usage: "credentials may go to `HOST[:PORT]`, beside the services' own hosts; http://HOST: in clear text too; may be repeated; AUTHSYNC_HOSTS lists the only ones"},
		&cli.IntFlag{Name: "concurrency", Value: 10, Usage: "requests in flight at most: `N`"},
		&cli.IntFlag{Name: "rate", Usage: "requests per second and action at most: `N`; 0 is what the service documents"},
		&cli.DurationFlag{Name: "timeout", Value: 30 * time.Second, Usage: "how long to wait for one answer: `TIME`"},
		&cli.BoolFlag{Name: "no-color", Usage: "plain text, also on a terminal"},
	}, progressFlags()...)
}

// readSelection reads the flags of a command whose words are all paths.
func readSelection(c *cli.Context) (selection, error) {
	return readSelectionOf(c, c.Args().Slice())
}

func readSelectionOf(c *cli.Context, paths []string) (selection, error) {
	options, err := readOptions(c)
	if err != nil {
		return selection{}, err
	}
	s, err := readConnection(c, paths)
	options.Now = s.options.Now
	s.options = options
	return s, err
}

// readConnection reads the flags of a command that has no options of a plan.
func readConnection(c *cli.Context, paths []string) (selection, error) {
	s := selection{
		envs:        c.StringSlice("env"),
		identities:  c.StringSlice("identity"),
		sandbox:     c.String("sandbox"),
		concurrency: c.Int("concurrency"),
		rate:        c.Int("rate"),
		timeout:     c.Duration("timeout"),
		plain:       c.Bool("no-color"),
		access:      transport.ReadOnly, // who writes says so
		stateDir:    c.String("state-dir"),
		readLock:    lockFrom(c),
		said:        c.App.ErrWriter,
	}
	if s.concurrency < 1 {
		return s, fmt.Errorf("--concurrency takes a number from 1, not %d", s.concurrency)
	}
	if s.rate < 0 || s.timeout <= 0 {
		return s, errors.New("--rate takes a number from 0, --timeout a time above 0")
	}
	var err error
	if s.hosts, err = readHosts(c); err != nil {
		return s, err
	}
	if s.progress, err = readProgress(c); err != nil {
		return s, err
	}
	s.options.Now = time.Now()
	s.paths, err = line.Paths(paths)
	return s, err
}

// readHosts reads where credentials may go. A sandbox of the run is everywhere.
func readHosts(c *cli.Context) (service.Hosts, error) {
	if c.String("sandbox") != "" {
		return service.Sandboxed, nil
	}
	listed, _ := lookupEnv(service.HostsVariable)
	return service.ParseHosts(listed, c.StringSlice("allow-host"))
}

// refuseClear refuses manifests with a system that would be spoken to in clear
// text, at the place where they say so.
func refuseClear(envs []*schema.Environment, hosts service.Hosts) error {
	var faults schema.Faults
	for _, env := range envs {
		faults.Add(hosts.Faults(env)...)
	}
	return faults.Err()
}

// oneByOne are the options that take each object by its whole name: to make all
// keys anew by mistake would be too easy.
func oneByOne(o sync.Options) []namedKey {
	var all []namedKey
	for _, key := range o.Rotate {
		all = append(all, namedKey{"--rotate", key})
	}
	for _, key := range o.Finish {
		all = append(all, namedKey{"--end-overlap", key})
	}
	return all
}

// namedKey is an object, and the flag that names it.
type namedKey struct {
	flag string
	key  schema.Key
}

// rotatable refuses to rotate what cannot be rotated by this run.
func rotatable(o sync.Options) error {
	for _, n := range oneByOne(o) {
		switch {
		case n.key.Name == "":
			return fmt.Errorf("%s %s: name one object, such as %s/NAME", n.flag, n.key, n.key)
		case !o.Selects(n.key):
			return fmt.Errorf("%s %s: --target leaves it out", n.flag, n.key)
		}
	}
	return nil
}

// readKeys reads the objects that a flag names.
func readKeys(c *cli.Context, flag string) ([]schema.Key, error) {
	var keys []schema.Key
	for _, text := range c.StringSlice(flag) {
		key, err := schema.ParseKey(text)
		if err != nil {
			return nil, fmt.Errorf("--%s %w", flag, err)
		}
		keys = append(keys, key)
	}
	return keys, nil
}

// loadWhole reads manifests, with the mistakes that are none of one place alone.
func loadWhole(paths []string) *schema.Loaded {
	loaded := loadAll(paths)
	for _, env := range loaded.Environments {
		loaded.Faults.Add(env.Doubled()...)
	}
	return loaded
}

// load reads the manifests of a selection and keeps the environments asked for.
func load(paths, names []string) ([]*schema.Environment, error) {
	return chosen(loadWhole(paths), paths, names)
}

// loaded does so, and says which locks have lost their manifests.
func (s selection) loaded() ([]*schema.Environment, error) {
	loaded := loadWhole(s.paths)
	for _, lost := range loaded.Orphans {
		say.Fprintf(s.said, "warning: %s\n", lost)
	}
	return chosen(loaded, s.paths, s.envs)
}

// chosen are the environments asked for, of manifests without mistakes.
func chosen(loaded *schema.Loaded, paths, names []string) ([]*schema.Environment, error) {
	if err := loaded.Faults.Err(); err != nil {
		return nil, err
	}
	if len(loaded.Environments) == 0 {
		return nil, fmt.Errorf("%s: no Environment there, only what others extend", strings.Join(paths, ", "))
	}
	if len(names) == 0 {
		return loaded.Environments, nil
	}
	var some []*schema.Environment
	for i, name := range names {
		if slices.Contains(names[:i], name) {
			continue // twice is once: two runs at a time would be in each other's way
		}
		found := false
		for _, env := range loaded.Environments {
			if env.Name == name {
				some, found = append(some, env), true
			}
		}
		if !found {
			return nil, fmt.Errorf("--env %s: no such environment; there are %s", name, environmentNames(loaded.Environments))
		}
	}
	sort.SliceStable(some, func(i, j int) bool { return some[i].Name < some[j].Name })
	return some, nil
}

func environmentNames(envs []*schema.Environment) string {
	names := make([]string, len(envs))
	for i, env := range envs {
		names[i] = env.Name
	}
	return strings.Join(names, ", ")
}

// targetsExist refuses a key that no environment names: most likely it is
// misspelt, and a plan of nothing would look like good news.
func targetsExist(envs []*schema.Environment, o sync.Options) error {
	named := func(key schema.Key) bool {
		return slices.ContainsFunc(envs, func(env *schema.Environment) bool {
			c := env.Collections[key.Kind]
			return c != nil && (key.Name == "" || c.Object(key.Name) != nil || c.Groups[key.Name] != nil)
		})
	}
	for _, key := range o.Targets {
		if !named(key) && o.Prune == sync.TellRemoved && o.Unmanaged == sync.ListUnmanaged {
			return fmt.Errorf("%s: no environment of this run names it", key)
		}
	}
	for _, n := range oneByOne(o) {
		if !named(n.key) {
			return fmt.Errorf("%s %s: no environment of this run names it", n.flag, n.key)
		}
	}
	return nil
}

// identities reads the private keys of a run: files of flags, else the
// variables. Ask is asked for passphrases.
func identities(files []string, ask secrets.Passphrase, warnings io.Writer) ([]age.Identity, error) {
	if len(files) == 0 {
		if file, _ := lookupEnv("AUTHSYNC_IDENTITY_FILE"); file != "" {
			files = []string{file}
		}
	}
	var all []age.Identity
	for _, file := range files {
		text, err := disk.ReadGiven(file)
		var why *fs.PathError
		switch {
		case err != nil && looksPrivate(file):
			return nil, errors.New("identity: --identity and AUTHSYNC_IDENTITY_FILE take the name of a file; the text of a key goes into AUTHSYNC_IDENTITY")
		case errors.As(err, &why):
			return nil, fmt.Errorf("identity: %s: %w", file, why.Err)
		case err != nil:
			return nil, fmt.Errorf("identity: %w", err)
		}
		ids, err := secrets.ParseIdentities(string(text), file, ask)
		if err != nil {
			return nil, err
		}
		warnOpen(warnings, file, text)
		all = append(all, ids...)
	}
	if text, _ := lookupEnv("AUTHSYNC_IDENTITY"); text != "" && len(files) == 0 {
		return secrets.ParseIdentities(text, "AUTHSYNC_IDENTITY", ask)
	}
	return all, nil
}

// keyring opens the secrets of environments. Their variables are taken from
// this program's children, since a plugin may be one.
func keyring(ids []age.Identity, envs []*schema.Environment) *secrets.Keyring {
	declared := map[string][]string{}
	for _, env := range envs {
		process.hide(env.Variables()...)
		declared[env.Name] = env.Recipients
		// A value of a Base is for all that extend it.
		for _, recipient := range env.Recipients {
			if !slices.Contains(declared[""], recipient) {
				declared[""] = append(declared[""], recipient)
			}
		}
	}
	return &secrets.Keyring{Identities: ids, LookupEnv: lookupEnv,
		Declared: func(b secrets.Binding) []string { return declared[b.Env] }}
}

// looksPrivate reports whether a file's name is a key, put where the name
// belongs. It must not come back in an error.
func looksPrivate(name string) bool {
	return strings.ContainsAny(name, "\n\r") || strings.Contains(name, "-----BEGIN") ||
		strings.Contains(strings.ToUpper(name), "AGE-SECRET-KEY-") || strings.Contains(strings.ToUpper(name), "AGE-PLUGIN-")
}

// saveMemory collects garbage earlier in a run of many environments, which
// mostly waits for services. A small run would pay for it at its start.
func saveMemory(environments int) {
	if gogc, _ := lookupEnv("GOGC"); environments > 20 && gogc == "" {
		debug.SetGCPercent(50)
	}
}

// connect makes the sites of a run. It makes no call.
func connect(envs []*schema.Environment, s selection) ([]*sync.Site, error) {
	config, err := s.config(envs)
	if err != nil {
		return nil, err
	}
	return s.sitesOf(envs, config)
}

// config is what reaching the environments of a run takes.
func (s selection) config(envs []*schema.Environment) (remote.SiteConfig, error) {
	if err := refuseClear(envs, s.hosts); err != nil {
		return remote.SiteConfig{}, err
	}
	ids, err := identities(s.identities, askPassphrase, s.said)
	if err != nil {
		return remote.SiteConfig{}, err
	}
	carrier, err := transport.New(transport.Options{
		Sandbox: s.sandbox, Concurrency: s.concurrency, Rate: s.rate, Timeout: s.timeout,
		UserAgent: "authsync/" + Version, Access: s.access, About: sync.About,
	})
	if err != nil {
		return remote.SiteConfig{}, err
	}
	config := remote.SiteConfig{
		Config:  service.Config{Transport: carrier, Keys: keyring(ids, envs), LookupEnv: lookupEnv, Hosts: s.hosts},
		Version: Version, StateDir: s.stateDir, ReadLock: s.readLock, Allow: s.options.Allow, MachineKey: machineKey(),
	}
	config.Cloud = s.cloud(carrier)
	config.Sandbox = sandboxIdentity(s.sandbox)
	if s.sandbox != "" {
		// It shows at once what was written.
		config.Waits = []time.Duration{time.Millisecond, time.Millisecond, time.Millisecond, time.Millisecond}
		config.Fallback = &service.Fallback{
			Account: service.Credentials{SecretID: sandbox.SecretID, SecretKey: sandbox.SecretKey},
			Token:   sandbox.Token,

			IntegrationKey: sandbox.IntegrationKey,
		}
	}
	return config, nil
}

// cloud finds the account that all environments of a run share.
func (s selection) cloud(carrier *transport.Transport) func() (*service.Account, error) {
	return stdsync.OnceValues(func() (*service.Account, error) {
		around := credentials.Surroundings{LookupEnv: lookupEnv, Transport: carrier}
		if s.sandbox == "" { // which knows nobody's profile
			around.Home, _ = os.UserHomeDir()
		}
		return credentials.Find(around)
	})
}

// sayOfSandbox says first of all that a run speaks to a sandbox, if it does.
func sayOfSandbox(w io.Writer, sites []*sync.Site) {
	for _, site := range sites {
		if identity := site.Places.Sandbox(); identity != "" {
			render.Sandbox(w, identity)
			return
		}
	}
}

// sandboxIdentity asks the sandbox of a run which one it is; "" = there is none. Where it does not answer,
// neither will anything that is read, and no memory is of it.
func sandboxIdentity(url string) string {
	if url == "" {
		return ""
	}
	identity, err := sandbox.Identify(context.Background(), url)
	if err != nil {
		return "unknown"
	}
	return identity
}

// readTime is how long reading each of so many environments may take. They share the
// rates of the services, so that each waits for others.
func readTime(environments int) time.Duration {
	return 15*time.Minute + time.Duration(environments)*10*time.Second
}

func (s selection) sitesOf(envs []*schema.Environment, config remote.SiteConfig) ([]*sync.Site, error) {
	saveMemory(len(envs))
	config.ReadTime = readTime(len(envs))
	var sites []*sync.Site
	var faults *multierror.Error
	shared := config.Transport
	for _, env := range envs {
		config.Transport = shared.Watched(s.progress.Watch(env.Name))
		config.Told = s.progress.Credentials(env.Name)
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
	envs, err := s.environments()
	if err != nil {
		return nil, nil, err
	}
	return s.planOf(ctx, envs)
}

// environments are those of the selection, from their manifests alone.
func (s selection) environments() ([]*schema.Environment, error) {
	envs, err := s.loaded()
	if err != nil {
		return nil, err
	}
	return envs, cmp.Or(targetsExist(envs, s.options), allowedElsewhere(envs, s.options.Allow))
}

func (s selection) planOf(ctx context.Context, envs []*schema.Environment) (*sync.Plan, []*sync.Site, error) {
	sites, err := connect(envs, s)
	if err != nil {
		return nil, nil, err
	}
	s.progress.Begin(progress.Reading, siteNames(sites)...)
	defer s.progress.End()
	plan := &sync.Plan{Environments: make([]*sync.EnvironmentPlan, len(sites))}
	// Reading waits, comparing computes: more of it at once than there are
	// processors would take memory and no less time.
	building := make(chan struct{}, runtime.GOMAXPROCS(0))
	var wait stdsync.WaitGroup
	for i, site := range sites {
		wait.Go(func() {
			read := sync.Read(ctx, site, s.options)
			s.progress.Ended(site.Env.Name)
			building <- struct{}{}
			plan.Environments[i] = sync.Build(site, read, s.options)
			<-building
		})
	}
	wait.Wait()
	return plan, sites, nil
}

func siteNames(sites []*sync.Site) []string {
	names := make([]string, len(sites))
	for i, site := range sites {
		names[i] = site.Env.Name
	}
	return names
}
