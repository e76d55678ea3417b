package planfile

import (
	"errors"
	"slices"
	"sort"

	"authsync/diff"
	"authsync/schema"
	"authsync/secrets"
	"authsync/sync"
	"authsync/sync/lock"
)

// Facts are what a saved plan rests on: the objects that it writes, or whose switches
// its gates counted, as they were read. Values in clear are recorded as JSON. Secrets
// and unmodelled values are recorded as digests under a key that is sealed to the
// recipients, so that nobody else can test a guess.

// planKeyPath is the path to which a saved plan's sealed key is bound.
const planKeyPath = "plan.key"

type jsonFact struct {
	Key    schema.Key        `json:"object" doc:"The object, as KIND/NAME."`
	Absent bool              `json:"absent,omitempty" doc:"Whether it did not exist. Missing where it did."`
	ID     string            `json:"id,omitempty" doc:"The service's id of it, where that is not its name."`
	Fields map[string]string `json:"fields,omitempty" doc:"Its values by path: JSON, or hmac: of what is a secret or not modelled, or (a secret)."`
}

// factKey digests values that must not be readable. Without recipients there is none,
// and a fact only says that there is a secret. The same holds if a plugin would have
// to seal the key: a plan may be made from a stranger's proposal, and starts no
// program that a manifest names.
type factKey struct{ lock.MACKey }

func newFactKey(site *sync.Site) (factKey, error) {
	env := site.Env
	recipients, err := secrets.ParseRecipients(site.Lock.KnownRecipients(env.Recipients))
	recipients = secrets.BuiltIn(recipients)
	if err != nil || len(recipients) == 0 {
		return factKey{}, err
	}
	k, err := lock.NewMACKey(secrets.Binding{Env: env.Name, Path: planKeyPath}, recipients)
	return factKey{k}, err
}

// openFactKey opens the key of a saved plan. Without a fitting identity a fact only
// says that there is a secret.
func openFactKey(env string, keys sync.Keys, armored string) (factKey, error) {
	if armored == "" {
		return factKey{}, nil
	}
	k := factKey{lock.SealedMACKey(secrets.Sealed(armored, secrets.Binding{Env: env, Path: planKeyPath}))}
	err := k.Open(keys)
	var wrong *secrets.WrongIdentityError
	if errors.Is(err, secrets.ErrNoIdentity) || errors.As(err, &wrong) {
		err = nil
	}
	return k, err
}

// blind reports whether the key exists and cannot be opened.
func (k factKey) blind() bool { return !k.Sealed().IsZero() && !k.Opened() }

// unspoken is a fact of a secret without a digest.
const unspoken = "(a secret)"

func (k factKey) fact(o string, at schema.Path, v schema.Value, keys sync.Keys) string {
	if text, open := plainly(v); open {
		return text
	}
	return k.closed(o, at, v, keys)
}

// closed returns a fact that only shows whether the value changes.
func (k factKey) closed(o string, at schema.Path, v schema.Value, keys sync.Keys) string {
	if !k.Opened() {
		return unspoken
	}
	encoded, err := schema.EncodeJSON(v, func(s secrets.Value) (secrets.Clear, error) {
		clear, err := keys.Open(s)
		if errors.Is(err, secrets.ErrHidden) {
			return secrets.NewClear("hidden:" + s.Visible()), nil
		}
		return clear, err
	})
	if err != nil {
		return unspoken
	}
	return k.Digest(o, at.String(), string(encoded))
}

// plainly encodes a value that anybody may read.
func plainly(v schema.Value) (string, bool) {
	if schema.HoldsSecret(v) || schema.HoldsUnmodelled(v) {
		return "", false
	}
	return schema.Show(v), true
}

// facts returns the facts of the objects that a plan rests on.
func facts(p *sync.EnvironmentPlan, site *sync.Site, key factKey) []jsonFact {
	var facts []jsonFact
	steps := stepsByObject(p)
	for _, object := range rests(p) {
		facts = append(facts, fact(p, site, key, object, steps[object]))
	}
	return facts
}

// fact is what a plan with some steps of an object rests on of it.
func fact(p *sync.EnvironmentPlan, site *sync.Site, key factKey, object schema.Key, steps []sync.Step) jsonFact {
	f := jsonFact{Key: object, Fields: map[string]string{}}
	live, stands := p.Reading().Live[object.Kind][object.Name]
	if !stands {
		f.Absent = true
		return f
	}
	f.ID = live.ID
	schema.Walk(live.Fields, func(at schema.Path, v schema.Value) {
		switch {
		case at[0] == schema.Extra && !sendsExtra(steps, at):
		default:
			f.Fields[at.String()] = key.fact(object.String(), at, v, site.Keys)
		}
	})
	return f
}

func stepsByObject(p *sync.EnvironmentPlan) map[schema.Key][]sync.Step {
	steps := map[schema.Key][]sync.Step{}
	for _, s := range p.Steps {
		steps[s.Key] = append(steps[s.Key], s)
	}
	return steps
}

// sendsExtra reports whether one of the steps sends an unmodelled top-level field.
func sendsExtra(steps []sync.Step, at schema.Path) bool {
	return slices.ContainsFunc(steps, func(s sync.Step) bool { return s.RestsOn(at) })
}

// rests returns the objects that a plan rests on: those that it changes, and if it
// switches a login method off, those that stay on.
func rests(p *sync.EnvironmentPlan) []schema.Key {
	keys := map[schema.Key]struct{}{}
	closes := false
	for _, c := range p.Changes {
		keys[c.Key] = struct{}{}
		closes = closes || len(schema.KindNamed(c.Key.Kind).Entrances) > 0 && c.Action != diff.Create
	}
	for _, k := range schema.Kinds {
		for name, o := range p.Reading().Live[k.Name] {
			if closes && slices.ContainsFunc(k.Entrances, func(e schema.Entrance) bool { return e.Open(o.Fields) }) {
				keys[schema.Key{Kind: k.Name, Name: name}] = struct{}{}
			}
		}
	}
	list := make([]schema.Key, 0, len(keys))
	for key := range keys {
		list = append(list, key)
	}
	sort.Slice(list, func(i, j int) bool { return list[i].String() < list[j].String() })
	return list
}

// moves returns how the facts of an object, read again, have changed.
func (f jsonFact) moves(now jsonFact) []string {
	switch {
	case f.Absent && !now.Absent:
		return []string{"it did not exist, and does now"}
	case now.Absent && !f.Absent:
		return []string{"it is gone"}
	case f.ID != now.ID:
		return []string{"its id was " + f.ID + ", is " + now.ID}
	}
	paths := map[string]struct{}{}
	for path := range f.Fields {
		paths[path] = struct{}{}
	}
	for path := range now.Fields {
		paths[path] = struct{}{}
	}
	var moved []string
	for path := range paths {
		was, is := f.Fields[path], now.Fields[path]
		if was != is && !(is == unspoken && lock.IsMAC(was)) {
			was, is = displayFacts(was, is)
			moved = append(moved, path+" was "+was+", is "+is)
		}
	}
	sort.Strings(moved)
	return moved
}

// displayFacts shows two facts to a person.
func displayFacts(was, is string) (string, string) {
	before, errBefore := parseFact(was)
	after, errAfter := parseFact(is)
	was, is = schema.DisplayBoth(before, after)
	if errBefore != nil {
		was = unspokenFact
	}
	if errAfter != nil {
		is = unspokenFact
	}
	return was, is
}

const unspokenFact = "(a secret, or not modelled)"

// parseFact reads a fact; nil = no value.
func parseFact(text string) (schema.Value, error) {
	if text == "" {
		return nil, nil
	}
	return schema.ParseJSON([]byte(text))
}
