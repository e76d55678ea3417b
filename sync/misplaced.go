package sync

import (
	"errors"

	"authsync/schema"
	"authsync/secrets"
)

// foreign refuses to send what is sealed for another place, as far as an identity
// at hand tells: apply would refuse it too, after the plan was reviewed. A secret
// that nobody can open here is no fault of a plan.
func (b *builder) foreign() {
	for _, s := range b.plan.Steps {
		schema.WalkSecrets(s.Call.Body, func(v secrets.Value) {
			if v.Form() != secrets.SealedForm {
				return
			}
			_, err := b.site.Keys.Open(v)
			var moved *secrets.MisplacedError
			if errors.As(err, &moved) {
				b.refuse(Refusal{Key: s.Key, Text: err.Error()})
			}
		})
	}
}
