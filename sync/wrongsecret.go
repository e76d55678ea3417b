package sync

import (
	"errors"

	"authsync/schema"
	"authsync/secrets"
)

// refuseWrongSecrets refuses to send a secret that was sealed for another place, or that
// is a mask and would overwrite what it stands for, if what is at hand shows that. Apply
// would refuse the first too, but only after the review. A secret that nobody can open
// here is no fault of the plan.
func (b *builder) refuseWrongSecrets() {
	for _, s := range b.plan.Steps {
		schema.WalkSecrets(s.Call.Body, func(v secrets.Value) {
			place := secrets.Place(v)
			if place == "" {
				return // the service's own
			}
			clear, err := b.site.Keys.Open(v)
			_, misplaced := errors.AsType[*secrets.MisplacedError](err)
			switch {
			case misplaced:
				b.refuse(Refusal{Key: s.Key, Text: err.Error()})
			case err == nil && schema.IsMask(clear.Reveal()):
				b.refuse(Refusal{Key: s.Key, Text: place + ": " + schema.NotAValue})
			}
		})
	}
}
