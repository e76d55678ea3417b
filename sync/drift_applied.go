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
	// changedSince secrets have another sealed text in the manifest than the applied
	// one, of which the lock holds only a digest.
	changedSince diff.Reason = "changed in git since, and the lock does not hold it"
	// notRemembered secrets have no digest in the lock, since nobody could have opened
	// its key.
	notRemembered diff.Reason = "the lock does not remember it"
)

// lastApplied is an object as it was last applied, as far as it can be compared with
// live.
type lastApplied struct {
	// fields are the values in the lock, and the manifest's secrets that are unchanged
	// since the apply.
	fields schema.Object
	// moved are secrets that differ from live according to the lock alone.
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
			unset = append(unset, at) // also defaults of a create
		} else {
			r.cannot(at, diff.LiveWriteOnly)
		}
	}
	r.out.fields = schema.Without(r.out.fields, unset)
	return r.out
}

// declared returns the fields that the manifest states of an object, if it names it.
func (s *Site) declared(k *schema.Kind, name string) schema.Object {
	if d := s.Env.Object(schema.Key{Kind: k.Name, Name: name}); d != nil {
		return d.Fields
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

// leaf adds the value at a path, and a secret where the lock records one.
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

// digest compares a live secret with a recorded digest.
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

// shownAt returns the live value at the place of a secret.
func shownAt(live schema.Object, at schema.Path) schema.Value {
	return schema.Project(live, schema.Lone(at, schema.Secret{Value: secrets.Hidden("")})).At(at...)
}

// holdsAll reports whether a list and every secret in it were last applied.
func (r *rememberer) holdsAll(at schema.Path, v schema.Value) bool {
	now := r.Digests(schema.Lone(at, v))
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
