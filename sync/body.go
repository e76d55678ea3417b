package sync

import (
	"fmt"
	"slices"
	"strings"

	"authsync/diff"
	"authsync/schema"
	"authsync/schema/list"
)

// update builds the fields of an update call. One rule holds for all systems: an
// update sends whole top-level fields or leaves them out.
//
//	body = identity + the kind's Always fields + every top-level field in which
//	       something managed differs, each whole: live overlaid with the manifest's
//
// Credentials are left out: credential.go says when they are sent.
//
// The service adds the identity. Sending a field whole is right whether the service
// merges or replaces it, which is not documented.
func update(k *schema.Kind, live, desired schema.Object, differing []schema.Path) schema.Object {
	merged := k.WithoutCredentials(k.Merge(live, desired))
	_, left := derived(k, live, desired, differing)
	merged = schema.Without(merged, left)
	fields := schema.Object{}
	for _, name := range k.Update.Always {
		if v, ok := merged[name]; ok {
			fields[name] = v
		}
	}
	for _, path := range differing {
		if path[0] != schema.Extra || k.Type.Others != nil {
			fields[path[0]] = merged[path[0]]
			continue
		}
		// Each name under extra is a top-level field on the wire.
		extra, _ := fields[schema.Extra].(schema.Object)
		if extra == nil {
			extra = schema.Object{}
			fields[schema.Extra] = extra
		}
		extra[path[1]] = merged.At(schema.Extra, path[1])
	}
	return fields
}

// derived returns the derived fields of an object whose source field changes: those that
// the manifest sets, and those that it leaves out. The service overwrites them all when
// the source is written. So the left ones are not sent with it, since an old value must
// not travel with the new source, and the set ones are written again.
func derived(k *schema.Kind, live, desired schema.Object, differing []schema.Path) (set, left []schema.Path) {
	if !derives(k, schema.Overlay(live, desired), differing) {
		return nil, nil
	}
	for _, path := range k.Update.Derived.Fields {
		if desired.At(path...) != nil {
			set = append(set, path)
		} else {
			left = append(left, path)
		}
	}
	return set, left
}

// derives reports whether the source field changes in an object whose other fields the
// service computes from it.
func derives(k *schema.Kind, merged schema.Object, differing []schema.Path) bool {
	d := k.Update.Derived
	for name, value := range d.When {
		if !schema.Same(merged[name], value) {
			return false
		}
	}
	for _, path := range differing {
		if len(d.From) > 0 && path.String() == d.From.String() {
			return !schema.IsUnset(merged.At(d.From...))
		}
	}
	return false
}

// pending is the live object as the plan expects it before a step that builds on an
// earlier step's result: fields that the service will compute are marked as
// unmodelled.
func pending(k *schema.Kind, live, desired schema.Object, differing []schema.Path) schema.Object {
	after := k.MarkHidden(schema.Overlay(live, desired))
	_, left := derived(k, live, desired, differing)
	for _, path := range left {
		after = schema.Overlay(after, schema.Lone(path, schema.Unmodelled{Value: schema.Null{}}))
	}
	return after
}

// unsendable returns why a body must not be sent: it would write back a mask, or it
// lacks a field that the service requires.
func unsendable(k *schema.Kind, key schema.Key, fields schema.Object) []Refusal {
	var refusals []Refusal
	unshown, hidden := part(schema.Hidden(fields), k.WriteOnly(fields))
	if len(hidden) > 0 {
		text := fmt.Sprintf("the service hides %s, and the call must send it; add it to the manifest", join(hidden))
		if !slices.ContainsFunc(hidden, func(at schema.Path) bool { return !k.TakesSecret(at) }) {
			text += " as a secret"
		}
		if !slices.ContainsFunc(hidden, func(at schema.Path) bool { return !k.Clearable(at) }) {
			text += ", or as null if there is none"
		}
		refusals = append(refusals, Refusal{Key: key, Fields: hidden, Text: text})
	}
	if len(unshown) > 0 {
		refusals = append(refusals, Refusal{Key: key, Fields: unshown, Text: fmt.Sprintf(
			"the service never shows %s, and the call would lose it; add it to the manifest, as null if there is none", join(unshown))})
	}
	for _, name := range k.Update.Always {
		if schema.IsUnset(fields[name]) {
			refusals = append(refusals, Refusal{Key: key, Fields: []schema.Path{{name}}, Text: fmt.Sprintf(
				"every call must send %s, and neither live nor the manifest has it; add it to the manifest", name)})
		}
	}
	return refusals
}

// part splits paths into those that are in among and the others.
func part(paths, among []schema.Path) (in, out []schema.Path) {
	for _, path := range paths {
		if slices.ContainsFunc(among, func(p schema.Path) bool { return p.String() == path.String() }) {
			in = append(in, path)
		} else {
			out = append(out, path)
		}
	}
	return in, out
}

func join(paths []schema.Path) string {
	texts := list.Each(paths, schema.Path.Spelled)
	if last := len(texts) - 1; last > 0 {
		texts = []string{strings.Join(texts[:last], ", "), texts[last]}
	}
	return strings.Join(texts, " and ")
}

func pathsOf(fields []diff.Field) []schema.Path {
	return list.Each(fields, func(f diff.Field) schema.Path { return f.Path })
}
