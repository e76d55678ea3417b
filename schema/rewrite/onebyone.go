package rewrite

import (
	"bytes"
	"errors"
	"slices"
	"strings"

	"gopkg.in/yaml.v3"

	"authsync/schema"
	"authsync/schema/list"
)

var errLeaks = errors.New("moves what shares its anchor")

// maxTries limits how often a step is prepared.
const maxTries = 30

// oneByOne makes the steps one after another, and checks that none changes what it
// should not.
type oneByOne struct {
	page *page
	says map[string]string
	want map[string]string
}

func (o *oneByOne) load(text []byte) error {
	p, err := newPage(text)
	if err != nil {
		return err
	}
	tree, err := resolve(p.root)
	if err != nil {
		return err
	}
	o.page, o.says = p, flatten(tree)
	return nil
}

func (o *oneByOne) step(paths []schema.Path, ways ...way) error {
	var err error
	for _, cut := range ways {
		if err = o.by(cut, paths); err == nil {
			return nil
		}
	}
	return err
}

func (o *oneByOne) by(cut way, paths []schema.Path) error {
	moves := scope(list.Each(paths, flatPath))
	for range maxTries {
		if o.done(moves) {
			return nil
		}
		splices, err := cut(o.page)
		var shared *sharedError
		switch {
		case errors.As(err, &shared):
			err = o.make(shared.prepare, nil)
		case err == nil:
			if err = o.make(splices, moves); err == nil {
				return nil
			}
			if errors.Is(err, errLeaks) {
				err = o.detach(paths[0])
			}
		}
		if err != nil {
			return err
		}
	}
	return errUnknownForm
}

// done reports whether everything that a step changes is as wanted.
func (o *oneByOne) done(moves scope) bool {
	return only(o.says, o.want, func(path string) bool { return !moves.hold(path) })
}

func (o *oneByOne) reached(at schema.Path) bool { return o.done(scope{flatPath(at)}) }

// only reports whether two readings differ only where they may.
func only(a, b map[string]string, may func(path string) bool) bool {
	for path, v := range a {
		if w, ok := b[path]; (!ok || v != w) && !may(path) {
			return false
		}
	}
	for path := range b {
		if _, ok := a[path]; !ok && !may(path) {
			return false
		}
	}
	return true
}

// scope are the paths at and below which a step changes something.
type scope []string

// hold reports whether a path is at, below or above one of the scope: above is a
// mapping that becomes empty, or stops being so.
func (s scope) hold(path string) bool {
	return slices.ContainsFunc(s, func(moves string) bool {
		return path == moves || strings.HasPrefix(path, moves+"\x00") || strings.HasPrefix(moves, path+"\x00")
	})
}

// make makes splices that may change what is in a scope, and anything else only to its
// wanted value.
func (o *oneByOne) make(splices []splice, moves scope) error {
	text := applied(o.page.text, splices)
	if text == nil {
		return errUnknownForm
	}
	next := &oneByOne{want: o.want}
	if err := next.load(text); err != nil {
		if errors.Is(err, errMerge) || strings.Contains(err.Error(), "unknown anchor") {
			return errLeaks
		}
		return err
	}
	may := func(path string) bool {
		v, ok := next.says[path]
		w, wanted := o.want[path]
		return moves.hold(path) || ok == wanted && v == w
	}
	if !only(o.says, next.says, may) {
		return errLeaks
	}
	o.page, o.says = next.page, next.says
	return nil
}

// detach moves an anchor, whose value is about to change, with the old value to the
// first use outside of the scope.
func (o *oneByOne) detach(at schema.Path) error {
	p := o.page
	target, _ := p.walk(at)
	for _, s := range p.all() {
		if s.node.Anchor == "" || !target.inside(s.node) && !s.inside(target.node) {
			continue
		}
		region := s.node
		if s.inside(target.node) {
			region = target.node
		}
		for _, user := range p.all() {
			if user.node.Kind != yaml.AliasNode || user.node.Alias != s.node || user.inside(region) {
				continue
			}
			return o.hand(s, user)
		}
	}
	return errUnknownForm
}

// hand moves an anchor from a value to a place where an alias uses it. Earlier uses
// get a copy.
func (o *oneByOne) hand(from, to *slot) error {
	value, err := resolve(from.node)
	if err != nil {
		return err
	}
	splices, err := o.page.replace(to, value, from.node.Anchor)
	if err != nil {
		return err
	}
	for _, user := range o.page.all() {
		if user.node == to.node {
			break
		}
		if user.node.Kind == yaml.AliasNode && user.node.Alias == from.node {
			copied, err := o.page.replace(user, value, "")
			if err != nil {
				return err
			}
			splices = append(splices, copied...)
		}
	}
	e, err := o.page.extent(from)
	if err != nil {
		return err
	}
	words := string(o.page.text[e.start:e.value])
	anchor := strings.Index(words, "&"+from.node.Anchor)
	if anchor < 0 {
		return errUnknownForm
	}
	begin := e.start + anchor
	end := skipBlanks(o.page.text, begin+1+len(from.node.Anchor))
	if end == lineBreak(o.page.text, end) { // a block follows
		begin, end = len(bytes.TrimRight(o.page.text[:begin], " \t")), begin+1+len(from.node.Anchor)
	}
	return o.make(append(splices, splice{begin, end, ""}), nil)
}
