package cli

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/urfave/cli/v2"

	"authsync/cli/say"
	"authsync/cli/setup"
	"authsync/disk"
	"authsync/schema"
	"authsync/schema/list"
	"authsync/spell"
	"authsync/sync"
)

type initOptions struct {
	selection
	dir     string // "" = this one
	answers answers
	key     string
	to      []string
	dryRun  bool
}

func initCommand(s Streams) *cli.Command {
	return &cli.Command{
		Name:      "init",
		Usage:     "make a folder ready to commit: a manifest of what is live, a key, a pipeline",
		UsageText: "authsync init [DIR] [--env-id ID --name NAME] [flags]\n\nexample: authsync init --env-id prod-7gk2x9 --name prod --host github",
		ArgsUsage: "[DIR]",
		Description: "DIR is the root of the repository, this folder if left out. On a terminal what no flag says is asked for;\n" +
			"the id of the environment is also taken from " + setup.CloudBaseFile + ". What is live is exported to\n" +
			setup.Manifests + "/NAME.yaml, of all systems that are named; without credentials the manifest names the systems alone,\n" +
			"and running it again with them completes it. It makes a private key outside of the repository and, for a\n" +
			"code host, one for the pipeline; and writes what git, editors and the pipeline need. No file that is there\n" +
			"is written over: one that lacks lines gets them, and one that is otherwise is told.",
		Flags: append(append(list.Each(questions(), func(q question) cli.Flag { return q.flag }),
			&cli.StringFlag{Name: "region", Usage: "the `REGION` of the environment; ap-shanghai if left out"},
			&cli.StringFlag{Name: "key", Usage: "the private key, in `FILE` outside of the repository, made if it is not there; else that of AUTHSYNC_IDENTITY_FILE, else authsync/key.txt among the user's settings"},
			&cli.StringSliceFlag{Name: "to", Usage: "seal to `RECIPIENT` too; may be repeated"},
			&cli.BoolFlag{Name: "dry-run", Usage: "show how the files would change, and write nothing"},
			&cli.BoolFlag{Name: "yes", Aliases: []string{"y"}, Usage: "ask nothing: what no flag says is left out"},
		), connectionFlags()...),
		Action: doing(s, readInit, runInit),
	}
}

func readInit(c *cli.Context) (o initOptions, err error) {
	o.key, o.to, o.dryRun = c.String("key"), c.StringSlice("to"), c.Bool("dry-run")
	dirs := c.Args().Slice()
	switch {
	case len(dirs) > 1:
		return o, errors.New("init takes one DIR")
	case len(dirs) == 1:
		o.dir = dirs[0]
	}
	if info, err := os.Stat(filepath.Join(o.dir, ".")); err == nil && !info.IsDir() {
		return o, fmt.Errorf("%s is not a directory", o.dir)
	}
	if o.selection, err = readConnection(c, []string{filepath.Join(o.dir, setup.Manifests)}); err != nil {
		return o, err
	}
	o.options = sync.Options{Others: sync.OthersWhole, Now: o.options.Now}
	o.answers = readAnswers(c, o.dir)
	return o, nil
}

func runInit(ctx context.Context, o initOptions, s Streams) error {
	there, err := o.manifestsThere()
	if err != nil {
		return err
	}
	if err := o.answers.complete(there, s); err != nil {
		return err
	}
	host, err := o.codeHost()
	if err != nil {
		return err
	}
	keys, err := o.keys(there, host)
	if err != nil {
		return err
	}
	manifests, err := o.manifests(ctx, there, keys, s)
	if err != nil {
		return err
	}
	files, err := setup.Files(host)
	if err != nil {
		return err
	}
	if err := errors.Join(o.putKeys(keys, s), o.putFiles(files, s)); err != nil {
		return err
	}
	for _, m := range manifests {
		if err := m.put(s); err != nil {
			return err
		}
	}
	git := o.tellGit(s)
	if o.dryRun {
		return nil
	}
	return say.Raw(s.Out, o.next(initDone{files, there, manifests, keys, host, git}))
}

func (o initOptions) in(path string) string { return filepath.Join(o.dir, filepath.FromSlash(path)) }

func (o initOptions) manifestsThere() ([]*schema.Environment, error) {
	entries, err := os.ReadDir(o.in(setup.Manifests))
	if errors.Is(err, os.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	if !slices.ContainsFunc(entries, func(e os.DirEntry) bool { return schema.IsManifestName(e.Name()) }) {
		return nil, nil
	}
	loaded := loadAll([]string{o.in(setup.Manifests)})
	return loaded.Environments, loaded.Faults.Mistakes().Err()
}

// codeHost returns the code host of the answer, or of the pipeline that is there; nil =
// none. A host looks for its pipeline at the root of a repository.
func (o initOptions) codeHost() (*setup.Host, error) {
	root := o.in(".")
	if o.answers.text("host") != "" {
		host := setup.HostNamed(o.answers.text("host"))
		whole, err := filepath.Abs(root)
		if host == nil || err != nil {
			return nil, err
		}
		if _, err := os.Lstat(filepath.Join(whole, ".git")); err != nil && disk.Outermost(whole) != "" {
			return nil, fmt.Errorf("%s looks for pipelines at the root of the repository: run authsync init %s, or give --host none", host.Title, spell.Word(disk.Outermost(whole)))
		}
		return host, nil
	}
	return setup.HostOf(os.DirFS(root)), nil
}

// next is what to type and to do after init, in order.
func (o initOptions) next(done initDone) say.Own {
	var b strings.Builder
	line := func(format string, args ...any) { b.WriteString(string(say.Sprintf(format, args...)) + "\n") }
	line("next:")
	if o.dir != "" && o.dir != "." {
		line("  cd %s", say.Own(spell.Word(o.dir)))
	}
	if !done.inGit {
		line("  git init && authsync init")
	}
	identity := ""
	if done.keys.own != nil {
		identity = " --identity " + spell.Word(done.keys.own.path)
	}
	if only, any := done.exported(); any {
		line("  authsync apply %s%s%s --yes    # changes nothing live: from now on it is known what was applied last", say.Own(setup.Manifests), say.Own(only), say.Own(identity))
	}
	if only, any := done.unapplied(); any {
		line("  authsync plan %s%s%s    # nothing was applied from it yet: look at what it does, and apply it", say.Own(setup.Manifests), say.Own(only), say.Own(identity))
	}
	line("  git add %s", say.Own(strings.Join(tops(done.files), " ")))
	line("  git commit -m 'What is live'")
	if done.host != nil {
		done.onHost(line)
	}
	return say.Own(b.String())
}

type initDone struct {
	files     []setup.File
	there     []*schema.Environment
	manifests []initManifest
	keys      initKeys
	host      *setup.Host
	inGit     bool
}

// exported are the flags that name the environments that were exported just now, if any
// were; without flags those are all of the folder. What an apply of others would do is
// not known.
func (d initDone) exported() (flags string, any bool) {
	made := list.Only(d.manifests, func(m initManifest) bool { return m.export != nil })
	return d.only(list.Each(made, func(m initManifest) *schema.Environment { return m.env }))
}

// unapplied are those that name the environments that were there and have no lock.
func (d initDone) unapplied() (flags string, any bool) {
	return d.only(list.Only(d.there, func(env *schema.Environment) bool { return !namesNothing(env) }))
}

func (d initDone) only(envs []*schema.Environment) (flags string, any bool) {
	first := list.Only(envs, func(env *schema.Environment) bool {
		_, err := os.Lstat(sync.LockFile(env.File))
		return err != nil
	})
	files := append(list.Each(d.there, environmentFile), list.Each(d.manifests, func(m initManifest) string { return m.env.File })...)
	slices.Sort(files)
	if len(first) < len(slices.Compact(files)) {
		flags = list.Join(first, "", func(env *schema.Environment) string { return " --env " + spell.Word(env.Name) })
	}
	return flags, len(first) > 0
}

func environmentFile(env *schema.Environment) string { return env.File }

func (d initDone) onHost(line func(format string, args ...any)) {
	line("on %s, as docs/pipelines.md has it from its step 3:", say.Own(d.host.Title))
	if d.keys.pipeline != nil {
		line("  %s is the text of %s, which then can go", say.Own(d.host.Identity), d.keys.pipeline.path)
	} else {
		line("  %s is the text of the pipeline's own key", say.Own(d.host.Identity))
	}
	line("  settings: %s", say.Own(strings.Join(d.host.Settings, ", ")))
	if hosts := d.hosts(); len(hosts) > 0 {
		line("  of these AUTHSYNC_HOSTS is: %s", strings.Join(hosts, ", "))
	}
	if d.host.Last != "" {
		line("  to change: %s", say.Own(d.host.Last))
	}
}

// tops are the files to commit, each by its first folder.
func tops(files []setup.File) []string {
	names := []string{setup.Manifests}
	for _, f := range files {
		top, _, _ := strings.Cut(f.Path, "/")
		if !slices.Contains(names, top) {
			names = append(names, top)
		}
	}
	slices.Sort(names)
	return names
}

// hosts are where the credentials of the systems with an address of their own go.
func (d initDone) hosts() []string {
	var hosts []string
	for _, env := range slices.Concat(d.there, list.Each(d.manifests, func(m initManifest) *schema.Environment { return m.env })) {
		for _, s := range ownAddress() {
			at, err := url.Parse(env.Setting(s.Name, s.Remote))
			if err == nil && at.Host != "" && !slices.Contains(hosts, at.Host) {
				hosts = append(hosts, at.Host)
			}
		}
	}
	return hosts
}
