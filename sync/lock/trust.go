package lock

import (
	"maps"
	"slices"

	"authsync/secrets"
)

// A lock records where the systems are and who the recipients are, so that a change of
// either in the manifest is noticed.

// Place returns where the lock has a system; zero = nowhere.
func (l *Lock) Place(system string) Place {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.places[system]
}

// Recipients returns those to whom something was or could have been sealed; nil = the
// lock does not know.
func (l *Lock) Recipients() []string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.recipients
}

// UnknownRecipients returns the recipients that the lock does not know, if it knows
// any.
func (l *Lock) UnknownRecipients(recipients []string) []string {
	known := l.Recipients()
	if len(known) == 0 {
		return nil
	}
	return slices.DeleteFunc(slices.Clone(recipients), func(r string) bool { return hasRecipient(known, r) })
}

// KnownRecipients returns the other recipients, to whom a run may seal without a gate.
func (l *Lock) KnownRecipients(recipients []string) []string {
	unknown := l.UnknownRecipients(recipients)
	return slices.DeleteFunc(slices.Clone(recipients), func(r string) bool { return hasRecipient(unknown, r) })
}

func hasRecipient(all []string, one string) bool {
	return slices.ContainsFunc(all, func(r string) bool { return secrets.RecipientKey(r) == secrets.RecipientKey(one) })
}

// TrustRecipients makes the allowed recipients known from the next write on, and
// forgets those that are no longer recipients, except the last one: if none were
// known, everybody would be trusted.
func (l *Lock) TrustRecipients(allowed []string) {
	unknown := l.UnknownRecipients(l.owner.Recipients)
	next := slices.DeleteFunc(slices.Clone(l.owner.Recipients), func(r string) bool {
		return hasRecipient(unknown, r) && !hasRecipient(allowed, r)
	})
	l.mu.Lock()
	defer l.mu.Unlock()
	if len(l.recipients) > 0 && len(next) > 0 && !slices.Equal(next, l.recipients) {
		l.recipients, l.trusted = slices.Clone(next), true
	}
}

// remembered returns the places that the lock will record.
func (l *Lock) remembered() Places {
	places := maps.Clone(l.places)
	maps.Copy(places, l.owner.Places)
	return places
}

// rememberedRecipients returns the recipients that the lock will record: the first to
// whom something can be sealed, if it knows none.
func (l *Lock) rememberedRecipients() []string {
	if len(l.recipients) == 0 {
		return l.owner.Recipients
	}
	return l.recipients
}
