package sync

import (
	"context"
	"errors"
	"slices"

	"authsync/schema"
)

// Checker is implemented by services that can check a declared object by what is live,
// beyond what the reader of manifests checks.
type Checker interface {
	// Check returns what is wrong with a declared object. Live are its live fields in
	// the manifest's form; nil = it does not exist. A Wrong problem forbids writing
	// the object, a Doubtful one is a note. Check makes no write call.
	Check(ctx context.Context, w Want, live schema.Object) ([]schema.Problem, error)
}

// Preparer is implemented by services that change the body of a call before they send
// it, which may fail even if all secrets can be opened.
type Preparer interface {
	// Prepare makes the same change and discards the result. It makes no write call.
	Prepare(ctx context.Context, call Call, reveal schema.Reveal) error
}

// problems returns the problems of a kind's declared objects, by name.
func problems(ctx context.Context, service Service, wants []Want, live map[string]LiveObject) (map[string][]schema.Problem, error) {
	checker, ok := service.(Checker)
	if !ok {
		return nil, nil
	}
	found := map[string][]schema.Problem{}
	for _, w := range wants {
		var fields schema.Object
		if was, stands := live[w.Name]; stands {
			fields = was.Fields
		}
		list, err := checker.Check(ctx, w, fields)
		if err != nil {
			return nil, err
		}
		found[w.Name] = list
	}
	return found, nil
}

// Check checks the objects of a site by what their services know, and returns the
// faults with their places in the manifest. It reads only kinds whose services are a
// [Checker].
func Check(ctx context.Context, site *Site) (faults []*schema.Fault, errs []error) {
	for _, k := range schema.Kinds {
		c := site.Env.Collections[k.Name]
		if _, ok := site.Services[k.Name].(Checker); c == nil || !ok {
			continue
		}
		q := Query{Wants: site.wants(c, Options{}.Selects), Groups: c.Groups}
		live, err := readKind(ctx, site, k, q)
		var found map[string][]schema.Problem
		if err == nil || errors.Is(err, ErrUnreadable) {
			found, err = problems(ctx, site.Services[k.Name], q.Wants, live)
		}
		if err != nil {
			errs = append(errs, err)
			continue
		}
		for _, d := range c.Objects {
			for _, p := range found[d.Key.Name] {
				faults = append(faults, &schema.Fault{
					Pos: d.Position(p.At), Path: append(k.Path(d.Key.Name), p.At...), Text: p.Text, Severity: p.Severity,
				})
			}
		}
	}
	return faults, errs
}

// Completed returns those of the objects of a site whose live fields supply what their
// manifest leaves out, as far as live can be read.
func Completed(ctx context.Context, site *Site, keys []schema.Key) (map[schema.Key]bool, error) {
	completed := map[schema.Key]bool{}
	var errs []error
	for _, k := range schema.Kinds {
		c := site.Env.Collections[k.Name]
		named := func(key schema.Key) bool { return slices.Contains(keys, key) }
		if c == nil || !slices.ContainsFunc(keys, func(key schema.Key) bool { return key.Kind == k.Name }) {
			continue
		}
		live, err := readKind(ctx, site, k, Query{Wants: site.wants(c, named), Groups: c.Groups})
		if err != nil {
			errs = append(errs, err)
			continue
		}
		for _, d := range c.Objects {
			o, stands := live[d.Key.Name]
			completed[d.Key] = named(d.Key) && stands && len(k.Broken(k.Merge(o.Fields, d.Fields))) == 0
		}
	}
	return completed, errors.Join(errs...)
}

// checked adds a service's problems of an object as notes and refusals, and reports
// whether the object may be written.
func (b *builder) checked(key schema.Key) bool {
	right := true
	for _, p := range b.read.Problems[key] {
		if p.Severity == schema.Doubtful {
			b.note(Note{Key: key, Code: NoteChecked, Fields: pointed(p), Text: p.String()})
			continue
		}
		b.refuse(Refusal{Key: key, Fields: pointed(p), Text: p.String()})
		right = false
	}
	return right
}

// pointed returns the field of a problem, if it has one.
func pointed(p schema.Problem) []schema.Path {
	if len(p.At) == 0 {
		return nil
	}
	return []schema.Path{p.At}
}
