package rewrite

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"gopkg.in/yaml.v3"

	"authsync/schema"
)

// Edit sets the value at a path of a file, or removes it.
type Edit struct {
	Path schema.Path
	Node *yaml.Node // nil = remove
	// Holder says what contains the last name of the path.
	Holder Holder
}

// Holder is a kind of container.
type Holder int

const (
	// InMapping: the name of the value is one of a mapping.
	InMapping Holder = iota
	// InList: the name is an item of a list of names, and there is no other value.
	InList
	// Inside: the path leads into what is there, items of lists included, and takes the
	// place of no other value than its own.
	Inside
)

// Apply makes edits in a file's text and changes no byte except those of the changed
// values: comments, order, indentation, quotes, anchors and line ends stay. A value
// that changes behind a shared anchor gets a copy of its own; the other uses of the
// anchor keep their value. The result is exactly what the edits ask for, or there is
// an error. If no edit changes anything, the text is returned unchanged.
func Apply(file string, text []byte, edits []Edit) ([]byte, error) {
	document, err := parsed(text)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	final, err := resolve(document)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	old, _ := resolve(document)
	for _, e := range edits {
		if err := e.put(final); err != nil {
			return nil, fmt.Errorf("%s: %s: %w", file, e.Path, err)
		}
	}
	return reshape(file, text, old, final)
}

// reshape changes a text so that it means a given tree. It first tries all steps at
// once, which is enough if nothing is shared, and needs one parsing.
func reshape(file string, text []byte, old, final *yaml.Node) ([]byte, error) {
	want := flatten(final)
	page, err := newPage(text)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	once := &together{page: page}
	if descend(once, nil, old, final) == nil {
		if out := applied(text, once.splices); reads(out, want) {
			return out, nil
		}
	}
	each := &oneByOne{want: want}
	if err := each.load(text); err != nil {
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	if err := descend(each, nil, old, final); err != nil {
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	if !maps.Equal(each.says, want) {
		return nil, fmt.Errorf("%s: cannot be edited in place; edit it by hand", file)
	}
	return each.page.text, nil
}

func reads(text []byte, want map[string]string) bool {
	document, err := parsed(text)
	if err != nil {
		return false
	}
	tree, err := resolve(document)
	return err == nil && maps.Equal(flatten(tree), want)
}

// resolve returns a file's tree as a reader sees it: with copies in the place of
// aliases and merge keys, and without anchors.
func resolve(n *yaml.Node) (*yaml.Node, error) {
	r := &resolver{}
	out := r.resolve(n, nil)
	if r.err != nil {
		return nil, r.err
	}
	if r.count > schema.MaxNodes {
		return nil, fmt.Errorf("aliases add more than %d values", schema.MaxNodes)
	}
	return out, nil
}

var errMerge = errors.New("<< takes a mapping or a list of mappings")

type resolver struct {
	count int // number of values that aliases have added
	err   error
}

func (r *resolver) resolve(n *yaml.Node, open []*yaml.Node) *yaml.Node {
	if len(open) > 0 {
		if r.count++; r.count > schema.MaxNodes {
			return &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!null"}
		}
	}
	if slices.Contains(open, n) { // an alias inside its own anchor
		return &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!null"}
	}
	out := &yaml.Node{Kind: n.Kind, Tag: n.ShortTag(), Value: n.Value, Style: n.Style}
	switch n.Kind {
	case yaml.DocumentNode:
		return r.resolve(n.Content[0], open)
	case yaml.AliasNode:
		return r.resolve(n.Alias, append(open[:len(open):len(open)], n))
	case yaml.MappingNode:
		r.mapping(out, n, open)
	case yaml.SequenceNode:
		for _, item := range n.Content {
			out.Content = append(out.Content, r.resolve(item, open))
		}
	}
	return out
}

// mapping copies the names of a mapping, and those that it merges and does not name
// itself.
func (r *resolver) mapping(out, n *yaml.Node, open []*yaml.Node) {
	var merged []*yaml.Node
	named := map[string]struct{}{}
	for key, value := range pairs(n) {
		value = r.resolve(value, open)
		switch {
		case key.ShortTag() != "!!merge":
			if _, again := named[key.Value]; again {
				r.err = fmt.Errorf("line %d: %s is named twice", key.Line, key.Value)
			}
			own := r.resolve(key, open)
			named[own.Value] = struct{}{}
			out.Content = append(out.Content, own, value)
		case value.Kind == yaml.SequenceNode:
			merged = append(merged, value.Content...)
		default:
			merged = append(merged, value)
		}
	}
	for _, m := range merged {
		if m.Kind != yaml.MappingNode {
			r.err = errMerge
		}
		for key, value := range pairs(m) {
			if _, over := named[key.Value]; !over {
				named[key.Value] = struct{}{}
				out.Content = append(out.Content, key, value)
			}
		}
	}
}

// entry returns the index of a name in a mapping, or -1.
func entry(n *yaml.Node, name string) int {
	for i := 0; n.Kind == yaml.MappingNode && i+1 < len(n.Content); i += 2 {
		if n.Content[i].Value == name && n.Content[i].ShortTag() != "!!merge" {
			return i
		}
	}
	return -1
}

// entries are the indexes of all names in a mapping.
func entries(n *yaml.Node) map[string]int {
	all := map[string]int{}
	for i := 0; n.Kind == yaml.MappingNode && i+1 < len(n.Content); i += 2 {
		name := n.Content[i].Value
		if _, again := all[name]; !again && n.Content[i].ShortTag() != "!!merge" {
			all[name] = i
		}
	}
	return all
}

// put makes an edit in a resolved mapping.
func (e Edit) put(root *yaml.Node) error {
	switch e.Holder {
	case InMapping:
		return put(root, e.Path, e.Node)
	case Inside:
		return putInside(root, e.Path, e.Node)
	}
	at, name := e.Path[:len(e.Path)-1], e.Path[len(e.Path)-1]
	list := &yaml.Node{Kind: yaml.SequenceNode, Tag: "!!seq"}
	if was := standing(root, at); was != nil {
		if was.Kind != yaml.SequenceNode {
			return errors.New("is not in a list; edit it by hand")
		}
		*list = *was
	}
	kept := slices.DeleteFunc(slices.Clone(list.Content), func(item *yaml.Node) bool { return item.Value == name })
	switch {
	case e.Node == nil && len(kept) == len(list.Content): // nothing is there
		return nil
	case e.Node != nil && len(kept) < len(list.Content): // it is there already
		return nil
	case e.Node != nil:
		kept = append(kept, schema.SpellName(name))
	}
	list.Content = kept
	return put(root, at, list)
}

// standing returns the value at a path of names, or nil.
func standing(n *yaml.Node, at schema.Path) *yaml.Node {
	for _, name := range at {
		i := entry(n, name)
		if i < 0 {
			return nil
		}
		n = n.Content[i+1]
	}
	return n
}

// putInside sets the value at a path whose names may be indexes of lists.
func putInside(n *yaml.Node, path schema.Path, value *yaml.Node) error {
	for at, name := range path {
		last := at == len(path)-1
		switch n.Kind {
		case yaml.SequenceNode:
			i, err := strconv.Atoi(name)
			switch {
			case err != nil || i < 0 || i >= len(n.Content):
				return fmt.Errorf("%s is a list of %d, and %s is none of its items, counted from 0", path[:at], len(n.Content), name)
			case last:
				n.Content[i] = value
				return nil
			}
			n = n.Content[i]
		case yaml.MappingNode:
			i := entry(n, name)
			if i < 0 || last || n.Content[i+1].ShortTag() == "!!null" {
				return put(n, path[at:], value)
			}
			n = n.Content[i+1]
		default:
			return fmt.Errorf("%s is a single value, and holds nothing", path[:at])
		}
	}
	return nil
}

// put sets, adds or removes the value at a path below a resolved mapping.
func put(n *yaml.Node, path schema.Path, value *yaml.Node) error {
	if n.Kind != yaml.MappingNode || len(path) == 0 {
		return errors.New("is not a mapping; edit it by hand")
	}
	i := entry(n, path[0])
	switch {
	case value == nil && (i < 0 || len(path) > 1 && n.Content[i+1].Kind != yaml.MappingNode): // nothing is there
	case i < 0:
		if len(n.Content) == 0 {
			n.Style &^= yaml.FlowStyle
		}
		n.Content = append(n.Content, schema.SpellName(path[0]), nested(path[1:], value))
	case len(path) == 1 && value == nil:
		n.Content = append(n.Content[:i:i], n.Content[i+2:]...)
	case len(path) == 1:
		n.Content[i+1] = value
	case n.Content[i+1].Kind != yaml.MappingNode:
		n.Content[i+1] = nested(path[1:], value)
	default:
		return put(n.Content[i+1], path[1:], value)
	}
	return nil
}

// nested returns a value inside names that do not exist yet.
func nested(path schema.Path, value *yaml.Node) *yaml.Node {
	for i := len(path) - 1; i >= 0; i-- {
		value = &yaml.Node{Kind: yaml.MappingNode, Tag: "!!map", Content: []*yaml.Node{schema.SpellName(path[i]), value}}
	}
	return value
}

// flatten returns the meaning of a resolved tree: each single value by its path.
func flatten(n *yaml.Node) map[string]string {
	out := map[string]string{}
	flattenInto(out, "", n)
	return out
}

func flattenInto(out map[string]string, at string, n *yaml.Node) {
	switch {
	case n.Kind == yaml.MappingNode && len(n.Content) > 0:
		for key, value := range pairs(n) {
			flattenInto(out, flatName(at, key.Value), value)
		}
	case n.Kind == yaml.SequenceNode:
		out[at] = fmt.Sprintf("[%d]", len(n.Content))
		for i, item := range n.Content {
			flattenInto(out, flatName(at, strconv.Itoa(i)), item)
		}
	case n.ShortTag() == "!age":
		out[at] = "!age " + strings.TrimSpace(n.Value) // its style decides the line ends
	case n.ShortTag() == "!!null":
		out[at] = "!!null"
	default:
		out[at] = n.ShortTag() + " " + n.Value
	}
}

func flatName(at, name string) string { return at + "\x00" + name }

// flatPath is a path as [flatten] has it.
func flatPath(path schema.Path) string {
	at := ""
	for _, name := range path {
		at = flatName(at, name)
	}
	return at
}

// alike reports whether two resolved trees mean the same.
func alike(a, b *yaml.Node) bool { return maps.Equal(flatten(a), flatten(b)) }
