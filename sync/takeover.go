package sync

import (
	"slices"

	"gopkg.in/yaml.v3"

	"authsync/diff"
	"authsync/schema"
	"authsync/schema/list"
	"authsync/schema/rewrite"
	"authsync/secrets"
)

// Takeover is what an existing manifest takes over from live, and what it does not.
type Takeover struct {
	// Taken is what is taken over, object by object.
	Taken []Taken
	// Left are the places where the manifest stays different from live.
	Left []Left
	// Untouched counts the objects of each kind that the takeover does not mention.
	Untouched map[string]int
}

// Taken is what the manifest takes over of one object. The action Create adds the
// object to the manifest, Delete removes it.
type Taken struct {
	Key    schema.Key
	Action diff.Action
	// Fields have the manifest's value before and the live value after.
	Fields []diff.Field
	// Weaker says, by path, why a field makes the environment less safe.
	Weaker map[string]string
	// Sealed are sealed secrets that are removed with the object.
	Sealed []schema.Path

	// Edits change the manifest's text: one edit, or one for each of Fields.
	Edits []rewrite.Edit
}

// Left is an object or a field that stays as the manifest has it.
type Left struct {
	Key  schema.Key
	Path schema.Path // none = the whole object
	Why  Reason
	// Fault says what is wrong with an Unsayable live value.
	Fault string
}

// Reason says why something stays as the manifest has it.
type Reason string

const (
	// MovedInGit: only git has changed it since the last apply.
	MovedInGit Reason = "moved in git"
	// NewInGit: it was never applied.
	NewInGit Reason = "new in git"
	// RemovedFromGit: live has what git no longer names.
	RemovedFromGit Reason = "removed from git"
	// NeverInGit: it was live and unmanaged at the last apply.
	NeverInGit Reason = "never in git"
	// NotLive: live does not have it, and no lock records that it ever did.
	NotLive Reason = "not live"
	// InBase: it is defined in a Base, which other environments use too.
	InBase Reason = "in a base"
	// HoldsSealed: live no longer has it, and the manifest may have the only copy of
	// its secrets.
	HoldsSealed Reason = "holds sealed secrets"
	// HiddenLive: live has another secret and hides it.
	HiddenLive Reason = "hidden"
	// NotAsked: another field of the object was asked for.
	NotAsked Reason = "not asked for"
	// Unsayable: a manifest cannot express the live value.
	Unsayable Reason = "cannot be said"
	// Unjudged: it was not compared.
	Unjudged Reason = "not compared"
)

// Takes says what to take over beyond what has moved only in live.
type Takes struct {
	// Asked is what was asked for by name; none = everything.
	Asked []Asked
	// Losing removes an object that live no longer has even if its sealed secrets are
	// lost with it.
	Losing bool
}

// options returns the options of a plan of what was asked for.
func (t Takes) options() Options {
	o := Options{Spelling: ShowServices}
	for _, asked := range t.Asked {
		o.Targets = append(o.Targets, asked.Key)
	}
	return o
}

// TakeOver decides what a manifest takes over of what was read. It takes what live has
// changed since the last apply, and leaves what only git has changed unless it was
// asked for by name. Without a lock it takes all differences, and leaves what live
// does not have.
func TakeOver(site *Site, read *Reading, t Takes, seal Seal) (*Takeover, error) {
	x := &taking{exporter: exporter{site: site, old: site.Env, seal: seal}, read: read, takes: t, out: &Takeover{Untouched: map[string]int{}}}
	plan := Build(site, read, t.options())
	changed := map[schema.Key]bool{}
	for _, change := range plan.Changes {
		changed[change.Key] = true
		if err := x.change(change); err != nil {
			return nil, err
		}
	}
	for _, r := range plan.Refusals {
		if r.Rule == "" && !changed[r.Key] { // what is live is taken over whatever a policy says
			x.leave(Left{Key: r.Key, Why: Unjudged, Fault: r.Text})
			changed[r.Key] = true
		}
	}
	for _, key := range plan.unnamed() {
		if err := x.unnamed(key); err != nil {
			return nil, err
		}
	}
	if err := x.askedFor(changed); err != nil {
		return nil, err
	}
	x.countUntouched(changed)
	return x.out, nil
}

type taking struct {
	exporter
	read  *Reading
	takes Takes
	out   *Takeover
}

func (x *taking) leave(l Left) { x.out.Left = append(x.out.Left, l) }

func (x *taking) change(c diff.Change) error {
	k := schema.KindNamed(c.Key.Kind)
	d := x.site.Env.Object(c.Key)
	if c.Action == diff.Create {
		x.lost(k, d)
		return nil
	}
	taken := Taken{Key: c.Key, Action: diff.Update, Weaker: map[string]string{}}
	for _, f := range c.Fields {
		if !x.wants(c.Key, f.Path) {
			x.leave(Left{Key: c.Key, Path: f.Path, Why: NotAsked})
			continue
		}
		left, err := x.field(k, d, f, &taken)
		if err != nil {
			return err
		}
		if left != "" {
			x.leave(Left{Key: c.Key, Path: f.Path, Why: left})
		}
	}
	x.take(taken)
	return nil
}

func (x *taking) take(t Taken) {
	if len(t.Edits) > 0 {
		x.out.Taken = append(x.out.Taken, t)
	}
}

// field takes over one field, or returns why not.
func (x *taking) field(k *schema.Kind, d *schema.Declared, f diff.Field, taken *Taken) (Reason, error) {
	switch history := x.site.Lock.LastApplied(d.Key).History(); {
	case x.named(d.Key):
	case f.Origin == diff.OriginGit:
		return MovedInGit, nil
	case history == diff.NeverApplied:
		return NewInGit, nil
	}
	v, err := x.shown(k, d.Key, f.Path)
	if err != nil {
		return "", err
	}
	had := d.Fields.At(f.Path...)
	secret, isSecret := v.(schema.Secret)
	switch {
	case isSecret && schema.Same(had, secret):
		return HiddenLive, nil
	case v == nil && !schema.IsUnset(f.Before):
		return Unsayable, nil
	}
	edit := rewrite.Edit{Path: append(k.Path(d.Key.Name), f.Path...)}
	switch {
	case v != nil:
		edit.Node = k.SpellField(f.Path, schema.InOrderOf(v, had))
	case d.Position(f.Path).File != x.site.Env.File: // a Base names it: the manifest can only overrule it
		edit.Node = k.SpellField(f.Path, schema.Null{})
	}
	x.add(k, taken, f.Path, had, v, edit)
	return "", nil
}

func (x *taking) add(k *schema.Kind, taken *Taken, at schema.Path, before, after schema.Value, edit rewrite.Edit) {
	taken.Edits = append(taken.Edits, edit)
	taken.Fields = append(taken.Fields, diff.Field{Path: at, Before: before, After: after})
	if after == nil {
		after = schema.Null{}
	}
	if why, weaker := k.Weakened(at, before, after); weaker {
		taken.Weaker[at.String()] = why
	}
}

// shown returns the live value at a path as a manifest states it; nil = nothing.
func (x *taking) shown(k *schema.Kind, key schema.Key, at schema.Path) (schema.Value, error) {
	v := k.Settable(x.read.Live[k.Name][key.Name].Fields).At(at...)
	if v == nil {
		return nil, nil
	}
	v, err := x.value(k, v, append(k.Path(key.Name), at...))
	if err != nil || schema.IsUnset(v) {
		return nil, err
	}
	return v, nil
}

// lost handles an object that the manifest names and live does not have.
func (x *taking) lost(k *schema.Kind, d *schema.Declared) {
	l := Left{Key: d.Key}
	taken := Taken{Key: d.Key, Action: diff.Delete, Sealed: SealedIn(d), Edits: []rewrite.Edit{ObjectEdit(k, d.Key.Name, nil)}}
	switch history := x.site.Lock.LastApplied(d.Key).History(); {
	case d.Pos.File != x.site.Env.File:
		l.Why = InBase
	case !x.wantsWhole(d.Key):
		return
	case history == diff.NoLock && !x.named(d.Key):
		l.Why = NotLive
	case history == diff.NeverApplied && !x.named(d.Key):
		l.Why = NewInGit
	case len(taken.Sealed) > 0 && !x.takes.Losing:
		l.Why = HoldsSealed
	default:
		x.take(taken)
		return
	}
	x.leave(l)
}

// ObjectEdit puts an object into a manifest; nil takes it out.
func ObjectEdit(k *schema.Kind, name string, object *yaml.Node) rewrite.Edit {
	e := rewrite.Edit{Path: k.Path(name), Node: object}
	if k.Notation == schema.NamesOnly {
		e.Holder = rewrite.InList
	}
	return e
}

// SealedIn returns the paths of an object's sealed secrets.
func SealedIn(d *schema.Declared) []schema.Path {
	var paths []schema.Path
	schema.Visit(d.Fields, schema.KindNamed(d.Key.Kind).Path(d.Key.Name), func(at schema.Path, v schema.Value) bool {
		if secret, ok := v.(schema.Secret); ok && secret.Form() == secrets.SealedForm {
			paths = append(paths, at)
		}
		return true
	})
	return paths
}

// unnamed handles a live object that the manifest does not name.
func (x *taking) unnamed(key schema.Key) error {
	asked := x.named(key) || x.kindNamed(key.Kind)
	switch history := x.site.Lock.LastApplied(key).History(); {
	case !x.wantsWhole(key):
		return nil
	case asked:
	case history == diff.WasApplied:
		x.leave(Left{Key: key, Why: RemovedFromGit})
		return nil
	case x.site.Lock.Unmanaged(key):
		x.leave(Left{Key: key, Why: NeverInGit})
		return nil
	}
	k := schema.KindNamed(key.Kind)
	x.remarks = nil
	fields, err := x.object(k, k.Settable(x.read.Live[k.Name][key.Name].Fields), k.Path(key.Name))
	if err != nil {
		return err
	}
	d := &schema.Declared{Key: key, Fields: fields}
	taken := Taken{Key: key, Action: diff.Create, Weaker: map[string]string{}}
	schema.Walk(fields, func(at schema.Path, v schema.Value) {
		if why, weaker := k.Weakened(at, nil, v); weaker {
			taken.Weaker[at.String()] = why
		}
		taken.Fields = append(taken.Fields, diff.Field{Path: at, After: v})
	})
	taken.Edits = []rewrite.Edit{ObjectEdit(k, key.Name, schema.SpellObjectWith(d, x.remarks))}
	x.take(taken)
	return nil
}

// askedFor takes over single fields that were asked for and that git does not name,
// since no comparison includes them.
func (x *taking) askedFor(changed map[schema.Key]bool) error {
	for _, t := range x.takes.Asked {
		k := schema.KindNamed(t.Key.Kind)
		d := x.site.Env.Object(t.Key)
		if len(t.Field) == 0 || d == nil || d.Fields.At(t.Field...) != nil {
			continue
		}
		v, err := x.shown(k, t.Key, t.Field)
		if err != nil || v == nil {
			return err
		}
		taken := Taken{Key: t.Key, Action: diff.Update, Weaker: map[string]string{}}
		path := append(k.Path(t.Key.Name), t.Field...)
		x.add(k, &taken, t.Field, nil, v, rewrite.Edit{Path: path, Node: k.SpellField(t.Field, v)})
		x.take(taken)
		changed[t.Key] = true
	}
	return nil
}

func (x *taking) countUntouched(changed map[schema.Key]bool) {
	for _, k := range schema.Kinds {
		for _, d := range x.site.Env.Objects(k) {
			if !changed[d.Key] {
				x.out.Untouched[k.Name]++
			}
		}
	}
}

// Edits returns the edits of the manifest's text.
func (t *Takeover) Edits() []rewrite.Edit {
	return list.Flat(t.Taken, func(taken Taken) []rewrite.Edit { return taken.Edits })
}

// Leave takes back the change at a path, or else another change of the same object,
// and records why. It reports whether there was one.
func (t *Takeover) Leave(at schema.Path, why Reason, fault string) bool {
	return t.leaveOne(at, why, fault, func(_ Taken, e rewrite.Edit) bool { return e.Path.Meets(at) }) ||
		t.leaveOne(at, why, fault, func(taken Taken, _ rewrite.Edit) bool {
			return schema.KindNamed(taken.Key.Kind).Path(taken.Key.Name).Meets(at)
		})
}

func (t *Takeover) leaveOne(at schema.Path, why Reason, fault string, is func(Taken, rewrite.Edit) bool) bool {
	for i := range t.Taken {
		taken := &t.Taken[i]
		j := slices.IndexFunc(taken.Edits, func(e rewrite.Edit) bool { return is(*taken, e) })
		if j < 0 {
			continue
		}
		if whole := len(taken.Edits[j].Path); whole < len(at) && fault != "" {
			fault = at[whole:].Spelled() + ": " + fault
		}
		l := Left{Key: taken.Key, Why: why, Fault: fault}
		taken.Edits = slices.Delete(taken.Edits, j, j+1)
		if taken.Action == diff.Update {
			l.Path = taken.Fields[j].Path
			taken.Fields = slices.Delete(taken.Fields, j, j+1)
		}
		if len(taken.Edits) == 0 {
			t.Taken = slices.Delete(t.Taken, i, i+1)
		}
		t.Left = append(t.Left, l)
		return true
	}
	return false
}

// Tells reports whether the takeover reports that the manifest differs from live at a
// place. If a part of an object is unsayable, the service may alter the rest too.
func (t *Takeover) Tells(key schema.Key, at schema.Path) bool {
	return slices.ContainsFunc(t.Left, func(l Left) bool {
		return l.Key == key && (l.Path.Meets(at) || l.Why == Unsayable)
	})
}
