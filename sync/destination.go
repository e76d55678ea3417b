package sync

import (
	"fmt"
	"strings"

	"authsync/schema"
	"authsync/schema/lang"
	"authsync/schema/list"
	"authsync/secrets"
	"authsync/sync/lock"
)

// Destination is the address of a system: a run's requests and credentials go there.
type Destination struct {
	System string
	lock.Place
	// Account is the account that the manifest pins for the system, or "".
	Account string
	// Status says whether the lock records the same address.
	Status DestinationStatus
	// Was is the recorded address, if it is another one.
	Was string
}

// DestinationStatus compares a destination with the lock.
type DestinationStatus string

const (
	// Remembered destinations are those of the last apply.
	Remembered DestinationStatus = "remembered"
	// FirstSeen destinations are of a system that the lock has no address of. The
	// first apply records it.
	FirstSeen DestinationStatus = "first-seen"
	// Contradicted destinations differ from the recorded ones.
	Contradicted DestinationStatus = "contradicted"
)

// Destinations returns the destinations of the environment's systems, in their usual
// order.
func (s *Site) Destinations() []Destination {
	was := map[string]string{}
	for _, m := range s.Moved() {
		was[m.System] = m.Was.Address
	}
	var all []Destination
	for _, system := range schema.Systems {
		place, there := s.Places[system.Name]
		if !there {
			continue
		}
		d := Destination{System: system.Name, Place: place, Account: s.Env.Setting(system.Name, "account"), Status: Remembered, Was: was[system.Name]}
		switch {
		case d.Was != "":
			d.Status = Contradicted
		case place.Sandbox != "" || s.Lock.Place(system.Name).Address == "":
			d.Status = FirstSeen
		}
		all = append(all, d)
	}
	return all
}

// Moved returns the systems that the lock records at another address. If a sandbox
// plays them, addresses do not count.
func (s *Site) Moved() []lock.Contradiction {
	if s.Places.Sandbox() != "" {
		return nil
	}
	return s.Lock.Moved()
}

// Withheld returns the moved systems to which nothing is sent: neither the move nor
// the new address is allowed.
func (s *Site) Withheld(allow []string) []lock.Contradiction {
	if Allows(allow, string(GateDestination), s.Env.Name) {
		return nil
	}
	return list.Only(s.Moved(), func(m lock.Contradiction) bool { return !s.mayReach(m) })
}

// mayReach reports whether the run allows the host of a moved system.
func (s *Site) mayReach(m lock.Contradiction) bool {
	return s.Hosts != nil && s.Hosts.Allows(m.Is.Address)
}

// DestinationError says that a system has moved, and that nothing is sent to its new
// address.
type DestinationError struct{ lock.Contradiction }

func (e *DestinationError) Error() string {
	return fmt.Sprintf("%s: was at %s when something was last applied, and the manifest says %s: nothing is sent there before it is allowed, with --allow %s",
		e.System, e.Was.Address, e.Is.Address, GateDestination)
}

// destinations trips a gate for each system that has moved since the last apply.
// Nothing is sent to the new address, not even a read for the plan, before the gate is
// allowed. If a sandbox plays the systems, addresses do not count.
func (b *builder) destinations() {
	b.plan.Destinations = b.site.Destinations()
	for _, m := range b.site.Moved() {
		b.trip(GateDestination, schema.Key{}, nil, lang.Of("%s was at %s when something was last applied, and is at %s", lang.Text(m.System), lang.Text(m.Was.Address), lang.Text(m.Is.Address)))
		b.plan.Gates[len(b.plan.Gates)-1].Allowed = b.site.mayReach(m)
	}
}

// Sealing is what a plan seals, and to whom.
type Sealing struct {
	Recipients []string     `json:"recipients" doc:"Those that can open it."`
	Unknown    []string     `json:"unknown,omitempty" doc:"Those of them that the lock does not know. Missing where there is none, or the lock knows none at all."`
	Objects    []schema.Key `json:"objects" doc:"The objects whose tokens are sealed, as KIND/NAME."`
}

// recipients records who can open what the plan seals. A recipient that the lock does
// not know trips a gate: anyone who can write the manifest may have added it.
func (b *builder) recipients() {
	var tokens []string
	for _, key := range b.sealed() {
		b.plan.Seals.Objects, tokens = append(b.plan.Seals.Objects, key), append(tokens, key.String())
	}
	if len(tokens) == 0 {
		return
	}
	b.plan.Seals.Recipients = b.site.Env.Recipients
	b.plan.Seals.Unknown = b.site.Lock.UnknownRecipients(b.site.Env.Recipients)
	for _, recipient := range b.plan.Seals.Unknown {
		b.trip(GateRecipients, schema.Key{}, nil, lang.Of("%s is not among the recipients that the lock knows, and could open the token of %s",
			lang.Text(secrets.ShortRecipient(recipient)), lang.Text(strings.Join(tokens, ", the token of "))))
	}
}

// sealed returns the objects whose tokens the plan puts into the vault.
func (b *builder) sealed() []schema.Key {
	if len(b.site.Env.Recipients) == 0 {
		return nil
	}
	keys := list.Each(list.Only(b.plan.Steps, shows), func(s Step) schema.Key { return s.Key })
	for _, key := range b.plan.same {
		if _, shown := b.site.untaken(key, b.plan.live[key]); shown {
			keys = append(keys, key)
		}
	}
	return keys
}

// Accounts returns the accounts that the manifests of a plan pin.
func (p *Plan) Accounts() []string {
	var all []string
	for _, env := range p.Environments {
		for _, d := range env.Destinations {
			if d.Account != "" {
				all = append(all, d.Account)
			}
		}
	}
	return list.Distinct(all)
}
