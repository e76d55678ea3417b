package render

import (
	"slices"

	"authsync/schema/list"
	"authsync/secrets"
	"authsync/sync"
)

// goesTo returns the addresses of an environment's systems; "" = nothing is sent
// there, and no address is new.
func goesTo(env *sync.EnvironmentPlan, spell func(string) string) string {
	unseen := func(d sync.Destination) bool { return d.Status == sync.FirstSeen && d.Sandbox == "" }
	if env.Empty() && len(env.Gates) == 0 && !slices.ContainsFunc(env.Destinations, unseen) {
		return ""
	}
	return list.Join(env.Destinations, ", ", func(d sync.Destination) string {
		text := d.System + " " + spell(d.Address)
		if d.Account != "" {
			text += " as account " + spell(d.Account)
		}
		switch d.Status {
		case sync.FirstSeen:
			text += " (first seen)"
		case sync.Contradicted:
			text += " (was " + spell(d.Was) + ")"
		}
		return text
	})
}

// sealsTo says who can open what is sealed; "" = nothing is sealed.
func sealsTo(env *sync.EnvironmentPlan, spell func(string) string) string {
	return list.Join(env.Seals.Recipients, ", ", func(recipient string) string {
		text := spell(secrets.ShortRecipient(recipient))
		if slices.Contains(env.Seals.Unknown, recipient) {
			text += " (not known to the lock)"
		}
		return text
	})
}

func plainly(text string) string { return text }
