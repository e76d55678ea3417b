package sync

import (
	"fmt"
	"maps"
	stdsync "sync"

	"authsync/diff"
	"authsync/schema"
	"authsync/schema/quirk"
)

// Known is what is known of a system where the environment has it. See
// [schema.Quirks].
func (s *Site) Known(system string) quirk.Set { return s.findings(system).Set() }

func (s *Site) findings(system string) schema.Findings {
	place := s.Places[system]
	return s.Env.Quirks.At(system, place.Address, place.Sandbox)
}

// shown is what is known of how secrets are shown, as far as an answer of this run has
// shown one. What is known may be wrong: where every secret reads empty, either none is
// there or all are hidden, and no read-back could tell that one is lost.
func (s *Site) shown(k *schema.Kind, live []WireObject) quirk.Set {
	known := s.Known(k.System)
	if len(known) == 0 {
		return nil
	}
	w := s.witnesses
	if w == nil {
		w = &witnesses{shown: quirk.Set{}}
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, l := range live {
		for _, name := range k.Showing(l.Wire) {
			if value, is := known[name]; is {
				w.shown[name] = value
			}
		}
	}
	return maps.Clone(w.shown)
}

// witnesses are the quirks of secrets of which a run has seen one shown.
type witnesses struct {
	mu    stdsync.Mutex
	shown quirk.Set
}

// merges reports whether a service is known to keep what is left out of a field.
func (s *Site) merges(k *schema.Kind, field string) bool {
	name, may := k.Update.Merging[field]
	return may && s.Known(k.System).Known(name, quirk.Merged)
}

// leaveOut takes out of an update what the service hides and keeps by itself. How
// deep a service merges is not known: only what stands right below a field that it
// merges is left out. What is known may be wrong: only a secret of which the service
// shows a mask is left out, so that a read tells when it is lost.
func (s *Site) leaveOut(k *schema.Kind, fields schema.Object) (sent schema.Object, left []schema.Path) {
	for _, at := range schema.Hidden(fields) {
		if showsMask(fields.At(at...)) && len(at) == 2 && s.merges(k, at[0]) {
			left = append(left, at)
		}
	}
	return schema.Without(fields, left), left
}

// showsMask reports whether a service shows a mask of a secret, and not nothing.
func showsMask(v schema.Value) bool {
	secret, is := v.(schema.Secret)
	return is && secret.Visible() != ""
}

// leftOut tells of hidden values that an update does not need.
func (b *builder) leftOut(key schema.Key, left []schema.Path) {
	if len(left) == 0 {
		return
	}
	k := schema.KindNamed(key.Kind)
	known := b.site.findings(k.System)[k.Update.Merging[left[0][0]]]
	b.note(Note{Key: key, Code: NoteLeftOut, Fields: left, Text: fmt.Sprintf(
		"%s stays as it is and is not sent: the service is known to merge %s (%s)", join(left), left[0][0], known.Source())})
}

// emptied returns the hidden values that an update left out and that the service no
// longer has: it does not merge, whatever is known of it.
func (a *applier) emptied(k *schema.Kind, key schema.Key, live schema.Object, due map[string]bool) []diff.Field {
	was := a.plan.live[key].Fields
	desired := a.site.collection(k.Name).Object(key.Name)
	if live == nil || desired == nil {
		return nil
	}
	var gone []diff.Field
	for _, at := range schema.Hidden(was) {
		left := len(at) == 2 && due[at[0]] && desired.Fields.At(at...) == nil && a.site.merges(k, at[0])
		now := live.At(at...)
		_, isSecret := now.(schema.Secret)
		if left && showsMask(was.At(at...)) && (schema.IsUnset(now) || isSecret && schema.Hides(now) && !showsMask(now)) {
			gone = append(gone, diff.Field{Path: at, Before: schema.Null{}, After: was.At(at...)})
		}
	}
	return gone
}
