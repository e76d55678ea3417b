package sync

import (
	"fmt"
	"slices"
	"sort"
	"strings"

	"authsync/diff"
	"authsync/schema"
)

// Build compares a site with what was read of it and lays out the plan. It
// makes no call.
func Build(site *Site, read *Reading, o Options) *EnvironmentPlan {
	b := &builder{site: site, options: o, read: read, room: room{}, gone: map[string]bool{}, plan: &EnvironmentPlan{
		Name: site.Env.Name, File: site.Env.File, EnvID: site.Env.Setting(schema.CloudBase, "envId"),
		Errors: append([]error(nil), read.Errors...),
	}}
	for _, k := range schema.Kinds {
		c := site.Env.Collections[k.Name]
		if c == nil || !o.selectsKind(k.Name) || read.skips(k) {
			continue
		}
		from := len(b.plan.Changes)
		b.collection(k, c, read.Live[k.Name])
		if reason := read.Unreadable[k.Name]; reason != nil {
			b.unread(k, reason, b.plan.Changes[from:])
		}
	}
	arrange(b.plan.Steps)
	return b.plan
}

type builder struct {
	site    *Site
	options Options
	read    *Reading
	plan    *EnvironmentPlan
	room    room
	gone    map[string]bool // ids that go with something else
}

func (b *builder) collection(k *schema.Kind, c *schema.Collection, live map[string]Object) {
	var wanted, missing []*schema.Declared
	for _, d := range c.Objects {
		if !b.options.Selects(d.Key) || !b.checked(d.Key) {
			continue
		}
		wanted = append(wanted, d)
		if _, ok := live[d.Key.Name]; !ok {
			missing = append(missing, d)
		}
	}
	b.fit(k, live, missing)
	for _, d := range wanted {
		if was, ok := live[d.Key.Name]; ok {
			b.update(k, c, d, was, live)
		} else {
			b.create(k, c, d)
		}
	}
	names := make([]string, 0, len(live))
	for name := range live {
		names = append(names, name)
	}
	sort.Strings(names)
	for _, name := range names {
		key, o := schema.Key{Kind: k.Name, Name: name}, live[name]
		if c.Object(name) == nil && o.Presence != Phantom && !b.gone[o.ID] {
			b.unmanaged(k, c, key, o)
		}
	}
}

// unmanaged lists or deletes a live object that the manifest does not name.
func (b *builder) unmanaged(k *schema.Kind, c *schema.Collection, key schema.Key, live Object) {
	prunable := live.Presence == Stands && k.Update.Deletion == schema.DeletedByCall
	successor := b.successor(k, c, live)
	switch {
	case successor != nil:
		b.note(Note{Key: key, Code: NoteReplace, Text: fmt.Sprintf("%s took its place, and a run ended before it was deleted", successor.Key)})
	case !b.options.Selects(key):
		return
	case b.options.Prune != DeleteUnmanaged || !prunable:
		b.plan.Unmanaged = append(b.plan.Unmanaged, key)
		return
	}
	if len(live.Bound) > 0 {
		b.refuse(Refusal{Key: key, Text: fmt.Sprintf("is not deleted: %s %s bound to it", strings.Join(live.Bound, ", "), plural(len(live.Bound), "is", "are"))})
		return
	}
	change := diff.Change{Key: key, Action: diff.Delete}
	schema.Walk(live.Fields, func(at schema.Path, v schema.Value) {
		change.Fields = append(change.Fields, diff.Field{Path: at, Before: v, Origin: diff.OriginUnknown})
	})
	b.plan.Changes = append(b.plan.Changes, change)
	b.steps(k, OpDelete, Take, nil, Target{Name: key.Name, ID: live.ID, Group: c.Group(key.Name)}, nil)
}

func (b *builder) create(k *schema.Kind, c *schema.Collection, d *schema.Declared) {
	change := diff.Change{Key: d.Key, Action: diff.Create}
	schema.Walk(d.Fields, func(at schema.Path, v schema.Value) {
		if !schema.IsUnset(v) {
			change.Fields = append(change.Fields, diff.Field{Path: at, After: v, Origin: diff.OriginUnknown})
		}
	})
	b.plan.Changes = append(b.plan.Changes, change)
	t := b.target(c, d, "")
	switch {
	case slices.Contains(k.Update.ByUpdate, d.Key.Name):
		b.send(k, OpUpdate, Give, change.Top(), t, drop(d.Fields, nil))
	case k.Update.Create == schema.ByCall:
		b.createCall(k, d, t, Give)
	default:
		b.refuse(Refusal{Key: d.Key, Text: "does not exist, and the service has no call that creates one; remove it from the manifest"})
		return
	}
	b.followUp(k, d, t, schema.Object{}, pathsOf(change.Fields), diff.Create)
}

func (b *builder) target(c *schema.Collection, d *schema.Declared, id string) Target {
	return Target{Name: d.Key.Name, ID: id, Group: c.Group(d.Key.Name)}
}

// createCall plans the call that makes an object.
func (b *builder) createCall(k *schema.Kind, d *schema.Declared, t Target, phase Phase) {
	for _, name := range k.Update.OnCreate {
		if schema.IsUnset(d.Fields[name]) {
			b.refuse(Refusal{Key: d.Key, Fields: []schema.Path{{name}}, Text: fmt.Sprintf(
				"does not exist yet, and creating it takes %s; add it to the manifest", name)})
		}
	}
	if k.Update.Token == schema.TokenOnce && len(b.site.Env.Recipients) == 0 {
		b.refuse(Refusal{Key: d.Key, Text: "its token is shown only once and sealed to the recipients, and the manifest has none; add recipients"})
	}
	if k.Update.Lacking != nil {
		for _, p := range k.Update.Lacking(d.Fields) {
			b.refuse(Refusal{Key: d.Key, Fields: []schema.Path{p.Path()}, Text: fmt.Sprintf(
				"does not exist yet, and %s; add it to the manifest", p.Text)})
		}
	}
	first := drop(d.Fields, k.Update.AfterCreate)
	b.send(k, OpCreate, phase, first.Names(), t, first)
}

// drop returns the fields that have a value and are not among names.
func drop(fields schema.Object, names []string) schema.Object {
	kept := schema.Object{}
	for name, v := range fields {
		if !slices.Contains(names, name) && !schema.IsUnset(v) {
			kept[name] = v
		}
	}
	return kept
}

func (b *builder) update(k *schema.Kind, c *schema.Collection, d *schema.Declared, was Object, all map[string]Object) {
	live := was.Fields
	entry, _ := b.site.Lock.Entry(d.Key)
	result, err := diff.Compare(k, d.Fields, live, b.site.Keys, entry)
	if err != nil {
		b.refuse(Refusal{Key: d.Key, Text: err.Error()})
		return
	}
	fields := b.unknown(d, live, result)
	if why := b.replacing(k, d, live, fields); why != "" {
		b.replace(k, c, d, was, all, fields, why)
		return
	}
	b.tokenLost(k, d, was, all)
	if len(fields) == 0 {
		return
	}
	sort.SliceStable(fields, func(i, j int) bool { return fields[i].Path.String() < fields[j].Path.String() })
	change := diff.Change{Key: d.Key, Action: diff.Update, Fields: fields}
	b.plan.Changes = append(b.plan.Changes, change)
	b.broken(k, d, live)
	t := b.target(c, d, was.ID)
	b.updateSteps(k, d, t, live, change)
	b.followUp(k, d, t, live, pathsOf(fields), diff.Update)
}

// broken refuses what breaks a rule only together with what is live: an access
// token that would outlive a refresh token that the manifest does not name.
func (b *builder) broken(k *schema.Kind, d *schema.Declared, live schema.Object) {
	already := map[string]bool{}
	for _, p := range k.Broken(live) {
		already[p.Text] = true
	}
	for _, p := range k.Broken(schema.Overlay(live, d.Fields)) {
		if !already[p.Text] {
			b.refuse(Refusal{Key: d.Key, Fields: []schema.Path{{p.Field}}, Text: strings.TrimSpace(p.Field+" "+p.Text) + ", together with what is live"})
		}
	}
}

// unknown adds the secrets that cannot be compared to the differences, where
// they are to be sent all the same; else it notes them.
func (b *builder) unknown(d *schema.Declared, live schema.Object, result diff.Result) []diff.Field {
	fields := result.Fields
	for _, u := range result.Unknown {
		if b.options.Secrets == RewriteUnknown {
			fields = append(fields, diff.Field{Path: u.Path, Before: live.At(u.Path...), After: d.Fields.At(u.Path...), Origin: diff.OriginUnknown})
			continue
		}
		b.note(Note{Key: d.Key, Code: NoteSecret, Fields: []schema.Path{u.Path}, Text: fmt.Sprintf(
			"%s was not compared: %s", u.Path, u.Reason)})
	}
	return fields
}

// updateSteps writes what differs. Ways in that go off while another goes on
// are a step of their own, in the phase that takes away.
func (b *builder) updateSteps(k *schema.Kind, d *schema.Declared, t Target, live schema.Object, change diff.Change) {
	for _, f := range change.Fields {
		switch v := live.At(f.Path...).(type) {
		case schema.List, schema.Set:
			if schema.HoldsCarried(v) {
				b.refuse(Refusal{Key: d.Key, Fields: []schema.Path{f.Path}, Text: fmt.Sprintf(
					"live items of %s hold fields that are not modelled here and would be lost; state them under extra", f.Path)})
			}
		}
	}
	on, off := ways(k, change)
	whole := update(k, live, d.Fields, pathsOf(change.Fields))
	b.carried(d.Key, whole)
	switch {
	case len(off) == 0:
		b.send(k, OpUpdate, Give, change.Top(), t, whole)
	case len(on) == 0:
		b.send(k, OpUpdate, Take, change.Top(), t, whole)
	default:
		first := whole.Clone()
		for _, name := range off {
			first[name] = live[name]
		}
		b.send(k, OpUpdate, Give, less(change.Top(), off), t, first)
		always := drop(whole, less(whole.Names(), k.Update.Always))
		b.send(k, OpUpdate, Take, off, t, always)
	}
}

// ways returns the ways in that a change opens and closes.
func ways(k *schema.Kind, change diff.Change) (on, off []string) {
	for _, f := range change.Fields {
		if !slices.Contains(k.Update.Ways, f.Path[0]) {
			continue
		}
		if f.Before == schema.Bool(true) && f.After == schema.Bool(false) {
			off = append(off, f.Path[0])
		} else {
			on = append(on, f.Path[0])
		}
	}
	return on, off
}

// followUp plans a second call for what the first does not take, or makes the
// service overwrite.
func (b *builder) followUp(k *schema.Kind, d *schema.Declared, t Target, live schema.Object, differing []schema.Path, action diff.Action) {
	var again []schema.Path
	if action == diff.Create && !slices.Contains(k.Update.ByUpdate, d.Key.Name) {
		for _, name := range k.Update.AfterCreate {
			if !schema.IsUnset(d.Fields[name]) {
				again = append(again, schema.Path{name})
			}
		}
	}
	lost := overwritten(k, live, d.Fields, differing)
	again = append(again, lost...)
	if len(again) == 0 {
		return
	}
	after := pending(k, live, d.Fields, differing)
	fields := update(k, after, d.Fields, again)
	b.send(k, OpUpdate, Give, tops(again), t, fields)
	if len(lost) > 0 {
		b.plan.Steps[len(b.plan.Steps)-1].Basis = Fresh
		b.note(Note{Key: d.Key, Code: NoteFresh, Fields: lost, Text: fmt.Sprintf(
			"a new %s makes the service overwrite %s: written again after it", k.Update.Derived.From, join(lost))})
	}
}

func tops(paths []schema.Path) []string {
	var names []string
	for _, path := range paths {
		if !slices.Contains(names, path[0]) {
			names = append(names, path[0])
		}
	}
	return names
}

// send adds the steps of a call; a body that must not be sent is a refusal.
func (b *builder) send(k *schema.Kind, op Op, phase Phase, top []string, t Target, fields schema.Object) {
	for _, r := range unsendable(k, schema.Key{Kind: k.Name, Name: t.Name}, fields) {
		b.refuse(r)
	}
	b.steps(k, op, phase, top, t, k.ToWire(fields))
}

func (b *builder) steps(k *schema.Kind, op Op, phase Phase, top []string, t Target, wire schema.Object) {
	for _, call := range b.site.Services[k.Name].Describe(op, t, wire) {
		b.plan.Steps = append(b.plan.Steps, Step{
			Key: schema.Key{Kind: k.Name, Name: t.Name}, Op: op, Phase: phase, Fields: top, ID: t.ID, Call: call,
		})
	}
}

// carried notes the unmodelled fields that travel along.
func (b *builder) carried(key schema.Key, fields schema.Object) {
	if paths := schema.CarriedPaths(fields); len(paths) > 0 {
		b.note(Note{Key: key, Code: NoteCarried, Fields: paths, Text: fmt.Sprintf(
			"%d live %s not modelled here, carried along unchanged: %s", len(paths), plural(len(paths), "field is", "fields are"), join(paths))})
	}
}

func plural(n int, one, many string) string {
	if n == 1 {
		return one
	}
	return many
}

func (b *builder) note(n Note) { b.plan.Notes = append(b.plan.Notes, n) }

// refuse adds a refusal once, however many steps run into it.
func (b *builder) refuse(r Refusal) {
	for _, earlier := range b.plan.Refusals {
		if earlier.Key == r.Key && earlier.Text == r.Text {
			return
		}
	}
	b.plan.Refusals = append(b.plan.Refusals, r)
}

// less returns the names that are not in taken.
func less(names, taken []string) []string {
	var rest []string
	for _, name := range names {
		if !slices.Contains(taken, name) {
			rest = append(rest, name)
		}
	}
	return rest
}
