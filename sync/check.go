package sync

import (
	"context"
	"errors"

	"authsync/schema"
)

// Checker is implemented by services that know more of what an object may be
// than the reader of manifests does: what is live says it.
type Checker interface {
	// Check says what is wrong with a wanted object. Live are its fields, in
	// the manifest's form; nil = it does not exist. What is Wrong forbids to
	// write the object, what is Doubtful is a note. It makes no write call.
	Check(ctx context.Context, w Want, live schema.Object) ([]schema.Problem, error)
}

// Preparer is implemented by services that do something to the body of a call
// before it goes out, so that a call may fail though its secrets can be opened.
type Preparer interface {
	// Prepare does the same and forgets it. It makes no write call.
	Prepare(ctx context.Context, call Call, reveal schema.Reveal) error
}

// problems are those of the wanted objects of a kind, by name.
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

// Check holds the objects of a site against what their services know, and
// returns what is wrong and where it stands. It reads only the kinds whose
// services know anything.
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

// checked notes and refuses what the service knows to be wrong with an object,
// and reports whether the object may be written at all.
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

// pointed is the field that a problem is about, if it is about one.
func pointed(p schema.Problem) []schema.Path {
	if len(p.At) == 0 {
		return nil
	}
	return []schema.Path{p.At}
}
