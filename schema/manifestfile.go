package schema

import (
	"crypto/sha256"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"authsync/disk"
)

// ourVersions begins each apiVersion of authsync.
const ourVersions = "authsync/"

// IsManifestName says which files of a directory are manifests. It leaves out what authsync itself keeps beside a manifest.
func IsManifestName(name string) bool {
	stem, ok := strings.CutSuffix(name, ".yaml")
	if !ok {
		stem, ok = strings.CutSuffix(name, ".yml")
	}
	return ok && !strings.HasPrefix(name, ".") &&
		!strings.HasSuffix(stem, ".lock") && !strings.HasSuffix(stem, ".vault")
}

// reason is the part of a file error that does not repeat its path.
func reason(err error) string {
	if p, ok := err.(*os.PathError); ok {
		return p.Err.Error()
	}
	return err.Error()
}

// file is one parsed file, before `extends`.
type file struct {
	path   string
	bounds disk.Bounds // of what it names
	digest string      // SHA-256 of the text
	size   int         // bytes of the text
	node   *Node
	kind   string
	name   string
	err    error // of reading it
	faults Faults
	named  bool // on the command line, or in a directory there
	// foreign is set for a file that does not even look like one of authsync's. Only in
	// a directory that was named it may be passed over.
	foreign bool
	used    bool // by an environment's extends

	quirks   Quirks  // of a file of what is known
	policy   *Policy // of a Policy
	rollout  *Rollout
	extended *Node // the file over what it extends; nil = not known yet
}

// isApart reports whether a file stands beside manifests and is no part of one. It
// holds no secret.
func (f *file) isApart() bool {
	return f.kind == QuirksFile || f.kind == PolicyFile || f.kind == RolloutFile
}

// parseAll parses the files that were named, several at once. One that another extends
// may have been parsed before.
func (l *loader) parseAll(named []string) {
	var paths []string
	for _, path := range named {
		if f, known := l.files[path]; known {
			f.named = true
			continue
		}
		paths = append(paths, path)
	}
	files := make([]*file, len(paths))
	bounds := map[string]disk.Bounds{} // by folder
	for _, path := range paths {
		dir := filepath.Dir(path)
		if _, known := bounds[dir]; !known {
			bounds[dir] = disk.Around(dir, l.beside...)
		}
	}
	AtOnce(len(paths), func(i int) { files[i] = l.parseFile(paths[i], bounds[filepath.Dir(paths[i])]) })
	for _, f := range files {
		f.named = true
		if f.err != nil {
			l.out.Faults.add(Position{File: f.path}, nil, "%s", reason(f.err))
		}
		if _, given := l.given[f.path]; f.foreign && !given {
			l.files[f.path] = f // see passOver
			continue
		}
		l.add(f)
	}
}

func (l *loader) add(f *file) {
	l.files[f.path] = f
	l.out.Faults.list = append(l.out.Faults.list, f.faults.list...)
}

// parse parses a file once, whoever asks for it.
func (l *loader) parse(path string, bounds disk.Bounds) *file {
	f, ok := l.files[path]
	if !ok {
		f = l.parseFile(path, bounds)
	}
	if !ok || f.foreign {
		f.foreign = false // somebody counts on it
		l.add(f)
	}
	return f
}

func (l *loader) parseFile(path string, bounds disk.Bounds) *file {
	read := bounds.Read
	if _, given := l.given[path]; given {
		read = disk.ReadGiven
	}
	text, err := read(path)
	if err != nil {
		return &file{path: path, err: err}
	}
	f := parseText(path, text)
	f.bounds = bounds
	return f
}

// HeadOf returns the kind of a document and, of an Environment, its name. Both are "" for
// what is no document of authsync.
func HeadOf(path string, text []byte) (kind, name string) {
	f := parseText(path, text)
	return f.kind, f.name
}

func parseText(path string, text []byte) *file {
	f := &file{path: path, size: len(text), digest: fmt.Sprintf("%x", sha256.Sum256(text))}
	var inside Faults // quote the text
	f.node = parseYAML(path, text, &f.faults, &inside)
	if f.node == nil {
		return f
	}
	if faults := notOurs(f.node); len(faults) > 0 {
		f.foreign = !looksLikeOurs(f.node)
		f.node = nil
		f.faults.Add(faults...)
		return f
	}
	f.faults.Add(inside.list...)
	nameItems(f.node)
	f.head()
	if f.kind == BaseFile {
		f.node.markBase()
	}
	return f
}

// notOurs says that a file is none of authsync's. Nothing of it is quoted: it may
// be whatever a manifest of a stranger names.
func notOurs(n *Node) []*Fault {
	if n.Form != MapForm {
		return []*Fault{{Pos: n.Pos, Text: fmt.Sprintf("a manifest is a mapping, not %s", n.Form)}}
	}
	if version := n.Field("apiVersion"); version != nil && !strings.HasPrefix(version.Text, ourVersions) {
		return []*Fault{{Pos: version.Pos, Path: Path{"apiVersion"}, Text: "is not a file of authsync, which reads " + APIVersion}}
	} else if version != nil {
		return nil
	}
	missing := []*Fault{{Pos: n.Pos, Path: Path{"apiVersion"}, Text: "is missing"}}
	if n.Field("kind") == nil {
		missing = append(missing, &Fault{Pos: n.Pos, Path: Path{"kind"}, Text: "is missing"})
	}
	return missing
}

// looksLikeOurs reports whether a file without an apiVersion of authsync has something
// that a file of authsync has. Then that is a mistake; else the file is somebody else's.
func looksLikeOurs(n *Node) bool {
	if kind := n.Field("kind"); kind != nil && slices.Contains([]string{EnvironmentFile, BaseFile, PolicyFile, RolloutFile, QuirksFile}, kind.Text) {
		return true
	}
	return n.Field("systems") != nil || n.Field("extends") != nil
}

// head checks apiVersion and kind.
func (f *file) head() {
	r := &reader{faults: &f.faults}
	read := func(name string, t Type) string {
		n := f.node.Field(name)
		if n == nil {
			r.fault(f.node, Path{name}, "is missing")
			return ""
		}
		text, _ := t.read(r, n, Path{name}).(Text)
		return string(text)
	}
	if version := read("apiVersion", String{}); version != "" && version != APIVersion {
		r.fault(f.node.Field("apiVersion"), Path{"apiVersion"}, "%s is unknown to this version of authsync, which reads %s", quote(version), APIVersion)
	}
	f.kind = read("kind", OneOf{EnvironmentFile, BaseFile, PolicyFile, RolloutFile, QuirksFile})
	switch f.kind {
	case QuirksFile:
		f.quirks = readQuirks(r, f.node)
	case PolicyFile:
		f.policy = readPolicy(r, f.path, f.node)
	case RolloutFile:
		f.rollout = readRollout(r, f)
	case EnvironmentFile:
		f.name = read("name", String{Pattern: namePattern, Form: nameForm})
	}
}
