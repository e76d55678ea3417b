package learn

import (
	"errors"
	"fmt"
	"io/fs"

	"authsync/disk"
	"authsync/schema"
	"authsync/schema/rewrite"
	"authsync/sync/lock"
)

// Book is the file that says what is known of the services of an environment.
type Book struct {
	File  string
	known schema.Quirks
	text  []byte // nil = there is none
}

// OpenBook reads what is known beside an environment's manifest.
func OpenBook(env *schema.Environment) (*Book, error) {
	b := &Book{File: schema.QuirksBeside(env.File)}
	text, err := disk.ReadBeside(b.File)
	if errors.Is(err, fs.ErrNotExist) {
		b.known = schema.Quirks{}
		return b, nil
	}
	if err != nil {
		return nil, err
	}
	known, faults := schema.LoadQuirks(b.File)
	if err := faults.Err(); err != nil {
		return nil, err
	}
	b.known, b.text = known, text
	return b, nil
}

// Entry is a finding, and what the book said before.
type Entry struct {
	Finding
	Before schema.Finding // the zero Finding = nothing
}

// Changed reports whether the book said something else.
func (e Entry) Changed() bool { return e.Before.Value != e.Value }

// Record puts findings into the book, each at the address of its service, and returns
// the book's new text. What says the same already stays with the time when it was
// seen, and so does what was not seen this time.
func (b *Book) Record(places lock.Places, findings []Finding) (text []byte, entries []Entry, err error) {
	var edits []rewrite.Edit
	for _, f := range findings {
		place, is := places[f.System]
		if !is {
			continue
		}
		address := place.Address
		if place.Sandbox != "" {
			address = schema.SandboxAddress
		}
		e := Entry{f, b.known[f.System][address][f.Name]}
		entries = append(entries, e)
		if e.Changed() {
			b.known.Add(f.System, address, f.Name, f.Finding)
			edits = append(edits, rewrite.Edit{Path: schema.Path{"systems", f.System, address, string(f.Name)}, Node: f.Node()})
		}
	}
	if len(edits) == 0 {
		return b.text, entries, nil
	}
	if b.text != nil {
		if text, err = rewrite.Apply(b.File, b.text, edits); err == nil {
			return text, entries, nil
		}
	}
	if text, err = b.known.Write(); err != nil {
		return nil, nil, fmt.Errorf("%s: %w", b.File, err)
	}
	return text, entries, nil
}

// Differs reports whether a text is not what the book says.
func (b *Book) Differs(text []byte) bool { return string(text) != string(b.text) }
