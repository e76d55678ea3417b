package schematest

import (
	"pgregory.net/rapid"

	"authsync/schema/quirk"
)

// Quirks draws how what is not known of a system is: each row for itself, and
// many as usual, so that those that do not fit together meet now and then.
func Quirks(t *rapid.T, system string) quirk.Set {
	drawn := quirk.Set{}
	for _, q := range quirk.All() {
		if q.System == system && rapid.Bool().Draw(t, string(q.Name)+" differs") {
			drawn[q.Name] = rapid.SampledFrom(q.Values()).Draw(t, string(q.Name))
		}
	}
	return drawn
}
