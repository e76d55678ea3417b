package sync

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"authsync/diff"
	"authsync/schema"
	"authsync/schema/lang"
	"authsync/schema/list"
)

// Gate is a rule that stops a dangerous plan until a user allows it by name. It is
// part of the plan, so that a reviewer sees it.
type Gate struct {
	Name    GateName      `json:"gate" doc:"Which gate: objects are deleted, the environment becomes less safe, somebody would be locked out, or an object is replaced. There may be more."`
	Allow   string        `json:"allow" doc:"What allows it, after --allow: the gate's name, or delete=N with the exact number."`
	Allowed bool          `json:"allowed" doc:"Whether it was allowed when the plan was made."`
	Key     schema.Key    `json:"object,omitzero" doc:"The object that trips it, as KIND/NAME; missing where several do."`
	Fields  []schema.Path `json:"fields" doc:"The fields that trip it, by path."`
	Text    string        `json:"text" doc:"Why, for a person."`
	// Said is Text for any language; zero = Text is all that there is.
	Said lang.Message `json:"-"`

	objects []schema.Key // to be deleted
}

// GateName names a gate; it is part of the JSON format.
type GateName string

const (
	// GateDelete: objects are deleted for good.
	GateDelete GateName = "delete"
	// GateWeaken: a change makes the environment less safe; see
	// [schema.Weakening].
	GateWeaken GateName = "weaken"
	// GateLockout: nobody could log in any more, or the run would lose its own access.
	GateLockout GateName = "lockout"
	// GateReplace: a change replaces an object by a new one.
	GateReplace GateName = "replace"
	// GateRecipients: something is sealed to a recipient that the lock does not know.
	GateRecipients GateName = "recipients"
	// GateDestination: a system is at another address than the lock remembers.
	GateDestination GateName = "destination"
)

// GateRule says how a gate is allowed.
type GateRule struct {
	Name GateName
	// Counted gates are allowed with the exact number of objects.
	Counted bool
	// look trips the gate where a plan that is laid out has the danger.
	look func(*builder)
}

// Gates are all gates, in the order in which a plan has them. A new gate is a line
// here.
var Gates = []GateRule{
	{GateDelete, true, (*builder).deletions},
	{GateWeaken, false, (*builder).weakenings},
	{GateLockout, false, (*builder).lockouts},
	{GateReplace, false, (*builder).replacements},
	{GateDestination, false, (*builder).destinations},
	{GateRecipients, false, (*builder).recipients},
}

func GateNames() []GateName {
	return list.Each(Gates, func(g GateRule) GateName { return g.Name })
}

// UseReporter is implemented by services that know which of their objects the current
// run itself uses. Removing such an object would lock the run out.
type UseReporter interface {
	// InUse says for what the run uses an object; "" = it does not.
	InUse(name string, live schema.Object) string
}

func (p *EnvironmentPlan) Shut() []Gate {
	return slices.DeleteFunc(slices.Clone(p.Gates), func(g Gate) bool { return g.Allowed })
}

// Allows reports whether a list of allowed gates has a gate, by its name or, as
// weaken:prod, for one environment.
func Allows(allow []string, gate, environment string) bool {
	return slices.Contains(allow, gate) || slices.Contains(allow, gate+":"+environment)
}

// gates trips the gates of a finished plan.
func (b *builder) gates() {
	for _, g := range Gates {
		g.look(b)
	}
	for i := range b.plan.Gates {
		g := &b.plan.Gates[i]
		g.Allowed = g.Allowed || Allows(b.options.Allow, g.Allow, b.plan.Name)
	}
}

// trip adds a gate that is allowed by its name.
func (b *builder) trip(name GateName, key schema.Key, fields []schema.Path, why lang.Message) {
	b.plan.Gates = append(b.plan.Gates, Gate{Name: name, Allow: string(name), Key: key, Fields: fields, Text: why.String(), Said: why})
}

// Why says in a language why the gate is shut.
func (g Gate) Why(l lang.Language) string { return cmp.Or(g.Said.In(l), g.Text) }

// deletions trips the gate with the number of objects that the plan deletes, or that a
// creation may make the service delete.
func (b *builder) deletions() {
	var names []string
	var whys []lang.Message
	var keys []schema.Key
	for _, c := range b.plan.Changes {
		if _, agreed := b.leftover[c.Key]; c.Action == diff.Delete && !agreed {
			names, keys = append(names, c.Key.Spelled()), append(keys, c.Key)
		}
	}
	if n := len(names); n > 0 {
		whys = append(whys, lang.Of(plural(n, "%s object is deleted: %s", "%s objects are deleted: %s"), lang.Text(strconv.Itoa(n)), lang.Text(strings.Join(names, ", "))))
	}
	for _, r := range b.mayGo() {
		keys, whys = append(keys, r.key), append(whys, r.why())
	}
	if n := len(keys); n > 0 {
		why := allOf(whys)
		b.plan.Gates = append(b.plan.Gates, Gate{Name: GateDelete, Allow: fmt.Sprintf("%s=%d", GateDelete, n), Text: why.String(), Said: why, objects: keys})
	}
}

// allOf are several sentences as one. Each is copied once for each time that their
// number can be halved.
func allOf(messages []lang.Message) lang.Message {
	if len(messages) == 1 {
		return messages[0]
	}
	half := len(messages) / 2
	return lang.Of("%s; %s", allOf(messages[:half]), allOf(messages[half:]))
}

func (b *builder) weakenings() {
	for _, c := range b.plan.Changes {
		if c.Action == diff.Delete {
			continue
		}
		k := schema.KindNamed(c.Key.Kind)
		for _, f := range c.Fields {
			if why, weaker := k.Weakened(f.Path, f.Before, f.After); weaker {
				b.trip(GateWeaken, c.Key, []schema.Path{f.Path}, lang.Of(why))
			}
		}
	}
	tripped := map[saying]struct{}{}
	for _, g := range b.plan.Gates {
		if g.Name == GateWeaken && len(g.Fields) == 1 {
			tripped[saying{g.Key, g.Fields[0].String()}] = struct{}{}
		}
	}
	for _, w := range b.weaker {
		place := saying{w.key, w.at.String()}
		if _, again := tripped[place]; !again {
			tripped[place] = struct{}{}
			b.trip(GateWeaken, w.key, []schema.Path{w.at}, w.why)
		}
	}
}

// agreement is a weaker value that git now states too, whoever wrote it to live.
type agreement struct {
	key schema.Key
	at  schema.Path
	why lang.Message
}

// agrees compares what git states of an object with what it stated at the last apply.
// A field that git names for the first time is no agreement of that time.
func (b *builder) agrees(k *schema.Kind, d *schema.Declared, live schema.Object) {
	entry, _ := b.site.Lock.Entry(d.Key)
	schema.Walk(d.Fields, func(at schema.Path, v schema.Value) {
		if entry.Spells(at, v) {
			return
		}
		was, known := entry.Value(k, at)
		if !known {
			return
		}
		why, weaker := k.Weakened(at, was, v)
		if !weaker {
			return
		}
		said := lang.Of(why)
		if schema.Same(schema.Unwrap(live.At(at...)), v) {
			said = lang.Of("%s; live has it already, and git takes it over", said)
		}
		b.weaker = append(b.weaker, agreement{d.Key, at, said})
	})
}

// replacements trips the gate for replacements that an immutable field requires. A
// replacement that was asked for by name, or that is due by the manifest's time limit,
// is expected.
func (b *builder) replacements() {
	for _, c := range b.plan.Changes {
		if c.Action != diff.Replace {
			continue
		}
		var fields []schema.Path
		k := schema.KindNamed(c.Key.Kind)
		for _, f := range c.Fields {
			if slices.Contains(k.Update.Immutable, f.Path[0]) {
				fields = append(fields, f.Path)
			}
		}
		how := b.replaced[c.Key]
		switch {
		case how.order == schema.DeleteFirst:
			b.trip(GateReplace, c.Key, fields, lang.Of("it is deleted and created again; in between there is none"))
		case len(fields) > 0 && how.keeps > 0:
			b.trip(GateReplace, c.Key, fields, lang.Of("a new one takes its place, and the old one is deleted after %s: its users must change over", lang.Text(how.keeps.String())))
		case len(fields) > 0:
			b.trip(GateReplace, c.Key, fields, lang.Of("a new one takes its place, and the old one is deleted: its users must change over"))
		}
	}
}

// lockouts trips the gate if the last login method goes, or something that this run
// itself uses.
func (b *builder) lockouts() {
	b.waysIn()
	if closed := b.closed(); len(closed) > 0 {
		b.trip(GateLockout, schema.Key{}, nil, lang.Of(
			"%s, and this plan knows of no other login method that is on: nobody could log in to an account", allOf(closed)))
	}
	for _, c := range b.plan.Changes {
		if ousts := schema.KindNamed(c.Key.Kind).Update.Ousts; ousts != "" && c.Action == diff.Create {
			b.trip(GateLockout, c.Key, nil, lang.Of("the vault has none, and %s", lang.Of(ousts)))
		}
		if used, is := b.usedBy(c); is {
			b.trip(GateLockout, c.Key, nil, used)
		}
		reporter, ok := b.site.Services[c.Key.Kind].(UseReporter)
		if !ok || !b.goes(c) {
			continue
		}
		if use := reporter.InUse(c.Key.Name, b.plan.live[c.Key].Fields); use != "" {
			b.trip(GateLockout, c.Key, nil, lang.Of("%s, and it goes: this run and those after it would be locked out", lang.Text(use)))
		}
	}
}

// usedBy says which field of a declared object rests on one that is deleted, if one
// does.
func (b *builder) usedBy(c diff.Change) (lang.Message, bool) {
	if c.Action != diff.Delete {
		return lang.Message{}, false
	}
	for _, use := range schema.KindNamed(c.Key.Kind).UsedBy {
		for _, d := range b.site.collection(use.Kind).Objects {
			whole := schema.Overlay(b.read.Live[use.Kind][d.Key.Name].Fields, d.Fields)
			value, _ := schema.Unwrap(whole.At(use.Field...)).(schema.Text)
			if value != "" && use.Of(c.Key.Name, string(value)) {
				return lang.Of("%s of %s uses it, and it goes: nobody could log in by that", lang.Text(use.Field.String()), lang.Text(d.Key.Spelled())), true
			}
		}
	}
	return lang.Message{}, false
}

// goes reports whether a change makes an object unusable.
func (b *builder) goes(c diff.Change) bool {
	if c.Action == diff.Delete || c.Action == diff.Replace {
		return b.replaced[c.Key].keeps == 0
	}
	stopped := schema.KindNamed(c.Key.Kind).Stopped
	return slices.ContainsFunc(c.Fields, func(f diff.Field) bool {
		v, ok := stopped[f.Path.String()]
		return ok && schema.Same(v, f.After)
	})
}

// closed returns the login methods that are switched off while no other is left; none
// if one is left. Methods that were not read do not count.
func (b *builder) closed() []lang.Message {
	var off []string
	shut := map[string]string{} // why, by name
	for _, k := range schema.Kinds {
		live := b.read.Live[k.Name]
		if len(k.Entrances) == 0 || live == nil {
			continue
		}
		names := sortedNames(live)
		for _, c := range b.plan.Changes {
			if c.Key.Kind == k.Name {
				names = append(names, c.Key.Name)
			}
		}
		for _, name := range list.Distinct(names) {
			key := schema.Key{Kind: k.Name, Name: name}
			before, after := live[name].Fields, b.after(k, key, live[name].Fields)
			for _, e := range k.Entrances {
				did, _ := b.site.Env.Lets(k, e, before)
				lets, why := b.site.Env.Lets(k, e, after)
				name := way(k, name, e)
				switch {
				case lets:
					return nil
				case did && why == "":
					off = append(off, name)
				case did:
					shut[name] = why
				}
			}
		}
	}
	slices.Sort(off)
	var all []lang.Message
	if len(off) > 0 {
		all = append(all, lang.Of(plural(len(off), "%s goes off", "%s go off"), lang.Text(strings.Join(off, ", "))))
	}
	for _, name := range slices.Sorted(maps.Keys(shut)) {
		all = append(all, lang.Of("%s lets nobody in any more: %s", lang.Text(name), lang.Of(shut[name])))
	}
	return all
}

// after is an object as the plan will have made it; nil = deleted.
func (b *builder) after(k *schema.Kind, key schema.Key, live schema.Object) schema.Object {
	c, changes := b.changeOf(key)
	switch {
	case !changes:
		return live
	case c.Action == diff.Delete:
		return nil
	}
	return schema.Overlay(live, b.site.collection(k.Name).Object(key.Name).Fields)
}

// shut returns an error if a gate is not allowed. It is the last check, whoever calls.
func shut(plan *EnvironmentPlan) error {
	for _, g := range plan.Shut() {
		return fmt.Errorf("gate %s: %s", g.Allow, g.Text)
	}
	return nil
}

// StillToAllow returns the gates of the plan that remains after a run did a part of
// it: the same ones, with fewer deletions.
func (p *EnvironmentPlan) StillToAllow(r *Report) []string {
	undone := list.Set(list.Only(r.Steps, StepResult.unsuccessful), func(s StepResult) schema.Key { return s.Step.Key })
	var allow []string
	for _, g := range p.Gates {
		if g.Name != GateDelete {
			allow = append(allow, g.Allow)
			continue
		}
		left := list.Count(g.objects, func(key schema.Key) bool { return undone[key] })
		if left > 0 {
			allow = append(allow, fmt.Sprintf("%s=%d", GateDelete, left))
		}
	}
	return allow
}
