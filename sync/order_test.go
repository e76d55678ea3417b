package sync

import (
	"os"
	"strings"
	"testing"

	"authsync/schema"
)

// The picture in order.go is what the kinds' own tables say.
func TestPictureOfTheOrder(t *testing.T) {
	levels, err := slots(schema.Kinds)
	if err != nil {
		t.Fatal(err)
	}
	source, err := os.ReadFile("order.go")
	if err != nil {
		t.Fatal(err)
	}
	var picture strings.Builder
	phase := Phase("")
	for _, level := range levels {
		var names []string
		for _, s := range level {
			if strings.Contains(string(source), " "+s.kind) { // one that it does not show is among the others
				names = append(names, s.kind)
			}
		}
		if len(names) == 0 {
			continue
		}
		mark := "    -> "
		if level[0].phase != phase {
			phase = level[0].phase
			mark = string(phase) + "   "
		}
		picture.WriteString("//\t" + mark + strings.Join(names, ", ") + "\n")
	}
	if !strings.Contains(string(source), "//\n"+picture.String()+"//\n") {
		t.Errorf("order.go does not show the order that the kinds have:\n%s", picture.String())
	}
}

// Each kind has one place among what is given and one among what is taken.
func TestEveryKindHasItsPlace(t *testing.T) {
	levels, err := slots(schema.Kinds)
	if err != nil {
		t.Fatal(err)
	}
	count := map[slot]int{}
	for _, level := range levels {
		for _, s := range level {
			count[s]++
		}
	}
	for _, k := range schema.Kinds {
		for _, phase := range []Phase{Give, Take} {
			if n := count[slot{k.Name, phase}]; n != 1 {
				t.Errorf("%s has %d places in the order of what is to %s", k.Name, n, phase)
			}
		}
	}
}

// A kind is taken away before what it rests on, and what goes last after all.
func TestWhatRestsOnOthersGoesFirst(t *testing.T) {
	at := places(schema.Kinds)
	for _, k := range schema.Kinds {
		for _, under := range k.Update.After {
			if at[slot{under, Give}].level >= at[slot{k.Name, Give}].level {
				t.Errorf("%s is not given before %s", under, k.Name)
			}
			if k.Update.Going == schema.GoesInReverse && at[slot{under, Take}].level <= at[slot{k.Name, Take}].level {
				t.Errorf("%s is not taken away after %s", under, k.Name)
			}
		}
		for _, other := range schema.Kinds {
			if k.Update.Going == schema.GoesLast && other.Update.Going != schema.GoesLast && at[slot{other.Name, Take}].level >= at[slot{k.Name, Take}].level {
				t.Errorf("%s is taken away before %s", k.Name, other.Name)
			}
		}
	}
}

// Who can log in after a call is told by the order of the calls: so the kinds that let
// users in are written one call after another, each on a level of its own.
func TestKindsThatLetUsersInAreWrittenInOrder(t *testing.T) {
	at := map[int]string{}
	for _, k := range schema.Kinds {
		if len(k.Entrances) == 0 {
			continue
		}
		if k.Update.Parallel != schema.Serial {
			t.Errorf("several %s may be written at once", k.Collection)
		}
		for _, phase := range []Phase{Give, Take} {
			level := places(schema.Kinds)[slot{k.Name, phase}].level
			if other := at[level]; other != "" {
				t.Errorf("%s and %s are written at once", k.Name, other)
			}
			at[level] = k.Name
		}
	}
}
