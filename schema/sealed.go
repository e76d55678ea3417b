package schema

import (
	"strings"

	"gopkg.in/yaml.v3"

	"authsync/schema/pattern"
	"authsync/schema/quirk"
	"authsync/secrets"
	"authsync/spell"
)

// Sealed is a secret: in a manifest !age or !env, on the wire a string that the
// service shows in clear, masked, or not at all.
type Sealed struct {
	// With names the sibling that a service has together with the secret (clientId
	// beside clientSecret). While the sibling is set, an empty secret is read as
	// hidden and not as missing: writing the empty value back could erase the secret,
	// and the two cases look the same (wire.md 7.1).
	With string

	// Quirk says how the service shows it. Where it is known to show secrets, or to
	// mask them, what reads empty is empty.
	Quirk quirk.Name

	// Opaque secrets are shown encrypted by the service: the value shown is neither
	// the secret nor a mask of it.
	Opaque Opacity
}

// Opacity says whether a service's value of a secret can be compared.
type Opacity int

const (
	Readable Opacity = iota
	Encrypted
)

var envName = pattern.Of(`^[A-Za-z_][A-Za-z0-9_]*$`)

func (Sealed) read(r *reader, n *Node, at Path) Value {
	if n.Form != ScalarForm {
		r.fault(n, at, "is a secret and takes !age or !env NAME, not %s", n.Form)
		return nil
	}
	v, ok := readSecret(r, n, at)
	switch {
	case !ok && r.plain != SecretsPlain && n.Text == "":
		r.fault(n, at, "is empty; leave the name out to leave the field alone, or write null to clear it")
		return Secret{secrets.Hidden("")}
	case !ok && r.plain != SecretsPlain && plainMask.MatchString(n.Text):
		r.fault(n, at, NotAValue)
		return Secret{secrets.Hidden("")}
	case !ok && r.plain == SecretsClear:
		return r.found(n, at)
	case !ok && r.plain == SecretsPlain:
		return Secret{secrets.Plain(n.Text)}
	}
	if !ok {
		v = r.found(n, at)
		r.fault(n, at, "is a secret in clear text; seal it with: authsync secrets seal --in %s --path %s",
			spell.Word(n.Pos.File), spell.Word(at.String()))
	}
	return v
}

// found records a secret in clear, for callers that seal it.
func (r *reader) found(n *Node, at Path) Secret {
	value := secrets.Plain(n.Text)
	if r.clear != nil {
		*r.clear = append(*r.clear, ClearSecret{n.Pos, r.bound(n, at), at, value})
	}
	return Secret{value}
}

// hold records a secret in its right form.
func (r *reader) hold(n *Node, at Path, v secrets.Value) Secret {
	if r.held != nil {
		*r.held = append(*r.held, HeldSecret{n.Pos, at, v})
	}
	return Secret{v}
}

// readSecret reads the three tags of a secret; ok is false for any other value. One in a
// wrong form is a secret all the same, or a rule would tell too that there is none.
func readSecret(r *reader, n *Node, at Path) (v Value, ok bool) {
	wrong := Secret{secrets.Hidden("")}
	switch n.Tag {
	case "!age":
		if !secrets.LooksSealed(n.Text) {
			r.fault(n, at, "is not an armored age file (-----BEGIN AGE ENCRYPTED FILE-----)")
			return wrong, true
		}
		return r.hold(n, at, secrets.Sealed(strings.TrimSpace(n.Text)+"\n", r.bound(n, at))), true
	case "!env":
		if !envName.MatchString(n.Text) {
			r.fault(n, at, "!env takes the name of an environment variable")
			return wrong, true
		}
		if why := guardedEverywhere(n.Text); why != "" {
			r.fault(n, at, "%s %s", n.Text, why)
			return wrong, true
		}
		return r.hold(n, at, secrets.Env(n.Text)), true
	case "!plain":
		if r.plain == SecretsPlain {
			return Secret{secrets.Plain(n.Text)}, true
		}
		if r.plain == SecretsClear {
			return r.found(n, at), true
		}
		r.fault(n, at, "!plain is for a sandbox's seed only; seal it with: authsync secrets seal --in %s --path %s",
			spell.Word(n.Pos.File), spell.Word(at.String()))
		return r.found(n, at), true
	}
	return nil, false
}

func (t Sealed) fromWire(v Value) (Value, error) {
	if IsUnset(v) {
		return nil, nil
	}
	text, ok := v.(Text)
	switch {
	case !ok:
		return nil, &wireError{want: "a string", got: v}
	case t.Opaque == Encrypted:
		return Secret{secrets.Hidden("")}, nil
	case IsMask(string(text)):
		return hiddenText(text), nil
	}
	return Secret{secrets.Plain(string(text))}, nil
}

func (Sealed) toWire(v Value) Value { return textToWire(v) }

func (Sealed) spell(v Value) *yaml.Node {
	secret, _ := v.(Secret)
	switch secret.Form() {
	case secrets.SealedForm:
		return &yaml.Node{Kind: yaml.ScalarNode, Tag: "!age", Style: yaml.LiteralStyle | yaml.TaggedStyle, Value: secret.Armored()}
	case secrets.EnvForm:
		return &yaml.Node{Kind: yaml.ScalarNode, Tag: "!env", Style: yaml.TaggedStyle, Value: secret.EnvName()}
	}
	return &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!null", Value: "null"}
}
