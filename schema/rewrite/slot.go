package rewrite

import (
	"bytes"
	"strconv"
	"unicode/utf8"

	"gopkg.in/yaml.v3"

	"authsync/schema"
)

// page is a file's text together with what the parser reads in it.
type page struct {
	text []byte
	rows lines
	root *yaml.Node // the top mapping
	nl   string     // the file's line break
	unit int        // by which the file indents
	dash int        // by which the file indents lists below their name
}

func newPage(text []byte) (*page, error) {
	document, err := parsed(text)
	if err != nil {
		return nil, err
	}
	p := &page{text: text, rows: lineStarts(text), root: document.Content[0], nl: newlineOf(text)}
	p.unit, p.dash = habits(p.root)
	return p, nil
}

// at is where a value begins in the text, or -1.
func (p *page) at(n *yaml.Node) int { return p.rows.offset(p.text, n.Line, n.Column) }

// habits are the first indent of a mapping and of a list in block style.
func habits(root *yaml.Node) (unit, dash int) {
	unit, dash = 0, -1
	eachEntry(root, func(key, value *yaml.Node) {
		if len(value.Content) == 0 || value.Style&yaml.FlowStyle != 0 {
			return
		}
		first := value.Content[0]
		switch {
		case value.Kind == yaml.MappingNode && first.Line > key.Line && unit == 0:
			unit = first.Column - key.Column
		case value.Kind == yaml.SequenceNode && value.Anchor == "" && value.Line > key.Line && dash < 0:
			dash = value.Column - key.Column
		}
	})
	if unit <= 0 {
		unit = 2
	}
	if dash < 0 {
		dash = unit
	}
	return unit, dash
}

func eachEntry(n *yaml.Node, tell func(key, value *yaml.Node)) {
	for key, value := range pairs(n) {
		tell(key, value)
		eachEntry(value, tell)
	}
	if n.Kind == yaml.SequenceNode {
		for _, item := range n.Content {
			eachEntry(item, tell)
		}
	}
}

// slot is the place of a value.
type slot struct {
	node   *yaml.Node
	in     *slot // of the mapping or list that holds it; nil at the top
	index  int   // among what that holds
	indent int   // of the names or dashes there
	flow   bool  // it stands between braces
}

// key is the name of the value, nil for an item of a list.
func (s *slot) key() *yaml.Node {
	if s.in == nil || s.in.node.Kind != yaml.MappingNode {
		return nil
	}
	return s.in.node.Content[s.index-1]
}

// walk goes down a path as far as it stands in the text itself. What is left of
// the path is behind an alias, comes by a merge, or is not there.
func (p *page) walk(path schema.Path) (*slot, schema.Path) {
	s := &slot{node: p.root}
	for i, name := range path {
		next := p.below(s, name)
		if next == nil {
			return s, path[i:]
		}
		s = next
	}
	return s, nil
}

func (p *page) below(s *slot, name string) *slot {
	switch s.node.Kind {
	case yaml.MappingNode:
		if i := entry(s.node, name); i >= 0 {
			return p.child(s, i+1)
		}
	case yaml.SequenceNode:
		if i, err := strconv.Atoi(name); err == nil && i >= 0 && i < len(s.node.Content) {
			return p.child(s, i)
		}
	}
	return nil
}

// child is the slot of what a mapping or a list holds.
func (p *page) child(s *slot, index int) *slot {
	return &slot{node: s.node.Content[index], in: s, index: index, indent: p.margin(s), flow: s.flow || s.node.Style&yaml.FlowStyle != 0}
}

// margin is the indent of the names or dashes in a mapping or a list that is
// not empty.
func (p *page) margin(s *slot) int {
	first := s.node.Content[0]
	if s.node.Kind == yaml.MappingNode {
		if at := p.at(first); at >= 0 {
			return first.Column - 1 - (at - p.nameAt(at))
		}
		return first.Column - 1
	}
	if s.node.Anchor == "" && s.node.Style&yaml.TaggedStyle == 0 {
		return s.node.Column - 1
	}
	at := p.at(first)
	for at > 0 && p.text[at] != '-' {
		at--
	}
	return utf8.RuneCount(p.text[lineStart(p.text, at):at])
}

// nameAt is where a name begins whose text is at a position: at the ? before
// it, if it has one.
func (p *page) nameAt(at int) int {
	if mark := len(bytes.TrimRight(p.text[:at], " \t")) - 1; mark >= 0 && p.text[mark] == '?' {
		return mark
	}
	return at
}

// all are the slots of everything that stands in the text, in its order.
func (p *page) all() []*slot { return p.under(&slot{node: p.root}) }

func (p *page) under(s *slot) []*slot {
	list := []*slot{s}
	for i := range s.node.Content {
		if s.node.Kind != yaml.MappingNode || i%2 == 1 {
			list = append(list, p.under(p.child(s, i))...)
		}
	}
	return list
}

// inside reports whether a slot is another or lies below it.
func (s *slot) inside(outer *yaml.Node) bool {
	for ; s != nil; s = s.in {
		if s.node == outer {
			return true
		}
	}
	return false
}
