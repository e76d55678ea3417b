package sync

import (
	"fmt"
	"slices"

	"authsync/diff"
	"authsync/schema"
)

// Build compares a site with what was read of it and makes the plan. It makes no call.
func Build(site *Site, read *Reading, o Options) *EnvironmentPlan { return build(site, read, o).plan }

func build(site *Site, read *Reading, o Options) *builder {
	b := &builder{site: site, options: o, read: read, room: room{}, gone: map[string]bool{}, leftover: map[schema.Key]struct{}{}, replaced: map[schema.Key]replacement{},
		changed: map[schema.Key]int{}, refused: map[saying]struct{}{}, plan: &EnvironmentPlan{stating: statingOf(site.Env),
			Name: site.Env.Name, Sandbox: site.Places.Sandbox(), File: site.Env.File, EnvID: site.Env.ID(), Limits: limits(site, read, o),
			Errors: append([]error(nil), read.Errors...), Unread: read.Unread, live: map[schema.Key]LiveObject{}, whole: map[string]struct{}{}, recalled: map[schema.Key]bool{}, opened: map[schema.Key][]diff.Opened{}, Unreadable: map[string]error{}, read: read, options: o,
		}}
	for _, text := range site.disbelieved() {
		b.note(Note{Code: NoteOther, Text: text})
	}
	for _, k := range schema.Kinds {
		c := site.collection(k.Name)
		if !site.concerns(k) || !o.selectsKind(k.Name) || read.skips(k) {
			continue
		}
		if why, known := read.Dropped[k.Name]; known {
			b.unseenRemovals(k, c, nil, why)
			continue
		}
		if o.selectsAll(k.Name) && site.states(k) {
			b.plan.whole[k.Name] = struct{}{}
		}
		from := len(b.plan.Changes)
		b.collection(k, c, read.Live[k.Name])
		if reason := read.Unreadable[k.Name]; reason != nil {
			b.unseenRemovals(k, c, nil, "live cannot be read")
			b.noteUnreadable(k, reason, b.plan.Changes[from:])
		} else {
			b.unseenRemovals(k, c, read.Live[k.Name], "the manifest no longer has what it was in")
		}
	}
	if b.byLock > 0 {
		b.note(Note{Code: NoteRecalled, Text: fmt.Sprintf(
			"%d %s live shows %s compared with what was last applied; with an identity a plan tells whether live still has %s", b.byLock,
			plural(b.byLock, "secret that", "secrets that"), plural(b.byLock, "was", "were"), plural(b.byLock, "it", "them"))})
	}
	b.refuseWrongSecrets()
	b.spares()
	b.acknowledge()
	b.judge()
	arrange(b.plan.Steps)
	b.plan.noteHeldBack()
	b.gates()
	return b
}

type builder struct {
	site    *Site
	options Options
	read    *Reading
	plan    *EnvironmentPlan
	changed map[schema.Key]int // position of an object's change among the plan's
	refused map[saying]struct{}
	among   *among // the objects of the kind that is compared
	room    room
	gone    map[string]bool // ids of objects that are deleted with another
	// leftover are objects whose deletion was agreed to when their successor was
	// created.
	leftover map[schema.Key]struct{}
	replaced map[schema.Key]replacement
	weaker   []agreement
	// rivalries are what creations may make the service delete.
	rivalries []rivalry
	spared    int // number of unmanaged objects that could be deleted
	byLock    int // number of secrets that were compared only with what was last applied
}

func (b *builder) collection(k *schema.Kind, c *schema.Collection, live map[string]LiveObject) {
	b.among = b.amongOf(k, c, live)
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
			b.plan.live[d.Key] = was
			b.update(k, c, d, was, live)
		} else {
			b.create(k, c, d, live)
		}
	}
	for _, name := range sortedNames(live) {
		key, o := schema.Key{Kind: k.Name, Name: name}, live[name]
		if c.Object(name) == nil && o.Presence != Phantom && !b.gone[o.ID] {
			b.unnamed(k, c, key, o, live)
		}
	}
	b.renames(k, missing)
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

// send adds the steps of an operation, or a refusal if its body must not be sent.
func (b *builder) send(k *schema.Kind, op Op, phase Phase, top []string, t Target, fields schema.Object) {
	if op == OpUpdate {
		sent, left := b.site.leaveOut(k, fields)
		b.leftOut(schema.Key{Kind: k.Name, Name: t.Name}, left)
		fields = sent
	}
	for _, r := range unsendable(k, schema.Key{Kind: k.Name, Name: t.Name}, fields) {
		b.refuse(r)
	}
	b.steps(k, op, phase, top, t, fields)
}

func (b *builder) steps(k *schema.Kind, op Op, phase Phase, top []string, t Target, fields schema.Object) {
	var wire schema.Object
	if fields != nil {
		wire = k.ToWire(fields)
	}
	for _, call := range b.site.Services[k.Name].Describe(op, t, wire) {
		b.plan.Steps = append(b.plan.Steps, Step{
			Key: schema.Key{Kind: k.Name, Name: t.Name}, Op: op, Phase: phase, Fields: top, ID: t.ID, Call: call, sends: fields,
		})
	}
}

// unmodelled notes which unmodelled fields a body carries along.
func (b *builder) unmodelled(key schema.Key, fields schema.Object) {
	if paths := schema.UnmodelledPaths(fields); len(paths) > 0 {
		b.note(Note{Key: key, Code: NoteUnmodelled, Fields: paths, Text: fmt.Sprintf(
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

// saying is what is said of an object.
type saying struct {
	key  schema.Key
	text string
}

// refuse adds a refusal, once even if several steps run into it.
func (b *builder) refuse(r Refusal) {
	said := saying{r.Key, r.Text}
	if _, again := b.refused[said]; !again {
		b.refused[said] = struct{}{}
		b.plan.Refusals = append(b.plan.Refusals, r)
	}
}

// change adds a difference to the plan.
func (b *builder) change(c diff.Change) {
	b.changed[c.Key] = len(b.plan.Changes)
	b.plan.Changes = append(b.plan.Changes, c)
}

// changeOf returns the plan's difference of an object, if it has one.
func (b *builder) changeOf(key schema.Key) (diff.Change, bool) {
	i, changes := b.changed[key]
	if !changes {
		return diff.Change{}, false
	}
	return b.plan.Changes[i], true
}

// less returns the names that are not in taken.
func less(names, taken []string) []string {
	return slices.DeleteFunc(slices.Clone(names), func(name string) bool { return slices.Contains(taken, name) })
}
