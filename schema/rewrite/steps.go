package rewrite

import (
	"bytes"
	"slices"
	"sort"
	"strconv"

	"gopkg.in/yaml.v3"

	"authsync/schema"
	"authsync/schema/list"
)

// stepper makes the steps that change the meaning of a text.
type stepper interface {
	// step changes what is at or below paths, in the first way that works.
	step(paths []schema.Path, ways ...way) error
	// reached reports whether what is at or below a path is as wanted.
	reached(at schema.Path) bool
}

// way is a way to make a step.
type way func(*page) ([]splice, error)

// sharedError is the error for a value behind an alias or a merge: prepare first gives
// the path a copy of its own.
type sharedError struct{ prepare []splice }

func (*sharedError) Error() string { return "stands behind an alias" }

// descend makes a step for every difference between two trees.
func descend(by stepper, at schema.Path, old, final *yaml.Node) error {
	var err error
	switch {
	case alike(old, final):
		return nil
	case full(old, yaml.MappingNode) && full(final, yaml.MappingNode):
		err = names(by, at, old, final)
	case full(old, yaml.SequenceNode) && full(final, yaml.SequenceNode):
		err = items(by, at, old, final)
	default:
		return set(by, at, final)
	}
	if err != nil && len(at) > 0 {
		return set(by, at, final) // all of it, then
	}
	return err
}

func full(n *yaml.Node, kind yaml.Kind) bool { return n.Kind == kind && len(n.Content) > 0 }

func names(by stepper, at schema.Path, old, final *yaml.Node) error {
	before, after := entries(old), entries(final)
	for key, value := range pairs(final) {
		if was, named := before[key.Value]; named {
			if err := descend(by, at.Then(key.Value), old.Content[was+1], value); err != nil {
				return err
			}
		}
	}
	if fresh := beyond(old, final); len(fresh.Content) > 0 {
		if err := by.step(namesBelow(at, fresh), adding(func(p *page, w where) ([]splice, error) { return p.addNames(at, fresh, w) })...); err != nil {
			return err
		}
	}
	for key := range pairs(old) {
		if _, named := after[key.Value]; !named {
			if err := take(by, at.Then(key.Value), at.Then(key.Value)); err != nil {
				return err
			}
		}
	}
	return nil
}

func namesBelow(at schema.Path, n *yaml.Node) []schema.Path {
	var paths []schema.Path
	for key := range pairs(n) {
		paths = append(paths, at.Then(key.Value))
	}
	return paths
}

// items keeps the common beginning and end of two lists, and writes the rest.
func items(by stepper, at schema.Path, old, final *yaml.Node) error {
	was, is := old.Content, final.Content
	front := 0
	for front < len(was) && front < len(is) && alike(was[front], is[front]) {
		front++
	}
	back := 0
	for back < len(was)-front && back < len(is)-front && alike(was[len(was)-1-back], is[len(is)-1-back]) {
		back++
	}
	both := min(len(was), len(is)) - front - back
	for i := front; i < front+both; i++ {
		if err := descend(by, at.Then(strconv.Itoa(i)), was[i], is[i]); err != nil {
			return err
		}
	}
	for i := len(was) - back - 1; i >= front+both; i-- {
		if err := take(by, at, at.Then(strconv.Itoa(i))); err != nil {
			return err
		}
	}
	if fresh := is[front+both : len(is)-back]; len(fresh) > 0 {
		if err := by.step([]schema.Path{at}, func(p *page) ([]splice, error) { return p.insertItems(at, front+both, fresh) }); err != nil {
			return err
		}
	}
	if !by.reached(at) {
		return errUnknownForm
	}
	return nil
}

func set(by stepper, at schema.Path, n *yaml.Node) error {
	return by.step([]schema.Path{at}, adding(func(p *page, w where) ([]splice, error) {
		s, rest := p.walk(at)
		switch {
		case s.node.Kind == yaml.AliasNode && len(rest) > 0:
			return nil, p.ownCopy(s)
		case len(rest) == 1:
			return p.add(s, nested(rest, n), w) // a merge brings it, and this overrules it
		case len(rest) > 0:
			return nil, errUnknownForm
		}
		return p.replace(s, n, s.node.Anchor)
	})...)
}

// adding returns the ways of a step that may add names.
func adding(cut func(*page, where) ([]splice, error)) []way {
	return list.Each([]where{asTheOthers, rightBehind, atFirst}, func(w where) way { return func(p *page) ([]splice, error) { return cut(p, w) } })
}

// take removes what is at a path. The scope is what changes by it: in a list every
// later item.
func take(by stepper, scope, at schema.Path) error {
	return by.step([]schema.Path{scope},
		func(p *page) ([]splice, error) { return p.take(at, closed) },
		func(p *page) ([]splice, error) { return p.take(at, open) },
		func(p *page) ([]splice, error) { return p.take(at, eaten) })
}

func (p *page) take(at schema.Path, gap gap) ([]splice, error) {
	s, rest := p.walk(at)
	switch {
	case s.node.Kind == yaml.AliasNode && len(rest) > 0:
		return nil, p.ownCopy(s)
	case len(rest) > 0:
		return nil, p.withoutMerge(s)
	case p.mergedToo(s):
		return nil, p.withoutMerge(s.in)
	}
	return p.remove(s, gap)
}

func (p *page) addNames(at schema.Path, names *yaml.Node, w where) ([]splice, error) {
	s, rest := p.walk(at)
	switch {
	case s.node.Kind == yaml.AliasNode:
		return nil, p.ownCopy(s)
	case len(rest) > 0:
		return nil, p.withoutMerge(s)
	}
	lacking := beyond(s.node, names) // the step for what shares an anchor may have brought some
	if len(lacking.Content) == 0 {
		return nil, nil
	}
	return p.add(s, lacking, w)
}

// beyond returns the names of a mapping that another does not have itself.
func beyond(own, whole *yaml.Node) *yaml.Node {
	lacking := &yaml.Node{Kind: yaml.MappingNode, Tag: "!!map"}
	named := entries(own)
	for key, value := range pairs(whole) {
		if _, has := named[key.Value]; !has {
			lacking.Content = append(lacking.Content, key, value)
		}
	}
	return lacking
}

func (p *page) insertItems(at schema.Path, index int, items []*yaml.Node) ([]splice, error) {
	s, rest := p.walk(at)
	if len(rest) > 0 || s.node.Kind != yaml.SequenceNode || index > len(s.node.Content) {
		return nil, errUnknownForm
	}
	if index == 0 {
		return p.insertFirst(s, items)
	}
	return p.insert(s, index, items)
}

// ownCopy replaces an alias by the value that it stands for.
func (p *page) ownCopy(s *slot) error {
	own, err := resolve(s.node)
	if err != nil {
		return err
	}
	splices, err := p.replace(s, own, "")
	if err != nil {
		return err
	}
	return &sharedError{splices}
}

// mergedToo reports whether a merge would supply a name if it were not written.
func (p *page) mergedToo(s *slot) bool {
	if s.key() == nil {
		return false
	}
	content := s.in.node.Content
	if !slices.ContainsFunc(content, func(n *yaml.Node) bool { return n.Value == "<<" }) {
		return false
	}
	rest, err := resolve(&yaml.Node{Kind: yaml.MappingNode, Content: slices.Concat(content[:s.index-1], content[s.index+1:])})
	return err == nil && entry(rest, s.key().Value) >= 0
}

// withoutMerge writes the merged names of a mapping as its own.
func (p *page) withoutMerge(s *slot) error {
	for i := 0; i+1 < len(s.node.Content); i += 2 {
		if s.node.Content[i].ShortTag() != "!!merge" {
			continue
		}
		whole, err := resolve(s.node)
		if err != nil {
			return err
		}
		added, err := p.add(s, beyond(s.node, whole), asTheOthers)
		if err != nil {
			return err
		}
		for ; i+1 < len(s.node.Content); i += 2 {
			if s.node.Content[i].ShortTag() == "!!merge" {
				gone, err := p.remove(p.child(s, i+1), closed)
				if err != nil {
					return err
				}
				added = append(added, gone...)
			}
		}
		return &sharedError{added}
	}
	return errUnknownForm
}

// applied returns a text with splices made in it; nil if two of them overlap.
func applied(text []byte, splices []splice) []byte {
	sorted := slices.Clone(splices)
	sort.SliceStable(sorted, func(i, j int) bool { return sorted[i].from < sorted[j].from })
	var out bytes.Buffer
	at := 0
	for _, s := range sorted {
		if s.from < at || s.to < s.from {
			return nil
		}
		out.Write(text[at:s.from])
		out.WriteString(s.text)
		at = s.to
	}
	out.Write(text[at:])
	return out.Bytes()
}

// together collects all steps to make them at once. If one cannot be made so, none is.
type together struct {
	page    *page
	splices []splice
	err     error
}

func (t *together) step(_ []schema.Path, ways ...way) error {
	if t.err == nil {
		var splices []splice
		splices, t.err = ways[0](t.page)
		t.splices = append(t.splices, splices...)
	}
	return t.err
}

// reached is always true: the check of the whole result decides.
func (t *together) reached(schema.Path) bool { return true }
