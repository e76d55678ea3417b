package render

import (
	"authsync/cli/say"
	"authsync/sync"
)

// Gate returns one line: the gate, its object and fields, and the reason.
func Gate(g sync.Gate, p Palette) say.Own {
	text := p.sayf("gate %s", g.Allow) + ": "
	if g.Key.Kind != "" {
		text += say.Sprintf("%s: ", g.Key)
	}
	for _, f := range g.Fields {
		text += say.Sprintf("%s: ", f)
	}
	return text + say.Text(g.Why(p.Language))
}
