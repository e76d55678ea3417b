package lock

import (
	"strconv"
	"strings"

	"authsync/diff"
	"authsync/schema"
	"authsync/secrets"
)

// LastApplied is what the lock remembers of one object, for comparison.
type LastApplied struct {
	Key   schema.Key
	Entry Entry
	lock  *Lock
	knows diff.Knowledge
}

func (l *Lock) LastApplied(key schema.Key) LastApplied {
	m := LastApplied{lock: l, Key: key, knows: diff.NoLock}
	entry, ok := l.Entry(key)
	switch {
	case ok:
		m.Entry, m.knows = entry, diff.WasApplied
	case l.Present():
		m.knows = diff.NeverApplied
	}
	return m
}

func (m LastApplied) Knows() diff.Knowledge { return m.knows }

// Holds implements [diff.Applied].
func (m LastApplied) Holds(at schema.Path, v schema.Value) diff.Memory {
	text, known := m.Entry.Fields[at.String()]
	if !known || v == nil {
		return diff.Forgotten
	}
	secret, isSecret := v.(schema.Secret)
	switch {
	case !isSecret && IsDigest(text):
		return diff.OtherThanApplied
	case !isSecret:
		return said(sameText(text, v))
	case strings.HasPrefix(text, "hmac:"):
		now, ok := m.lock.keyed(m.Key, at, secret.Value)
		switch {
		case ok:
			return said(now == text)
		case m.lock.openKey() == "":
			return diff.NeedsKey
		}
		return diff.Forgotten
	case secret.Form() == secrets.SealedForm:
		return said(sealedDigest(secret.Value) == text)
	}
	return diff.Forgotten
}

func said(same bool) diff.Memory {
	if same {
		return diff.SameAsApplied
	}
	return diff.OtherThanApplied
}

func IsDigest(text string) bool {
	return strings.HasPrefix(text, "sha256:") || strings.HasPrefix(text, "hmac:")
}

// sameText reports whether a text of the lock spells a value.
func sameText(text string, v schema.Value) bool {
	if schema.Show(v) == text {
		return true
	}
	was, err := schema.ParseJSON([]byte(text))
	return err == nil && schema.Same(likened(was, v), v)
}

// Recall implements [diff.Applied].
func (m LastApplied) Recall(like schema.Object) schema.Object { return m.Entry.Recall(like) }

// recall is the object as it was last applied, less its secrets. Values are of
// the same sort as those of like.
func (e Entry) Recall(like schema.Object) schema.Object {
	out := schema.Object{}
	for path := range e.Fields {
		at, err := schema.ParsePath(path)
		if err != nil || len(at) == 0 {
			continue
		}
		if v, ok := e.Value(at); ok {
			out.SetAt(at, likened(v, like.At(at...)))
		}
	}
	return out
}

// likened gives a value that was read from JSON the sort of another.
func likened(v, like schema.Value) schema.Value {
	switch like.(type) {
	case schema.Seconds:
		if n, ok := v.(schema.Number); ok {
			if seconds, err := strconv.ParseInt(string(n), 10, 64); err == nil {
				return schema.Seconds(seconds)
			}
		}
	case schema.Flag:
		switch v {
		case schema.Bool(true):
			return schema.True
		case schema.Bool(false):
			return schema.False
		case schema.Text("unspecified"):
			return schema.Unspecified
		}
	case schema.Set:
		if list, ok := v.(schema.List); ok {
			return likenedSet(list, like.(schema.Set))
		}
	}
	return v
}

func likenedSet(list schema.List, like schema.Set) schema.Set {
	out := make(schema.Set, len(list))
	for i, item := range list {
		out[i] = item
		object, isObject := item.(schema.Object)
		if len(like) == 0 || !isObject {
			continue
		}
		if model, ok := like[0].(schema.Object); ok {
			for name, inner := range object {
				object[name] = likened(inner, model[name])
			}
		}
	}
	return out
}

// Value is the value last applied at a path, if the lock has it in clear.
func (e Entry) Value(at schema.Path) (schema.Value, bool) {
	v, err := schema.ParseJSON([]byte(e.Fields[at.String()]))
	return v, err == nil
}

// reveal puts what was last applied in the place of what the service never
// shows.
func (e Entry) Reveal(k *schema.Kind, live schema.Object) {
	for _, at := range k.NotShown(live) {
		hidden, ok := live.At(at...).(schema.Secret)
		if !ok || hidden.Form() != secrets.HiddenForm {
			continue
		}
		switch v, known := e.Value(at); {
		case known && schema.IsUnset(v):
			under, _ := live.At(at[:len(at)-1]...).(schema.Object)
			delete(under, at[len(at)-1])
		case known:
			live.SetAt(at, v)
		}
	}
}

// standIn is an object as it was last applied, as far as desired asks: for a
// service that cannot be read. Values that differ are shown as they were.
func (m LastApplied) StandIn(desired schema.Object) schema.Object {
	out := schema.Object{}
	schema.Walk(desired, func(at schema.Path, v schema.Value) {
		text, known := m.Entry.Fields[at.String()]
		secret, isSecret := v.(schema.Secret)
		switch {
		case isSecret && (known || secret.Form() == secrets.EnvForm):
			v = schema.Secret{Value: secrets.Hidden("")}
		case !known:
			return
		case !sameText(text, v):
			if was, ok := m.Entry.Value(at); ok {
				v = likened(was, v)
			}
		}
		out.SetAt(at, v)
	})
	return out
}

// InList reports whether a path of the lock lies inside a list, which is
// remembered whole besides.
func (e Entry) InList(at schema.Path) bool {
	for n := 1; n < len(at); n++ {
		if _, list := e.Fields[at[:n].String()]; list {
			return true
		}
	}
	return false
}

// KeyOpens reports whether the key of the keyed digests can be had here.
func (m LastApplied) KeyOpens() bool { return m.lock.openKey() != "" }

// Digests is what the lock would hold of fields of the object, by path.
func (m LastApplied) Digests(fields schema.Object) map[string]string {
	return m.lock.digests(m.Key, fields)
}
