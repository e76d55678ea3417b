package schema

import (
	"slices"
	"strconv"

	"authsync/secrets"
)

// MarkSecrets returns live with the same values marked as secrets as in desired. If
// the service chooses the names of fields, such as the columns of a record, only the
// manifest knows which are secrets. What it names is no longer unmodelled.
func MarkSecrets(live, desired Object) Object {
	marked, _ := markSecrets(live, desired).(Object)
	return marked
}

func markSecrets(live, want Value) Value {
	if _, secret := want.(Secret); secret {
		return asSecret(live)
	}
	if live == nil || want == nil {
		return live
	}
	if wrapper, ok := live.(Unmodelled); ok {
		return markSecrets(wrapper.Value, want) // git knows what it is
	}
	return live.with(nil, func(at Path, part Value) Value {
		if len(at) == 0 {
			return markSecrets(part, want) // the content of a wrapper
		}
		return markSecrets(part, counterpart(want, at[0]))
	})
}

// counterpart returns the manifest's value for a part of live. Items are matched by
// their index. If live has more items than the manifest, or no order, everything that
// could be a secret in them is treated as one.
func counterpart(want Value, name string) Value {
	if object, ok := want.(Object); ok {
		return object[name]
	}
	items := itemsOf(want)
	if _, set := want.(Set); set {
		if i := slices.IndexFunc(items, HoldsSecret); i >= 0 {
			return items[i]
		}
		return nil
	}
	if i, err := strconv.Atoi(name); err == nil && len(items) > 0 {
		return items[min(i, len(items)-1)]
	}
	return nil
}

func HoldsSecret(v Value) bool { return Holds(v, IsSecret) }

// WalkSecrets calls visit for every secret in a value.
func WalkSecrets(v Value, visit func(secrets.Value)) {
	Visit(v, nil, func(_ Path, v Value) bool {
		if secret, ok := v.(Secret); ok {
			visit(secret.Value)
		}
		return true
	})
}

func IsSecret(v Value) bool {
	_, is := v.(Secret)
	return is
}

// asSecret returns a live value as a secret. A value that is not text is taken as its
// JSON.
func asSecret(live Value) Value {
	live = Unwrap(live)
	text, isText := live.(Text)
	switch {
	case IsUnset(live), IsSecret(live):
		return live
	case Hides(live):
		return Secret{secrets.Hidden("")}
	case isText:
		secret, _ := Sealed{}.fromWire(text)
		return secret
	}
	encoded, err := EncodeJSON(live, secrets.OpenClear)
	if err != nil {
		return Secret{secrets.Hidden("")}
	}
	return Secret{secrets.Plain(string(encoded))}
}

func ReplaceSecrets(v Value, at Path, replace func(at Path, secret Secret) Value) Value {
	if v == nil {
		return nil
	}
	if secret, ok := v.(Secret); ok {
		return replace(at, secret)
	}
	return v.with(at, func(at Path, part Value) Value { return ReplaceSecrets(part, at, replace) })
}
