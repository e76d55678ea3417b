package planfile

import (
	"crypto/sha256"
	"encoding/json"

	"authsync/sync"
	"authsync/sync/lock"
)

// RunKey makes fingerprints that are compared within one run. Nobody else has it, so
// that a fingerprint can rest on secrets.
type RunKey struct{ key factKey }

func NewRunKey() RunKey { return RunKey{factKey{lock.PassingMACKey()}} }

// Fingerprint tells two plans of an environment apart: by what they do, and by what
// they rest on.
type Fingerprint [sha256.Size]byte

// Fingerprint returns that of a plan, while what was read for it is known.
func (k RunKey) Fingerprint(site *sync.Site, p *sync.EnvironmentPlan) Fingerprint {
	text, err := json.Marshal(struct {
		Does   doing
		Unread []string
		Rests  []jsonFact
	}{doingOf(p), p.Unread, facts(p, site, k.key)})
	if err != nil {
		return Fingerprint{} // equal to none that a plan has
	}
	return sha256.Sum256(text)
}

// doing is what a plan does, and what it takes to be allowed to.
type doing struct {
	Changes  []jsonChange
	Steps    []jsonStep
	Refusals []sync.Refusal
	Gates    []sync.Gate
}

func doingOf(p *sync.EnvironmentPlan) doing {
	env := environmentJSON(p)
	for i := range env.Changes {
		env.Changes[i] = unattributed(env.Changes[i])
	}
	return doing{env.Changes, env.Steps, env.Refusals, env.Gates}
}

// Differing says in what two plans of an environment differ.
func Differing(was, is *sync.EnvironmentPlan) string {
	before, now := environmentJSON(was), environmentJSON(is)
	if other := differing(before, now); other != "" {
		return other
	}
	if !sameJSON(before.Gates, now.Gates) {
		return "the plan made now takes other gates"
	}
	return "what it rests on has moved"
}
