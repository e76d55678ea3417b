package sync

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"authsync/diff"
	"authsync/schema"
)

func providerKeys(names ...string) []schema.Key {
	var keys []schema.Key
	for _, name := range names {
		keys = append(keys, schema.Key{Kind: "provider", Name: name})
	}
	return keys
}

// Of the other objects as many are named as fit, and the rest is counted.
func TestTheOthersOfAnObject(t *testing.T) {
	var names []string
	for i := range mostNamed + 3 {
		names = append(names, fmt.Sprintf("n%02d", i))
	}
	all := providerKeys(names...)
	for _, row := range []struct {
		of    []schema.Key
		but   string
		n     int
		first []schema.Key
	}{
		{all[:2], "n00", 1, all[1:2]}, {all[:2], "n01", 1, all[:1]}, {all[:2], "other", 2, all[:2]}, {all[:1], "n00", 0, nil}, {nil, "n00", 0, nil},
		{all, "n05", mostNamed + 2, slices.Concat(all[:5], all[6:mostNamed+1])}, {all, "n09", mostNamed + 2, slices.Concat(all[:9], all[10:11])}, {all, "n10", mostNamed + 2, all[:mostNamed]}, {all, "other", mostNamed + 3, all[:mostNamed]},
	} {
		but := schema.Key{Kind: "provider", Name: row.but}
		if n, first := except(row.of, but); n != row.n || !slices.Equal(first, row.first) {
			t.Errorf("%d but %s: %d %v, want %d %v", len(row.of), row.but, n, first, row.n, row.first)
		}
		lost := makings{keys: row.of}.lostTo(&schema.Provider, but, schema.Object{})
		if lost.Others != row.n-len(row.first) || !slices.Equal(lost.Since, row.first) || lost.Key != but {
			t.Errorf("%+v", lost)
		}
	}
	k := &schema.Connector
	fields := schema.Object{k.Rivals.Field: schema.Text(k.Rivals.Values[0])}
	made := makings{keys: all, rivals: map[string][]schema.Key{k.Rivals.Values[0]: all}}
	if lost := made.lostTo(k, all[0], fields); lost.Rival != k.Rivals.Values[0] || lost.Others != 2 || len(lost.Since) != mostNamed {
		t.Errorf("%+v", lost)
	}

	group := &rivalGroup{live: all[:3], told: map[schema.Key]struct{}{}}
	for _, row := range []struct {
		but  schema.Key
		want []schema.Key
	}{{all[0], all[1:3]}, {all[1], all[:1]}, {all[2], nil}} {
		if got := group.untold(row.but); !slices.Equal(got, row.want) {
			t.Errorf("but %s: %v, want %v", row.but, got, row.want)
		}
	}
}

// An object that nobody names is the lock's of its id or, without one, of its name.
func TestStrays(t *testing.T) {
	x, y := schema.Key{Kind: "provider", Name: "x"}, schema.Key{Kind: "provider", Name: "y"}
	a := &among{byID: map[string]schema.Key{"1": x, "2": y, "": y}, byName: map[string]schema.Key{"n": x, "m": y}}
	for _, row := range []struct {
		name, id string
		want     schema.Key
		is       bool
	}{
		{"other", "1", x, true}, {"other", "3", schema.Key{}, false}, {"n", "3", x, true}, {"n", "", x, true}, {"other", "", schema.Key{}, false},
		{"n", "2", x, true}, {"m", "1", x, true}, {"m", "2", y, true},
	} {
		if got, is := a.stray(row.name, LiveObject{ID: row.id}); got != row.want || is != row.is {
			t.Errorf("%s %s: %v %v, want %v", row.name, row.id, got, is, row.want)
		}
	}
	if !listed(&schema.Provider) || listed(&schema.Record) || listed(&schema.Login) {
		t.Error("a read of providers shows all, one of records or of the login does not")
	}
}

// Each of two objects that live on is said to live as long as it does.
func TestHowLongTwoObjectsLive(t *testing.T) {
	k := &schema.APIKey
	o := Overlap{Key: schema.Key{Kind: k.Name, Name: "server"}, ID: "old", Until: time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)}
	for _, row := range []struct {
		present LiveObject
		want    string
	}{
		{LiveObject{}, "old, its predecessor, lives on until "},
		{LiveObject{ID: "new", Fields: schema.Object{}}, "new lives on without an end; old, its predecessor, "},
		{LiveObject{ID: "new", Fields: schema.Object{k.Update.Expiry.At: schema.Text("2027")}}, "new lives until 2027; old, its predecessor, "},
	} {
		if got := new(builder).sayOverlap(k, o, row.present); !strings.HasPrefix(got, row.want) {
			t.Errorf("%s, want %s", got, row.want)
		}
	}
}

// What git has removed is likened to a new object by the field that the fewest share.
func TestCandidatesOfARename(t *testing.T) {
	at := func(name string) saying { return fieldOf(schema.Path{name}, schema.Text("v")) }
	many := providerKeys("a", "b", "c", "d", "e", "f", "g", "h", "i", "j", "k")
	gone := goneObjects{at("one"): many[:1], at("some"): many[:3], at("most"): many[:mostNamed], at("many"): many}
	for fields, want := range map[string]int{"none one": 1, "one some": 1, "some one": 1, "none some many": 3, "many": 0, "none": 0, "": 0, "most": mostNamed} {
		d := &schema.Declared{Key: schema.Key{Kind: "provider", Name: "new"}, Fields: schema.Object{}}
		for _, name := range strings.Fields(fields) {
			d.Fields[name] = schema.Text("v")
		}
		if got := gone.candidates(&schema.Provider, d); len(got) != want {
			t.Errorf("%s: %v, want %d", fields, got, want)
		}
	}
}

// What is taken over a second time is there already.
func TestTakingOverMore(t *testing.T) {
	x, y := providerKeys("x", "y")[0], providerKeys("x", "y")[1]
	all := &Takeover{Taken: []Taken{{Key: x}}}
	if all.add(&Takeover{Taken: []Taken{{Key: x}}}) || len(all.Taken) != 1 {
		t.Errorf("%+v", all.Taken)
	}
	if !all.add(&Takeover{Taken: []Taken{{Key: x}, {Key: y}}}) || len(all.Taken) != 2 {
		t.Errorf("%+v", all.Taken)
	}
}

// A secret that was compared only with what was applied leaves its object in doubt.
func TestDoubtedObjects(t *testing.T) {
	key := providerKeys("x")[0]
	for _, recalled := range [][]schema.Path{nil, {{"config", "clientSecret"}}} {
		b := &builder{plan: &EnvironmentPlan{recalled: map[schema.Key]bool{}, opened: map[schema.Key][]diff.Opened{}}}
		b.secrets(key, diff.Result{Recalled: recalled})
		if got := b.plan.recalled[key]; got != (len(recalled) > 0) || b.byLock != len(recalled) {
			t.Errorf("%v: %v, %d", recalled, got, b.byLock)
		}
	}
}

// A step that deletes an object is no earlier call that did.
func TestWhatWasDeletedBefore(t *testing.T) {
	key := providerKeys("x")[0]
	gone := Step{Number: 1, Key: key, Op: OpDelete, ID: "1"}
	for _, row := range []struct {
		step    Step
		outcome Outcome
		want    bool
	}{
		{gone, Done, false},
		{Step{Number: 2, Key: key, Op: OpDelete, ID: "1"}, Done, true}, {Step{Number: 2, Key: key, Op: OpDelete, ID: "1"}, Failed, false}, {Step{Number: 2, Key: key, Op: OpDelete, ID: "2"}, Done, false},
		{Step{Number: 2, Key: key, Op: OpCreate}, Done, true}, {Step{Number: 1, Key: key, Op: OpCreate}, Done, false}, {Step{Number: 2, Key: key, Op: OpUpdate}, Done, false},
	} {
		a := &applier{steps: map[schema.Key][]int{key: {1}}, results: []StepResult{{Step: gone, Outcome: row.outcome}}}
		if got := a.deletesBefore(row.step); got != row.want {
			t.Errorf("%+v after %s: %v", row.step, row.outcome, got)
		}
	}
}
