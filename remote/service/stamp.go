package service

import (
	"authsync/schema"
	"authsync/sync/lock"
)

func StampOf(k *schema.Kind, wire schema.Object) lock.Stamp {
	v := wire[k.Stamp.Field]
	if schema.IsUnset(v) {
		return lock.Stamp{}
	}
	text := wire.Text(k.Stamp.Field)
	if text == "" {
		text = schema.Show(v)
	}
	return lock.Stamp{Text: text, Changed: Time(v)}
}
