package sync

import (
	"fmt"
	"slices"
	"strings"

	"authsync/schema"
	"authsync/secrets"
	"authsync/sync/lock"
)

// Destination is where a system is: what a run reads of it and writes to it goes
// there, with its credentials.
type Destination struct {
	System string
	lock.Place
	// Account is the account that the manifest pins there, or "".
	Account string
	// Status says whether the lock has the system there.
	Status DestinationStatus
	// Was is the address that the lock has, where that is another one.
	Was string
}

// DestinationStatus says what the lock knows of a place.
type DestinationStatus string

const (
	// Remembered places are those of the last apply.
	Remembered DestinationStatus = "remembered"
	// FirstSeen places are of a system of which the lock has no address. The
	// first apply remembers it.
	FirstSeen DestinationStatus = "first-seen"
	// Contradicted places are other ones than the lock has.
	Contradicted DestinationStatus = "contradicted"
)

// Destinations are where the systems of the environment are, in their usual order.
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

// Moved are the systems that the lock remembers at another address. Where a
// sandbox plays them all, no address is another one.
func (s *Site) Moved() []lock.Contradiction {
	if s.Places.Sandbox() != "" {
		return nil
	}
	return s.Lock.Moved()
}

// Withheld are the systems that nothing is sent to: they have moved, and neither
// that nor the address is among what is allowed.
func (s *Site) Withheld(allow []string) []lock.Contradiction {
	if Allows(allow, string(GateDestination), s.Env.Name) {
		return nil
	}
	var all []lock.Contradiction
	for _, m := range s.Moved() {
		if !s.mayReach(m) {
			all = append(all, m)
		}
	}
	return all
}

// mayReach reports whether the run allows the host of a system that has moved.
func (s *Site) mayReach(m lock.Contradiction) bool {
	return s.Hosts != nil && s.Hosts.Allows(m.Is.Address)
}

// DestinationError says that a system has moved, and that nothing is sent to
// where it is now.
type DestinationError struct{ lock.Contradiction }

func (e *DestinationError) Error() string {
	return fmt.Sprintf("%s: was at %s when something was last applied, and the manifest says %s: nothing is sent there before it is allowed, with --allow %s",
		e.System, e.Was.Address, e.Is.Address, GateDestination)
}

// destinations are systems that have moved since the last apply: nothing is sent
// to the new address, not even for the plan's reads, before that is allowed. A
// sandbox plays every address.
func (b *builder) destinations() {
	b.plan.Destinations = b.site.Destinations()
	for _, m := range b.site.Moved() {
		b.trip(GateDestination, schema.Key{}, nil, fmt.Sprintf("%s was at %s when something was last applied, and is at %s", m.System, m.Was.Address, m.Is.Address))
		b.plan.Gates[len(b.plan.Gates)-1].Allowed = b.site.mayReach(m)
	}
}

// Sealing is what a plan seals, and to whom.
type Sealing struct {
	// Recipients are those of the manifest; nil = nothing is sealed.
	Recipients []string
	// Unknown are those of them that the lock does not know, where it knows any.
	Unknown []string
	// Objects are those whose tokens are sealed.
	Objects []schema.Key
}

// recipients are who can open what the plan seals. One that is new there is a
// gate: whoever writes the manifest may have put it there.
func (b *builder) recipients() {
	var names []string
	for _, key := range b.sealed() {
		b.plan.Seals.Objects, names = append(b.plan.Seals.Objects, key), append(names, "the token of "+key.String())
	}
	if len(names) == 0 {
		return
	}
	b.plan.Seals.Recipients = b.site.Env.Recipients
	b.plan.Seals.Unknown = b.site.Lock.UnknownRecipients(b.site.Env.Recipients)
	for _, recipient := range b.plan.Seals.Unknown {
		b.trip(GateRecipients, schema.Key{}, nil, fmt.Sprintf("%s is not among the recipients that the lock knows, and could open %s",
			secrets.ShortRecipient(recipient), strings.Join(names, ", ")))
	}
}

// sealed are the objects whose tokens a run of the plan puts into the vault.
func (b *builder) sealed() []schema.Key {
	if len(b.site.Env.Recipients) == 0 {
		return nil
	}
	var keys []schema.Key
	for _, s := range b.plan.Steps {
		if shows(s) {
			keys = append(keys, s.Key)
		}
	}
	for _, key := range b.plan.same {
		if _, shown := b.site.untaken(key, b.plan.live[key]); shown {
			keys = append(keys, key)
		}
	}
	return keys
}

// Accounts are those that the manifests of a plan pin.
func (p *Plan) Accounts() []string {
	var all []string
	for _, env := range p.Environments {
		for _, d := range env.Destinations {
			if d.Account != "" {
				all = append(all, d.Account)
			}
		}
	}
	slices.Sort(all)
	return slices.Compact(all)
}
