package cli

import (
	"net/url"
	"os"
	"slices"
	"strings"

	"authsync/cli/say"
	"authsync/cli/setup"
	"authsync/schema"
	"authsync/schema/list"
	"authsync/spell"
	"authsync/sync"
)

// next is what to type and to do after init, in order.
func (o initOptions) next(done initDone) say.Own {
	var b strings.Builder
	line := func(format string, args ...any) { b.WriteString(string(say.Sprintf(format, args...)) + "\n") }
	line("next:")
	if o.dir != "" && o.dir != "." {
		line("  cd %s", say.Own(spell.Word(o.dir)))
	}
	if done.git == noRepository {
		line("  git init && authsync init")
	}
	if done.unapplied() {
		identity := ""
		if done.keys.own != nil {
			identity = " --identity " + spell.Word(done.keys.own.path)
		}
		line("  authsync apply %s%s --yes    # changes nothing live: from now on it is known what was applied last", say.Own(setup.Manifests), say.Own(identity))
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
	git       gitTold
}

// unapplied reports whether an environment that names objects has no lock yet.
func (d initDone) unapplied() bool {
	first := func(env *schema.Environment) bool {
		_, err := os.Lstat(sync.LockFile(env.File))
		return err != nil
	}
	return slices.ContainsFunc(d.there, func(env *schema.Environment) bool { return !namesNothing(env) && first(env) }) ||
		slices.ContainsFunc(d.manifests, func(m initManifest) bool { return m.export != nil && first(m.env) })
}

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
