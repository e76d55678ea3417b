package sync

import (
	"fmt"
	"slices"
	"time"

	"authsync/schema"
	"authsync/spell"
	"authsync/sync/lock"
)

// A replaced object may live on beside its successor for a while, so that its users
// can change over. The vault records until when, and the first apply after that
// deletes it. The user agreed to that when the successor was created, so no gate asks
// again.

// Overlap is a replaced object that lives on beside its successor.
type Overlap struct {
	Key   schema.Key // of the successor
	ID    string
	Until time.Time
	// Overdue: its time is over, and it still exists.
	Overdue bool
}

// Overlapping is an object that will live on beside its successor.
type Overlapping struct {
	ID  string
	For schema.Seconds
	// Ends is when it expires by itself; zero = not before its time is over.
	Ends time.Time
	// End says who ends it.
	End schema.OverlapEnd
}

// livingUntil returns until when the objects that a step replaces live on, by id.
func (s Step) livingUntil(now time.Time) map[string]time.Time {
	until := map[string]time.Time{}
	for _, o := range s.Overlaps {
		until[o.ID] = now.Add(time.Duration(o.For) * time.Second)
		if !o.Ends.IsZero() && o.Ends.Before(until[o.ID]) {
			until[o.ID] = o.Ends
		}
	}
	return until
}

// overlap reports whether a live object is a replaced one that lives on, and beside
// which object.
func (s *Site) overlap(k *schema.Kind, live LiveObject, now time.Time) (Overlap, bool) {
	if k.Update.Token != schema.TokenOnce || live.ID == "" {
		return Overlap{}, false
	}
	for _, key := range s.Vault.Keys() {
		t, _ := s.Vault.Entry(key)
		if f, is := t.FormerOf(live.ID); is && key.Kind == k.Name {
			return Overlap{Key: key, ID: f.ID, Until: f.Until, Overdue: !now.Before(f.Until)}, true
		}
	}
	return Overlap{}, false
}

// former deletes or notes a replaced object that lives on, and reports whether this is
// one.
func (b *builder) former(k *schema.Kind, c *schema.Collection, key schema.Key, live LiveObject, all map[string]LiveObject) bool {
	o, is := b.site.overlap(k, live, b.options.Now)
	switch {
	case !is:
		return false
	case !b.options.Selects(o.Key) && !b.options.Selects(key):
		return true
	}
	named := c.Object(o.Key.Name) != nil
	switch {
	case o.Overdue:
		b.agreed(k, c, key, live, fmt.Sprintf("%s took its place, and it lived on until %s", o.Key, instant(o.Until)))
	case slices.Contains(b.options.Finish, o.Key):
		b.agreed(k, c, key, live, fmt.Sprintf("%s took its place, and its time is ended now", o.Key))
	case !named && b.options.deletesRemoved():
		b.agreed(k, c, key, live, fmt.Sprintf("%s took its place, and is not named any more", o.Key))
	default:
		b.plan.Overlaps = append(b.plan.Overlaps, o)
		b.note(Note{Key: o.Key, Code: NoteOverlap, Text: b.sayOverlap(k, o, all[o.Key.Name])})
	}
	return true
}

// sayOverlap says until when each of the two objects lives.
func (b *builder) sayOverlap(k *schema.Kind, o Overlap, present LiveObject) string {
	text := fmt.Sprintf("%s, its predecessor, lives on until %s; the first apply after that deletes it; to delete it at once: authsync secrets rotate %s --finish", o.ID, instant(o.Until), spell.Word(o.Key.String()))
	if present.ID == "" {
		return text
	}
	if ends := present.Fields.Text(k.Update.Expiry.At); ends != "" {
		return fmt.Sprintf("%s lives until %s; %s", present.ID, ends, text)
	}
	return fmt.Sprintf("%s lives on without an end; %s", present.ID, text)
}

func instant(t time.Time) string { return t.UTC().Format(time.RFC3339) }

// overlapping returns how long a replaced object lives on. If nobody has its token, it
// does not.
func (b *builder) overlapping(k *schema.Kind, d *schema.Declared, was LiveObject) Overlapping {
	o := Overlapping{ID: was.ID, For: k.Overlapping(d.Meta)}
	if k.Update.Overlap.End == schema.EndedByService {
		o.End = schema.EndedByService
		return o
	}
	if b.options.Overlap != nil {
		o.For = *b.options.Overlap
	}
	before, begun := b.site.Vault.Making(d.Key)
	if begun && !slices.Contains(before, was.ID) && !b.site.keeps(d.Key, was.ID) || k.Update.Overlap == (schema.Overlap{}) {
		o.For = 0
	}
	ends, err := time.Parse(time.RFC3339, was.Fields.Text(k.Update.Expiry.At))
	if err == nil && ends.Before(b.options.Now.Add(time.Duration(o.For)*time.Second)) {
		o.Ends = ends
	}
	return o
}

// String says how long an object lives on.
func (o Overlapping) String() string {
	if o.End == schema.EndedByService {
		return fmt.Sprintf("the service ends the old one, %s, in %s: who uses it must change over by then", o.ID, o.For)
	}
	if o.Ends.IsZero() {
		return fmt.Sprintf("%s lives on for %s", o.ID, o.For)
	}
	return fmt.Sprintf("%s lives on until it ends at %s", o.ID, instant(o.Ends))
}

// overlaps records the replaced objects that live on, of what was read.
func (d *drifter) overlaps(k *schema.Kind, live map[string]LiveObject) {
	for _, name := range sortedNames(live) {
		o, is := d.site.overlap(k, live[name], d.options.Now)
		if !is || !d.options.Selects(o.Key) {
			continue
		}
		d.out.Overlaps = append(d.out.Overlaps, o)
		if o.Overdue {
			d.note(Note{Key: o.Key, Code: NoteOverlap, Text: fmt.Sprintf(
				"%s, its predecessor, is overdue: it was to live on until %s; delete it with: authsync apply", o.ID, instant(o.Until))})
		}
	}
}

// followed returns the successor of an id that a manifest pins.
func followed(t lock.VaultEntry, pin string) string {
	if _, former := t.FormerOf(pin); t.ID != "" && (former || slices.Contains(t.Replaces, pin)) {
		return t.ID
	}
	return pin
}
