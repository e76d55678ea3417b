package service

import (
	"fmt"
	"strings"

	"authsync/schema"
	"authsync/sync"
)

// KnownTo returns the ids of wanted objects that were live at the last apply, of those
// that meet accepts.
func KnownTo(k *schema.Kind, wants []sync.Want, meet func(sync.Want) bool) []string {
	var known []string
	for _, w := range wants {
		if w.Applied.Fields != nil && meet(w) {
			known = append(known, schema.Key{Kind: k.Name, Name: w.Name}.String())
		}
	}
	return known
}

// EmptyWhere returns the error of an empty list where objects were live at the last
// apply: this is more likely a fault of the service than the truth.
func EmptyWhere(known []string) error {
	return fmt.Errorf("it lists nothing, where %s existed at the last apply; if they are really gone, take them out of the manifest with export --prune, or create them again with --recreate", strings.Join(known, ", "))
}

// AnyWant accepts every wanted object.
func AnyWant(sync.Want) bool { return true }
