package git

import (
	"bytes"
	"crypto/sha1"
	"crypto/sha256"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"

	"authsync/disk"
	"authsync/schema"
	"authsync/schema/list"
	"authsync/sync"
)

// Changed are the environments that a plan is about.
type Changed struct {
	Outlines []*schema.Outline
	Files    [][]string  // of each, those that made it part of the plan
	Since    *sync.Since // nil = all are
}

// Changed finds the environments of which a file has changed since the revision, of those
// that are selected. Paths are what the run was given.
func (r *Revision) Changed(paths []string, selected []*schema.Outline) (Changed, error) {
	return changes{revision: r, differ: map[string]bool{}}.among(paths, selected)
}

// changes compares files with a git revision.
type changes struct {
	revision *Revision
	differ   map[string]bool // by path
}

// among finds the environments that have changed, of those that are selected.
func (c changes) among(paths []string, selected []*schema.Outline) (some Changed, err error) {
	apart, deleted, err := c.documents(paths, selected)
	if err != nil {
		return some, err
	}
	some.Since = &sync.Since{Revision: c.revision.name, Deleted: deleted}
	for _, env := range selected {
		files := filesOfEnvironment(env)
		for _, d := range apart {
			if d.governs(env) && !slices.Contains(files, d.path) {
				files = append(files, d.path)
			}
		}
		changed, err := c.of(files)
		switch {
		case err != nil:
			return some, err
		case len(changed) > 0:
			some.Outlines, some.Files = append(some.Outlines, env), append(some.Files, changed)
		default:
			some.Since.Unchanged = append(some.Since.Unchanged, env.Name)
		}
	}
	if commits := slices.Collect(maps.Values(c.revision.commits.known)); len(commits) == 1 {
		some.Since.Commit = commits[0]
	}
	return some, nil
}

// filesOfEnvironment are the files that decide what an environment's plan is.
func filesOfEnvironment(env *schema.Outline) []string {
	files := list.Each(env.Sources, func(s schema.Source) string { return s.Path })
	return append(append(files, env.Named...), sync.LockFile(env.File), sync.VaultFile(env.File))
}

// of returns those of files that have changed.
func (c changes) of(files []string) ([]string, error) {
	var changed []string
	for _, file := range files {
		differs, err := c.changed(file)
		if err != nil {
			return nil, err
		}
		if differs {
			changed = append(changed, file)
		}
	}
	return changed, nil
}

// changed reports whether a file has another content than it had, or is new or gone.
func (c changes) changed(path string) (bool, error) {
	if known, ok := c.differ[path]; ok {
		return known, nil
	}
	was, err := foundAt(c.revision, path, c.revision.entry)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return false, err
	}
	// In a git tree the content of a link is the path.
	if link, none := os.Readlink(path); none == nil && !filepath.IsAbs(link) && was.mode == "120000" && was.is([]byte(link)) {
		differs, err := c.changed(filepath.Join(filepath.Dir(path), link))
		c.differ[path] = differs
		return differs, err
	}
	text, reading := disk.Read(path)
	switch gone := errors.Is(reading, fs.ErrNotExist); {
	case reading != nil && !gone:
		return false, reading
	case gone || err != nil:
		c.differ[path] = gone != (err != nil)
	default:
		c.differ[path] = !was.holds(text)
	}
	return c.differ[path], nil
}

// holds reports whether the entry is a file with this text. Line ends do not count: git
// may write its own, and YAML reads them all alike.
func (e treeEntry) holds(text []byte) bool {
	return e.is(text) || e.is(bytes.ReplaceAll(text, []byte("\r\n"), []byte("\n")))
}

func (e treeEntry) is(text []byte) bool {
	blob := append(fmt.Appendf(nil, "blob %d\x00", len(text)), text...)
	if len(e.object) == 2*sha256.Size {
		return e.object == fmt.Sprintf("%x", sha256.Sum256(blob))
	}
	return e.object == fmt.Sprintf("%x", sha1.Sum(blob))
}

// documentApart is a changed document that is neither an Environment nor a Base.
type documentApart struct {
	path string
	kind string
}

// governs reports whether the document decides about an environment. Only those of
// known services are for the manifests beside them; others are for all of a run.
func (d documentApart) governs(env *schema.Outline) bool {
	return d.kind != schema.QuirksFile || filepath.Dir(d.path) == filepath.Dir(env.File)
}

// documents finds what has changed beside the environments: documents that govern them,
// and manifests that are gone.
func (c changes) documents(paths []string, now []*schema.Outline) (apart []documentApart, deleted []sync.Deleted, err error) {
	files, err := c.listed(paths, now)
	if err != nil {
		return nil, nil, err
	}
	names := map[string]bool{}
	var then []sync.Deleted
	for _, path := range files {
		differs, err := c.changed(path)
		if err != nil {
			return nil, nil, err
		}
		if !differs {
			continue
		}
		was, is, err := c.sides(path)
		if err != nil {
			return nil, nil, err
		}
		for _, side := range []head{was, is} {
			if side.governs() {
				apart = append(apart, documentApart{path, side.kind})
			}
		}
		names[is.name] = true
		if was.name != "" && within(paths, path) {
			then = append(then, sync.Deleted{Name: was.name, File: path})
		}
	}
	return apart, list.Only(then, func(d sync.Deleted) bool { return !names[d.Name] }), nil
}

// within reports whether a file was named or lies in a folder that was.
func within(paths []string, file string) bool {
	return slices.ContainsFunc(paths, func(path string) bool {
		path = filepath.Clean(path)
		return path == file || path == filepath.Dir(file)
	})
}

// head is what a document says that it is.
type head struct{ kind, name string }

func (h head) governs() bool {
	return h.kind != "" && h.kind != schema.EnvironmentFile && h.kind != schema.BaseFile
}

func (c changes) sides(path string) (was, is head, err error) {
	if e, err := foundAt(c.revision, path, c.revision.entry); err == nil && e.isFile() {
		text, err := c.revision.Read(path)
		if err != nil {
			return was, is, err
		}
		was.kind, was.name = schema.HeadOf(path, text)
	}
	text, err := disk.Read(path)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return was, is, err
	}
	is.kind, is.name = schema.HeadOf(path, text)
	return was, is, nil
}

// listed are the documents in the folders of a run, those of now and of then, and the
// files that were named.
func (c changes) listed(paths []string, envs []*schema.Outline) ([]string, error) {
	folders := append(slices.Clone(paths), list.Each(envs, func(env *schema.Outline) string { return filepath.Dir(env.File) })...)
	var all []string
	for i, path := range folders {
		if slices.Contains(folders[:i], path) {
			continue
		}
		info, err := os.Stat(path)
		if err != nil {
			return nil, err
		}
		if !info.IsDir() {
			all = append(all, filepath.Clean(path))
			continue
		}
		entries, err := os.ReadDir(path)
		if err != nil {
			return nil, err
		}
		names, err := foundAt(c.revision, path, c.revision.list)
		if real, failed := filepath.EvalSymlinks(path); len(names) == 0 && failed == nil && real != filepath.Clean(path) {
			names, err = foundAt(c.revision, real, c.revision.list) // what is gone from a folder behind a link
		}
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return nil, err
		}
		all = append(all, manifestsIn(path, append(names, list.Each(entries, os.DirEntry.Name)...))...)
	}
	slices.Sort(all)
	return slices.Compact(all), nil
}
