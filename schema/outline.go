package schema

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"authsync/schema/list"
)

// Outline is what a run of many environments knows of a manifest that has no faults:
// enough to choose it and to exclude other runs of it. The rest is read again at the
// environment's turn, so that the memory of a run does not grow with what its
// manifests say.
type Outline struct {
	Name string
	File string
	// Sources, Named, Recipients and Labels are those of the [Environment].
	Sources    []Source
	Named      []string
	Recipients []string
	Labels     Object
	// Variables are those from which the manifest takes secrets.
	Variables []string
	// Remotes are the remote ends of its systems; see [Environment.Remotes].
	Remotes map[string]string
	// Found are the faults that the run looked for itself.
	Found []*Fault

	// Rollout orders the run of which it is a part; nil = nothing does.
	Rollout *Rollout

	policies []*Policy
	names    map[Key]struct{} // of kinds, of groups and of objects
	kept     *Environment     // until its turn; nil = it is read again
	again    func() (*Environment, error)
}

// OutlineOf returns the outline of an environment that is in memory as long as the
// outline is.
func OutlineOf(env *Environment) *Outline {
	o := outline(env)
	o.again = func() (*Environment, error) { return env, nil }
	return o
}

// OutlinesOf does so for several.
func OutlinesOf(envs []*Environment) []*Outline {
	return list.Each(envs, OutlineOf)
}

func outline(env *Environment) *Outline {
	o := &Outline{
		Name: env.Name, File: env.File, Sources: env.Sources, Named: env.Named, Recipients: env.Recipients, Labels: env.Labels,
		Variables: env.Variables(), Remotes: env.Remotes(), names: map[Key]struct{}{},
	}
	for kind, c := range env.Collections {
		o.names[Key{Kind: kind}] = struct{}{}
		for _, d := range c.Objects {
			o.names[d.Key] = struct{}{}
		}
		for group := range c.Groups {
			o.names[Key{Kind: kind, Name: group}] = struct{}{}
		}
	}
	return o
}

// Has reports whether the manifest names an object, a group, or a kind.
func (o *Outline) Has(key Key) bool {
	_, named := o.names[key]
	return named
}

// Environment returns the environment, which the outline then lets go: the caller's is
// the only one. If the manifest has changed since the outline was made, it is an error.
func (o *Outline) Environment() (*Environment, error) {
	if env := o.kept; env != nil {
		o.kept = nil
		return env, nil
	}
	return o.again()
}

// ChangedError says that a file has changed while a run went on that had read it.
type ChangedError struct{ File string }

func (e *ChangedError) Error() string {
	return e.File + ": has changed since this run began to read it; run it again"
}

// Surveyed is the result of a survey: [Loaded], with outlines in the place of the
// environments.
type Surveyed struct {
	Outlines []*Outline
	Rollout  *Rollout
	Faults   Faults
	Orphans  []*Fault
}

// atATime is how many files a survey has in memory at once.
const atATime = 64

// Survey reads manifests as [Load] does, with every fault of every file, those that
// concern several places too, and keeps the outlines of their environments. It keeps the
// first environments as a whole, until their manifests come to so many bytes. Look finds
// more faults in an environment.
func Survey(paths []string, keep int, look func(*Environment) []*Fault, beside ...string) *Surveyed {
	l := newLoader(SecretsSealed, beside)
	s := new(Surveyed)
	var identities []identity
	seals := NewSeals()
	kept := 0
	for files := range slices.Chunk(l.expand(paths), atATime) {
		l.parseAll(files)
		l.environments(files)
		for _, env := range l.out.Environments {
			o := outline(env)
			o.Found = look(env)
			l.out.Faults.Add(env.SealedTwice()...)
			l.out.Faults.Add(seals.Copies(env)...)
			if o.again = l.again(o); kept < keep {
				o.kept = env
				kept += l.files[env.File].size
			}
			s.Outlines, identities = append(s.Outlines, o), append(identities, identityOf(env))
		}
		l.out.Environments = nil
		l.out.Faults.list = slices.DeleteFunc(l.out.Faults.list, func(f *Fault) bool { return f.Severity == Lacking }) // a plan finds out
		l.letGo(files)
	}
	l.bases()
	l.passOver()
	l.misnamed()
	l.outlined(s.Outlines)
	s.Rollout = l.rollout(list.Each(s.Outlines, func(o *Outline) staged { return staged{o.Name, o.File, o.Labels} }))
	for _, o := range s.Outlines {
		o.Rollout = s.Rollout
	}
	l.unique(identities)
	slices.SortStableFunc(s.Outlines, func(a, b *Outline) int { return strings.Compare(a.Name, b.Name) })
	maps.DeleteFunc(l.files, func(_ string, f *file) bool { return f.kind == EnvironmentFile })
	s.Faults, s.Orphans = l.out.Faults, l.out.Orphans
	l.out = nil // the outlines hold the loader
	return s
}

// letGo lets go what files of environments say.
func (l *loader) letGo(paths []string) {
	for _, path := range paths {
		if f := l.files[path]; f.kind == EnvironmentFile {
			f.node, f.extended = nil, nil
		}
	}
}

// outlined gives the outlines their policies.
func (l *loader) outlined(all []*Outline) {
	govern := l.govern(list.Each(all, func(o *Outline) string { return o.File }))
	for _, o := range all {
		for _, f := range govern(o.File) {
			o.policies, o.Sources = append(o.policies, f.policy), append(o.Sources, Source{f.path, f.digest})
		}
		if o.kept != nil {
			o.kept.Policies, o.kept.Sources = o.policies, o.Sources
		}
	}
}

// again returns what reads an environment a second time, from the same bytes. What it
// extends, and what is known beside it, was read once and is in memory.
func (l *loader) again(o *Outline) func() (*Environment, error) {
	bounds := l.files[o.File].bounds
	return func() (*Environment, error) {
		second := &loader{plain: l.plain, beside: l.beside, given: l.given, files: maps.Clone(l.files), out: new(Loaded)}
		f := second.parseFile(o.File, bounds)
		switch {
		case f.err != nil:
			return nil, fmt.Errorf("%s: %s", o.File, reason(f.err))
		case f.digest != o.Sources[0].SHA256:
			return nil, &ChangedError{o.File}
		}
		second.add(f)
		second.environments([]string{o.File})
		if err := second.out.Faults.Err(); err != nil {
			return nil, err
		}
		env := second.out.Environments[0]
		if !slices.Equal(env.Recipients, o.Recipients) {
			return nil, &ChangedError{o.File}
		}
		env.Policies, env.Sources = o.policies, o.Sources
		return env, nil
	}
}
