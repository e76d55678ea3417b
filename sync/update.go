package sync

import (
	"fmt"
	"slices"
	"sort"

	"authsync/diff"
	"authsync/schema"
	"authsync/schema/list"
)

func (b *builder) update(k *schema.Kind, c *schema.Collection, d *schema.Declared, was LiveObject, all map[string]LiveObject) {
	live := was.Fields
	result, err := diff.Compare(k, d.Fields, live, b.site.Keys, b.site.Lock.LastApplied(d.Key))
	if err != nil {
		b.refuse(Refusal{Key: d.Key, Text: err.Error()})
		return
	}
	if b.options.Spelling == ShowServices {
		result.Fields = append(result.Fields, result.Settled...)
	}
	if b.site.Lock.LastApplied(d.Key).History() != diff.WasApplied || !b.site.asApplied(k, d.Key) {
		b.agrees(k, d, live)
		b.accepts(k, d, live)
	}
	b.elsewhere(k, d, live)
	b.plan.Removed = append(b.plan.Removed, b.site.removedFields(k, d, live)...)
	fields := b.unknown(d, live, result)
	if why := b.replacing(k, d, was, fields); why != "" {
		b.replace(k, c, d, was, all, fields, why)
		return
	}
	b.unstamped(k, d.Key, was, result.Fields)
	b.tokenLost(k, d, was, all)
	b.secrets(d.Key, result)
	if len(fields) == 0 {
		b.plan.same = append(b.plan.same, d.Key)
		return
	}
	sort.SliceStable(fields, func(i, j int) bool { return fields[i].Path.String() < fields[j].Path.String() })
	change := diff.Change{Key: d.Key, Action: diff.Update, Fields: fields}
	b.change(change)
	b.broken(k, d, live)
	t := b.target(c, d, was.ID)
	b.updateSteps(k, d, t, live, change)
	b.followUp(k, d, t, live, pathsOf(fields), diff.Update)
}

// elsewhere tells of what an object asks for and does not work where the
// environment is.
func (b *builder) elsewhere(k *schema.Kind, d *schema.Declared, live schema.Object) {
	for _, r := range b.site.Env.Elsewhere(k, schema.Overlay(live, d.Fields)) {
		b.note(Note{Key: d.Key, Code: NoteRegion, Fields: []schema.Path{r.At}, Text: r.At.Spelled() + ": " + r.Why})
	}
}

// broken refuses a change that breaks a rule only together with what is live, such as
// an access token that outlives a refresh token that the manifest does not name.
func (b *builder) broken(k *schema.Kind, d *schema.Declared, live schema.Object) {
	broken := func(o schema.Object) []schema.Problem {
		problems := k.Broken(o)
		if k.Named != nil {
			problems = append(problems, k.Named(d.Key.Name, schema.Overlay(o, d.Meta))...)
		}
		return problems
	}
	already := list.Set(broken(live), func(p schema.Problem) string { return p.Text })
	for _, p := range broken(k.Merge(live, d.Fields)) {
		if !already[p.Text] {
			b.refuse(Refusal{Key: d.Key, Fields: pointed(p), Text: p.String() + ", together with what is live"})
		}
	}
}

// unknown adds the secrets that cannot be compared to the differences if they are to
// be sent anyway; otherwise it records them as uncompared.
func (b *builder) unknown(d *schema.Declared, live schema.Object, result diff.Result) []diff.Field {
	fields, k := result.Fields, schema.KindNamed(d.Key.Kind)
	for _, u := range result.Unknown {
		if b.options.Secrets == RewriteUnknown && !keptByName(k, d.Fields, live, u.Path) {
			fields = append(fields, diff.Field{Path: u.Path, Before: live.At(u.Path...), After: d.Fields.At(u.Path...), Origin: diff.OriginUnknown})
			continue
		}
		b.uncompared(Uncompared{Key: d.Key, Path: u.Path, Reason: u.Reason})
	}
	return fields
}

// updateSteps plans the calls that write what differs. Login methods that are switched
// off while another is switched on are a step of their own, in the Take phase.
func (b *builder) updateSteps(k *schema.Kind, d *schema.Declared, t Target, live schema.Object, change diff.Change) {
	for _, f := range change.Fields {
		switch v := live.At(f.Path...).(type) {
		case schema.List, schema.Set:
			if schema.HoldsUnmodelled(v) {
				b.refuse(Refusal{Key: d.Key, Fields: []schema.Path{f.Path}, Text: fmt.Sprintf(
					"live items of %s hold fields that are not modelled here and would be lost; state them under extra", f.Path)})
			}
		}
	}
	on, off := ways(k, change)
	top := change.Top()
	differing := pathsOf(change.Fields)
	for _, name := range swayed(k, d.Fields, top) {
		top, differing = append(top, name), append(differing, schema.Path{name})
	}
	whole := update(k, live, d.Fields, differing)
	b.credentials(k, d, live, whole, change.Fields)
	b.unmodelled(d.Key, whole)
	switch {
	case len(off) == 0:
		b.send(k, OpUpdate, Give, top, t, whole)
	case len(on) == 0:
		b.send(k, OpUpdate, Take, top, t, whole)
	default:
		first := whole.Clone()
		for _, name := range off {
			first[name] = live[name]
		}
		b.send(k, OpUpdate, Give, less(top, off), t, first)
		always := drop(whole, less(whole.Names(), k.Update.Always))
		b.send(k, OpUpdate, Take, off, t, always)
	}
}

// swayed returns what the manifest states of the fields that the service may make
// something of when those are written that differ; see [schema.Update.Sways].
func swayed(k *schema.Kind, desired schema.Object, top []string) []string {
	var names []string
	for _, from := range top {
		for _, name := range k.Update.Sways[from] {
			if desired[name] != nil && !slices.Contains(top, name) && !slices.Contains(names, name) {
				names = append(names, name)
			}
		}
	}
	return names
}

// ways returns the login methods that a change switches on and off.
func ways(k *schema.Kind, change diff.Change) (on, off []string) {
	for _, f := range change.Fields {
		if !slices.Contains(k.Update.Ways, f.Path[0]) {
			continue
		}
		if switchedOff(f) {
			off = append(off, f.Path[0])
		} else {
			on = append(on, f.Path[0])
		}
	}
	return on, off
}

// switchedOff reports whether a change switches a login method off. One that is unset
// may be on.
func switchedOff(f diff.Field) bool {
	return f.Before == schema.Bool(true) && f.After == schema.Bool(false) || f.Before != schema.False && f.After == schema.False
}

// followUp plans a second call for fields that the first does not accept, or that it
// makes the service overwrite.
func (b *builder) followUp(k *schema.Kind, d *schema.Declared, t Target, live schema.Object, differing []schema.Path, action diff.Action) {
	var again []schema.Path
	if action == diff.Create && !k.Permanent(d.Key.Name) {
		for _, name := range k.Update.AfterCreate {
			if !schema.IsUnset(d.Fields[name]) {
				again = append(again, schema.Path{name})
			}
		}
	}
	lost, _ := derived(k, live, d.Fields, differing)
	again = append(again, lost...)
	if len(again) == 0 {
		return
	}
	after := pending(k, live, d.Fields, differing)
	fields := update(k, after, d.Fields, again)
	phase := Give
	if n := len(b.plan.Steps); n > 0 && b.plan.Steps[n-1].Key == d.Key {
		phase = b.plan.Steps[n-1].Phase
	}
	b.send(k, OpUpdate, phase, tops(again), t, fields)
	if len(lost) > 0 {
		b.plan.Steps[len(b.plan.Steps)-1].Basis = Fresh
		b.note(Note{Key: d.Key, Code: NoteFresh, Fields: lost, Text: fmt.Sprintf(
			"a new %s makes the service overwrite %s: written again after it", k.Update.Derived.From, join(lost))})
	}
}

// secrets keeps how the secrets of an object were compared: it is told once of the
// environment that some were compared only with what was last applied.
func (b *builder) secrets(key schema.Key, result diff.Result) {
	b.byLock += len(result.Recalled)
	b.plan.recalled[key] = len(result.Recalled) > 0
	b.plan.opened[key] = result.Opened
}
