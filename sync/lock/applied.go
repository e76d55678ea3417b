package lock

import (
	"slices"
	"strings"

	"authsync/diff"
	"authsync/schema"
	"authsync/secrets"
)

// LastApplied compares values with what the lock records of one object.
type LastApplied struct {
	Key     schema.Key
	Entry   Entry
	lock    *Lock
	history diff.History
}

func (l *Lock) LastApplied(key schema.Key) LastApplied {
	m := LastApplied{lock: l, Key: key, history: diff.NoLock}
	entry, ok := l.Entry(key)
	switch {
	case ok:
		m.Entry, m.history = entry, diff.WasApplied
	case l.movedAway(key.Kind): // nothing is known of the new address
	case l.Present():
		m.history = diff.NeverApplied
	}
	return m
}

func (m LastApplied) History() diff.History { return m.history }

// Holds implements [diff.Applied].
func (m LastApplied) Holds(at schema.Path, v schema.Value) diff.Match {
	text, known := m.Entry.Fields[at.String()]
	switch {
	case v != nil && schema.IsUnset(v) && (text == someSecret || m.Entry.holdsInside(at)):
		return diff.OtherThanApplied
	case v == nil, text == someSecret, !known && m.Entry.InList(at):
		return diff.Forgotten
	case !known && m.history == diff.WasApplied:
		return diff.NewlyNamed
	case !known:
		return diff.Forgotten
	}
	if then, ok := strings.CutPrefix(text, unproved); ok {
		memory := m.compare(then, at, v)
		if memory == diff.SameAsApplied {
			return diff.Forgotten
		}
		return memory
	}
	return m.compare(text, at, v)
}

// Settles implements [diff.Applied].
func (m LastApplied) Settles(at schema.Path, want, live schema.Value) bool {
	text, known := m.Entry.Settled[at.String()]
	return known && live != nil && !schema.HoldsSecret(want) && !schema.HoldsSecret(live) &&
		m.Holds(at, want) == diff.SameAsApplied && m.spells(text, at, live)
}

// Shows reports whether live has, at a path, the value in clear that was last applied,
// or what the service made of it.
func (m LastApplied) Shows(at schema.Path, live schema.Value) bool {
	path := at.String()
	for _, text := range []string{m.Entry.Fields[path], m.Entry.Settled[path]} {
		if text == "" {
			continue
		}
		if live != nil && m.spells(text, at, live) {
			return true
		}
		if m.unset(text, at) && schema.IsUnset(live) {
			return true
		}
	}
	return false
}

// unset reports whether a text of the lock is that of a value that is none.
func (m LastApplied) unset(text string, at schema.Path) bool {
	was, err := schema.KindNamed(m.Key.Kind).Decode(at, text)
	return err == nil && schema.IsUnset(was)
}

func (m LastApplied) compare(text string, at schema.Path, v schema.Value) diff.Match {
	secret, isSecret := v.(schema.Secret)
	same := false
	switch {
	case !isSecret && schema.HoldsSecret(v):
		return m.compareParts(text, at, v)
	case !isSecret:
		same = !IsDigest(text) && (m.spells(text, at, v) || schema.IsUnset(v) && m.unset(text, at))
	case IsMAC(text):
		now, ok := m.lock.keyed(m.Key, at, secret.Value)
		switch {
		case ok:
			same = now == text
		case !m.lock.openKey().Opened():
			return diff.NeedsKey
		default:
			return diff.Forgotten
		}
	case secret.Form() == secrets.SealedForm:
		same = sealedDigest(secret.Value) == text
	case secret.Form() == secrets.EnvForm: // it was sealed, or no secret
	default:
		return diff.Forgotten
	}
	if same {
		return diff.SameAsApplied
	}
	return diff.OtherThanApplied
}

// compareParts compares a list that holds secrets: each of them by itself, and the rest by
// the text, in which each is a word. What cannot be compared of it is forgotten.
func (m LastApplied) compareParts(text string, at schema.Path, v schema.Value) diff.Match {
	was, err := schema.KindNamed(m.Key.Kind).Decode(at, text)
	if err != nil {
		return diff.OtherThanApplied
	}
	match := diff.SameAsApplied
	rest := schema.MapAt(v, at, func(inside schema.Path, part schema.Value) schema.Value {
		secret, is := part.(schema.Secret)
		if !is {
			return part
		}
		_, known := m.Entry.Fields[inside.String()]
		switch now := m.Holds(inside, part); {
		case now == diff.OtherThanApplied, !known && secret.Form() != secrets.HiddenForm:
			match = diff.OtherThanApplied
		case now != diff.SameAsApplied && match == diff.SameAsApplied:
			match = now
		}
		was = replaced(was, at, inside)
		return schema.Null{}
	})
	if !schema.Same(was, rest) {
		return diff.OtherThanApplied
	}
	return match
}

// replaced returns a value of a path without what is inside it at another.
func replaced(v schema.Value, at, inside schema.Path) schema.Value {
	return schema.MapAt(v, at, func(here schema.Path, part schema.Value) schema.Value {
		if slices.Equal(here, inside) {
			return schema.Null{}
		}
		return part
	})
}

// IsDigest reports whether a text of the lock is a digest of a secret, not a value.
func IsDigest(text string) bool {
	return strings.HasPrefix(text, "sha256:") || IsMAC(text)
}

// spells reports whether a text of the lock stands for the value at a path.
func (m LastApplied) spells(text string, at schema.Path, v schema.Value) bool {
	if schema.Show(v) == text {
		return true
	}
	was, err := schema.KindNamed(m.Key.Kind).Decode(at, text)
	return err == nil && schema.Same(was, v)
}

// ClearFields implements [diff.Applied].
func (m LastApplied) ClearFields() schema.Object {
	return m.Entry.ClearFields(schema.KindNamed(m.Key.Kind))
}

// ClearFields returns an object as it was last applied, without its secrets.
func (e Entry) ClearFields(k *schema.Kind) schema.Object {
	out := schema.Object{}
	for path := range e.Fields {
		at, err := schema.ParsePath(path)
		if err != nil || len(at) == 0 {
			continue
		}
		if v, ok := e.Value(k, at); ok {
			out.SetAt(at, v)
		}
	}
	return out
}

// Named returns the single values that git names of an object, in clear, but those at
// paths that the caller leaves out. A value in a list is left out, since it may stand for
// a secret.
func (e Entry) Named(k *schema.Kind, leftOut func(schema.Path) bool) schema.Object {
	some := Entry{Fields: map[string]string{}}
	for path, text := range e.Fields {
		if at, err := schema.ParsePath(path); err == nil && !leftOut(at) {
			some.Fields[path] = text
		}
	}
	out := schema.Object{}
	schema.Walk(some.ClearFields(k), func(at schema.Path, v schema.Value) {
		if !schema.IsList(v) {
			out.SetAt(at, v)
		}
	})
	return out
}

// Spells reports whether an entry has a value at a path in the same spelling.
func (e Entry) Spells(at schema.Path, v schema.Value) bool {
	return e.Fields[at.String()] == schema.Show(v)
}

// Value returns the value last applied at a path of an object, if the lock has it in
// clear.
func (e Entry) Value(k *schema.Kind, at schema.Path) (schema.Value, bool) {
	v, err := k.Decode(at, e.Fields[at.String()])
	return v, err == nil
}

// Reveal puts the last applied values into the fields that the service never shows,
// and into those that read empty and may be hidden. Where nothing was applied, a mask
// says that something is there all the same.
func (e Entry) Reveal(k *schema.Kind, live schema.Object) {
	for _, at := range k.MayHide(live) {
		if v, known := e.Value(k, at); known && schema.IsUnset(live.At(at...)) && !schema.IsUnset(v) {
			live.SetAt(at, v)
		}
	}
	for _, at := range slices.Concat(k.WriteOnly(live), schema.Hidden(live)) {
		hidden, ok := live.At(at...).(schema.Secret)
		if !ok || hidden.Form() != secrets.HiddenForm {
			continue
		}
		switch v, known := e.Value(k, at); {
		case known && !schema.IsUnset(v):
			live.SetAt(at, v)
		case known && hidden.Visible() == "":
			under, _ := live.At(at[:len(at)-1]...).(schema.Object)
			delete(under, at[len(at)-1])
		}
	}
}

// FromLock returns an object as it was last applied, with the fields that desired has,
// for a service that cannot be read.
func (m LastApplied) FromLock(desired schema.Object) schema.Object {
	out := schema.Object{}
	schema.Walk(desired, func(at schema.Path, v schema.Value) {
		text, known := m.Entry.Fields[at.String()]
		known = known && !strings.HasPrefix(text, unproved)
		secret, isSecret := v.(schema.Secret)
		switch {
		case isSecret && (known || secret.Form() == secrets.EnvForm):
			v = schema.Secret{Value: secrets.Hidden("")}
		case !known:
			return
		case !m.spells(text, at, v):
			if was, ok := m.Entry.Value(schema.KindNamed(m.Key.Kind), at); ok {
				v = was
			}
		}
		out.SetAt(at, m.hideParts(at, v))
	})
	return out
}

// hideParts hides the secrets in a list: what the service would show of it.
func (m LastApplied) hideParts(at schema.Path, v schema.Value) schema.Value {
	return schema.MapAt(v, at, func(inside schema.Path, part schema.Value) schema.Value {
		if _, recorded := m.Entry.Fields[inside.String()]; recorded && len(inside) > len(at) {
			return schema.Secret{Value: secrets.Hidden("")}
		}
		return part
	})
}

// holdsInside reports whether the lock has something of an object at a path.
func (e Entry) holdsInside(at schema.Path) bool {
	inside := at.String() + "."
	for path, text := range e.Fields {
		if strings.HasPrefix(path, inside) && text != "null" {
			return true
		}
	}
	return false
}

// InList reports whether a path of the lock lies in a list, which the lock also has as
// a whole.
func (e Entry) InList(at schema.Path) bool {
	for n := 1; n < len(at); n++ {
		if _, list := e.Fields[at[:n].String()]; list {
			return true
		}
	}
	return false
}

// KeyOpens reports whether the key of the keyed digests can be opened here.
func (m LastApplied) KeyOpens() bool { return m.lock.openKey().Opened() }

// Digests returns what the lock would hold of an object's fields, by path.
func (m LastApplied) Digests(fields schema.Object) map[string]string {
	return m.lock.digests(m.Key, fields)
}
