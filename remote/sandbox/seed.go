package sandbox

import (
	"fmt"

	"authsync/schema"
	"authsync/secrets"
)

// seed converts a wire-form object to what a service sends: JSON values only, secrets
// in clear as text, no nulls. Sealed secrets are refused.
func seed(what string, wire schema.Object) (schema.Object, error) {
	spelled := schema.Map(wire, func(v schema.Value) schema.Value {
		if flag, is := v.(schema.Flag); is {
			return schema.Text(flag)
		}
		return v
	})
	text, err := schema.EncodeJSON(spelled, openPlain)
	if err != nil {
		return nil, fmt.Errorf("sandbox: seed %s: %w", what, err)
	}
	v, err := schema.ParseJSON(text)
	plain, _ := v.(schema.Object)
	return withoutNulls(plain), err
}

// openPlain opens the secrets that a seed may contain: only those in clear.
func openPlain(v secrets.Value) (secrets.Clear, error) {
	keyring := secrets.Keyring{LookupEnv: func(string) (string, bool) { return "", false }}
	return keyring.Open(v)
}
