package sync

import (
	"errors"
	"fmt"
	"slices"

	"authsync/diff"
	"authsync/schema"
)

// noteUnreadable notes of a kind, and of every change to it, that live could not be
// read and that the last applied values were used instead.
func (b *builder) noteUnreadable(k *schema.Kind, reason error, changes []diff.Change) {
	b.plan.Unreadable[k.Name] = reason
	b.note(Note{Key: schema.Key{Kind: k.Name}, Code: NoteUnread, Text: fmt.Sprintf(
		"%s; compared with what was last applied", reason)})
	var known *Unreadable
	errors.As(reason, &known)
	for _, c := range changes {
		text := "live could not be read: this is the difference from what was last applied, and what else live has in the fields that are sent is lost"
		if c.Action == diff.Create {
			text = "live could not be read: it was never applied from here, and may exist anyway"
		}
		b.note(Note{Key: c.Key, Code: NoteUnread, Text: text})
		if c.Action == diff.Update && known != nil && slices.Contains(known.Lacks, OpUpdate) {
			b.refuse(Refusal{Key: c.Key, Text: fmt.Sprintf(
				"differs from what was last applied, and the service has no call that changes it; take the change back, "+
					"or delete it in the service's console and %s in the lock file, and apply makes it again", c.Key)})
		}
	}
}
