package learn

import "authsync/schema/quirk"

// evidence is what was seen of each row. What was seen both one way and another
// settles nothing.
type evidence struct {
	seen map[quirk.Name]sight
}

type sight struct {
	value   quirk.Value
	how     string
	certain certainty
	doubted bool
}

// certainty orders what was seen: the more certain counts alone.
type certainty int

const (
	// looksSo was seen of an object of which not all is known: a mask of a secret
	// that may be too short to show a part.
	looksSo certainty = iota
	isSo
)

func newEvidence() *evidence { return &evidence{map[quirk.Name]sight{}} }

// see notes that a row was seen one way.
func (e *evidence) see(name quirk.Name, value quirk.Value, how string) {
	e.note(name, sight{value: value, how: how, certain: isSo})
}

func (e *evidence) note(name quirk.Name, now sight) {
	before, again := e.seen[name]
	switch {
	case !again || now.certain > before.certain:
		e.seen[name] = now
	case now.certain == before.certain && now.value != before.value:
		before.doubted = true
		e.seen[name] = before
	}
}

// settles returns how a row is.
func (e *evidence) settles(name quirk.Name) (quirk.Value, string, bool) {
	s, is := e.seen[name]
	return s.value, s.how, is && !s.doubted
}
