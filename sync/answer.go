package sync

import (
	"time"

	"authsync/diff"
	"authsync/schema"
	"authsync/secrets"
	"authsync/sync/lock"
)

// clocksApart is how far a service's clock may be from the stamp of what was just
// written; both have whole seconds.
const clocksApart = time.Second

// answered keeps the answer to a write, until the next one of the object.
func (a *applier) answered(key schema.Key, made Made) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.answers[key] = made
}

func (a *applier) answerFor(key schema.Key) Made {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.answers[key]
}

// knownByAnswer returns a written object as the write answered, if the list shows it
// so: with the stamp of the write, and with the same values as far as it shows them.
func (a *applier) knownByAnswer(k *schema.Kind, key schema.Key, listed WireObject) schema.Object {
	made := a.answerFor(key)
	if made.Object == nil || made.Object.ID != listed.ID || made.Object.Stamp.Text != listed.Stamp.Text || !fresh(made, listed.Stamp) {
		return nil
	}
	answer, err := a.site.fromWire(k, key.Name, listed.ID, made.Object.Wire, a.site.shown(k, nil))
	if err != nil {
		return nil
	}
	seen, err := k.FromWire(listed.Wire)
	if err != nil || !masks(seen, answer) || !tellsOf(a.site.known(k, key.Name, listed.ID, seen), answer) {
		return nil
	}
	return answer
}

// masks reports whether each mask in what is seen may hide what the answer shows.
func masks(seen, answer schema.Object) bool {
	for _, at := range schema.Hidden(seen) {
		hidden, isSecret := seen.At(at...).(schema.Secret)
		text, isText := answer.At(at...).(schema.Text)
		if isSecret && hidden.Form() == secrets.HiddenForm && isText && diff.Contradicts(hidden.Visible(), string(text)) {
			return false
		}
	}
	return true
}

// fresh reports whether a stamp is of the time of a write's answer.
func fresh(made Made, stamp lock.Stamp) bool {
	return !made.At.IsZero() && !stamp.Changed.IsZero() && made.At.Sub(stamp.Changed).Abs() <= clocksApart
}

// distrust gives up the stamps of a kind, if the plan knew an object by its stamp and
// the object is another. The next run reads all of them.
func (a *applier) distrust(key schema.Key) error {
	if !a.plan.live[key].unmoved() {
		return nil
	}
	a.mu.Lock()
	a.lied[key.Kind] = true
	a.mu.Unlock()
	return a.site.Lock.Clocked(key.Kind, lock.Disagree)
}

// keepStamps records the stamps of written objects, as young ones: the next plan reads
// them in detail. If one is not of the time of its write, the service's stamps are not
// believed.
func (a *applier) keepStamps(k *schema.Kind, keys []schema.Key, live map[string]LiveObject) error {
	agree, measured := lock.Agree, false
	for _, key := range keys {
		stamp := live[key.Name].stamp
		if stamp.Text == "" {
			continue
		}
		if err := a.site.Lock.Stamped(key, stamp.Text, stamp.Changed); err != nil {
			return err
		}
		if made := a.answerFor(key); !made.At.IsZero() {
			measured = true
			if !fresh(made, stamp) {
				agree = lock.Disagree
			}
		}
	}
	a.mu.Lock()
	lied := a.lied[k.Name]
	a.mu.Unlock()
	if !measured || lied {
		return nil
	}
	return a.site.Lock.Clocked(k.Name, agree)
}
