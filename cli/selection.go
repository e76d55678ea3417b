package cli

import (
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	stdsync "sync"
	"time"

	"github.com/urfave/cli/v2"

	"authsync/cli/line"
	"authsync/cli/progress"
	"authsync/cli/say"
	"authsync/remote/service"
	"authsync/remote/transport"
	"authsync/schema"
	"authsync/schema/lang"
	"authsync/schema/list"
	"authsync/sync"
)

// selection is the common part of the commands that read live environments.
type selection struct {
	paths       []string
	envs        []string
	identities  []string
	sandbox     string
	identity    func() string // of the sandbox, which is asked once; nil = whenever it is needed
	hosts       service.Hosts
	readLock    func(path string) ([]byte, error) // nil = from the file
	wave        int                               // of the rollout; 0 = all
	concurrency int
	rate        int
	timeout     time.Duration
	plain       bool // no colour
	language    lang.Language
	progress    *progress.Progress
	access      transport.Access
	stateDir    string
	said        io.Writer // for messages that are not results
	options     sync.Options
}

func selectionFlags() []cli.Flag {
	flags := []cli.Flag{envFlag()}
	flags = append(flags, list.Each(optionFlags, func(f optionFlag) cli.Flag { return f.flag })...)
	return slices.Concat(flags, []cli.Flag{lockFromFlag()}, connectionFlags())
}

func envFlag() cli.Flag {
	return &cli.StringSliceFlag{Name: "env", Aliases: []string{"e"}, Usage: "only the environment `ENV`; may be repeated"}
}

func connectionFlags() []cli.Flag {
	return []cli.Flag{
		&cli.StringSliceFlag{Name: "identity", Aliases: []string{"i"}, Usage: "age identity `FILE` that opens secrets; else AUTHSYNC_IDENTITY_FILE, or the text in AUTHSYNC_IDENTITY"},
		&cli.StringFlag{Name: "sandbox", EnvVars: []string{"AUTHSYNC_SANDBOX"}, Usage: "send everything to the sandbox at `URL`"},
		&cli.StringSliceFlag{Name: "allow-host", Usage: "credentials may go to `HOST[:PORT]`, beside the services' own hosts; http://HOST: in clear text too; may be repeated; AUTHSYNC_HOSTS lists the only ones"},
		&cli.IntFlag{Name: "concurrency", Value: 10, Usage: "requests in flight at most: `N`"},
		&cli.IntFlag{Name: "rate", Usage: "requests per second and action at most: `N`; 0 is what the service documents"},
		&cli.DurationFlag{Name: "timeout", Value: 30 * time.Second, Usage: "how long to wait for one answer: `TIME`"},
		&cli.BoolFlag{Name: "no-color", Usage: "plain text, also on a terminal"},
		&cli.BoolFlag{Name: "quiet", Usage: "print results and errors only, no progress"},
		&cli.BoolFlag{Name: "verbose", Usage: "print each call with its object, status, duration and attempt; never a body"},
	}
}

// readSelection reads the flags of a command whose arguments are all paths.
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

// readConnection reads the flags of a command without options of a plan.
func readConnection(c *cli.Context, paths []string) (selection, error) {
	s := selection{
		envs:        c.StringSlice("env"),
		identities:  c.StringSlice("identity"),
		sandbox:     c.String("sandbox"),
		concurrency: c.Int("concurrency"),
		rate:        c.Int("rate"),
		timeout:     c.Duration("timeout"),
		plain:       c.Bool("no-color"),
		language:    languageOf(c),
		access:      transport.ReadOnly, // a command that writes changes this
		stateDir:    c.String("state-dir"),
		readLock:    lockFrom(c),
		said:        c.App.ErrWriter,
	}
	if s.stateDir == "" {
		s.stateDir, _ = lookupEnv(stateDirVariable)
	}
	if s.concurrency < 1 {
		return s, fmt.Errorf("--concurrency takes a number from 1, not %d", s.concurrency)
	}
	if s.rate < 0 || s.timeout <= 0 {
		return s, errors.New("--rate takes a number from 0, --timeout a time above 0")
	}
	var err error
	listed, _ := lookupEnv(service.HostsVariable)
	if s.hosts, err = service.ParseHosts(listed, c.StringSlice("allow-host")); s.sandbox != "" {
		s.hosts, err = service.Sandboxed, nil // it answers for every host
	}
	if err != nil {
		return s, err
	}
	if s.progress, err = readProgress(c); err != nil {
		return s, err
	}
	collectLate()
	url := s.sandbox
	s.identity = stdsync.OnceValue(func() string { return sandboxIdentity(url) })
	s.options.Now = time.Now()
	s.paths, err = line.Paths(paths)
	return s, err
}

// oneByOne returns the options whose objects must be named one by one, since replacing
// all keys by mistake would be too easy.
func oneByOne(o sync.Options) []namedKey {
	named := func(flag string) func(schema.Key) namedKey {
		return func(key schema.Key) namedKey { return namedKey{flag, key} }
	}
	return append(list.Each(o.Rotate, named("--rotate")), list.Each(o.Finish, named("--end-overlap"))...)
}

type namedKey struct {
	flag string
	key  schema.Key
}

// rotatable refuses to rotate objects that this run cannot rotate.
func rotatable(o sync.Options) error {
	for _, n := range oneByOne(o) {
		switch {
		case !schema.KindNamed(n.key.Kind).IsOne(n.key.Name):
			return fmt.Errorf("%s %s: name one object, such as %s/NAME", n.flag, n.key, n.key)
		case sync.Covered(o.Excluded, n.key):
			return fmt.Errorf("%s %s: --exclude leaves it out", n.flag, n.key)
		case !o.Selects(n.key):
			return fmt.Errorf("%s %s: --target leaves it out", n.flag, n.key)
		case schema.KindNamed(n.key.Kind).Update.Overlap.End == schema.EndedByService && (o.Overlap != nil || slices.Contains(o.Finish, n.key)):
			return fmt.Errorf("%s: its service ends the old one by itself, %s after the new one is made, and has no call for another time", n.key, schema.KindNamed(n.key.Kind).Update.Overlap.Usual)
		}
	}
	return nil
}

func readEach[T any](c *cli.Context, flag string, parse func(string) (T, error)) ([]T, error) {
	var all []T
	for _, text := range c.StringSlice(flag) {
		one, err := parse(text)
		if err != nil {
			return nil, fmt.Errorf("--%s %w", flag, err)
		}
		all = append(all, one)
	}
	return all, nil
}

// loadWhole reads manifests, with the faults that concern several places.
func loadWhole(paths []string) *schema.Loaded {
	loaded := loadAll(paths)
	loaded.Faults.Add(list.Flat(loaded.Environments, (*schema.Environment).SealedTwice)...)
	loaded.Faults.Add(list.Flat(loaded.Environments, schema.NewSeals().Copies)...)
	return loaded
}

// load reads the manifests of a selection and returns the named environments.
func load(paths, names []string) ([]*schema.Environment, error) {
	return chosen(loadWhole(paths), paths, names)
}

// keptText is the size of the manifests of which a run keeps what it has read of them
// until their turns. To read a manifest again takes longer than the rest of its plan,
// and to keep it takes about ten times its size.
const keptText = 1 << 20

// surveyed reads the manifests of the selection, with every mistake of every file, and
// returns the outlines of the named environments. It reports locks without manifests.
// As many environments stay in memory as [keptText] allows.
func (s selection) surveyed() ([]*schema.Outline, error) {
	go s.sandboxIdentity() // it is asked while the manifests are read
	found := schema.Survey(s.paths, keptText, s.hosts.Faults, roots()...)
	for _, lost := range found.Orphans {
		say.Fprintf(s.said, "warning: %s\n", lost)
	}
	if err := found.Faults.Err(); err != nil {
		return nil, err
	}
	return picked(found.Outlines, outlineName, s.paths, s.envs)
}

// chosen returns the named environments of manifests without faults.
func chosen(loaded *schema.Loaded, paths, names []string) ([]*schema.Environment, error) {
	if err := loaded.Faults.Err(); err != nil {
		return nil, err
	}
	return picked(loaded.Environments, environmentName, paths, names)
}

// picked returns those of all that have the wanted names; no names: all.
func picked[T any](all []T, name func(T) string, paths, wanted []string) ([]T, error) {
	if len(all) == 0 {
		return nil, fmt.Errorf("%s: no Environment there, only what others extend", strings.Join(paths, ", "))
	}
	if len(wanted) == 0 {
		return all, nil
	}
	called := list.Each(all, name)
	for _, name := range wanted {
		if !slices.Contains(called, name) {
			return nil, fmt.Errorf("--env %s: no such environment; there are %s", name, strings.Join(called, ", "))
		}
	}
	return list.Only(all, func(one T) bool { return slices.Contains(wanted, name(one)) }), nil
}

func environmentName(env *schema.Environment) string { return env.Name }
func outlineName(o *schema.Outline) string           { return o.Name }

func outlineNames(outlines []*schema.Outline) []string { return list.Each(outlines, outlineName) }

func environmentNames(envs []*schema.Environment) string {
	return list.Join(envs, ", ", environmentName)
}

// targetsExist refuses a key that no environment names: most likely it is misspelt,
// and a plan of nothing would look like good news.
func targetsExist(outlines []*schema.Outline, o sync.Options) error {
	named := func(key schema.Key) bool {
		return slices.ContainsFunc(outlines, func(env *schema.Outline) bool { return env.Has(key) })
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

// excludesExist refuses to leave out what nobody knows: most likely it is misspelt, and
// the plan would touch the object that was to be left out.
func excludesExist(outlines []*schema.Outline, unmatched []schema.Key) error {
	for _, key := range unmatched {
		if targetsExist(outlines, sync.Options{Targets: []schema.Key{key}}) != nil {
			return fmt.Errorf("--exclude %s: %w", key, sync.ErrUnknownTarget)
		}
	}
	return nil
}

// rootVariable names a directory, besides the manifests' repository, in which files
// that manifests name may be. A manifest cannot set it.
const rootVariable = "AUTHSYNC_ROOT"

// rooted adds the flag --root to a command that reads manifests.
func rooted(command *cli.Command) *cli.Command {
	command.Flags = append(command.Flags, &cli.StringFlag{Name: "root", EnvVars: []string{rootVariable},
		Usage: "manifests may also name files below `DIR`, not only those of their git repository"})
	command.Before = func(c *cli.Context) error {
		root := c.String("root")
		if root == "" {
			return nil
		}
		if info, err := os.Stat(root); err != nil || !info.IsDir() {
			return fmt.Errorf("--root %s: there is no such folder", root)
		}
		process.set(rootVariable, root)
		return nil
	}
	return command
}

func roots() []string {
	root, _ := lookupEnv(rootVariable)
	return []string{root}
}

// loadAll reads manifests without opening secrets.
func loadAll(paths []string) *schema.Loaded {
	return schema.Load(paths, schema.SecretsSealed, roots()...)
}
