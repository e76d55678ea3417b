package pair

import (
	"errors"
	"fmt"
	"slices"

	"authsync/diff"
	"authsync/schema"
	"authsync/sync"
)

var errUnsettled = errors.New("cannot be brought to say it in place; edit it by hand")

// Rewrite applies the edits to the text of the target's manifest. An edit that would
// make the manifest invalid is left out and listed. A placeholder that has yet to be
// set is not a fault here.
func (p *Promotion) Rewrite(from, to, bases *schema.Environment, w Wish, before []byte, load sync.LoadText) ([]byte, error) {
	text, env, err := p.Sayable(to.File, before, load)
	if err != nil {
		return nil, err
	}
	return text, p.settled(Promote(from, env, bases, w))
}

// settled checks the new manifest: promoting once more gives no edit except those that
// were left out.
func (p *Promotion) settled(again *Promotion) error {
	for _, taken := range again.Taken {
		for _, e := range taken.Edits {
			if !slices.ContainsFunc(p.Left, func(l sync.Left) bool {
				at := append(slices.Clone(place(l.Key)), l.Path...)
				return e.Path.Meets(at)
			}) {
				return fmt.Errorf("%s: %w", schema.DisplayPath(e.Path), errUnsettled)
			}
		}
	}
	return nil
}

// Strange returns the promoted values that contain a host or an id of the source.
func (p *Promotion) Strange() []Foreign {
	return slices.DeleteFunc(slices.Clone(p.Foreign), func(f Foreign) bool {
		return !slices.ContainsFunc(p.Taken, func(t sync.Taken) bool {
			goes := func(field diff.Field) bool { return f.Path.Meets(field.Path) }
			return t.Key == f.Key && (t.Action == diff.Create || slices.ContainsFunc(t.Fields, goes))
		})
	})
}
