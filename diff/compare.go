package diff

import (
	"slices"
	"strings"

	"github.com/google/go-cmp/cmp"

	"authsync/schema"
	"authsync/secrets"
)

// Opener opens a secret for comparison; [secrets.Keyring] is one.
type Opener interface {
	Open(secrets.Value) (secrets.Clear, error)
}

// Result is the result of comparing one object.
type Result struct {
	// Fields are the differences, sorted by path.
	Fields []Field
	// Settled are values that the service is known to make of the desired ones; they
	// are not differences.
	Settled []Field
	// Unknown are the secrets that cannot be compared.
	Unknown []Unknown
	// Opened are the sealed secrets that were opened and hold what live shows.
	Opened []Opened
	// Recalled are secrets that live shows and that were compared only with what was
	// last applied, since no identity here opens them. It is not known whether live
	// still has them.
	Recalled []schema.Path
}

// Opened is a sealed secret, and what live shows in its place.
type Opened struct {
	Path         schema.Path
	Sealed, Live secrets.Value
}

// Compare returns in what live differs from desired:
//
//  1. What the manifest does not name is left out.
//  2. What the service will make of the manifest's values (limits, forced
//     switches) is compared, not the values themselves; see schema.Kind.Settle.
//     A value that live already has needs no settling.
//  3. Absent, null and "" are equal, and so is an empty list.
//  4. A secret is compared in clear if both sides can be read. A mask that
//     contradicts it is a difference. One that is attested is equal and stays
//     sealed; see [Applied]. Otherwise it is equal if it was last
//     applied. A hidden secret that was not applied to an applied object is new
//     in git: a difference. Any other secret is unknown, not different.
//  5. A write-only field (schema.WriteOnly) is equal if its value was last
//     applied.
//  6. A value that the service is known to have made of the desired value is
//     equal; see [Applied].
func Compare(k *schema.Kind, desired, live schema.Object, opener Opener, applied Applied) (Result, error) {
	settled := settle(k, desired, live)
	after := schema.Canonical(settled)
	before := schema.Project(live, settled)
	if applied == nil {
		applied = Nothing{}
	}
	s := secretPass{opener: opener, applied: applied}
	s.writeOnly(k.Type, before, after, nil) // first, or the rest takes a text there for a secret
	if err := s.object(before, after, nil); err != nil {
		return Result{}, err
	}
	fields, made := unsettled(differing(before, after), desired, applied)
	attribute(k, fields, desired, live, applied)
	return Result{Fields: fields, Settled: made, Unknown: s.unknown, Opened: s.opened, Recalled: s.recalled}, nil
}

// unsettled separates the differences from values that the service is known to have
// made of desired.
func unsettled(all []Field, desired schema.Object, applied Applied) (fields, made []Field) {
	for _, f := range all {
		if applied.Settles(f.Path, desired.At(f.Path...), f.Before) {
			f.Origin = OriginLive
			made = append(made, f)
		} else {
			fields = append(fields, f)
		}
	}
	return fields, made
}

func settle(k *schema.Kind, desired, live schema.Object) schema.Object {
	if k.Settle == nil {
		return desired
	}
	settled := k.Settle(desired, live).Clone()
	for name, want := range desired {
		if schema.Same(want, live[name]) {
			settled[name] = want
		}
	}
	return settled
}

// differing returns the leaves that differ, sorted by path. Most objects have none, and
// that is seen without go-cmp's walk by reflection.
func differing(before, after schema.Object) []Field {
	if schema.Same(before, after) {
		return nil
	}
	r := new(reporter)
	cmp.Equal(before, after, cmp.Reporter(r))
	slices.SortStableFunc(r.fields, func(a, b Field) int { return strings.Compare(a.Path.String(), b.Path.String()) })
	return r.fields
}

// reporter collects the leaves that differ, with their paths.
type reporter struct {
	path   cmp.Path
	fields []Field
}

func (r *reporter) PushStep(step cmp.PathStep) { r.path = append(r.path, step) }
func (r *reporter) PopStep()                   { r.path = r.path[:len(r.path)-1] }

func (r *reporter) Report(result cmp.Result) {
	if result.Equal() {
		return
	}
	var path schema.Path
	for _, step := range r.path {
		if index, ok := step.(cmp.MapIndex); ok {
			path = append(path, index.Key().String())
		}
	}
	field := Field{Path: path, Origin: OriginUnknown}
	before, after := r.path.Last().Values()
	if before.IsValid() {
		field.Before, _ = before.Interface().(schema.Value)
	}
	if after.IsValid() {
		field.After, _ = after.Interface().(schema.Value)
	}
	r.fields = append(r.fields, field)
}
