package merge

import (
	"slices"

	"gopkg.in/yaml.v3"

	"authsync/schema"
	"authsync/schema/rewrite"
)

// merger merges three trees.
type merger struct {
	rules         rules
	contradictory []Contradiction
}

// Contradiction is a path that the two sides changed differently. A side that removed
// the value is nil.
type Contradiction struct {
	Path               schema.Path
	Base, Ours, Theirs *yaml.Node
}

// merged is the result at one path, once with the conflicts as ours has them and once
// as theirs has them. Without a conflict the two are equal.
type merged struct{ ours, theirs *yaml.Node }

// values merges the three values at a path; nil = no value.
func (m *merger) values(at schema.Path, base, ours, theirs *yaml.Node) merged {
	switch {
	case rewrite.Alike(ours, theirs), rewrite.Alike(base, theirs):
		return merged{ours, ours}
	case rewrite.Alike(base, ours):
		return merged{theirs, theirs}
	}
	rule := m.rules.at(at)
	switch {
	case rule == byTime:
		if newer := m.newer(ours, theirs); newer != nil {
			return merged{newer, newer}
		}
	case isMapping(ours) && isMapping(theirs) && (base == nil || isMapping(base)) && rule != whole:
		return m.mappings(at, base, ours, theirs)
	case isList(ours) && isList(theirs) && (base == nil || isList(base)) && rule == anyOrder:
		list := lists(base, ours, theirs)
		return merged{list, list}
	}
	m.contradictory = append(m.contradictory, Contradiction{at, base, ours, theirs})
	return merged{ours, theirs}
}

func isMapping(n *yaml.Node) bool { return n != nil && n.Kind == yaml.MappingNode }
func isList(n *yaml.Node) bool    { return n != nil && n.Kind == yaml.SequenceNode }

func (m *merger) mappings(at schema.Path, base, ours, theirs *yaml.Node) merged {
	out := merged{empty(ours), empty(ours)}
	for _, name := range namesOf(ours, theirs, base) {
		v := m.values(at.Then(name), field(base, name), field(ours, name), field(theirs, name))
		put(out.ours, name, v.ours)
		put(out.theirs, name, v.theirs)
	}
	return out
}

func empty(like *yaml.Node) *yaml.Node {
	return &yaml.Node{Kind: like.Kind, Tag: like.Tag, Style: like.Style}
}

func put(n *yaml.Node, name string, value *yaml.Node) {
	if value != nil {
		n.Content = append(n.Content, schema.SpellName(name), value)
	}
}

func field(n *yaml.Node, name string) *yaml.Node {
	for i := 0; isMapping(n) && i+1 < len(n.Content); i += 2 {
		if n.Content[i].Value == name {
			return n.Content[i+1]
		}
	}
	return nil
}

// namesOf returns the names of several mappings without repetition, in their order.
func namesOf(all ...*yaml.Node) []string {
	var names []string
	for _, n := range all {
		for i := 0; isMapping(n) && i+1 < len(n.Content); i += 2 {
			if !slices.Contains(names, n.Content[i].Value) {
				names = append(names, n.Content[i].Value)
			}
		}
	}
	return names
}

// lists merges lists whose order is not significant. An item that either side removed
// is removed, and an item that either side added is added.
func lists(base, ours, theirs *yaml.Node) *yaml.Node {
	out := empty(ours)
	for _, item := range ours.Content {
		if !holds(base, item) || holds(theirs, item) {
			out.Content = append(out.Content, item)
		}
	}
	for _, item := range theirs.Content {
		if !holds(base, item) && !holds(out, item) {
			out.Content = append(out.Content, item)
		}
	}
	return out
}

func holds(list, item *yaml.Node) bool {
	return list != nil && slices.ContainsFunc(list.Content, func(n *yaml.Node) bool { return rewrite.Alike(n, item) })
}
