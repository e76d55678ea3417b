package torture

import (
	"slices"
	"testing"

	"authsync/schema/quirk"
)

// keyScenarios make the first custom login key, which no call shows, beside other
// tokens that are shown once, however the service ends the keys before it.
var keyScenarios = []scenario{
	{name: "keys", git: "keys"},
	{name: "keys-end-at-once", git: "keys", quirks: quirk.Set{quirk.LoginKeyEnd: quirk.AtOnce, quirk.LoginKeyKept: quirk.LastKept}},
}

// At every request of an apply, every fault: a plain run after it leads to one key that
// has no end, whose private half is the one in the vault.
func TestMatrixOfLoginKeys(t *testing.T) {
	for _, s := range keyScenarios {
		t.Run(s.name, func(t *testing.T) {
			u := undisturb(t, s)
			cases, err := chosen(s, len(u.requests))
			if err != nil {
				t.Fatal(err)
			}
			// What makes the key is struck by each fault, whatever the sample. The program
			// asks one thing more at its beginning.
			at := slices.IndexFunc(u.requests, func(r request) bool { return r.Action == "CreateCustomLoginKey" })
			if at < 0 {
				t.Fatal("nothing makes a key")
			}
			for _, f := range faults {
				if effort() == "" {
					cases = append(cases, []strike{{f, at + 2}})
				}
			}
			strikeEach(t, cases, u)
		})
	}
}
