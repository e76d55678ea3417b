package sync

import (
	"slices"
	"strings"

	"authsync/diff"
	"authsync/schema"
	"authsync/secrets"
	"authsync/sync/lock"
)

// fromList returns what a list and the lock's entry tell together of an object. Told is
// false if the list contradicts the entry.
func (s *Site) fromList(k *schema.Kind, key schema.Key, entry lock.Entry, id string, wire schema.Object) (fields schema.Object, told bool) {
	fields, err := k.FromWire(wire)
	if err != nil {
		return nil, false
	}
	fields = k.Unhide(fields, wire, s.shown(k, nil))
	other, applied := false, s.Lock.LastApplied(key)
	for path := range entry.Fields {
		at, err := schema.ParsePath(path)
		if err != nil || len(at) == 0 {
			return nil, false
		}
		if entry.InList(at) {
			continue
		}
		if _, shown := wire[k.Type.WireName(at[0])]; !shown {
			supply(k, entry, at, fields)
		}
		switch showingOf(k, applied, at, fields) {
		case contradicts:
			return nil, false
		case differs:
			other = true
		}
	}
	fields = s.known(k, key.Name, id, fields)
	return fields, !other || s.settledAs(k, key, entry, fields)
}

// supply adds what the entry has at a path to fields of which the list shows nothing.
func supply(k *schema.Kind, entry lock.Entry, at schema.Path, fields schema.Object) {
	if k.TypeIsWriteOnly(at) {
		return
	}
	v, clear := entry.Value(k, at)
	if settled, err := k.Decode(at, entry.Settled[at.String()]); err == nil {
		v = settled
	}
	if !clear {
		v = schema.Secret{Value: secrets.Hidden("")}
	}
	fields.SetAt(at, v)
}

// showing says how a list shows what was recorded.
type showing int

const (
	agrees showing = iota
	// differs: it shows another value, which may be the service's spelling.
	differs
	contradicts
)

// showingOf compares what a list shows at a path with what the entry has there. A secret of
// which the list shows nothing, though it exists, becomes hidden.
func showingOf(k *schema.Kind, applied lock.LastApplied, at schema.Path, fields schema.Object) showing {
	now := schema.Unwrap(fields.At(at...))
	hidden, isSecret := now.(schema.Secret)
	if !isSecret && applied.Entry.Spells(at, now) {
		return agrees
	}
	was, clear := applied.Entry.Value(k, at)
	switch {
	case !clear && !schema.IsUnset(now):
		return agrees
	case !clear && k.Stamp.Secrets == schema.Blanked:
		fields.SetAt(at, schema.Secret{Value: secrets.Hidden("")})
		return agrees
	case !clear:
		return contradicts
	case isSecret && hidden.Form() == secrets.HiddenForm:
		if text, isText := was.(schema.Text); isText && diff.Contradicts(hidden.Visible(), string(text)) || schema.IsUnset(was) {
			return contradicts
		}
		return agrees
	case schema.IsList(was) && schema.Hides(now), k.TypeIsWriteOnly(at):
		return agrees
	case applied.Shows(at, now):
		return agrees
	}
	return differs
}

// settledAs reports whether live is as it was applied, but for what the service makes
// of values.
func (s *Site) settledAs(k *schema.Kind, key schema.Key, entry lock.Entry, live schema.Object) bool {
	result, err := diff.Compare(k, entry.ClearFields(k), live, s.Keys, s.Lock.LastApplied(key))
	return err == nil && len(result.Fields) == 0
}

// hidesParts reports whether a mask shows a part of what it hides, so that the answer
// for one object may show all of it.
func hidesParts(fields schema.Object) bool {
	parts := false
	schema.WalkSecrets(fields, func(v secrets.Value) {
		parts = parts || v.Form() == secrets.HiddenForm && strings.Trim(v.Visible(), "*") != ""
	})
	return parts
}

// tellsOf reports whether what is told of an object is what was read of it, but for
// what is hidden.
func tellsOf(told, read schema.Object) bool {
	return !slices.ContainsFunc(diff.Moves(told, read), func(f diff.Field) bool {
		hidden, isSecret := f.Before.(schema.Secret)
		return !(isSecret && hidden.Form() == secrets.HiddenForm || f.Before != nil && schema.IsList(f.Before) && schema.Hides(f.Before))
	})
}
