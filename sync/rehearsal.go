package sync

import (
	"time"

	"authsync/schema"
	"authsync/schema/quirk"
)

// Rehearsal is what came of making a plan's calls on a copy of what was read: once
// under each combination of the quirks that are not known and matter to the calls.
// Package rehearse makes it. Nothing is decided by it here.
type Rehearsal struct {
	// Without says why the plan was not rehearsed; "" = it was.
	Without string
	// Quirks are those that are not known and matter, and Readings how many
	// combinations of their answers there are.
	Quirks   []quirk.Name
	Readings int
	// AsWanted is how many of them end as the manifest wants.
	AsWanted int
	// Untried is how many of them nothing is said about, since there are too many.
	Untried int
	// Divergences are the other ways in which the plan ends, by step and object.
	Divergences []Divergence
}

// All reports whether the plan ends as wanted under each reading.
func (r *Rehearsal) All() bool {
	return r.Without == "" && r.Untried == 0 && len(r.Divergences) == 0
}

// Divergence is a way in which a plan does not end as wanted.
type Divergence struct {
	What DivergenceKind
	Key  schema.Key
	Path schema.Path // nil = the object as a whole
	Text string
	// Under are the answers of quirks under which it ends so, each with what decides
	// only; none = under each reading.
	Under []quirk.Set
}

// DivergenceKind says what a divergence is; it is part of the JSON format.
type DivergenceKind string

const (
	// EndsRefused: the service refuses a call, or the run stops before one.
	EndsRefused DivergenceKind = "refused"
	// EndsOtherwise: what was written does not read as wanted.
	EndsOtherwise DivergenceKind = "otherwise"
	// EndsLost: something goes or changes that the plan is not about.
	EndsLost DivergenceKind = "lost"
	// EndsUnfinished: the next plan has something to do.
	EndsUnfinished DivergenceKind = "unfinished"
)

// Advice says what a user can do about a divergence.
func (e DivergenceKind) Advice() string { return divergenceAdvice[e] }

var divergenceAdvice = map[DivergenceKind]string{
	EndsRefused:    "the call will fail, and what depends on it is skipped: change the manifest, or find out how the service is and write it into quirks.yaml",
	EndsOtherwise:  "the read-back will tell it, with exit code 4: write what the service makes of it into the manifest, or find out how the service is",
	EndsLost:       "do not apply: name in the manifest what has to stay, or leave the object out with --exclude",
	EndsUnfinished: "each plan will want it again: write into the manifest what the service makes of it",
}

// Sends returns what a step's call writes, in the manifest's form.
func (s Step) Sends() schema.Object { return s.sends }

// Read returns what the plan was made of.
func (p *EnvironmentPlan) Read() *Reading { return p.read }

// Options returns what the plan was asked for.
func (p *EnvironmentPlan) Options() Options { return p.options }

// On returns the same calls, resting on another reading of the same objects, as if
// every gate were allowed: for a copy, where nothing can be lost.
func (p *EnvironmentPlan) On(read *Reading) *EnvironmentPlan {
	copied := *p
	copied.read, copied.live = read, map[schema.Key]LiveObject{}
	for key := range p.live {
		if o, stands := read.Live[key.Kind][key.Name]; stands {
			copied.live[key] = o
		}
	}
	copied.Gates, copied.Errors, copied.Unread = nil, nil, nil
	return &copied
}

// Copy returns a site that knows what this one knows, and writes no file. It has no
// services yet.
func (s *Site) Copy(env *schema.Environment, keys Keys) *Site {
	seen := &witnesses{shown: quirk.Set{}}
	if w := s.witnesses; w != nil {
		w.mu.Lock()
		seen.shown.Add(w.shown)
		w.mu.Unlock()
	}
	return &Site{
		Env: env, Places: s.Places, Hosts: s.Hosts, Services: map[string]Service{}, Keys: keys,
		Lock: s.Lock.Copy(), Vault: s.Vault.Copy(), Lanes: 1, Waits: []time.Duration{}, witnesses: seen,
	}
}
