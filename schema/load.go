package schema

import (
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"sort"
	"strings"
	"sync"
	"sync/atomic"

	"authsync/disk"
	"authsync/schema/list"
)

// Loaded is the result of reading the manifests of a run. Faults has the mistakes of
// all of them; with any, Environments may be incomplete.
type Loaded struct {
	Environments []*Environment
	// Bases are those that no environment of the run extends.
	Bases []*Environment
	// Policies are those that lie beside the manifests, or are named.
	Policies []*Policy
	Faults   Faults
	// Rollout orders an apply of them; nil = they have no order.
	Rollout *Rollout
	// Orphans are locks without manifests, each also a Doubtful fault.
	Orphans []*Fault
	// Clear are the secrets in clear text; each is also a fault.
	Clear []ClearSecret
}

// Load reads manifests: files, or directories of *.yaml and *.yml files. A Base is
// read with the environments that extend it, or on its own if none does.
//
// Files that a manifest extends, and files in a directory, must be in the outermost
// repository around it, or in one of the directories beside, which the user names.
func Load(paths []string, plain Secrecy, beside ...string) *Loaded {
	l := newLoader(plain, beside)
	named := l.expand(paths)
	l.parseAll(named)
	l.environments(named)
	l.bases()
	l.passOver()
	l.misnamed()
	l.out.Rollout = l.rollout(list.Each(l.out.Environments, func(e *Environment) staged { return staged{e.Name, e.File, e.Labels} }))
	l.governAll()
	l.uniqueAll()
	return l.out
}

// LoadText reads a text as the content of a manifest's file. What it extends is read
// from disk.
func LoadText(path string, text []byte, plain Secrecy, beside ...string) *Loaded {
	path = filepath.Clean(path)
	l := newLoader(plain, beside)
	f := parseText(path, text)
	f.bounds = disk.Around(filepath.Dir(path), beside...)
	f.named = true
	l.add(f)
	l.environments([]string{path})
	l.bases()
	return l.out
}

// LoadAt reads manifests that are not on disk: of the files of an earlier revision, say.
func LoadAt(paths []string, bounds disk.Bounds, plain Secrecy) *Loaded {
	l := newLoader(plain, nil)
	for _, path := range paths {
		f := l.parseFile(path, bounds)
		f.named = true
		if f.err != nil {
			l.out.Faults.add(Position{File: path}, nil, "%s", reason(f.err))
		}
		l.add(f)
	}
	l.environments(paths)
	l.uniqueAll()
	return l.out
}

// LoadBases reads the Bases of a manifest without the manifest itself. It reports no
// faults, since reading the manifest does.
func LoadBases(path string, beside ...string) *Environment {
	path = filepath.Clean(path)
	l := newLoader(SecretsSealed, beside)
	l.parseAll([]string{path})
	f := l.files[path]
	r := &reader{env: f.name, whole: Part, bounds: f.bounds, faults: new(Faults)}
	if f.node == nil {
		return &Environment{Name: f.name, File: path, Collections: map[string]*Collection{}}
	}
	bases := l.basesOf(f, nil)
	if bases == nil {
		bases = &Node{Form: MapForm}
	}
	return readEnvironment(r, f, bases)
}

// AtOnce runs do for 0 to n-1, as many at a time as there are processors.
func AtOnce(n int, do func(i int)) {
	var wait sync.WaitGroup
	var next atomic.Int64
	for range min(n, runtime.GOMAXPROCS(0)) {
		wait.Go(func() {
			for i := int(next.Add(1)) - 1; i < n; i = int(next.Add(1)) - 1 {
				do(i)
			}
		})
	}
	wait.Wait()
}

// expand turns directories into the manifests that they hold.
func (l *loader) expand(paths []string) []string {
	faults := &l.out.Faults
	var files []string
	seen := map[string]struct{}{}
	add := func(path string) {
		path = filepath.Clean(path)
		if _, again := seen[path]; !again {
			seen[path] = struct{}{}
			files = append(files, path)
		}
	}
	for _, path := range paths {
		info, err := os.Stat(path)
		if err != nil {
			faults.add(Position{File: path}, nil, "%s; name a manifest or a directory of them", reason(err))
			continue
		}
		if !info.IsDir() {
			l.given[filepath.Clean(path)] = struct{}{}
			add(path)
			continue
		}
		before := len(files)
		entries, err := os.ReadDir(path)
		if err != nil {
			faults.add(Position{File: path}, nil, "%s", reason(err))
			continue
		}
		for _, entry := range entries {
			if !entry.IsDir() && IsManifestName(entry.Name()) {
				add(filepath.Join(path, entry.Name()))
			}
		}
		l.orphans(path, entries)
		if len(files) == before {
			faults.add(Position{File: path}, nil, "no manifest in this directory (*.yaml)")
		}
	}
	return files
}

// passOver tells of files in directories that are none of authsync's, but for those that
// something counts on. Where no other file is beside them, they are mistakes.
func (l *loader) passOver() {
	ours := map[string]bool{}
	for path, f := range l.files {
		ours[filepath.Dir(path)] = ours[filepath.Dir(path)] || !f.foreign
	}
	for _, path := range slices.Sorted(maps.Keys(l.files)) {
		f := l.files[path]
		switch {
		case f.foreign && ours[filepath.Dir(path)]:
			l.out.Faults.doubt(Position{File: path}, nil, "is passed over: it is no file of authsync, which begins with apiVersion: "+APIVersion+" and kind")
		case f.foreign:
			l.add(f)
		}
	}
}

// orphans warns about locks whose manifests are gone: the applied objects are still
// live, and no plan includes them.
func (l *loader) orphans(dir string, entries []os.DirEntry) {
	for _, entry := range entries {
		stem, ending := strings.CutSuffix(entry.Name(), ".yaml")
		if !ending {
			stem, ending = strings.CutSuffix(entry.Name(), ".yml")
		}
		manifest, isLock := strings.CutSuffix(stem, ".lock")
		manifest += filepath.Ext(entry.Name())
		named := func(e os.DirEntry) bool { return e.Name() == manifest }
		if !ending || !isLock || entry.IsDir() || slices.ContainsFunc(entries, named) {
			continue
		}
		doubt := &Fault{Pos: Position{File: filepath.Join(dir, entry.Name())}, Severity: Doubtful, Text: fmt.Sprintf(
			"is a lock without its manifest, %s: the objects applied from it still exist, and no plan includes them; restore the manifest, or delete the lock too", manifest)}
		l.out.Faults.list = append(l.out.Faults.list, doubt)
		l.out.Orphans = append(l.out.Orphans, doubt)
	}
}

type loader struct {
	plain  Secrecy
	beside []string            // directories that files may lie in, beside the repository
	given  map[string]struct{} // files that a person has named
	files  map[string]*file    // by path
	out    *Loaded
}

func newLoader(plain Secrecy, beside []string) *loader {
	return &loader{plain: plain, beside: beside, given: map[string]struct{}{}, files: map[string]*file{}, out: new(Loaded)}
}

// environments reads what the named files say, several at once.
func (l *loader) environments(paths []string) {
	var files []*file
	var nodes []*Node
	for _, path := range paths {
		if f := l.files[path]; f.node != nil && f.kind == EnvironmentFile {
			files, nodes = append(files, f), append(nodes, l.extend(f, nil))
		}
	}
	known := list.Each(files, l.quirksBeside)
	parts := make([]Loaded, len(files))
	AtOnce(len(files), func(i int) {
		part := &parts[i]
		r := &reader{env: files[i].name, plain: l.plain, bounds: files[i].bounds, faults: &part.Faults, clear: &part.Clear}
		env := readEnvironment(r, files[i], nodes[i])
		env.Sources = append(env.Sources, Source{files[i].path, files[i].digest})
		for _, path := range l.chain(files[i], nil) {
			env.Sources = append(env.Sources, Source{path, l.files[path].digest})
		}
		if known[i] != nil {
			env.Quirks = known[i].quirks
			env.Sources = append(env.Sources, Source{known[i].path, known[i].digest})
		}
		part.Environments = []*Environment{env}
	})
	for _, part := range parts {
		l.out.Environments = append(l.out.Environments, part.Environments...)
		l.out.Faults.list = append(l.out.Faults.list, part.Faults.list...)
		l.out.Clear = append(l.out.Clear, part.Clear...)
	}
}

// extend lays a file over what it extends, the later over the earlier, once for each
// file however many extend it.
func (l *loader) extend(f *file, open []*file) *Node {
	if f.extended == nil {
		f.extended = f.node.extend(l.basesOf(f, open))
	}
	return f.extended
}

// basesOf lays the files that a file extends over each other; nil = it extends none.
func (l *loader) basesOf(f *file, open []*file) *Node {
	n := f.node.Field("extends")
	if n == nil {
		return nil
	}
	r := &reader{faults: &l.out.Faults}
	if n.Form != ListForm {
		r.fault(n, Path{"extends"}, "takes a list of files, not %s", n.Form)
		return nil
	}
	var base *Node
	for _, item := range n.Items {
		at := Path{"extends"}
		text, ok := readText(r, item, at)
		if !ok {
			continue
		}
		b := l.parse(filepath.Join(filepath.Dir(f.path), filepath.FromSlash(text)), f.bounds)
		b.used = true
		switch {
		case b == f || slices.Contains(open, b):
			r.fault(item, at, "%s extends itself, by way of %s", quote(text), list.Join(append(open, f), ", ", func(f *file) string { return f.path }))
		case b.err != nil:
			r.fault(item, at, "%s cannot be read: %s", quote(text), reason(b.err))
		case b.node == nil: // its own faults say why
		case b.kind == EnvironmentFile:
			r.fault(item, at, "%s is an Environment; only a Base can be extended", quote(text))
		case b.isApart():
			r.fault(item, at, "%s is a file of kind %s; only a Base can be extended", quote(text), b.kind)
		default:
			base = l.extend(b, append(open, f)).extend(base)
		}
	}
	return base
}

// bases checks each Base that no environment of this run extends, as far as a
// part can be checked.
func (l *loader) bases() {
	for _, f := range l.files {
		if f.named && f.kind == BaseFile && !f.used && f.node != nil {
			r := &reader{plain: l.plain, whole: Part, bounds: f.bounds, faults: &l.out.Faults, clear: &l.out.Clear}
			l.out.Bases = append(l.out.Bases, readEnvironment(r, f, l.extend(f, nil)))
		}
	}
}

// identity is what only one manifest of a run may have.
type identity struct{ name, id, file string }

func identityOf(e *Environment) identity { return identity{e.Name, e.ID(), e.File} }

// uniqueAll puts the environments in order, and refuses two for one.
func (l *loader) uniqueAll() {
	envs := l.out.Environments
	sort.SliceStable(envs, func(i, j int) bool { return envs[i].Name < envs[j].Name })
	l.unique(list.Each(envs, identityOf))
}

// unique refuses two manifests for one environment: each would undo the other.
func (l *loader) unique(all []identity) {
	slices.SortStableFunc(all, func(a, b identity) int { return strings.Compare(a.name, b.name) })
	shared := Shared()
	names, ids := map[string]string{}, map[string]string{}
	for _, e := range all {
		if other, twice := names[e.name]; twice {
			l.out.Faults.add(Position{File: e.file, Line: 1, Column: 1}, Path{"name"},
				"%s is also the name of %s", quote(e.name), other)
		}
		if other, twice := ids[e.id]; twice && e.id != "" {
			l.out.Faults.add(Position{File: e.file, Line: 1, Column: 1}, Path{"systems", shared.Name, shared.Tenant},
				"%s is also the environment of %s; each would undo the other", quote(e.id), other)
		}
		names[e.name], ids[e.id] = e.file, e.file
	}
}
