package cloudbase

import (
	"authsync/sync"
)

// customLoginKey has no call that shows or deletes one.
var customLoginKey = tcbKind{
	actions: map[sync.Op]string{sync.OpCreate: "CreateCustomLoginKey"},
	made:    keyMade("KeyID", "PrivateKey"),
}
