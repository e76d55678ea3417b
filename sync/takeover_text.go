package sync

import (
	"errors"
	"slices"

	"authsync/diff"
	"authsync/schema"
	"authsync/schema/rewrite"
)

// LoadText reads the text of a manifest that is not in its file yet.
type LoadText func(text []byte) (*schema.Environment, []*schema.Fault, error)

// UnsayableError is a text that is not a valid manifest and has no edit that could be
// taken back.
type UnsayableError struct{ Faults []*schema.Fault }

func (e *UnsayableError) Error() string { return e.Faults[0].Text }

// Sayable makes the edits in a manifest's text, and reads it. Values that a manifest may
// not have are left and reported.
func (t *Takeover) Sayable(file string, before []byte, load LoadText) (text []byte, env *schema.Environment, err error) {
	for {
		if text, err = rewrite.Apply(file, before, t.Edits()); err != nil {
			return nil, nil, err
		}
		env, faults, err := load(text)
		if err != nil || len(faults) == 0 {
			return text, env, err
		}
		if f := faults[0]; !t.Leave(f.Path, Unsayable, f.Text) {
			return nil, nil, &UnsayableError{faults}
		}
	}
}

// maxRounds limits how often new differences are taken over.
const maxRounds = 200

var errUnsettled = errors.New("does not come to an end: what it takes over differs again each time")

// Rewrite makes the edits in a manifest's text; see [Takeover.Sayable]. New differences
// that a change brings up are taken over too. What a Base still states is overruled or
// reported.
func (t *Takeover) Rewrite(site *Site, read *Reading, takes Takes, seal Seal, before []byte, load LoadText) ([]byte, error) {
	for range maxRounds {
		text, env, err := t.Sayable(site.Env.File, before, load)
		if err != nil {
			return nil, err
		}
		now := *site
		now.Env = env
		settled, err := t.settle(&now, read, takes, seal)
		if err != nil || settled {
			return text, err
		}
	}
	return nil, errUnsettled
}

// settle reports whether the new manifest has everything that was taken over, and
// handles what it does not have.
func (t *Takeover) settle(now *Site, read *Reading, takes Takes, seal Seal) (bool, error) {
	settled, open := true, false
	for _, c := range Build(now, read, takes.options()).Changes {
		if c.Action == diff.Create {
			if !t.Tells(c.Key, nil) && t.Leave(schema.KindNamed(c.Key.Kind).Path(c.Key.Name), InBase, "") {
				settled = false
			}
			continue
		}
		for _, f := range c.Fields {
			switch {
			case t.Tells(c.Key, f.Path):
			case t.clear(c.Key, f.Path):
				settled = false
			default:
				open = true
			}
		}
	}
	if !settled || !open {
		return settled, nil
	}
	more, err := TakeOver(now, read, takes, seal)
	return err == nil && !t.add(more), err
}

// add takes more over, and reports whether there was anything.
func (t *Takeover) add(more *Takeover) bool {
	added := false
	for _, m := range more.Taken {
		i := slices.IndexFunc(t.Taken, func(taken Taken) bool { return taken.Key == m.Key })
		if i < 0 {
			t.Taken, added = append(t.Taken, m), true
			continue
		}
		for j, e := range m.Edits {
			same := func(was rewrite.Edit) bool { return was.Path.String() == e.Path.String() }
			if m.Action != diff.Update || t.Taken[i].Action != diff.Update || slices.ContainsFunc(t.Taken[i].Edits, same) {
				continue
			}
			t.Taken[i].Edits = append(t.Taken[i].Edits, e)
			t.Taken[i].Fields = append(t.Taken[i].Fields, m.Fields[j])
			if why, weaker := m.Weaker[m.Fields[j].Path.String()]; weaker {
				t.Taken[i].Weaker[m.Fields[j].Path.String()] = why
			}
			added = true
		}
	}
	for _, l := range more.Left {
		if !t.Tells(l.Key, l.Path) {
			t.Left, added = append(t.Left, l), true
		}
	}
	return added
}

// clear writes null where a name was removed and something else, such as a Base, still
// states it. It reports whether there was such a name.
func (t *Takeover) clear(key schema.Key, at schema.Path) bool {
	k := schema.KindNamed(key.Kind)
	path := append(k.Path(key.Name), at...)
	for i := range t.Taken {
		for j, e := range t.Taken[i].Edits {
			if e.Node == nil && e.Path.String() == path.String() {
				t.Taken[i].Edits[j].Node = k.SpellField(at, schema.Null{})
				return true
			}
		}
	}
	return false
}
