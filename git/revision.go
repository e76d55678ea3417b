package git

import (
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"strings"
	stdsync "sync"

	"authsync/disk"
	"authsync/schema"
	"authsync/schema/list"
)

// Revision is a git revision that the user named, in any repository. It may be asked
// by many at the same time.
type Revision struct {
	name    string
	said    string                                    // where the user named it, for errors
	commits askedOnce[string, string]                 // by repository
	places  askedOnce[string, []placeInGit]           // by folder, as it is spelled
	folders askedOnce[folderAt, map[string]treeEntry] // what a folder held, by path below the repository
}

// placeInGit is a folder, and the repository around it.
type placeInGit struct{ root, folder string }

type folderAt struct{ root, below string }

// askedOnce are the answers to questions that are asked once each.
type askedOnce[K comparable, V any] struct {
	mu    stdsync.Mutex
	known map[K]V
}

func (r *askedOnce[K, V]) of(question K, ask func() (V, error)) (V, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if answer, known := r.known[question]; known {
		return answer, nil
	}
	answer, err := ask()
	if err == nil {
		if r.known == nil {
			r.known = map[K]V{}
		}
		r.known[question] = answer
	}
	return answer, err
}

// At is a revision by its name. Errors begin with what the user said.
func At(name, said string) *Revision { return &Revision{name: name, said: said} }

// Fault is an error of the revision.
func (r *Revision) Fault(format string, args ...any) error {
	return fmt.Errorf("%s: "+format, append([]any{r.said}, args...)...)
}

// Read returns the content of a file at the revision, or [fs.ErrNotExist]. It uses the
// path as it is spelled, without following links: a link made since must not lead
// elsewhere.
func (r *Revision) Read(path string) ([]byte, error) { return foundAt(r, path, r.in) }

// Manifests are the manifests that paths were at the revision: files, or directories
// of them.
func (r *Revision) Manifests(paths []string) ([]string, error) {
	var all []string
	for _, path := range paths {
		names, err := foundAt(r, path, r.list)
		switch {
		case errors.Is(err, fs.ErrNotExist):
			return nil, r.Fault("there was no %s then", path)
		case err != nil:
			return nil, err
		case names == nil:
			all = append(all, filepath.Clean(path))
		}
		all = append(all, manifestsIn(path, names)...)
	}
	return all, nil
}

func manifestsIn(folder string, names []string) []string {
	return list.Each(list.Only(names, schema.IsManifestName), func(name string) string { return filepath.Join(folder, name) })
}

// foundAt looks for a path in its repository, and for what links make of it.
func foundAt[T any](r *Revision, path string, in func(root, path string) (T, error)) (T, error) {
	var none T
	path = filepath.Clean(path)
	places, err := r.places.of(filepath.Dir(path), func() ([]placeInGit, error) { return placesInGit(filepath.Dir(path)) })
	if err != nil {
		return none, err
	}
	if len(places) == 0 {
		if whole, err := filepath.Abs(path); err == nil && disk.Outermost(whole) == whole {
			return in(whole, whole)
		}
		return none, r.Fault("%s is in no git repository", path)
	}
	for _, place := range places {
		what, err := in(place.root, filepath.Join(place.folder, filepath.Base(path)))
		if !errors.Is(err, fs.ErrNotExist) {
			return what, err
		}
	}
	return none, &fs.PathError{Op: "read", Path: path, Err: fs.ErrNotExist}
}

// placesInGit are a folder as it is spelled, and as it is without links, as far as they
// are in repositories.
func placesInGit(folder string) ([]placeInGit, error) {
	whole, err := filepath.Abs(folder)
	if err != nil {
		return nil, err
	}
	spellings := []string{whole}
	if real, err := filepath.EvalSymlinks(whole); err == nil && real != whole {
		spellings = append(spellings, real)
	}
	var places []placeInGit
	for _, folder := range spellings {
		if root := disk.Outermost(folder); root != "" {
			places = append(places, placeInGit{root, folder})
		}
	}
	return places, nil
}

// in reads a file in the outermost repository. The content of a submodule is not read,
// since its revision is another one.
func (r *Revision) in(root, path string) ([]byte, error) {
	e, err := r.entry(root, path)
	if err != nil {
		return nil, err
	}
	if !e.isFile() {
		return nil, r.Fault("%s is no regular file there", e.below)
	}
	text, err := Run(root, "cat-file", "blob", e.object)
	if err != nil {
		return nil, r.Fault("%s: %w", e.below, err)
	}
	return text, nil
}

// list are the names in a directory of a repository; nil = it is none.
func (r *Revision) list(root, path string) ([]string, error) {
	e, err := r.entry(root, path)
	if err != nil || e.mode != "040000" {
		return nil, err
	}
	text, err := Run(root, "ls-tree", "-z", "--name-only", e.object)
	if err != nil {
		return nil, r.Fault("%s: %w", e.below, err)
	}
	return append([]string{}, strings.FieldsFunc(string(text), func(r rune) bool { return r == 0 })...), nil
}

// treeEntry is what a revision has at a path.
type treeEntry struct{ mode, object, below string }

func (e treeEntry) isFile() bool { return strings.HasPrefix(e.mode, "100") }

func (r *Revision) entry(root, path string) (treeEntry, error) {
	below, err := filepath.Rel(root, path)
	if err != nil {
		return treeEntry{}, err
	}
	if below == "." {
		commit, err := r.commit(root)
		return treeEntry{"040000", commit, below}, err
	}
	folder, err := r.folder(folderAt{root, filepath.Dir(below)})
	if err != nil {
		return treeEntry{}, err
	}
	e, ok := folder[filepath.ToSlash(below)]
	if !ok {
		return treeEntry{}, &fs.PathError{Op: "read", Path: path, Err: fs.ErrNotExist}
	}
	return e, nil
}

// folder reads what a folder held at the revision, once for all files in it.
func (r *Revision) folder(at folderAt) (map[string]treeEntry, error) {
	return r.folders.of(at, func() (map[string]treeEntry, error) { return r.listing(at) })
}

func (r *Revision) listing(at folderAt) (map[string]treeEntry, error) {
	commit, err := r.commit(at.root)
	if err != nil {
		return nil, err
	}
	words := []string{"ls-tree", "-z", "--full-tree", commit}
	if at.below != "." {
		words = append(words, "--", ":(literal)"+filepath.ToSlash(at.below)+"/")
	}
	listing, err := Run(at.root, words...)
	if err != nil {
		return nil, r.Fault("%w", err)
	}
	held := map[string]treeEntry{}
	for _, line := range strings.FieldsFunc(string(listing), func(r rune) bool { return r == 0 }) {
		what, below, _ := strings.Cut(line, "\t")
		if fields := strings.Fields(what); len(fields) == 3 { // mode, type, object
			held[below] = treeEntry{fields[0], fields[2], below}
		}
	}
	return held, nil
}

// commit resolves the revision in a repository.
func (r *Revision) commit(root string) (string, error) {
	return r.commits.of(root, func() (string, error) {
		out, err := Run(root, "rev-parse", "--verify", "--quiet", "--end-of-options", r.name+"^{commit}")
		if err != nil || r.name == "" {
			return "", r.Fault("git knows no such revision in %s; %s", root, howToFetch(root))
		}
		return strings.TrimSpace(string(out)), nil
	})
}

func howToFetch(root string) string {
	if out, err := Run(root, "rev-parse", "--is-shallow-repository"); err == nil && strings.TrimSpace(string(out)) == "true" {
		return "this clone is shallow: check out with fetch-depth: 0 (GitHub) or GIT_DEPTH: 0 (GitLab), or run git fetch --unshallow --tags"
	}
	return "fetch it first"
}
