package sandbox

import (
	"fmt"
	"strconv"

	"authsync/schema"
	"authsync/secrets"
)

// seed converts a wire-form object to what a service sends: JSON values only, secrets
// in clear as text, no nulls. Sealed secrets are refused.
func seed(what string, wire schema.Object) (schema.Object, error) {
	value, err := plain(wire)
	if err != nil {
		return nil, fmt.Errorf("sandbox: seed %s: %w", what, err)
	}
	return withoutNulls(value.(schema.Object)), nil
}

func plain(v schema.Value) (schema.Value, error) {
	switch v := v.(type) {
	case nil:
		return schema.Null{}, nil
	case schema.Flag:
		return schema.Text(v), nil
	case schema.Seconds:
		return schema.Number(strconv.FormatInt(int64(v), 10)), nil
	case schema.Secret:
		clear, err := openPlain(v.Value)
		return schema.Text(clear.Reveal()), err
	case schema.Unmodelled:
		return plain(v.Value)
	case schema.Packed:
		text, err := schema.EncodeJSON(v.Value, openPlain)
		return schema.Text(text), err
	case schema.Set:
		return plainList(v)
	case schema.List:
		return plainList(v)
	case schema.Object:
		object := schema.Object{}
		for name, field := range v {
			value, err := plain(field)
			if err != nil {
				return nil, fmt.Errorf("%s: %w", name, err)
			}
			object[name] = value
		}
		return object, nil
	default:
		return v, nil
	}
}

func plainList(values []schema.Value) (schema.Value, error) {
	list := make(schema.List, len(values))
	for i, v := range values {
		value, err := plain(v)
		if err != nil {
			return nil, err
		}
		list[i] = value
	}
	return list, nil
}

// openPlain opens the secrets that a seed may contain: only those in clear.
func openPlain(v secrets.Value) (secrets.Clear, error) {
	keyring := secrets.Keyring{LookupEnv: func(string) (string, bool) { return "", false }}
	return keyring.Open(v)
}
