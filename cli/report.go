package cli

import (
	"context"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"authsync/cli/say"
	"authsync/schema/list"
	"authsync/spell"
	"authsync/sync"
	"authsync/sync/state"
)

// interruptedRuns reports interrupted runs before anything else is printed.
func interruptedRuns(w io.Writer, plan *sync.Plan, runs []*state.Interrupted) {
	for i, interrupted := range runs {
		if interrupted == nil {
			continue
		}
		env := plan.Environments[i].Name
		at := interrupted.Run.Format(time.RFC3339)
		for _, call := range interrupted.Pending {
			say.Fprintf(w, "%s: the run of %s ended in the middle of step %d (%s %s): what it did is read from live\n",
				env, at, call.Step, call.Call, call.Object)
		}
		if len(interrupted.Pending) == 0 {
			say.Fprintf(w, "%s: the run of %s did not come to its end, and no call of it is open\n", env, at)
		}
	}
}

type wordsKey struct{}

// withWords stores the words of the command line, without the program's name.
func withWords(ctx context.Context, args []string) context.Context {
	return context.WithValue(ctx, wordsKey{}, slices.Clone(args[min(1, len(args)):]))
}

func wordsOf(ctx context.Context) []string {
	words, _ := ctx.Value(wordsKey{}).([]string)
	return words
}

// goOn returns the command that continues a run: the same one, with the gates that are
// still needed, and without what was rotated: to rotate it again would make one key more.
// Where several environments have the name, those that did not come to it follow one by one.
func (o applyOptions) goOn(plan *sync.Plan, reports []*sync.Report) string {
	allow := list.Only(o.options.Allow, func(name string) bool { return !strings.HasPrefix(name, string(sync.GateDelete)+"=") })
	for i, env := range plan.Environments {
		allow = append(allow, narrowed(o.options.Allow, env.StillToAllow(reports[i]), env.Name)...)
	}
	words := o.words
	var left, apart []string
	for _, key := range o.rotating {
		made := func(r *sync.Report) bool { return r.Created(key) }
		if !slices.ContainsFunc(reports, made) {
			left = append(left, key.Spelled())
			continue
		}
		for i, r := range reports {
			if !made(r) && slices.ContainsFunc(plan.Environments[i].Steps, func(s sync.Step) bool { return s.Key == key }) {
				apart = append(apart, "authsync apply "+spell.Words(plan.Environments[i].File, "--rotate", key.Spelled()))
			}
		}
	}
	if len(left) < len(o.rotating) {
		words = withFlag(o.unrotated, "rotate", left)
	}
	return strings.Join(append([]string{"authsync " + spell.Words(withFlag(words, "allow", allow)...)}, apart...), ", then ")
}

// takingOver returns the command that takes over the service's value of an object.
func takingOver(file string, back sync.ReadBack) string {
	words := []string{"authsync export", spell.Word(file)}
	for _, f := range back.Fields {
		words = append(words, "--target", spell.Word(sync.Asked{Key: back.Key, Field: f.Path}.String()))
	}
	return strings.Join(words, " ")
}

// narrowed returns the gates that an environment needs, for it alone if they were
// allowed so.
func narrowed(before, gates []string, environment string) []string {
	for i, gate := range gates {
		name, _, _ := strings.Cut(gate, "=")
		alone := func(text string) bool {
			return strings.HasPrefix(text, name) && strings.HasSuffix(text, ":"+environment)
		}
		if slices.ContainsFunc(before, alone) {
			gates[i] = gate + ":" + environment
		}
	}
	return gates
}

// withFlag replaces the values of a flag in a command line.
func withFlag(words []string, flag string, values []string) []string {
	var flags, paths []string
	for i := 0; i < len(words); i++ {
		name, _, joined := strings.Cut(strings.TrimLeft(words[i], "-"), "=")
		switch {
		case words[i] == "--":
			paths, i = words[i:], len(words)
		case !strings.HasPrefix(words[i], "-") || name != flag:
			flags = append(flags, words[i])
		case !joined:
			i++
		}
	}
	for i, value := range values {
		if !slices.Contains(values[:i], value) {
			flags = append(flags, "--"+flag, value)
		}
	}
	return append(flags, paths...)
}

// mostListed is how many environments are named one by one; of more only the first are.
const mostListed = 10

func listed(names []string) string {
	if len(names) <= mostListed {
		return strings.Join(names, ", ")
	}
	few, more := sync.Few(names)
	return strings.Join(few, ", ") + more
}

// refused are the reasons for which environments are refused, in their order.
type refused struct {
	list  [][2]string         // environment and reason
	where map[string][]string // by reason
}

func (r *refused) add(env, text string) {
	if r.where == nil {
		r.where = map[string][]string{}
	}
	r.list, r.where[text] = append(r.list, [2]string{env, text}), append(r.where[text], env)
}

// errors returns an error for each environment and reason; of a reason that many have
// only one.
func (r *refused) errors() (errs []error) {
	told := map[string]bool{}
	for _, one := range r.list {
		env, text := one[0], one[1]
		if names := r.where[text]; len(names) > mostListed {
			if told[text] {
				continue
			}
			told[text], env = true, fmt.Sprintf("%d environments (%s)", len(names), listed(names))
		}
		errs = append(errs, fmt.Errorf("refused: %s: %s", env, text))
	}
	return errs
}
