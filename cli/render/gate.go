package render

import (
	"authsync/cli/say"
	"authsync/sync"
)

// Gate is one line: which gate, what trips it, and why.
func Gate(g sync.Gate) say.Own {
	text := say.Sprintf("gate %s: ", g.Allow)
	if g.Key.Kind != "" {
		text += say.Sprintf("%s: ", g.Key)
	}
	for _, f := range g.Fields {
		text += say.Sprintf("%s: ", f)
	}
	return text + say.Text(g.Text)
}
