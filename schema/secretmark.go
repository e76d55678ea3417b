package schema

import (
	"slices"
	"strconv"

	"authsync/secrets"
)

// MarkSecrets returns live with what desired holds as a secret as a secret too.
// Where the names of fields are the service's own, such as the columns of a
// record, the manifest alone knows which of them is one. What it names is no
// longer unmodelled.
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
			return markSecrets(part, want) // what a wrapper holds
		}
		return markSecrets(part, counterpart(want, at[0]))
	})
}

// counterpart is what a manifest has in the place of a part of live. Items go by
// their place in the list. Where live has more of them than the manifest, or no
// order, whatever could be a secret there is taken for one.
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

// HoldsSecret reports whether there is a secret in a value.
func HoldsSecret(v Value) bool { return Holds(v, isSecret) }

// WalkSecrets calls visit for every secret in a value.
func WalkSecrets(v Value, visit func(secrets.Value)) {
	Visit(v, nil, func(_ Path, v Value) bool {
		if secret, ok := v.(Secret); ok {
			visit(secret.Value)
		}
		return true
	})
}

func isSecret(v Value) bool {
	_, ok := v.(Secret)
	return ok
}

// asSecret is a value of live at the place of a secret. What is no text is
// taken as its JSON.
func asSecret(live Value) Value {
	live = Unwrap(live)
	text, isText := live.(Text)
	switch {
	case IsUnset(live), isSecret(live):
		return live
	case Hides(live):
		return Secret{secrets.Hidden("")}
	case isText:
		secret, _ := Sealed{}.fromWire(text)
		return secret
	}
	encoded, err := EncodeJSON(live, openPlain)
	if err != nil {
		return Secret{secrets.Hidden("")}
	}
	return Secret{secrets.Plain(string(encoded))}
}

// openPlain opens what a service shows in clear, and nothing else.
func openPlain(v secrets.Value) (secrets.Clear, error) {
	none := secrets.Keyring{LookupEnv: func(string) (string, bool) { return "", false }}
	return none.Open(v)
}

// ReplaceSecrets returns a value with what replace returns in the place of each
// secret inside it.
func ReplaceSecrets(v Value, at Path, replace func(at Path, secret Secret) Value) Value {
	if v == nil {
		return nil
	}
	if secret, ok := v.(Secret); ok {
		return replace(at, secret)
	}
	return v.with(at, func(at Path, part Value) Value { return ReplaceSecrets(part, at, replace) })
}
