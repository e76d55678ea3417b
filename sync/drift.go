package sync

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"sort"
	"time"

	"authsync/audit"
	"authsync/diff"
	"authsync/schema"
	"authsync/schema/list"
	"authsync/sync/lock"
)

// Drifted is what has changed on the live side of an environment since the last apply.
// It does not show what git has changed since.
type Drifted struct {
	stating
	Name string
	File string
	// EnvID is the id of the CloudBase environment, if it has one.
	EnvID string
	// Sandbox is the identity of the sandbox that plays the services; "" = the real
	// services.
	Sandbox string
	// Limits are what the user limited the comparison to.
	Limits Limits
	// Applied is when anything was last written or found as wanted, zero = never;
	// Version is the authsync that did it.
	Applied time.Time
	Version string
	// Moves are the objects that moved, by kind and name.
	Moves []Move
	// Overlaps are replaced objects that live on beside their successors.
	Overlaps []Overlap
	// Uncompared are fields of which it is not known whether they moved.
	Uncompared []Uncompared
	// Removed is what git no longer names, though it was applied from here.
	Removed []Removed
	// Findings are what breaks a policy in what is live.
	Findings []*schema.Fault
	// Notes are facts that a reader should know.
	Notes []Note
	// Errors are failed reads: what they would have shown is unknown.
	Errors []error
}

// Move is an object that differs from what was last applied.
type Move struct {
	Key  schema.Key
	What Motion
	// Applied is when the object was last written or found as wanted, and Version the
	// authsync that did it; zero for a new object.
	Applied time.Time
	Version string
	// ID is the live object's id, and WasID that of the applied object, if they differ
	// from the name.
	ID    string
	WasID string
	// Fields are those that moved: Before is the applied value, After the live one.
	// They are all fields of an object that appeared, and none of one that vanished.
	Fields []diff.Field
}

// AsReported completes what is read from a report. The place of everything is the
// beginning of the manifest.
func (d *Drifted) AsReported() { d.stating = stating{file: d.File} }

// Motion is what happened to an object; it is part of the JSON format.
type Motion string

const (
	Changed  Motion = "changed"
	Vanished Motion = "vanished"
	Appeared Motion = "appeared"
	// Replaced objects were deleted, and another object has their name.
	Replaced Motion = "replaced"
)

// ErrNothingApplied means that there is nothing that could have drifted.
var ErrNothingApplied = errors.New("nothing was applied from here yet, so nothing can have drifted; " +
	"run authsync apply once: it notes what stands even when there is nothing to do")

// Drift compares what was read of a site with what the lock records as applied. The
// lock is the desired side. The manifest provides only the secrets that are unchanged
// since the apply, since the lock has none. Drift makes no call.
func Drift(site *Site, read *Reading, o Options) *Drifted {
	d := &drifter{site: site, options: o, read: read, uncompared: map[saying]struct{}{}, out: &Drifted{stating: statingOf(site.Env),
		Name: site.Env.Name, File: site.Env.File, EnvID: site.Env.ID(),
		Sandbox: site.Places.Sandbox(), Limits: limits(site, read, o),
		Applied: site.Lock.Latest(), Errors: slices.Clone(read.Errors),
	}}
	if !site.Lock.Present() {
		d.out.Errors = append(d.out.Errors, ErrNothingApplied)
		return d.out
	}
	for _, k := range schema.Kinds {
		d.kind(k)
	}
	d.out.Findings = audit.Judge(audit.State{Env: site.Env, Objects: read.selected(site.Env, o), Side: schema.Held}, o.Now)
	sort.SliceStable(d.out.Uncompared, func(i, j int) bool {
		a, b := d.out.Uncompared[i], d.out.Uncompared[j]
		return a.Key == b.Key && a.Path.String() < b.Path.String()
	})
	return d.out
}

// Breaks reports whether what is live breaks a rule of level error.
func (d *Drifted) Breaks() bool {
	return slices.ContainsFunc(d.Findings, func(f *schema.Fault) bool { return f.Severity == schema.Wrong })
}

type drifter struct {
	site    *Site
	options Options
	read    *Reading
	out     *Drifted
	// uncompared are the places of those of out.
	uncompared map[saying]struct{}
}

func (d *drifter) note(n Note) {
	if !d.site.acked(n) {
		d.out.Notes = append(d.out.Notes, n)
	}
}

func (d *drifter) kind(k *schema.Kind) {
	var keys, unread []schema.Key
	for _, key := range d.site.Lock.Keys(k.Name) {
		entry, _ := d.site.Lock.Entry(key)
		if entry.Applied.Equal(d.out.Applied) {
			d.out.Version = entry.Version
		}
		switch {
		case !d.options.Selects(key):
		case d.site.placed(k, key):
			keys = append(keys, key)
		default:
			unread = append(unread, key)
		}
	}
	live, known := d.read.Live[k.Name]
	if k.Update.Seen == schema.InVault {
		d.noteUnseen(k, keys)
		return
	}
	if reason := d.read.Unreadable[k.Name]; reason != nil {
		d.noteUnread(k, append(keys, unread...), reason.Error())
		return
	}
	d.noteUnread(k, unread, "the manifest does not have what they are in any more")
	if !known {
		return
	}
	if len(keys) > 0 && len(live) == 0 {
		d.note(Note{Key: schema.Key{Kind: k.Name}, Code: NoteListsNothing, Text: "live has no object of this kind: if nobody deleted them, it is a fault of the service"})
	}
	for _, key := range keys {
		entry, _ := d.site.Lock.Entry(key)
		was := Move{Key: key, What: Vanished, Applied: entry.Applied, Version: entry.Version, WasID: entry.ID}
		if now, stands := live[key.Name]; stands {
			d.object(k, was, entry, now)
			d.removed(k, key, now)
		} else {
			d.out.Moves = append(d.out.Moves, was)
		}
	}
	d.newcomers(k, live)
	d.overlaps(k, live)
}

// removed reports what git no longer names of a live object.
func (d *drifter) removed(k *schema.Kind, key schema.Key, now LiveObject) {
	if declared := d.site.collection(k.Name).Object(key.Name); declared != nil {
		d.out.Removed = append(d.out.Removed, d.site.removedFields(k, declared, now.Fields)...)
		return
	}
	if now.Presence != Builtin {
		d.out.Removed = append(d.out.Removed, d.site.removedObject(key, ""))
	}
}

// noteUnseen says once of a kind that nothing of it is seen.
func (d *drifter) noteUnseen(k *schema.Kind, keys []schema.Key) {
	if len(keys) > 0 {
		d.note(Note{Key: schema.Key{Kind: k.Name}, Code: NoteUnseen, Text: "no call shows it, so that nobody can tell whether live has another one by now"})
	}
}

// noteUnread adds a note about objects that could not be read.
func (d *drifter) noteUnread(k *schema.Kind, keys []schema.Key, why string) {
	if len(keys) > 0 {
		d.note(Note{Key: schema.Key{Kind: k.Name}, Code: NoteUnread, Text: fmt.Sprintf(
			"%d %s applied and cannot be read now: %s", len(keys), plural(len(keys), "object was", "objects were"), why)})
	}
}

// object compares one object with its last applied fields.
func (d *drifter) object(k *schema.Kind, m Move, entry lock.Entry, now LiveObject) {
	was := d.site.lastApplied(k, m.Key, now.Fields)
	result, err := diff.Compare(k, was.fields, now.Fields, d.site.Keys, d.site.Lock.LastApplied(m.Key).Attested())
	if err != nil {
		d.out.Errors = append(d.out.Errors, fmt.Errorf("%s: %w", m.Key, err))
		return
	}
	fields := was.moved
	for _, f := range result.Fields {
		if d.site.Lock.LastApplied(m.Key).Settles(f.Path, f.After, f.Before) {
			continue
		}
		f.Before, f.After, f.Origin = f.After, f.Before, diff.OriginLive
		fields = append(fields, f)
	}
	fields = append(fields, stopped(k, now.Fields)...)
	sort.SliceStable(fields, func(i, j int) bool { return fields[i].Path.String() < fields[j].Path.String() })
	unknown := slices.Concat(was.unknown, result.Unknown)
	if k.Stamp.Secrets == schema.Blanked && now.unmoved() {
		unknown = nil // only the list hides them
	}
	if text := now.without(k, fields); text != "" {
		d.note(Note{Key: m.Key, Code: NoteUnstamped, Text: text})
	}
	for _, u := range unknown {
		if u.Reason == diff.NoKey && schema.WhollyHidden(shownAt(now.Fields, u.Path)) {
			u.Reason = diff.LiveHidden // an identity would not help
		}
		place := saying{m.Key, u.Path.String()}
		if _, told := d.uncompared[place]; !told {
			d.uncompared[place] = struct{}{}
			one := Uncompared{Key: m.Key, Path: u.Path, Reason: u.Reason}
			one.Ack = d.site.Env.Acked(one.place())
			d.out.Uncompared = append(d.out.Uncompared, one)
		}
	}
	m.What, m.ID, m.Fields = Changed, now.ID, fields
	if m.ID == m.Key.Name {
		m.ID = ""
	}
	switch {
	case m.ID != "" && entry.ID != "" && m.ID != entry.ID:
		m.What = Replaced
	case len(fields) == 0:
		return
	}
	d.out.Moves = append(d.out.Moves, m)
}

// stopped are the fields, of those that git cannot set, by which an object can no
// longer be used: somebody has switched it off in the service's console.
func stopped(k *schema.Kind, live schema.Object) []diff.Field {
	var fields []diff.Field
	for _, name := range k.Stopped.Names() {
		if f := k.Type.Field(name); f.Access == schema.ReadOnly && schema.Same(live[name], k.Stopped[name]) {
			fields = append(fields, diff.Field{Path: schema.Path{name}, After: live[name], Origin: diff.OriginLive})
		}
	}
	return fields
}

// newcomers reports objects that were neither applied nor live beside the applied ones
// at that time.
func (d *drifter) newcomers(k *schema.Kind, live map[string]LiveObject) {
	var unknown int
	for _, name := range sortedNames(live) {
		key, o := schema.Key{Kind: k.Name, Name: name}, live[name]
		_, applied := d.site.Lock.Entry(key)
		switch {
		case applied, o.Presence == Phantom, o.Presence == Builtin, !d.options.Selects(key), d.site.Lock.Unmanaged(key), d.site.leftBy(k, o):
			continue
		case !d.site.Lock.Listed(k.Name):
			unknown++
			continue
		}
		m := Move{Key: key, What: Appeared, ID: o.ID}
		if m.ID == name {
			m.ID = ""
		}
		schema.Walk(o.Fields, func(at schema.Path, v schema.Value) {
			if !schema.IsUnset(v) && !schema.WhollyHidden(v) {
				m.Fields = append(m.Fields, diff.Field{Path: at, After: v, Origin: diff.OriginLive})
			}
		})
		d.out.Moves = append(d.out.Moves, m)
	}
	if unknown > 0 && listed(k) {
		d.note(Note{Key: schema.Key{Kind: k.Name}, Code: NoteUnlisted, Text: fmt.Sprintf(
			"%d live %s not applied from here, and may have stood before: only an apply of the whole kind notes what else stands", unknown, plural(unknown, "object was", "objects were"))})
	}
}

// leftBy reports whether a run of authsync left the object behind: a replaced object,
// or one whose token was lost with the answer.
func (s *Site) leftBy(k *schema.Kind, o LiveObject) bool {
	if k.Update.Token != schema.TokenOnce {
		return false
	}
	for _, key := range s.Vault.Keys() {
		if t, _ := s.Vault.Entry(key); key.Kind == k.Name && slices.Contains(slices.Concat(t.IDs(), t.Replaces), o.ID) {
			return true
		}
	}
	before, begun := s.Vault.Making(schema.Key{Kind: k.Name, Name: o.DuplicateOf})
	return begun && o.DuplicateOf != "" && !slices.Contains(before, o.ID)
}

// SandboxOf returns the identity of the sandbox that plays the services of a run; "" =
// the real services.
func SandboxOf(all []*Drifted) string {
	return cmp.Or(list.Each(all, func(d *Drifted) string { return d.Sandbox })...)
}
