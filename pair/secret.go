package pair

import (
	"cmp"
	"errors"

	"authsync/diff"
	"authsync/schema"
	"authsync/secrets"
)

// verdict compares two values. Secrets are reported as the same or different only if
// both can be opened or both are the same sealed text.
func (c *comparing) verdict(a, b schema.Value) (Verdict, diff.Reason) {
	a, b = alikeHeld(a, b), alikeHeld(b, a)
	_, unsetA := a.(schema.ToSet)
	_, unsetB := b.(schema.ToSet)
	switch {
	case unsetA || unsetB:
		return NotComparable, StillUnset
	case a == nil || b == nil:
		return Different, ""
	case !schema.HoldsSecret(a) && !schema.HoldsSecret(b):
		return compared(a, b), ""
	case schema.Same(a, b) && !holdsVariable(a) && !schema.Hides(a):
		return Same, ""
	case !schema.Same(bare(a), bare(b)):
		return Different, ""
	}
	openA, reasonA := c.opened(a)
	openB, reasonB := c.opened(b)
	if reasonA == "" && reasonB == "" {
		return compared(openA, openB), ""
	}
	return NotComparable, cmp.Or(reasonA, reasonB)
}

// alikeHeld turns a text into a secret if the other value is one.
func alikeHeld(v, other schema.Value) schema.Value {
	if text, is := v.(schema.Text); is && schema.IsSecret(other) {
		return schema.Secret{Value: secrets.Plain(string(text))}
	}
	return v
}

func compared(a, b schema.Value) Verdict {
	if schema.Same(a, b) {
		return Same
	}
	return Different
}

// holdsVariable reports whether a secret is read from a variable. Each environment's
// pipeline may set it to a different value.
func holdsVariable(v schema.Value) bool {
	return schema.Holds(v, func(v schema.Value) bool {
		secret, is := v.(schema.Secret)
		return is && secret.Form() == secrets.EnvForm
	})
}

// bare returns a value without its secrets.
func bare(v schema.Value) schema.Value {
	return schema.Map(v, func(v schema.Value) schema.Value {
		if schema.IsSecret(v) {
			return schema.Secret{}
		}
		return v
	})
}

// opened returns a value with its secrets in clear, or the reason why that is not
// possible.
func (c *comparing) opened(v schema.Value) (schema.Value, diff.Reason) {
	var reason diff.Reason
	out := schema.Map(v, func(v schema.Value) schema.Value {
		secret, is := v.(schema.Secret)
		if !is {
			return v
		}
		clear, err := c.opener.Open(secret.Value)
		if err != nil {
			reason = reasonOf(secret, err)
			return v
		}
		return schema.Secret{Value: secrets.Plain(clear.Reveal())}
	})
	return out, reason
}

// reasonOf says why a secret cannot be opened.
func reasonOf(secret schema.Secret, err error) diff.Reason {
	switch {
	case secret.Form() == secrets.HiddenForm, errors.Is(err, secrets.ErrHidden):
		return diff.LiveHidden
	case secret.Form() == secrets.EnvForm:
		return diff.NoVariable
	}
	return diff.NoKey
}
