package schema

import (
	"bytes"
	"os"
	"path/filepath"
	"slices"
	"sort"

	"authsync/schema/list"
	"authsync/schema/pattern"
)

// governAll gives each environment its policies.
func (l *loader) governAll() {
	govern := l.govern(list.Each(l.out.Environments, func(e *Environment) string { return e.File }))
	for _, env := range l.out.Environments {
		for _, f := range govern(env.File) {
			env.Policies, env.Sources = append(env.Policies, f.policy), append(env.Sources, Source{f.path, f.digest})
		}
	}
}

// govern finds the policies of a run, and returns which of them govern a manifest:
// those that lie beside it, and those that are named on the command line or lie in a
// folder there without environments.
func (l *loader) govern(manifests []string) func(manifest string) []*file {
	homes := map[string]struct{}{} // folders with environments
	for _, manifest := range manifests {
		dir := filepath.Dir(manifest)
		if _, again := homes[dir]; !again {
			homes[dir] = struct{}{}
			l.policiesIn(dir, l.files[manifest])
		}
	}
	var all []*file
	for _, f := range l.files {
		if f.policy != nil {
			all = append(all, f)
		}
	}
	sort.Slice(all, func(i, j int) bool { return all[i].path < all[j].path })
	for _, f := range all {
		l.out.Policies = append(l.out.Policies, f.policy)
	}
	return func(manifest string) (some []*file) {
		for _, f := range all {
			dir := filepath.Dir(f.path)
			_, given := l.given[f.path]
			_, home := homes[dir]
			if given || !home || dir == filepath.Dir(manifest) {
				some = append(some, f)
			}
		}
		return some
	}
}

// policyKind finds a file that may be a policy without reading it as YAML.
var policyKind = pattern.Of(`(?m)\bkind["']?\s*:\s*["']?` + PolicyFile + `\b`)

// policiesIn reads the policies of a folder whose other files were not named. One that
// cannot be read as YAML is a fault, since it may be what would stop a plan.
func (l *loader) policiesIn(dir string, beside *file) {
	entries, err := os.ReadDir(dir)
	if err != nil || beside == nil {
		return
	}
	for _, entry := range entries {
		path := filepath.Join(dir, entry.Name())
		if _, known := l.files[path]; known || entry.IsDir() || !IsManifestName(entry.Name()) {
			continue
		}
		text, err := beside.bounds.Read(path)
		if err != nil || !bytes.Contains(text, []byte(PolicyFile)) || !policyKind.Match(text) { // the pattern is slow
			continue
		}
		f := parseText(path, text)
		if f.policy != nil {
			f.policy.whole = Part
		}
		if f.node == nil || f.kind == PolicyFile {
			l.add(f)
		}
	}
}

// Idle doubts the rules that can match nothing in a run: no environment is chosen, or
// none has what the path names.
func (l *Loaded) Idle() []*Fault {
	var idle []*Fault
	for _, p := range l.Policies {
		if p.whole == Part {
			continue
		}
		for _, r := range p.Rules {
			if why := l.idle(p, r); why != "" {
				idle = append(idle, &Fault{Pos: r.Pos, Path: Path{policyRules, r.Name}, Text: why, Severity: Doubtful})
			}
		}
		for _, x := range p.Exceptions {
			if !slices.ContainsFunc(l.Environments, func(e *Environment) bool { return e.Name == x.Environment }) {
				idle = append(idle, &Fault{Pos: x.Pos, Path: x.At, Text: "excepts nothing: there is no environment " + x.Environment, Severity: Doubtful})
			}
		}
	}
	return idle
}

func (l *Loaded) idle(p *Policy, r *PolicyRule) string {
	chosen, named := false, false
	for _, e := range l.Environments {
		if !slices.Contains(e.Policies, p) || !e.Labelled(r.In) {
			continue
		}
		chosen = true
		named = named || e.mayHave(r.Field)
	}
	switch {
	case !chosen && len(r.In) == 0:
		return "matches nothing: the run has no environment beside it"
	case !chosen:
		return "matches nothing: no environment has " + Show(r.In)
	case !named:
		return "matches nothing: no environment has " + r.Field.String()
	}
	return ""
}

// mayHave reports whether an environment has the object that a path names, or may have.
func (e *Environment) mayHave(path Path) bool {
	level := objectLevel(path)
	n := e.node
	for _, name := range path[:level] {
		if name == anyName {
			return true
		}
		if n = n.Field(name); n == nil {
			return false
		}
	}
	return true
}
