package sync

import (
	"maps"
	"slices"
	"strings"

	"authsync/diff"
	"authsync/schema"
	"authsync/secrets"
	"authsync/sync/lock"
)

const (
	// changedSince secrets were applied as another sealed text than the manifest
	// has now, and the lock holds no more than its digest.
	changedSince diff.Reason = "changed in git since, and the lock does not hold it"
	// notRemembered secrets left no digest: nobody could have opened its key.
	notRemembered diff.Reason = "the lock does not remember it"
)

// lastApplied is an object as it was last applied, as far as live can be
// compared with it.
type lastApplied struct {
	// fields are the values of the lock, and the secrets of the manifest that
	// are still those that were applied.
	fields schema.Object
	// moved are secrets of which the lock alone tells that live has another.
	moved   []diff.Field
	unknown []diff.Unknown
}

func (s *Site) lastApplied(k *schema.Kind, key schema.Key, live schema.Object) lastApplied {
	m := s.Lock.LastApplied(key)
	desired := s.declared(k, key.Name)
	r := rememberer{LastApplied: m, desired: desired, live: live, out: lastApplied{fields: m.Entry.ClearFields(k)}}
	for _, path := range slices.Sorted(maps.Keys(m.Entry.Fields)) {
		if at, err := schema.ParsePath(path); err == nil && len(at) > 0 && !m.Entry.InList(at) {
			r.leaf(at, m.Entry.Fields[path])
		}
	}
	schema.Walk(desired, func(at schema.Path, v schema.Value) {
		secret, ok := v.(schema.Secret)
		if ok && secret.Form() == secrets.EnvForm && !m.Entry.Remembers(at) {
			r.cannot(at, notRemembered)
		}
	})
	var unset []schema.Path
	for _, at := range k.WriteOnly(r.out.fields) {
		if schema.IsUnset(r.out.fields.At(at...)) {
			unset = append(unset, at) // also what a create took for granted
		} else {
			r.cannot(at, diff.LiveWriteOnly)
		}
	}
	r.out.fields = schema.Without(r.out.fields, unset)
	return r.out
}

// declared are the fields that the manifest states of an object, if it does.
func (s *Site) declared(k *schema.Kind, name string) schema.Object {
	if c := s.Env.Collections[k.Name]; c != nil {
		if d := c.Object(name); d != nil {
			return d.Fields
		}
	}
	return schema.Object{}
}

type rememberer struct {
	lock.LastApplied
	desired, live schema.Object
	out           lastApplied
}

func (r *rememberer) cannot(at schema.Path, why diff.Reason) {
	r.out.unknown = append(r.out.unknown, diff.Unknown{Path: at, Reason: why})
}

// leaf takes a secret's place, where the lock knows that there is one.
func (r *rememberer) leaf(at schema.Path, text string) {
	want := r.desired.At(at...)
	switch {
	case !lock.IsDigest(text):
		if !r.Entry.HoldsSecretIn(at) {
			return
		}
		if want != nil && r.holdsAll(at, want) {
			r.out.fields.SetAt(at, want)
			return
		}
		r.out.fields = schema.Without(r.out.fields, []schema.Path{at})
		r.cannot(at, changedSince)
	case want != nil && r.Holds(at, want) == diff.SameAsApplied:
		r.out.fields.SetAt(at, want)
	default:
		r.digest(at, text)
	}
}

// digest compares what live shows with a digest alone.
func (r *rememberer) digest(at schema.Path, text string) {
	now := shownAt(r.live, at)
	shown, isSecret := now.(schema.Secret)
	keyed := lock.IsMAC(text)
	memory := diff.Forgotten
	if keyed && isSecret && shown.Form() == secrets.PlainForm {
		memory = r.Holds(at, shown)
	}
	switch {
	case schema.IsUnset(now), memory == diff.OtherThanApplied:
		if schema.IsUnset(now) {
			now = schema.Null{}
		}
		r.out.moved = append(r.out.moved, diff.Field{Path: at, Before: schema.Secret{Value: secrets.Hidden("")}, After: now, Origin: diff.OriginLive})
	case memory == diff.SameAsApplied:
	case memory == diff.NeedsKey, keyed && !r.KeyOpens():
		r.cannot(at, diff.NoKey)
	case isSecret && shown.Form() == secrets.HiddenForm:
		r.cannot(at, diff.LiveHidden)
	default:
		r.cannot(at, changedSince)
	}
}

// shownAt is what live shows in the place of a secret.
func shownAt(live schema.Object, at schema.Path) schema.Value {
	return schema.Project(live, lone(at, schema.Secret{Value: secrets.Hidden("")})).At(at...)
}

// holdsAll is Holds of a list and of every secret inside.
func (r *rememberer) holdsAll(at schema.Path, v schema.Value) bool {
	now := r.Digests(lone(at, v))
	for path, text := range now {
		if r.Entry.Fields[path] != text {
			return false
		}
	}
	for path := range r.Entry.Fields {
		if _, still := now[path]; !still && strings.HasPrefix(path, at.String()+".") {
			return false
		}
	}
	return true
}

// lone is an object that holds one value alone.
func lone(at schema.Path, v schema.Value) schema.Object {
	o := schema.Object{}
	o.SetAt(at, v)
	return o
}
