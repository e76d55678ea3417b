package render

import (
	"fmt"
	"strings"

	"authsync/schema"
	"authsync/schema/list"
	"authsync/spell"
	"authsync/sync"
)

// mostRemoved is how many removed objects are listed one by one.
const mostRemoved = 10

// removedText returns one line about everything that git has removed and that is still
// live, except what the manifest acknowledges; "" = nothing.
func removedText(all []sync.Removed) string {
	var items []string
	more, fields, objects, unread := 0, "", "", ""
	for _, r := range all {
		switch {
		case r.Ack != "":
			continue
		case permanent(r):
		case len(r.Path) > 0:
			fields = "; a field is taken back by writing it, or null"
		case r.Unread != "":
			unread = "; what was not read is deleted by --prune once the manifest names its system and group again, without the object"
		default:
			objects = "; --prune deletes an object"
		}
		if len(items) < mostRemoved {
			items = append(items, removedItem(r))
		} else {
			more++
		}
	}
	if len(items) == 0 {
		return ""
	}
	if more > 0 {
		items = append(items, fmt.Sprintf("and %d more", more))
	}
	return strings.Join(items, ", ") + fields + objects + unread
}

// permanent reports whether it is an object that is never deleted.
func permanent(r sync.Removed) bool {
	k := schema.KindNamed(r.Key.Kind)
	return len(r.Path) == 0 && (k.Update.Deletion == schema.NotDeleted || k.Permanent(r.Key.Name))
}

func removedItem(r sync.Removed) string {
	name := r.Key.Spelled()
	if len(r.Path) > 0 {
		name += " " + r.Path.Spelled()
	}
	switch {
	case r.Unread != "":
		return fmt.Sprintf("%s (live was not read: %s)", name, spell.Text(r.Unread))
	case permanent(r):
		return name + " (live has it, and it is never deleted)"
	case len(r.Path) == 0:
		return name + " (live has it)"
	case schema.HoldsSecret(r.Live):
		return name + " (live has a secret)"
	}
	return fmt.Sprintf("%s (live has %s)", name, spell.Text(schema.Display(r.Live)))
}

// unacknowledged returns how much of it the manifest does not acknowledge.
func unacknowledged(all []sync.Removed) int {
	return list.Count(all, func(r sync.Removed) bool { return r.Ack == "" })
}
