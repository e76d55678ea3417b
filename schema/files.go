package schema

import (
	"path/filepath"
	"slices"
	"sort"
)

// File is one file of manifests, and who opens the secrets in it.
type File struct {
	Path string
	Kind string
	Name string // of an Environment
	// Recipients are those that the file states, or that what it extends does.
	Recipients []string
	// RecipientsPos is where they are stated, or the file's beginning.
	RecipientsPos Position
	// Extends are the Bases that it extends, also through others.
	Extends []string
}

// Files reads what manifests, and all that they extend, say of their
// recipients; by path.
func Files(paths []string, beside ...string) ([]File, *Faults) {
	l := newLoader(SecretsSealed, beside)
	l.parseAll(l.expand(paths))
	named := make([]*file, 0, len(l.files))
	for _, f := range l.files {
		named = append(named, f)
	}
	for _, f := range named {
		if f.node != nil && !f.isApart() {
			l.extend(f, nil) // which parses the rest
		}
	}
	l.passOver()
	var files []File
	for _, f := range l.files {
		if f.node == nil || f.isApart() {
			continue // which holds no secret
		}
		n := l.extend(f, nil)
		out := File{Path: f.path, Kind: f.kind, Name: f.name, RecipientsPos: Position{f.path, 1, 1}, Extends: l.chain(f, nil)}
		if stated := n.Field("recipients"); stated != nil {
			out.RecipientsPos = stated.Pos
			out.Recipients = readRecipients(&reader{bounds: f.bounds, faults: &l.out.Faults}, stated, Path{"recipients"})
		}
		files = append(files, out)
	}
	sort.Slice(files, func(i, j int) bool { return files[i].Path < files[j].Path })
	return files, &l.out.Faults
}

// chain is what a file extends, each once.
func (l *loader) chain(f *file, found []string) []string {
	n := f.node.Field("extends")
	if n == nil {
		return found
	}
	for _, item := range n.Items {
		path := filepath.Join(filepath.Dir(f.path), filepath.FromSlash(item.Text))
		b := l.files[path]
		if b == nil || b.node == nil || slices.Contains(found, path) {
			continue
		}
		found = l.chain(b, append(found, path))
	}
	return found
}
