package schema

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"

	"github.com/hashicorp/go-multierror"

	"authsync/schema/list"
)

// Position is a place in a file, counted from 1.
type Position struct {
	File         string
	Line, Column int
}

// String is file:line:column, the form that editors and CI systems link. A
// file that cannot be read at all has no line.
func (p Position) String() string {
	if p.Line == 0 {
		return p.File
	}
	return fmt.Sprintf("%s:%d:%d", p.File, p.Line, p.Column)
}

// Severity says what a fault prevents.
type Severity int

const (
	// Wrong faults stop every command.
	Wrong Severity = iota
	// Doubtful faults are shown and prevent nothing: whether the manifest is right
	// depends on what is live.
	Doubtful
	// Lacking faults name a field that the manifest leaves out and its object needs.
	// The live object may have it: a plan finds out, see [Faults.Demand].
	Lacking
)

// String is the level that a severity has in what is found.
func (s Severity) String() string {
	if s == Doubtful {
		return "warning"
	}
	return "error"
}

// Sort tells a mistake from a value that is still to be written.
type Sort int

const (
	Mistake Sort = iota
	// Unset faults are where a person has to write a value; see [ToSet]. A command
	// that helps to write them goes on.
	Unset
)

// Fault is one mistake in a manifest: its place, its field, and what to do. Its text
// never contains the value of a secret.
type Fault struct {
	Pos      Position
	Path     Path
	Text     string
	Severity Severity
	Sort     Sort
	// Rule is the name of the rule that found it; "" = what a manifest may say.
	Rule string
	// Env is the environment that the fault is about, if it is about one alone; Key is
	// the object of a Lacking fault.
	Env string
	Key Key
}

// Error is one line: file:line:column: path: text.
func (f *Fault) Error() string {
	if len(f.Path) == 0 {
		return fmt.Sprintf("%s: %s", f.Pos, f.Text)
	}
	return fmt.Sprintf("%s: %s: %s", f.Pos, f.Path, f.Text)
}

// Faults collects the mistakes of all files of a run.
type Faults struct{ list []*Fault }

func (f *Faults) add(pos Position, at Path, format string, args ...interface{}) {
	f.list = append(f.list, &Fault{Pos: pos, Path: at, Text: fmt.Sprintf(format, args...)})
}

func (f *Faults) doubt(pos Position, at Path, text string) {
	f.list = append(f.list, &Fault{Pos: pos, Path: at, Text: text, Severity: Doubtful})
}

// Add adds mistakes that were not found while reading.
func (f *Faults) Add(more ...*Fault) { f.list = append(f.list, more...) }

// sorted returns the faults of some severities by position. A fault in a Base
// that several environments extend is one fault.
func (f *Faults) sorted(severities ...Severity) []*Fault {
	var list []*Fault
	seen := map[string]struct{}{}
	for _, fault := range f.list {
		text := fault.Error()
		if _, again := seen[text]; again || !slices.Contains(severities, fault.Severity) {
			continue
		}
		seen[text] = struct{}{}
		list = append(list, fault)
	}
	slices.SortStableFunc(list, func(a, b *Fault) int {
		return cmp.Or(cmp.Compare(a.Pos.File, b.Pos.File), cmp.Compare(a.Pos.Line, b.Pos.Line), cmp.Compare(a.Pos.Column, b.Pos.Column))
	})
	return list
}

// most is how many faults are shown; the others are counted.
const most = 100

// Err returns the Wrong faults as one error, or nil.
func (f *Faults) Err() error { return multierror.Append(nil, firstOf(f.Wrong())...).ErrorOrNil() }

// Warnings are the faults that stop nothing, as they are shown.
func (f *Faults) Warnings() []error { return firstOf(f.Doubts()) }

// firstOf returns so many faults, and how many more there are.
func firstOf(faults []*Fault) []error {
	shown := list.Each(faults[:min(most, len(faults))], func(f *Fault) error { return f })
	if more := len(faults) - most; more > 0 {
		shown = append(shown, fmt.Errorf("and %s more", thousands(more)))
	}
	return shown
}

// thousands formats a number as 19,900.
func thousands(n int) string {
	if n < 1000 {
		return strconv.Itoa(n)
	}
	return fmt.Sprintf("%s,%03d", thousands(n/1000), n%1000)
}

// Demand turns the Lacking faults that nothing supplies into Wrong ones.
func (f *Faults) Demand(supplied func(f *Fault) bool) {
	for _, fault := range f.list {
		if fault.Severity == Lacking && !supplied(fault) {
			fault.Severity = Wrong
		}
	}
}

// Lacking returns the faults of what an object needs and a manifest leaves out, those of
// a Base for each environment.
func (f *Faults) Lacking() []*Fault {
	return list.Only(f.list, func(fault *Fault) bool { return fault.Severity == Lacking })
}

// Doubts returns the faults that stop nothing.
func (f *Faults) Doubts() []*Fault { return f.sorted(Doubtful) }

// All returns the faults of both sorts, by position.
func (f *Faults) All() []*Fault { return f.sorted(Wrong, Doubtful) }

// Wrong returns the faults that stop every command.
func (f *Faults) Wrong() []*Fault { return f.sorted(Wrong) }

// Unset returns those of them where a person has to write a value.
func (f *Faults) Unset() []*Fault { return f.of(Unset) }

// Mistakes are the faults without those where a person has to write a value: what
// stops a command that helps to write them.
func (f *Faults) Mistakes() *Faults { return &Faults{f.of(Mistake)} }

func (f *Faults) of(s Sort) []*Fault {
	return slices.DeleteFunc(f.sorted(Wrong), func(fault *Fault) bool { return fault.Sort != s })
}
