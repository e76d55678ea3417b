package schema

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"

	"gopkg.in/yaml.v3"

	"authsync/schema/pattern"
)

// Node is one value of a manifest and the place where it stands. It differs
// from a yaml.Node in that aliases and merge keys are resolved, names are
// unique, and each value knows its file: after `extends` two neighbours may
// come from two files.
type Node struct {
	Pos    Position
	Form   Form
	Tag    string // !age, !env, !!str, !!int...
	Text   string // of a scalar
	Fields []NamedNode
	Items  []*Node
	InBase bool // stands in a Base, not in the environment itself
	// Names says that this is a list of names: here a mapping of each to nothing.
	Names bool

	index map[string]*Node // of Fields, where they are many; see [Node.indexed]
}

// NamedNode is one name of a mapping and what it holds.
type NamedNode struct {
	Name  string
	Pos   Position
	Value *Node
}

// Form tells the sorts of YAML value apart.
type Form int

const (
	ScalarForm Form = iota
	NullForm
	MapForm
	ListForm
)

func (f Form) String() string {
	return [...]string{"a single value", "null", "a mapping", "a list"}[f]
}

// Field returns what a mapping holds under name, or nil.
func (n *Node) Field(name string) *Node {
	if n.index != nil {
		return n.index[name]
	}
	for _, f := range n.Fields {
		if f.Name == name {
			return f.Value
		}
	}
	return nil
}

// indexed makes the names of a large mapping quick to find, once it is whole. Of
// one that is named twice the first counts.
func (n *Node) indexed() {
	const few = 16
	n.index = nil
	if len(n.Fields) <= few {
		return
	}
	n.index = make(map[string]*Node, len(n.Fields))
	for _, f := range n.Fields {
		if _, taken := n.index[f.Name]; !taken {
			n.index[f.Name] = f.Value
		}
	}
}

// textOf returns the text that a mapping holds under name, or "".
func (n *Node) textOf(name string) string {
	if f := n.Field(name); f != nil {
		return f.Text
	}
	return ""
}

// MaxNodes bounds how many values aliases may add to those that a file has.
const MaxNodes = 200_000

// maxLevels bounds how deep a manifest is nested: each value knows its path.
const maxLevels = 200

// anchor is what the parser quotes of a text that begins with *: that may be a
// password without quotes.
var anchor = pattern.Of(`anchor '[^']*'`)

// SyntaxText is what a YAML parser's error says, less what it quotes of the text.
func SyntaxText(err error) string { return anchor.ReplaceAllString(err.Error(), "anchor") }

// NotYAML is the error of a file's text that a parser does not read, with its place.
func NotYAML(file string, text []byte, err error) error {
	line, column, what := Misread(text, err)
	return &Fault{Pos: Position{file, line, column}, Text: what}
}

// CheckYAML returns what is wrong with a file's text as YAML, or nil.
func CheckYAML(file string, text []byte) error {
	var faults Faults
	parseYAML(file, text, &faults, &faults)
	return faults.Err()
}

// parseYAML reads the one document of a file. Faults are those of a text that is
// no document; those inside may quote it.
func parseYAML(file string, text []byte, faults, inside *Faults) *Node {
	if line, column, what := Misread(text, nil); what != "" {
		faults.add(Position{file, line, column}, nil, "%s", what)
		return nil
	}
	d := yaml.NewDecoder(bytes.NewReader(text))
	var document yaml.Node
	err := d.Decode(&document)
	if errors.Is(err, io.EOF) {
		faults.add(Position{file, 1, 1}, nil, "the file is empty; start with apiVersion: %s", APIVersion)
		return nil
	}
	if err != nil {
		line, column, what := Misread(text, err)
		faults.add(Position{file, line, column}, nil, "%s", what)
		return nil
	}
	var next yaml.Node
	if err := d.Decode(&next); !errors.Is(err, io.EOF) {
		faults.add(Position{file, max(next.Line, 1), max(next.Column, 1)}, nil,
			"a second document; keep one manifest per file")
		return nil
	}
	c := converter{file: file, faults: inside}
	return c.convert(document.Content[0], nil, nil)
}

type converter struct {
	file   string
	faults *Faults
	added  int // number of values that aliases have added
}

// convert resolves n; open holds the anchors being resolved, to stop a cycle.
func (c *converter) convert(n *yaml.Node, at Path, open []*yaml.Node) *Node {
	out := &Node{Pos: Position{c.file, n.Line, n.Column}, Tag: n.ShortTag(), Text: n.Value}
	if len(open) > 0 {
		c.added++
		if c.added == MaxNodes+1 {
			c.faults.add(out.Pos, at, "aliases add more than %d values", MaxNodes)
		}
		if c.added > MaxNodes {
			out.Form = NullForm
			return out
		}
	}
	if len(at) == maxLevels {
		c.faults.add(out.Pos, at[:3], "is nested more than %d levels deep", maxLevels)
		out.Form = NullForm
		return out
	}
	switch n.Kind {
	case yaml.AliasNode:
		if slices.Contains(open, n.Alias) {
			c.faults.add(out.Pos, at, "the alias *%s stands inside its own anchor", n.Value)
			out.Form = NullForm
			return out
		}
		return c.convert(n.Alias, at, append(open, n.Alias))
	case yaml.SequenceNode:
		out.Form = ListForm
		c.untagged(out, "!!seq", at, open)
		for i, item := range n.Content {
			out.Items = append(out.Items, c.convert(item, at.Then(fmt.Sprint(i)), open))
		}
	case yaml.MappingNode:
		out.Form = MapForm
		c.untagged(out, "!!map", at, open)
		c.convertMap(out, n, at, open)
	default:
		if n.ShortTag() == "!!null" {
			out.Form = NullForm
		}
	}
	return out
}

// untagged reports a tag that would be lost without a word, once, where it stands.
func (c *converter) untagged(n *Node, own string, at Path, open []*yaml.Node) {
	if n.Tag != own && len(open) == 0 {
		c.faults.add(n.Pos, at, "%s takes no tag, and has %s: a tag stands before a single value", n.Form, n.Tag)
	}
}

func (c *converter) convertMap(out *Node, n *yaml.Node, at Path, open []*yaml.Node) {
	var merged []NamedNode
	named := map[string]struct{}{}
	add := func(f NamedNode) {
		named[f.Name] = struct{}{}
		out.Fields = append(out.Fields, f)
	}
	for pair := range slices.Chunk(n.Content, 2) {
		key, value := pair[0], pair[1]
		pos := Position{c.file, key.Line, key.Column}
		if key.Kind == yaml.AliasNode {
			key = key.Alias
		}
		if key.Kind != yaml.ScalarNode {
			c.faults.add(pos, at, "a name must be a single value")
			continue
		}
		if tag := key.ShortTag(); !strings.HasPrefix(tag, "!!") {
			c.faults.add(pos, at.Then(key.Value), "a name takes no tag, and has %s: a tag stands before a single value", tag)
			continue
		}
		if key.ShortTag() == "!!merge" {
			merged = append(merged, c.mergeKey(value, at, open)...)
			continue
		}
		if _, again := named[key.Value]; again {
			c.faults.add(pos, at.Then(key.Value), "named twice")
			continue
		}
		add(NamedNode{key.Value, pos, c.convert(value, at.Then(key.Value), open)})
	}
	for _, m := range merged {
		if _, over := named[m.Name]; !over {
			add(m)
		}
	}
	out.indexed()
}

// mergeKey resolves `<<: *base` and `<<: [*a, *b]`; the first to name a field wins.
func (c *converter) mergeKey(value *yaml.Node, at Path, open []*yaml.Node) []NamedNode {
	n := c.convert(value, at, open)
	sources := []*Node{n}
	if n.Form == ListForm {
		sources = n.Items
	}
	var fields []NamedNode
	for _, s := range sources {
		if s.Form != MapForm {
			c.faults.add(s.Pos, at, "<< takes a mapping or a list of mappings")
			continue
		}
		fields = append(fields, s.Fields...)
	}
	return fields
}

// extend lays n over base: mappings field by field, all else whole.
func (n *Node) extend(base *Node) *Node {
	if base == nil || n.Form != MapForm || base.Form != MapForm {
		return n
	}
	out := *n
	out.Fields = nil
	defer out.indexed()
	own := make(map[string]NamedNode, len(n.Fields))
	for _, f := range n.Fields {
		own[f.Name] = f
	}
	for _, f := range base.Fields {
		if over, is := own[f.Name]; is {
			f = NamedNode{f.Name, over.Pos, over.Value.extend(f.Value)}
		}
		out.Fields = append(out.Fields, f)
	}
	for _, f := range n.Fields {
		if base.Field(f.Name) == nil {
			out.Fields = append(out.Fields, f)
		}
	}
	return &out
}

// markBase notes for the whole tree that it stands in a Base.
func (n *Node) markBase() {
	n.InBase = true
	for _, f := range n.Fields {
		f.Value.markBase()
	}
	for _, item := range n.Items {
		item.markBase()
	}
}

// in returns the value under a name, or the item with a number.
func (n *Node) in(name string) *Node {
	i, err := strconv.Atoi(name)
	switch {
	case err != nil || n.Form == MapForm:
		return n.Field(name)
	case i < len(n.Items):
		return n.Items[i]
	}
	return nil
}
