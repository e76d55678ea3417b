package render

import "authsync/sync"

// Gate is one line: which gate, what trips it, and why.
func Gate(g sync.Gate) string {
	text := "gate " + g.Allow + ": "
	if g.Key.Kind != "" {
		text += g.Key.String() + ": "
	}
	for _, f := range g.Fields {
		text += f.String() + ": "
	}
	return text + g.Text
}
