package schematest

import (
	"pgregory.net/rapid"

	"authsync/schema"
	"authsync/secrets"
)

// Wire draws an object as a service holds it: in wire form, secrets in clear,
// with what the [Shape] allows beside the modelled fields. Need is as for
// [Shape.Fields].
func (s Shape) Wire(t *rapid.T, k *schema.Kind, name string, need ...string) schema.Object {
	s.Clearing = NoNull
	if s.Secret == nil {
		s.Secret = PlainSecret
	}
	wire, _ := Clear(k.ToWire(s.Fields(t, k, name, need...))).(schema.Object)
	return wire
}

// PlainSecret draws a secret in clear, none of which looks like a mask.
func PlainSecret(t *rapid.T, at schema.Path) secrets.Value {
	return secrets.Plain("clear-" + rapid.StringMatching(`[a-z0-9]{4,8}`).Draw(t, at.String()))
}

// Clear is a wire value as JSON has it: secrets that are in clear as texts,
// nothing marked as carried.
func Clear(v schema.Value) schema.Value {
	switch v := v.(type) {
	case schema.Secret:
		clear, err := (&secrets.Keyring{}).Open(v.Value)
		if err != nil {
			return schema.Null{}
		}
		return schema.Text(clear.Reveal())
	case schema.Unmodelled:
		return Clear(v.Value)
	case schema.Packed:
		text, err := schema.EncodeJSON(Clear(v.Value), nil)
		if err != nil {
			return schema.Null{}
		}
		return schema.Text(text)
	case schema.Object:
		out := schema.Object{}
		for name, inner := range v {
			out[name] = Clear(inner)
		}
		return out
	case schema.List:
		out := schema.List{}
		for _, item := range v {
			out = append(out, Clear(item))
		}
		return out
	}
	return v
}

// Unset draws, for fields that a wire object lacks, the ways in which services
// spell that: absent, null, "" and [].
func Unset(t *rapid.T, k *schema.Kind, wire schema.Object) schema.Object {
	return unset(t, k.Type, wire, schema.Path{k.Name})
}

func unset(t *rapid.T, typ schema.Struct, wire schema.Object, at schema.Path) schema.Object {
	out := wire.Clone()
	for _, f := range typ.Fields {
		name, path := typ.WireName(f.Name), at.Then(f.Name)
		inner, isStruct := f.Type.(schema.Struct)
		if under, ok := wire[name].(schema.Object); ok && isStruct {
			out[name] = unset(t, inner, under, path)
		}
		if wire[name] != nil {
			continue
		}
		forms := []schema.Value{nil, schema.Null{}}
		switch f.Type.(type) {
		case schema.ListOf, schema.SetOf:
			forms = append(forms, schema.List{})
		case schema.String, schema.OneOf, schema.Choice, schema.Sealed, schema.Switch:
			forms = append(forms, schema.Text(""))
		}
		if v := rapid.SampledFrom(forms).Draw(t, path.String()+" unset"); v != nil {
			out[name] = v
		}
	}
	return out
}
