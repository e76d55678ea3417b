package sync

import (
	"context"
	"fmt"

	"authsync/schema"
	"authsync/spell"
)

// Some kinds no call of their service shows. An object of such a kind is what the
// vault holds of it, and one that was made elsewhere is not seen at all. That is no
// read that failed: there is nothing to read.

func (s *Site) inVault(ctx context.Context, k *schema.Kind) (map[string]LiveObject, error) {
	if s.Admit != nil {
		if err := s.Admit(ctx); err != nil {
			return nil, err
		}
	}
	objects := map[string]LiveObject{}
	if s.Vault.Moved(k.Name) {
		return objects, nil // what it holds is another service's
	}
	for _, key := range s.Vault.Keys() {
		if t, _ := s.Vault.Entry(key); key.Kind == k.Name && t.ID != "" {
			objects[key.Name] = LiveObject{ID: t.ID, Fields: schema.Object{}, Made: t.Made}
		}
	}
	return objects, nil
}

// noteBegun notes that an object which no call shows may have been made by a call
// whose answer was lost.
func (b *builder) noteBegun(k *schema.Kind, key schema.Key) {
	if _, begun := b.site.Vault.Making(key); !begun || k.Update.Seen != schema.InVault {
		return
	}
	b.note(Note{Key: key, Code: NoteToken, Text: fmt.Sprintf(
		"a run asked for one, and its answer was lost: no call shows whether it was made, and nobody has its private part; if it was, %s. Make another one with: authsync apply --rotate %s",
		k.Update.Ousts, spell.Word(key.String()))})
}

// maybeMade is the error of a call that should have shown a token, that answered
// nothing, and whose work no call shows.
func (s Step) maybeMade(failure error) error {
	k := schema.KindNamed(s.Key.Kind)
	return &unkept{fmt.Errorf(
		"%w; no call shows whether it was made: if it was, its token is lost with the answer, and %s; make another one with: authsync apply --rotate %s",
		failure, k.Update.Ousts, spell.Word(s.Key.String()))}
}
