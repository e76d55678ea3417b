package sync

import (
	"fmt"

	"authsync/audit"
	"authsync/schema"
)

// NotePolicy: the end state breaks a rule of a policy that is a warning.
const NotePolicy NoteCode = "policy"

// judge holds the end state against the policies of the environment: what is live, with
// the plan's changes, whoever made it so. What breaks an error rule must not be applied.
func (b *builder) judge() {
	env := b.site.Env
	if len(env.Policies) == 0 {
		return
	}
	end := audit.State{Env: env, Objects: b.endState(), Side: schema.Held}
	for _, f := range audit.Judge(end, b.options.Now) {
		key, below := objectAt(f.Path)
		text := fmt.Sprintf("%s (%s)", (schema.Problem{At: below, Text: f.Text}).String(), f.Pos)
		var fields []schema.Path
		if key.Kind != "" && len(below) > 0 {
			fields = []schema.Path{below}
		}
		if f.Severity == schema.Doubtful {
			b.note(Note{Key: key, Code: NotePolicy, Fields: fields, Text: text})
			continue
		}
		b.refuse(Refusal{Key: key, Fields: fields, Text: text, Rule: f.Rule})
	}
}

// endState is what the environment has after the plan, of what the plan is about.
func (b *builder) endState() map[string]map[string]schema.Object {
	all := b.read.held(b.site.Env, func(k *schema.Kind, key schema.Key, live schema.Object) schema.Object {
		if !b.options.Selects(key) {
			return nil
		}
		return b.after(k, key, live)
	})
	for _, c := range b.plan.Changes {
		kind := all[c.Key.Kind]
		if _, stands := kind[c.Key.Name]; stands || kind == nil {
			continue
		}
		if o := b.after(schema.KindNamed(c.Key.Kind), c.Key, nil); o != nil {
			kind[c.Key.Name] = schema.Overlay(o, metaOf(b.site.Env, c.Key.Kind, c.Key.Name))
		}
	}
	return all
}

// objectAt returns the object that a place is in, and the rest of the path; a place
// that is in none has no object.
func objectAt(path schema.Path) (schema.Key, schema.Path) {
	if k := schema.KindOf(path); k != nil {
		if name, below, ok := k.NameAt(path); ok {
			return schema.Key{Kind: k.Name, Name: name}, below
		}
	}
	return schema.Key{}, path
}

// Subject is what a refusal is about: an object, or else the rule that it breaks.
func (r Refusal) Subject() string {
	if r.Key.Kind == "" {
		return r.Rule
	}
	return r.Key.Spelled()
}
