package sync

import (
	"errors"
	"fmt"
	"strings"

	"github.com/hashicorp/go-multierror"

	"authsync/disk"
	"authsync/schema/lang"
	"authsync/schema/list"
)

// Shared is implemented by the errors of calls. One cause may stop many calls; it is
// then reported once.
type Shared interface {
	error
	// Cause is the reason without the details of one call. All calls that one reason
	// stopped return the same text.
	Cause() string
	// Trace is the id by which the service finds the call; "" = none.
	Trace() string
	// Made is the call that failed.
	Made() string
	// AdviceOn says what to do about the cause of the given calls; empty = no advice.
	AdviceOn(calls []string) lang.Message
	// Writes reports whether the call writes.
	Writes() bool
}

// Failure is an error and its place: the name of an environment, a step. Errors with
// one cause are reported once with all their places.
type Failure struct {
	Where string // "" = the error names it
	Err   error
}

func (f *Failure) Error() string { return f.Where + ": " + f.Err.Error() }
func (f *Failure) Unwrap() error { return f.Err }

// At adds a place to each of the errors, and to each that one of them joins.
func At(where string, errs ...error) error {
	var all *multierror.Error
	for _, one := range flat(multierror.Append(nil, errs...)) {
		all = multierror.Append(all, &Failure{where, one})
	}
	return all.ErrorOrNil()
}

// Failures splits a joined error into its errors, each with its place.
func Failures(err error) []Failure {
	return list.Each(flat(err), func(one error) Failure {
		if f, placed := one.(*Failure); placed {
			return *f
		}
		return Failure{Err: one}
	})
}

// Cause is one reason for failures. It is reported once, however many reads and writes
// it stopped.
type Cause struct {
	Where         []string // without repetition
	Text          string   // without the details of one call
	Advice        lang.Message
	Reads, Writes int // both 0: it was not a call that failed
	First         error
	calls         []string
}

// Causes groups failures by cause, in the order of their first occurrence.
func Causes(failures []Failure) []Cause {
	var causes []Cause
	at, told := map[string]int{}, map[[2]string]struct{}{}
	for _, f := range failures {
		for _, err := range flat(f.Err) {
			one := causeOf(err)
			i, known := at[one.Text]
			if !known {
				i = len(causes)
				at[one.Text] = i
				causes = append(causes, one)
			} else {
				causes[i].Reads += one.Reads
				causes[i].Writes += one.Writes
				causes[i].calls = append(causes[i].calls, one.calls...)
			}
			place := [2]string{one.Text, f.Where}
			if _, again := told[place]; f.Where != "" && !again {
				told[place] = struct{}{}
				causes[i].Where = append(causes[i].Where, f.Where)
			}
		}
	}
	for i := range causes {
		causes[i].advise()
	}
	return causes
}

func flat(err error) []error {
	if err == nil {
		return nil
	}
	if several := joined(err); several != nil {
		return list.Flat(several, flat)
	}
	if many, is := errors.AsType[*multierror.Error](err); is {
		return list.Flat(many.Errors, flat)
	}
	return []error{err}
}

// joined returns the errors of [errors.Join]. What wraps several in a sentence of its own
// stays that sentence.
func joined(err error) []error {
	if joint, ok := err.(interface{ Unwrap() []error }); ok && list.Join(joint.Unwrap(), "\n", error.Error) == err.Error() {
		return joint.Unwrap()
	}
	return nil
}

func causeOf(err error) Cause {
	call, shared := errors.AsType[Shared](err)
	if !shared {
		return Cause{Text: disk.Told(err), First: err}
	}
	c := Cause{Text: call.Cause(), First: err, calls: []string{call.Made()}}
	if call.Writes() {
		c.Writes = 1
	} else {
		c.Reads = 1
	}
	return c
}

// advise adds the advice for all calls that the cause stopped.
func (c *Cause) advise() {
	if call, shared := errors.AsType[Shared](c.First); shared {
		c.Advice = call.AdviceOn(list.Distinct(c.calls))
	}
}

// String returns the only failure as it is, or what several have in common with their
// number.
func (c Cause) String() string {
	if c.Reads+c.Writes < 2 {
		return disk.Told(c.First)
	}
	text := c.Text + " (" + c.Calls()
	if trace := c.Trace(); trace != "" {
		text += ", the first with " + trace
	}
	return text + ")"
}

// Trace is the id by which the service finds the first call; "" = none.
func (c Cause) Trace() string {
	if call, shared := errors.AsType[Shared](c.First); shared {
		return call.Trace()
	}
	return ""
}

// Calls says how many reads and writes the cause stopped.
func (c Cause) Calls() string {
	var parts []string
	for _, part := range []struct {
		n    int
		noun string
	}{{c.Reads, "read"}, {c.Writes, "write"}} {
		switch {
		case part.n == 1:
			parts = append(parts, "1 "+part.noun)
		case part.n > 1:
			parts = append(parts, fmt.Sprintf("%d %ss", part.n, part.noun))
		}
	}
	return strings.Join(parts, ", ")
}

// causes groups the errors of one place.
func causes(errs []error) []Cause {
	return Causes(list.Each(errs, func(err error) Failure { return Failure{Err: err} }))
}

// ReadCauses groups the failed reads of environments.
func ReadCauses(envs []*EnvironmentPlan) []Cause {
	return Causes(list.Flat(envs, func(env *EnvironmentPlan) []Failure {
		return list.Each(env.Errors, func(err error) Failure { return Failure{env.Name, err} })
	}))
}

// Few returns the first of many places, and words for the rest.
func Few(where []string) (few []string, more string) {
	const most = 5
	if len(where) <= most {
		return where, ""
	}
	return where[:most-1], fmt.Sprintf(" and %d more", len(where)-most+1)
}

func (c Cause) Places() string {
	if len(c.Where) == 0 {
		return ""
	}
	few, more := Few(c.Where)
	between := ", "
	if strings.Contains(few[0], between) { // a step and its object
		between = "; "
	}
	return strings.Join(few, between) + more + ": "
}

// Why returns the errors of the whole run, one line for each cause.
func (a Applied) Why() []string {
	lines := []string{}
	if a.Err == nil {
		return lines
	}
	for _, c := range Causes(Failures(a.Err)) {
		lines = append(lines, c.Places()+c.String())
	}
	return lines
}

// Causes are those of the reads that failed.
func (p *EnvironmentPlan) Causes() []Cause { return causes(p.Errors) }

// Causes are those of the reads that failed.
func (d *Drifted) Causes() []Cause { return causes(d.Errors) }
