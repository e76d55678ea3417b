package cloudbase

import (
	"authsync/schema"
	"authsync/secrets"
	"authsync/sync"
)

// customLoginKey has no call that shows or deletes one.
var customLoginKey = tcbKind{
	actions: map[sync.Op]string{sync.OpCreate: "CreateCustomLoginKey"},
	made: func(_ string, answer schema.Object) (sync.Made, error) {
		made := sync.Made{ID: answer.Text("KeyID")}
		if key := answer.Text("PrivateKey"); key != "" {
			made.Token = secrets.Plain(key)
		}
		return made, nil
	},
}
