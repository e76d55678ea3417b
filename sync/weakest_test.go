package sync

import (
	"fmt"
	"strings"
	"testing"

	"authsync/schema"
)

// Where calls leave fewer who can log in than at both ends of a plan, it is said after
// which call, and what is lost. No plan has such calls; these are made up.
func TestWeakest(t *testing.T) {
	// A way is open, and "!" stands for a second factor. Each row has what an object lets
	// in after each call, the first before all.
	for _, row := range []struct {
		name  string
		calls string // "give a:x|xy" = object a goes from x to xy
		want  string // "" = nothing
	}{
		{"nothing changes", "give a:x|x", ""},
		{"one comes, one goes", "give a:|x, take b:y|", ""},
		{"one goes before the other comes", "take b:y|, give a:|x", "between call 1 and the next ones: nobody could log in"},
		{"nobody could anyway", "take b:y|", ""},
		{"nobody could before", "give a:|x, give a:x|, give a:|z", ""},
		{"one that stays is shut", "give c:|z, give a:xy|y, give a:y|xy", "between call 2 and the next ones: a way in would be shut"},
		{"the second factor is off for a while", "give a:x!|x, give a:x|x!", "between call 1 and the next ones: no second factor"},
		{"the second factor goes", "give a:x!|x", ""},
		{"what gives fails, and what takes waits", "give a:|x, take b:y|", ""},
		{"what gives fails, and what gives too takes away", "give a:|x, give b:y|", "after call 2, if call 1 fails: nobody could log in"},
		{"what takes fails, and another one too takes", "take a:x|y, take b:z|", ""},
	} {
		t.Run(row.name, func(t *testing.T) {
			turns, from, to := turnsOf(row.calls)
			said, weaker := weakest(turns, from, to)
			if weaker != (row.want != "") || !strings.HasPrefix(said.String(), row.want) {
				t.Errorf("%v %q, want %q", weaker, said.String(), row.want)
			}
		})
	}
}

func turnsOf(text string) (turns []turn, from, to Standing) {
	first, last := openings{}, openings{}
	of := map[string]opening{}
	for i, call := range strings.Split(text, ", ") {
		var phase, object string
		fmt.Sscan(strings.NewReplacer(":", " ").Replace(call), &phase, &object)
		before, after, _ := strings.Cut(call[strings.Index(call, ":")+1:], "|")
		step := Step{Number: i + 1, Key: schema.Key{Kind: schema.Provider.Name, Name: object}, Phase: Phase(phase)}
		turns = append(turns, turn{step, openingOf(before), openingOf(after)})
		if _, known := of[object]; !known {
			first.put(object, openingOf(before))
		}
		of[object] = openingOf(after)
		last.put(object, of[object])
	}
	return turns, first.standing(0), last.standing(len(turns))
}

func (all openings) put(object string, o opening) {
	if all[schema.Provider.Name] == nil {
		all[schema.Provider.Name] = map[string]opening{}
	}
	all[schema.Provider.Name][object] = o
}

func openingOf(text string) (o opening) {
	for _, letter := range text {
		if letter == '!' {
			o.factor = true
			continue
		}
		o.ways = append(o.ways, string(letter))
	}
	return o
}
