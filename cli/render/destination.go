package render

import (
	"slices"
	"strings"

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
	var all []string
	for _, d := range env.Destinations {
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
		all = append(all, text)
	}
	return strings.Join(all, ", ")
}

// sealsTo says who can open what is sealed; "" = nothing is sealed.
func sealsTo(env *sync.EnvironmentPlan, spell func(string) string) string {
	var all []string
	for _, recipient := range env.Seals.Recipients {
		text := spell(secrets.ShortRecipient(recipient))
		if slices.Contains(env.Seals.Unknown, recipient) {
			text += " (not known to the lock)"
		}
		all = append(all, text)
	}
	return strings.Join(all, ", ")
}

func plainly(text string) string { return text }
