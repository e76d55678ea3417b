package rewrite

import (
	"bytes"
	"fmt"
	"slices"
	"strconv"

	"gopkg.in/yaml.v3"

	"authsync/schema"
	"authsync/secrets"
)

// A Document is a YAML file with its sealed texts: a manifest, or a file that authsync
// keeps beside one. It need not be a valid manifest.
type Document struct {
	// File is its path.
	File string
	// Kind is the kind that the file states: Environment, Base, Vault, Lock.
	Kind string
	// Environment is the environment of the file; "" for a Base.
	Environment string
	// Sealed are its sealed texts, in their order in the file.
	Sealed []SealedText

	text   []byte
	root   yaml.Node
	places []place // of Sealed
}

// SealedText is a sealed text in a file.
type SealedText struct {
	Pos schema.Position
	// Paths are the places where it is read: first its own, then those of aliases. A
	// secret is bound to one of them.
	Paths   []schema.Path
	Armored string
}

func ReadDocument(file string, text []byte) (*Document, error) {
	d := &Document{File: file, text: text}
	if err := yaml.Unmarshal(text, &d.root); err != nil {
		return nil, schema.NotYAML(file, text, err)
	}
	if len(d.root.Content) == 0 || d.root.Content[0].Kind != yaml.MappingNode {
		return nil, fmt.Errorf("%s: is not a mapping", file)
	}
	d.Kind = d.scalar("kind")
	d.Environment = d.scalar("environment")
	if d.Kind == schema.EnvironmentFile {
		d.Environment = d.scalar("name")
	}
	top := d.root.Content[0]
	d.findPlaces(place{node: top})
	f := follower{found: map[*yaml.Node]*SealedText{}}
	for i := range d.places {
		f.found[d.places[i].node] = &d.Sealed[i]
	}
	f.follow(top, nil, nil)
	for i := range d.Sealed {
		if len(d.Sealed[i].Paths) == 0 { // in a file of too many aliases
			d.Sealed[i].Paths = []schema.Path{{}}
		}
	}
	return d, nil
}

// scalar is a value at the top of the file.
func (d *Document) scalar(name string) string {
	p, err := find(d.root.Content[0], schema.Path{name})
	if err != nil {
		return ""
	}
	return p.node.Value
}

// Position is where the value at a path stands, or what it would stand in.
func (d *Document) Position(path ...string) schema.Position {
	n := d.root.Content[0]
	for _, name := range path {
		var next *yaml.Node
		for key, value := range pairs(n) {
			if key.Value == name {
				next = value
			}
		}
		if next == nil {
			break
		}
		n = next
	}
	return position(d.File, n)
}

// findPlaces finds the sealed texts in a node, each once.
func (d *Document) findPlaces(p place) {
	p.flow = p.flow || p.node.Style&yaml.FlowStyle != 0
	switch p.node.Kind {
	case yaml.MappingNode:
		for key, value := range pairs(p.node) {
			d.findPlaces(place{value, key.Column - 1, p.flow})
		}
	case yaml.SequenceNode:
		for _, item := range p.node.Content {
			d.findPlaces(place{item, p.node.Column - 1, p.flow})
		}
	case yaml.ScalarNode:
		if p.node.Tag == "!age" && secrets.LooksSealed(p.node.Value) {
			d.places = append(d.places, p)
			d.Sealed = append(d.Sealed, SealedText{Pos: position(d.File, p.node), Armored: p.node.Value})
		}
	}
}

// follower walks a file as a reader sees it, through aliases and merges.
type follower struct {
	found map[*yaml.Node]*SealedText
	count int // number of values that aliases have added
}

func (f *follower) follow(n *yaml.Node, at schema.Path, open []*yaml.Node) {
	if len(open) > 0 {
		if f.count++; f.count > schema.MaxNodes {
			return
		}
	}
	switch n.Kind {
	case yaml.AliasNode:
		if !slices.Contains(open, n.Alias) {
			f.follow(n.Alias, at, append(open[:len(open):len(open)], n.Alias))
		}
	case yaml.MappingNode:
		for key, value := range pairs(n) {
			if key.ShortTag() == "!!merge" {
				f.merge(value, at, open)
				continue
			}
			f.follow(value, at.Then(key.Value), open)
		}
	case yaml.SequenceNode:
		for i, item := range n.Content {
			f.follow(item, at.Then(strconv.Itoa(i)), open)
		}
	default:
		if s := f.found[n]; s != nil {
			s.Paths = append(s.Paths, at)
		}
	}
}

// merge reads the values of << as if they were at the path itself.
func (f *follower) merge(n *yaml.Node, at schema.Path, open []*yaml.Node) {
	if n.Kind != yaml.SequenceNode {
		f.follow(n, at, open)
		return
	}
	for _, item := range n.Content {
		f.follow(item, at, open)
	}
}

// Replace returns the file with a new sealed text for each of Sealed, and every other
// byte unchanged. The result is parsed again and compared.
func (d *Document) Replace(armored []string) ([]byte, error) {
	out := d.text
	for i := len(d.places) - 1; i >= 0; i-- { // from the end, so that earlier positions stay valid
		p := d.places[i]
		var err error
		if out, err = p.replace(out, armored[i]); err != nil {
			return nil, fmt.Errorf("%s: %w", d.Sealed[i].Pos, err)
		}
	}
	want, err := ReadDocument(d.File, d.text)
	if err != nil {
		return nil, err
	}
	for i, p := range want.places {
		p.node.Value = armored[i]
	}
	if !says(out, outline, &want.root) {
		return nil, fmt.Errorf("%s: its sealed texts cannot be replaced in place; put each on a line of its own", d.File)
	}
	return out, nil
}

// Show returns the file for reading only, with a word on one line in the place of each
// of Sealed.
func (d *Document) Show(words []string) ([]byte, error) {
	out := d.text
	for i := len(d.places) - 1; i >= 0; i-- {
		p := d.places[i]
		_, value, end, err := p.extent(out)
		if err != nil {
			return nil, err
		}
		comment := ""
		if isBlock(out[value]) {
			comment = lineComment(out, value)
		}
		out = bytes.Join([][]byte{out[:value], []byte(words[i] + comment), out[end:]}, nil)
	}
	return out, nil
}
