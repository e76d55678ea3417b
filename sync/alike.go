package sync

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"

	"authsync/schema"
	"authsync/schema/lang"
	"authsync/schema/list"
)

// Some services treat names as equal that differ in case, in spaces, or in the Unicode
// form of a letter. They refuse to create the second object and say only that one
// exists.

// Existing is implemented by errors of calls that report that the service already has
// such an object.
type Existing interface {
	error
	Exists() bool
}

// sameness lists the ways in which a service may treat two names as equal.
var sameness = []struct {
	of string
	as func(string) string
}{
	{"case", withoutCase},
	{"blanks", func(name string) string {
		return strings.Map(func(r rune) rune {
			if unicode.IsSpace(r) || unicode.Is(unicode.Cf, r) {
				return -1
			}
			return r
		}, name)
	}},
	{"the form of a letter", norm.NFKC.String},
}

// withoutCase goes by way of upper case, to which more letters come down: ſ and s are
// both S. An ß has no upper case of one letter.
func withoutCase(name string) string {
	return strings.ReplaceAll(strings.ToLower(strings.ToUpper(name)), "ß", "ss")
}

// waysToDiffer are the combinations of these ways, those of few first.
var waysToDiffer = [][]int{{0}, {1}, {2}, {0, 1}, {0, 2}, {1, 2}, {0, 1, 2}}

// difference says in what two names differ that a service may treat as equal, in as
// few ways as possible; "" = a service tells them apart.
func difference(a, b string) string {
	if a == b {
		return ""
	}
	for _, ways := range waysToDiffer {
		if folded(a, ways) != folded(b, ways) {
			continue
		}
		return list.Join(ways, " and ", func(i int) string { return sameness[i].of })
	}
	return ""
}

// folded returns a name with the differences of the given ways removed.
func folded(name string, ways []int) string {
	for range 2 { // one way may produce input for another
		for _, i := range ways {
			name = sameness[i].as(name)
		}
	}
	return name
}

// Alike is a live object whose name a service may treat as that of another object.
type Alike struct {
	Key schema.Key
	In  string // what the names differ in; "" = nothing
}

func (l Alike) String() string {
	if l.In == "" {
		return l.Key.Spelled()
	}
	return fmt.Sprintf("%s, which differs in %s only", l.Key, l.In)
}

// alike lists, of the live objects with some names, those whose name or label equals
// that of a declared object or differs in little, except those with the ids of but.
func alike(k *schema.Kind, d *schema.Declared, live map[string]LiveObject, names []string, but ...string) []Alike {
	var found []Alike
	for _, name := range names {
		o := live[name]
		if o.Presence == Phantom || o.ID != "" && slices.Contains(but, o.ID) {
			continue
		}
		l := Alike{Key: schema.Key{Kind: k.Name, Name: name}}
		same := name == d.Key.Name
		l.In = difference(name, d.Key.Name)
		if label := o.Fields.Text(k.Label); k.Label != "" && !same && l.In == "" {
			same, l.In = label == d.Label(k), difference(label, d.Label(k))
		}
		if same || l.In != "" {
			found = append(found, l)
		}
	}
	return found
}

func alikeTexts(all []Alike) string {
	return list.Join(all, ", and ", Alike.String)
}

// noteAlike adds a note to a creation about live objects that the service may treat as
// the same.
func (b *builder) noteAlike(d *schema.Declared) {
	if found := b.among.alike(d); len(found) > 0 {
		b.note(Note{Key: d.Key, Code: NoteAlike, Text: fmt.Sprintf(
			"live has %s: where they are one to the service, it refuses this creation; if that one is meant, call it so in the manifest", alikeTexts(found))})
	}
}

// ConflictError is a call that the service refused because such an object exists, with
// the objects that it may be.
type ConflictError struct {
	Shared
	With []Alike
}

func (e *ConflictError) Error() string { return e.Shared.Error() + e.with() }
func (e *ConflictError) Unwrap() error { return e.Shared }
func (e *ConflictError) Cause() string { return e.Shared.Cause() + e.with() }
func (e *ConflictError) with() string  { return "; live has " + alikeTexts(e.With) }

// AdviceOn says how to go on: planning again would bring the same refusal.
func (e *ConflictError) AdviceOn([]string) lang.Message {
	if slices.ContainsFunc(e.With, func(l Alike) bool { return l.In == "" }) {
		return lang.Of("another run made it meanwhile: apply again, which takes it as it is")
	}
	return lang.Of("if that one is meant, name it in the manifest as live does; else give the new one another name")
}

// conflict adds to a refusal which live object is in the way, as far as a read shows
// it.
func (a *applier) conflict(ctx context.Context, s Step, err error) error {
	var e Existing
	var call Shared
	if !errors.As(err, &e) || !e.Exists() || !errors.As(err, &call) || s.Op == OpDelete {
		return err
	}
	k := schema.KindNamed(s.Key.Kind)
	c := a.site.collection(k.Name)
	live, readErr := readKind(ctx, a.site, k, Query{Others: OthersListed, Groups: c.Groups})
	if readErr != nil {
		return err // the read shows nothing more
	}
	if with := alike(k, c.Object(s.Key.Name), live, sortedNames(live), s.ID, a.plan.live[s.Key].ID); len(with) > 0 {
		return &ConflictError{call, with}
	}
	return err
}
