package rehearse

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"

	"authsync/diff"
	"authsync/schema"
	"authsync/schema/quirk"
	"authsync/sync"
)

// calibrate adds the answers that reading shows by which the copy reads as live did.
// Nothing is asked of a service: where the copy reads as live with the usual answers,
// they do; else each answer that can be found by reading is tried.
func (o *original) calibrate(ctx context.Context, fixed quirk.Set) (quirk.Set, error) {
	fixed = o.possible(fixed)
	odd, err := o.strange(ctx, fixed)
	if err == nil && len(odd) > 0 { // what was taken for one that nobody has made may be one
		o.take(odd)
		odd, err = o.strange(ctx, fixed)
	}
	for _, row := range quirk.All() {
		if len(odd) == 0 || err != nil {
			break
		}
		if _, known := fixed[row.Name]; known || row.Found != quirk.ByReading || !anyOf(row.System, odd) {
			continue
		}
		for _, value := range row.Values()[1:] {
			with := maps.Clone(fixed)
			with[row.Name] = value
			if left, failed := o.strange(ctx, with); failed == nil && len(left) < len(odd) {
				odd, fixed = left, with
			}
		}
	}
	return fixed, err
}

// possible adds that a secret that reads empty is hidden, where nothing could be live
// without it.
func (o *original) possible(fixed quirk.Set) quirk.Set {
	for _, k := range o.kinds {
		for _, t := range o.objects[k.Name] {
			for _, row := range t.blank {
				if _, known := fixed[row.Name]; known {
					continue
				}
				hidden := maps.Clone(fixed)
				hidden[row.Name] = quirk.Blank
				_, unset := o.copied(fixed)
				if _, err := o.copied(hidden); unset != nil && err == nil {
					fixed = hidden
				}
			}
		}
	}
	return fixed
}

// anyOf reports whether any of the objects is of a system.
func anyOf(system string, odd []schema.Key) bool {
	return slices.ContainsFunc(odd, func(key schema.Key) bool { return schema.KindNamed(key.Kind).System == system })
}

// strange returns the objects that a copy shows otherwise than live did, once for each
// field. Of a secret only the manner counts in which it is shown: a copy has another
// text in its place.
func (o *original) strange(ctx context.Context, set quirk.Set) ([]schema.Key, error) {
	c, err := o.copied(set)
	if err != nil {
		return nil, err
	}
	read := sync.Read(ctx, c.site, o.options)
	if err := errors.Join(read.Errors...); err != nil {
		return nil, fmt.Errorf("the copy could not be read: %w", err)
	}
	var odd []schema.Key
	for _, k := range o.kinds {
		was, is := o.plan.Read().Live[k.Name], read.Live[k.Name]
		all := maps.Clone(was)
		maps.Copy(all, is)
		for name := range all {
			key := schema.Key{Kind: k.Name, Name: name}
			if !o.concerns(key) {
				continue
			}
			_, stood := was[name]
			_, stands := is[name]
			if stood != stands {
				odd = append(odd, key)
			}
			for range diff.Moves(manner(was[name].Fields), manner(is[name].Fields)) {
				odd = append(odd, key)
			}
		}
	}
	return odd, nil
}

// manner is an object with the manner in which a service shows a secret in its place, but
// for what is hidden wholly, which may be unset.
func manner(o schema.Object) schema.Object {
	told, _ := schema.Map(o, func(v schema.Value) schema.Value {
		if how := shown(v); how != "" && how != quirk.Blank && schema.IsSecret(v) {
			return schema.Text(how)
		}
		return v
	}).(schema.Object)
	return told
}
