package sync_test

import (
	"errors"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"testing"

	"pgregory.net/rapid"

	"authsync/diff"
	"authsync/remote/transport"
	"authsync/schema"
	"authsync/schema/schematest"
	"authsync/secrets"
	"authsync/sync"
)

// masks are how services show what they hide, alone, in JSON and in lists.
var masks = []schema.Value{
	schema.Text("***"), schema.Text("LTAI5t***"), schema.Text("agKSFS******jKdhas"), schema.Text("a***, b***"),
	schema.Text("••••••"), schema.Text("＊＊＊"), schema.Text("●●●●6789"), schema.Text("j***@e***.com"), schema.Text(`"{\"key\":\"***\"}"`),
	schema.Text(`{"key":"***","more":["x***"]}`),
	schema.List{schema.Text("***"), schema.Text("open")},
	schema.Object{"inside": schema.List{schema.Object{"deep": schema.Text("REAL***")}}},
}

// Wherever a service shows a mask instead of a value, no body of a call has it:
// a plan that would have to send it is refused. The same holds for the way back
// from a run.
func TestNoBodyHasAMask(t *testing.T) {
	for _, k := range schema.Kinds {
		t.Run(k.Name, func(t *testing.T) { noBodyHasAMask(t, k) })
	}
}

func noBodyHasAMask(t *testing.T, k *schema.Kind) {
	w := newWorld(t, transport.Options{})
	count := 0
	rapid.Check(t, func(t *rapid.T) {
		shape := schematest.Shape{Secret: liveSecret, Top: topNames, Nested: nestedNames, Items: []string{"XItem"}}
		key, groups := schema.Key{Kind: k.Name}, map[string]schema.Object{}
		switch k.Arity {
		case schema.Many:
			key.Name = "one"
		case schema.Groups:
			key.Name, groups = "rows/one", map[string]schema.Object{"rows": {"envType": schema.Text("prod"), "key": schema.Text("rowKey")}}
		}
		live, planted := masked(t, k, shape.Wire(t, k, key.Name))
		shape.Secret = manifestSecret
		env := environment()
		declared := &schema.Declared{Key: key, Fields: k.Settable(shape.Fields(t, k, key.Name))}
		c := &schema.Collection{Kind: k, Groups: groups, Objects: []*schema.Declared{declared}}
		env.Collections[k.Name] = c
		site := w.site(t, env)
		read := &sync.Reading{Live: map[string]map[string]sync.LiveObject{k.Name: {key.Name: {
			ID: "id", Fields: schema.MarkSecrets(live, declared.Fields)}}}}
		plans := []*sync.EnvironmentPlan{sync.Build(site, read, sync.Options{})}
		for _, action := range []diff.Action{diff.Update, diff.Delete} {
			before := sync.Before{Key: key, Action: action, Stood: true, ID: "id", Fields: live}
			for _, name := range live.Names() {
				before.Changed = append(before.Changed, schema.Path{name})
			}
			back := sync.Undo(site, &sync.Snapshot{Objects: []sync.Before{before}})
			there := *read
			if action == diff.Delete {
				there.Live = map[string]map[string]sync.LiveObject{k.Name: {}}
			}
			plans = append(plans, sync.Build(w.site(t, back.Env), &there, back.Options))
		}
		for _, plan := range plans {
			if sends := bodies(t, plan); planted > 0 && sends {
				count++
			}
		}
	})
	if enough() && count == 0 && k.Notation != schema.NamesOnly {
		t.Errorf("no plan had a call and live a mask")
	}
}

// masked puts masks into an object of a service, wherever its kind can read one.
func masked(t *rapid.T, k *schema.Kind, wire schema.Object) (fields schema.Object, planted int) {
	fields, err := k.FromWire(wire)
	if err != nil {
		t.Fatal(err)
	}
	for range 3 {
		places := placesIn(wire)
		if len(places) == 0 {
			break
		}
		at := rapid.SampledFrom(places).Draw(t, "place of a mask")
		mask := rapid.SampledFrom(masks).Draw(t, "mask")
		with := put(wire, at, mask)
		if read, err := k.FromWire(with); err == nil {
			wire, fields = with, read
			planted++
		}
	}
	return fields, planted
}

func placesIn(wire schema.Object) []schema.Path {
	var places []schema.Path
	schema.Visit(wire, nil, func(at schema.Path, v schema.Value) bool {
		if len(at) > 0 {
			places = append(places, at)
		}
		return true
	})
	return places
}

// put is an object with a value in the place of what stands at a path.
func put(o schema.Object, place schema.Path, v schema.Value) schema.Object {
	out := schema.Object{}
	maps.Copy(out, o)
	out[place[0]] = within(o[place[0]], place[1:], v)
	return out
}

func within(v schema.Value, place schema.Path, with schema.Value) schema.Value {
	if len(place) == 0 {
		return with
	}
	switch v := v.(type) {
	case schema.Object:
		return put(v, place, with)
	case schema.List:
		i, _ := strconv.Atoi(place[0])
		out := slices.Clone(v)
		out[i] = within(v[i], place[1:], with)
		return out
	}
	return v
}

// maskValue is a mask that is no name of a field.
var maskValue = regexp.MustCompile(`\*{3}[^"]*"([^:]|$)`)

var errHides = errors.New("it is hidden")

// bodies fails if a body has a mask. One that has something hidden is refused.
func bodies(t *rapid.T, plan *sync.EnvironmentPlan) (sends bool) {
	t.Helper()
	for _, s := range plan.Steps {
		sends = sends || s.Call.Body != nil
		text, err := schema.EncodeJSON(s.Call.Body, func(v secrets.Value) (secrets.Clear, error) {
			if v.Form() == secrets.HiddenForm {
				return secrets.Clear{}, errHides
			}
			return secrets.NewClear("opened"), nil
		})
		switch {
		case err != nil && len(plan.Refusals) == 0:
			t.Fatalf("%s %s sends what is hidden, and the plan is not refused", s.Op, s.Key)
		case err == nil && maskValue.Match(text):
			t.Fatalf("%s %s sends a mask: %s", s.Op, s.Key, text)
		}
	}
	return sends
}
