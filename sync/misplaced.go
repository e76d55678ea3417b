package sync

import (
	"errors"

	"authsync/schema"
	"authsync/secrets"
)

// refuseMisplaced refuses to send a secret that was sealed for another place, if an
// identity at hand shows that: apply would refuse it too, but only after the review. A
// secret that nobody can open here is no fault of the plan.
func (b *builder) refuseMisplaced() {
	for _, s := range b.plan.Steps {
		schema.WalkSecrets(s.Call.Body, func(v secrets.Value) {
			if v.Form() != secrets.SealedForm {
				return
			}
			_, err := b.site.Keys.Open(v)
			if _, is := errors.AsType[*secrets.MisplacedError](err); is {
				b.refuse(Refusal{Key: s.Key, Text: err.Error()})
			}
		})
	}
}
