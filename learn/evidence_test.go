package learn

import (
	"testing"

	"authsync/schema/quirk"
)

// What was seen both one way and another settles nothing, unless one of both is certain.
func TestEvidence(t *testing.T) {
	see := func(value quirk.Value, certain certainty) func(*evidence) {
		return func(e *evidence) {
			e.note(quirk.ClientSecret, sight{value: value, how: string(value), certain: certain})
		}
	}
	for _, row := range []struct {
		name string
		seen []func(*evidence)
		want quirk.Value // "" = nothing is settled
	}{
		{"nothing", nil, ""},
		{"once", []func(*evidence){see(quirk.Shown, isSo)}, quirk.Shown},
		{"twice", []func(*evidence){see(quirk.Shown, isSo), see(quirk.Shown, isSo)}, quirk.Shown},
		{"both ways", []func(*evidence){see(quirk.Shown, isSo), see(quirk.Masked, isSo)}, ""},
		{"both ways, and the first again", []func(*evidence){see(quirk.Shown, isSo), see(quirk.Masked, isSo), see(quirk.Shown, isSo)}, ""},
		{"it only looked so", []func(*evidence){see(quirk.Masked, looksSo), see(quirk.Shown, isSo)}, quirk.Shown},
		{"it looks so after it was certain", []func(*evidence){see(quirk.Shown, isSo), see(quirk.Masked, looksSo)}, quirk.Shown},
		{"it looks both ways", []func(*evidence){see(quirk.Shown, looksSo), see(quirk.Masked, looksSo)}, ""},
		{"it looked both ways before it was certain", []func(*evidence){see(quirk.Shown, looksSo), see(quirk.Masked, looksSo), see(quirk.Masked, isSo)}, quirk.Masked},
	} {
		t.Run(row.name, func(t *testing.T) {
			e := newEvidence()
			for _, see := range row.seen {
				see(e)
			}
			value, how, settled := e.settles(quirk.ClientSecret)
			if settled != (row.want != "") || settled && (value != row.want || how != string(row.want)) {
				t.Errorf("%s, %s, %v; want %q", value, how, settled, row.want)
			}
		})
	}
}
