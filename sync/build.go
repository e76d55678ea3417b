package sync

import (
	"fmt"
	"sort"

	"authsync/diff"
	"authsync/schema"
)

// Options select and widen what a plan does. The zero value plans everything
// that the manifest names and deletes nothing.
type Options struct {
	// Targets limit the plan to these objects; a key without a name stands
	// for all of its kind. Empty = all.
	Targets []schema.Key
	// Prune deletes live objects that the manifest does not name, in
	// collections that it has.
	Prune Pruning
	// Secrets says what to do with secrets that cannot be compared.
	Secrets SecretPolicy
}

// Pruning says what becomes of live objects that the manifest does not name.
type Pruning int

const (
	ListUnmanaged Pruning = iota
	DeleteUnmanaged
)

// SecretPolicy says what becomes of secrets that cannot be compared.
type SecretPolicy int

const (
	// LeaveUnknown leaves them alone and says so.
	LeaveUnknown SecretPolicy = iota
	// RewriteUnknown sends them.
	RewriteUnknown
)

func (o Options) selects(key schema.Key) bool {
	for _, t := range o.Targets {
		if t == key || t.Kind == key.Kind && t.Name == "" {
			return true
		}
	}
	return len(o.Targets) == 0
}

// selectsKind reports whether any object of the kind may be selected.
func (o Options) selectsKind(kind string) bool {
	for _, t := range o.Targets {
		if t.Kind == kind {
			return true
		}
	}
	return len(o.Targets) == 0
}

// Build compares a site with what was read of it and lays out the plan. It
// makes no call.
func Build(site *Site, read *Reading, o Options) *EnvironmentPlan {
	b := &builder{site: site, options: o, plan: &EnvironmentPlan{
		Name: site.Env.Name, File: site.Env.File, EnvID: site.Env.Setting("cloudbase", "envId"),
		Errors: append([]error(nil), read.Errors...),
	}}
	for _, k := range schema.Kinds {
		c := site.Env.Collections[k.Name]
		if c == nil || !o.selectsKind(k.Name) || read.Failed(k.System) {
			continue
		}
		b.collection(k, c, read.Live[k.Name])
	}
	arrange(b.plan.Steps)
	return b.plan
}

type builder struct {
	site    *Site
	options Options
	plan    *EnvironmentPlan
}

func (b *builder) collection(k *schema.Kind, c *schema.Collection, live map[string]Object) {
	for _, d := range c.Objects {
		if !b.options.selects(d.Key) {
			continue
		}
		if was, ok := live[d.Key.Name]; ok {
			b.update(k, d, was.Fields)
		} else {
			b.create(k, d)
		}
	}
	names := make([]string, 0, len(live))
	for name := range live {
		names = append(names, name)
	}
	sort.Strings(names)
	for _, name := range names {
		key := schema.Key{Kind: k.Name, Name: name}
		if c.Object(name) == nil && live[name].Presence != Phantom && b.options.selects(key) {
			b.unmanaged(k, key, live[name])
		}
	}
}

// unmanaged lists or deletes a live object that the manifest does not name.
func (b *builder) unmanaged(k *schema.Kind, key schema.Key, live Object) {
	prunable := live.Presence == Stands && k.Update.Deletion == schema.DeletedByCall
	if b.options.Prune != DeleteUnmanaged || !prunable {
		b.plan.Unmanaged = append(b.plan.Unmanaged, key)
		return
	}
	change := diff.Change{Key: key, Action: diff.Delete}
	schema.Walk(live.Fields, func(at schema.Path, v schema.Value) {
		change.Fields = append(change.Fields, diff.Field{Path: at, Before: v, Origin: diff.OriginUnknown})
	})
	b.plan.Changes = append(b.plan.Changes, change)
	b.step(k, key, OpDelete, Take, nil, nil)
}

func (b *builder) create(k *schema.Kind, d *schema.Declared) {
	change := diff.Change{Key: d.Key, Action: diff.Create}
	schema.Walk(d.Fields, func(at schema.Path, v schema.Value) {
		if !schema.IsUnset(v) {
			change.Fields = append(change.Fields, diff.Field{Path: at, After: v, Origin: diff.OriginUnknown})
		}
	})
	b.plan.Changes = append(b.plan.Changes, change)
	switch {
	case among(k.Update.ByUpdate, d.Key.Name):
		b.send(k, d.Key, OpUpdate, Give, change.Top(), drop(d.Fields, nil))
	case k.Update.Create == schema.ByCall:
		for _, name := range k.Update.OnCreate {
			if schema.IsUnset(d.Fields[name]) {
				b.refuse(Refusal{Key: d.Key, Fields: []schema.Path{{name}}, Text: fmt.Sprintf(
					"does not exist yet, and creating it takes %s; add it to the manifest", name)})
			}
		}
		first := drop(d.Fields, k.Update.AfterCreate)
		b.send(k, d.Key, OpCreate, Give, first.Names(), first)
	default:
		b.refuse(Refusal{Key: d.Key, Text: "does not exist, and the service has no call that creates one; remove it from the manifest"})
		return
	}
	b.followUp(k, d, schema.Object{}, pathsOf(change.Fields), diff.Create)
}

// drop returns the fields that have a value and are not among names.
func drop(fields schema.Object, names []string) schema.Object {
	kept := schema.Object{}
	for name, v := range fields {
		if !among(names, name) && !schema.IsUnset(v) {
			kept[name] = v
		}
	}
	return kept
}

func (b *builder) update(k *schema.Kind, d *schema.Declared, live schema.Object) {
	result, err := diff.Compare(k, d.Fields, live, b.site.Keys)
	if err != nil {
		b.refuse(Refusal{Key: d.Key, Text: err.Error()})
		return
	}
	fields := result.Fields
	for _, u := range result.Unknown {
		if b.options.Secrets == RewriteUnknown {
			before := schema.Object(live).At(u.Path...)
			fields = append(fields, diff.Field{Path: u.Path, Before: before, After: d.Fields.At(u.Path...), Origin: diff.OriginUnknown})
			continue
		}
		b.note(Note{Key: d.Key, Code: NoteSecret, Fields: []schema.Path{u.Path}, Text: fmt.Sprintf(
			"%s was not compared: %s", u.Path, u.Reason)})
	}
	if len(fields) == 0 {
		return
	}
	sort.SliceStable(fields, func(i, j int) bool { return fields[i].Path.String() < fields[j].Path.String() })
	change := diff.Change{Key: d.Key, Action: diff.Update, Fields: fields}
	b.plan.Changes = append(b.plan.Changes, change)
	b.updateSteps(k, d, live, change)
	b.followUp(k, d, live, pathsOf(fields), diff.Update)
}

// updateSteps writes what differs. Ways in that go off while another goes on
// are a step of their own, in the phase that takes away.
func (b *builder) updateSteps(k *schema.Kind, d *schema.Declared, live schema.Object, change diff.Change) {
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
		b.send(k, d.Key, OpUpdate, Give, change.Top(), whole)
	case len(on) == 0:
		b.send(k, d.Key, OpUpdate, Take, change.Top(), whole)
	default:
		first := whole.Clone()
		for _, name := range off {
			first[name] = live[name]
		}
		b.send(k, d.Key, OpUpdate, Give, less(change.Top(), off), first)
		always := drop(whole, less(whole.Names(), k.Update.Always))
		b.send(k, d.Key, OpUpdate, Take, off, always)
	}
}

// ways returns the ways in that a change opens and closes.
func ways(k *schema.Kind, change diff.Change) (on, off []string) {
	for _, f := range change.Fields {
		if !among(k.Update.Ways, f.Path[0]) {
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
func (b *builder) followUp(k *schema.Kind, d *schema.Declared, live schema.Object, differing []schema.Path, action diff.Action) {
	var again []schema.Path
	if action == diff.Create && !among(k.Update.ByUpdate, d.Key.Name) {
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
	step := b.send(k, d.Key, OpUpdate, Give, tops(again), fields)
	if len(lost) > 0 {
		step.Basis = Fresh
		b.note(Note{Key: d.Key, Code: NoteFresh, Fields: lost, Text: fmt.Sprintf(
			"a new %s makes the service overwrite %s: written again after it", k.Update.Derived.From, join(lost))})
	}
}

func tops(paths []schema.Path) []string {
	var names []string
	for _, path := range paths {
		if !among(names, path[0]) {
			names = append(names, path[0])
		}
	}
	return names
}

// send adds a step unless its body must not be sent.
func (b *builder) send(k *schema.Kind, key schema.Key, op Op, phase Phase, top []string, fields schema.Object) *Step {
	for _, r := range unsendable(k, key, fields) {
		b.refuse(r)
	}
	return b.step(k, key, op, phase, top, k.ToWire(fields))
}

func (b *builder) step(k *schema.Kind, key schema.Key, op Op, phase Phase, top []string, wire schema.Object) *Step {
	b.plan.Steps = append(b.plan.Steps, Step{
		Key: key, Op: op, Phase: phase, Fields: top,
		Call: b.site.Services[k.Name].Describe(op, key.Name, wire),
	})
	return &b.plan.Steps[len(b.plan.Steps)-1]
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

func among(names []string, name string) bool {
	for _, n := range names {
		if n == name {
			return true
		}
	}
	return false
}

// less returns the names that are not in taken.
func less(names, taken []string) []string {
	var rest []string
	for _, name := range names {
		if !among(taken, name) {
			rest = append(rest, name)
		}
	}
	return rest
}
