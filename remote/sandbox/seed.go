package sandbox

import (
	"cmp"
	"fmt"
	"strings"

	"authsync/schema"
	"authsync/secrets"
)

// seed converts a wire-form object to what a service sends: JSON values only, secrets
// in clear as text, no nulls. Sealed secrets are refused.
func seed(wire schema.Object) (schema.Object, error) {
	var sealed error
	opened := schema.MapAt(wire, nil, func(at schema.Path, v schema.Value) schema.Value {
		switch v := v.(type) {
		case schema.Flag:
			return schema.Text(v)
		case schema.Secret:
			clear, err := secrets.OpenClear(v.Value)
			if err != nil && sealed == nil {
				sealed = fmt.Errorf("%s: %w", at, err)
			}
			return schema.Text(clear.Reveal())
		}
		return v
	})
	text, err := schema.EncodeJSON(opened, secrets.OpenClear)
	if err = cmp.Or(sealed, err); err != nil {
		return nil, err
	}
	v, err := schema.ParseJSON(text)
	plain, _ := v.(schema.Object)
	return withoutNulls(plain), err
}

// seedIn adds an object in wire form to a tenant. Put stores what a service would send
// of it.
func seedIn[T tenant](t *tenants[T], name, what string, wire schema.Object, put func(held T, plain schema.Object) error) error {
	plain, err := seed(wire)
	if err == nil {
		held, unlock := t.locked(name)
		defer unlock()
		err = put(held, plain)
	}
	if err != nil {
		return fmt.Errorf("sandbox: seed %s: %w", strings.TrimSpace(what), err)
	}
	return nil
}
