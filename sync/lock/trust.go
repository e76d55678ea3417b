package lock

import (
	"maps"
	"slices"

	"authsync/secrets"
)

// A lock remembers where the systems are, and who the recipients are: whoever
// writes the manifest cannot change either unseen.

// Place is where the lock has a system; zero = it has none.
func (l *Lock) Place(system string) Place {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.places[system]
}

// Recipients are those to whom something was sealed, or could have been; nil =
// the lock does not know.
func (l *Lock) Recipients() []string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.recipients
}

// UnknownRecipients are those of recipients that the lock does not know, where
// it knows any.
func (l *Lock) UnknownRecipients(recipients []string) []string {
	known := l.Recipients()
	if len(known) == 0 {
		return nil
	}
	return slices.DeleteFunc(slices.Clone(recipients), func(r string) bool { return hasRecipient(known, r) })
}

// KnownRecipients are the others: those to whom a run may seal without a word.
func (l *Lock) KnownRecipients(recipients []string) []string {
	unknown := l.UnknownRecipients(recipients)
	return slices.DeleteFunc(slices.Clone(recipients), func(r string) bool { return hasRecipient(unknown, r) })
}

func hasRecipient(all []string, one string) bool {
	return slices.ContainsFunc(all, func(r string) bool { return secrets.RecipientKey(r) == secrets.RecipientKey(one) })
}

// TrustRecipients takes for known, from the next write on, the recipients that are
// known already and those that were allowed. Those go that are recipients no more,
// but for the last of them: then nobody is known, and everybody would be.
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

// remembered are the places that what the lock holds is of from now on.
func (l *Lock) remembered() Places {
	places := maps.Clone(l.places)
	maps.Copy(places, l.owner.Places)
	return places
}

// rememberedRecipients are those that the lock knows from now on: the first that
// something could be sealed to, while it knows none.
func (l *Lock) rememberedRecipients() []string {
	if len(l.recipients) == 0 {
		return l.owner.Recipients
	}
	return l.recipients
}
