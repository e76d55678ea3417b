// Package audit finds what is not as it should be in environments that are right: what
// breaks a policy, what is risky from the beginning, and what ends soon.
//
// Everything that it finds is a [schema.Fault] at a place of a manifest, with the name
// of its rule; a fault of severity Wrong is an error, and a Doubtful one a warning. No
// fault has the value of a secret. The package must not read files, call a service or
// look at a clock: it is told the time. Begin reading at [Judge].
package audit

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"authsync/schema"
	"authsync/schema/list"
)

// State is what is judged of an environment.
type State struct {
	Env *schema.Environment
	// Objects are the values, by kind and name. Kinds that are not here are not judged.
	Objects map[string]map[string]schema.Object
	Side    schema.Side
}

// StatedBy is what a manifest states of its environment.
func StatedBy(env *schema.Environment) State { return State{env, env.Stated(), schema.Stated} }

// Judge judges a state by the policies of its environment.
func Judge(s State, now time.Time) []*schema.Fault {
	var found []*schema.Fault
	if len(s.Env.Policies) == 0 {
		return nil
	}
	whole := s.Env.Whole(s.Objects)
	for _, p := range s.Env.Policies {
		for _, r := range p.Rules {
			if s.Env.Labelled(r.In) && !excepted(p, r, s.Env, now) {
				found = append(found, s.judge(r, whole)...)
			}
		}
		found = append(found, ranOut(p, s.Env, now)...)
	}
	return found
}

// judge finds what breaks one rule.
func (s State) judge(r *schema.PolicyRule, whole schema.Object) []*schema.Fault {
	k := schema.KindOf(r.Field)
	if k != nil && s.Env.Collections[k.Name] == nil && k.Arity == schema.One {
		if text := r.Unlooked(); text != "" {
			return []*schema.Fault{s.fault(PolicyRule(r.Name), r.Field, text, schema.Doubtful)}
		}
		return nil
	}
	if k != nil && s.Objects[k.Name] == nil {
		return nil // it was not read, which is told elsewhere
	}
	var found []*schema.Fault
	r.Judged(whole, func(at schema.Path, v schema.Value) {
		if text, level := r.Judge(v, s.Side); text != "" {
			found = append(found, s.fault(PolicyRule(r.Name), at, text, level))
		}
	})
	return found
}

func (s State) fault(rule string, at schema.Path, text string, level schema.Severity) *schema.Fault {
	return &schema.Fault{Pos: s.Env.Position(at), Path: at, Text: text, Severity: level, Rule: rule, Env: s.Env.Name}
}

func excepted(p *schema.Policy, r *schema.PolicyRule, env *schema.Environment, now time.Time) bool {
	return slices.ContainsFunc(p.Exceptions, func(x *schema.Exception) bool {
		return x.Rule == r.Name && x.Environment == env.Name && now.Before(x.Until)
	})
}

// ranOut finds the exceptions of an environment that are over.
func ranOut(p *schema.Policy, env *schema.Environment, now time.Time) []*schema.Fault {
	var found []*schema.Fault
	for _, x := range p.Exceptions {
		if x.Environment == env.Name && !now.Before(x.Until) {
			found = append(found, &schema.Fault{Pos: x.Pos, Path: x.At, Rule: RanOut,
				Text: "has run out: " + lastDay(x.Until) + " is over; mend " + env.Name + ", or agree to a later day"})
		}
	}
	return found
}

// lastDay is the day in which an end is: one at midnight ends the day before.
func lastDay(end time.Time) string { return end.UTC().Add(-1).Format(time.DateOnly) }

// Risks finds states to which a change from the service's default would make an
// environment less safe: the same data as gate weaken. An ack of the manifest silences
// one, and so does a rule of a policy that says which values the field may have.
func Risks(s State) []*schema.Fault {
	ruled := s.ruled()
	var found []*schema.Fault
	for _, k := range schema.Kinds {
		for _, name := range slices.Sorted(maps.Keys(s.Objects[k.Name])) {
			o := s.Objects[k.Name][name]
			schema.Walk(o, func(below schema.Path, v schema.Value) {
				at := append(k.Path(name), below...)
				if _, decided := ruled[at.String()]; decided || s.Env.Acked(at) != "" {
					return
				}
				if why, risky := k.Risky(below, v); risky {
					found = append(found, s.fault(Risky, at, "is "+schema.Display(v)+": "+why, schema.Doubtful))
				}
			})
		}
	}
	return found
}

// ruled are the places of which a policy says all, or already finds something.
func (s State) ruled() map[string]struct{} {
	places, whole := map[string]struct{}{}, s.Env.Whole(s.Objects)
	for _, p := range s.Env.Policies {
		for _, r := range p.Rules {
			if s.Env.Labelled(r.In) {
				r.Judged(whole, func(at schema.Path, v schema.Value) {
					if found, _ := r.Judge(v, s.Side); r.Decides() || found != "" {
						places[at.String()] = struct{}{}
					}
				})
			}
		}
	}
	return places
}

// Merge makes one fault of those that several environments share, such as one about a
// value of a Base, and says which environments they are.
func Merge(envs []*schema.Environment, found []*schema.Fault) []*schema.Fault {
	files := map[string]string{}
	for _, e := range envs {
		files[e.Name] = e.File
	}
	var merged []*schema.Fault
	names := map[string][]string{} // of environments, by what they share
	for _, f := range found {
		shared := f.Error()
		if f.Env == "" || f.Pos.File == files[f.Env] {
			merged = append(merged, f)
			continue
		}
		if names[shared] == nil {
			merged = append(merged, f)
		}
		names[shared] = append(names[shared], f.Env)
	}
	for _, f := range merged {
		if sharing := names[f.Error()]; sharing != nil {
			f.Text += " (" + some(sharing) + ")"
			if len(sharing) > 1 {
				f.Env = ""
			}
		}
	}
	return merged
}

// some are a few names, and the number of the others.
func some(names []string) string {
	const few = 3
	if more := len(names) - few; more > 1 {
		return fmt.Sprintf("%s and %d more", strings.Join(names[:few], ", "), more)
	}
	return strings.Join(names, ", ")
}

// Everything finds all that there is to find in a state.
func Everything(s State, applied Applied, now time.Time) []*schema.Fault {
	return slices.Concat(Judge(s, now), Risks(s), Expiring(s, now), Keys(s, applied, now))
}

// Manifests finds everything in what manifests state.
func Manifests(loaded *schema.Loaded, applied func(env string) Applied, now time.Time) []*schema.Fault {
	found := list.Flat(loaded.Environments, func(env *schema.Environment) []*schema.Fault {
		return Everything(StatedBy(env), applied(env.Name), now)
	})
	return Merge(loaded.Environments, found)
}
