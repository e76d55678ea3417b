package schema

import (
	"strconv"

	"authsync/schema/quirk"
	"authsync/secrets"
)

// typeAt returns the type of the value at a path in an object; nil = the service
// chooses the names there, or there is no such name.
func (k *Kind) typeAt(at Path) Type {
	var t Type = k.Type
	for _, name := range at {
		t = inner(t, name)
	}
	return t
}

// inner returns the type of a field of an object, or of an item of a list.
func inner(t Type, name string) Type {
	switch t := t.(type) {
	case Struct:
		return t.weakField(name).Type
	case ListOf:
		return t.Item
	case SetOf:
		return t.Item
	case InText:
		return inner(t.Of, name)
	}
	return nil
}

// TakesSecret reports whether a manifest may have a secret at a path in an object.
func (k *Kind) TakesSecret(at Path) bool {
	switch k.typeAt(at).(type) {
	case nil, Sealed, Open, Column, Any, Pairs:
		return true
	}
	return false
}

// Chooses reports whether the text at a path in an object is one of a fixed choice.
func (k *Kind) Chooses(at Path) bool {
	switch k.typeAt(at).(type) {
	case OneOf, Choice:
		return true
	}
	return false
}

// Stands reports whether a value that reads empty is there all the same: a text that
// answers lack, a secret that nothing else tells of, or one that a service is known to
// show as empty.
func (k *Kind) Stands(at Path, known quirk.Set) bool {
	switch t := k.typeAt(at).(type) {
	case String:
		return true
	case Sealed:
		return t.With == "" || known.Known(t.Quirk, quirk.Blank)
	}
	return false
}

// Models reports whether the value at a path in an object has a type of its own.
func (k *Kind) Models(at Path) bool {
	switch k.typeAt(at).(type) {
	case nil, Open, Any, Column, Pairs:
		return false
	}
	return true
}

// HasExtra reports whether a path of the manifest is that of an object's unmodelled
// fields.
func (k *Kind) HasExtra(path Path) bool {
	_, below, _ := k.NameAt(path)
	if len(below) == 0 || below[len(below)-1] != Extra {
		return false
	}
	around, ok := k.typeAt(below[:len(below)-1]).(Struct)
	return ok && around.Others == nil
}

// Decode is the reverse of [Show] for a value without secrets: it reads a text as a
// value of the type at the path.
func (k *Kind) Decode(at Path, text string) (Value, error) {
	v, err := ParseJSON([]byte(text))
	if err != nil {
		return nil, err
	}
	if t := k.typeAt(at); t != nil {
		return t.decode(v), nil
	}
	return v, nil
}

// Single values and unmodelled ones are shown unchanged.
func (String) decode(v Value) Value  { return v }
func (OneOf) decode(v Value) Value   { return v }
func (Choice) decode(v Value) Value  { return v }
func (Boolean) decode(v Value) Value { return v }
func (Integer) decode(v Value) Value { return v }
func (Sealed) decode(v Value) Value  { return v }
func (Open) decode(v Value) Value    { return v }
func (Column) decode(v Value) Value  { return v }
func (Any) decode(v Value) Value     { return v }

func (t InText) decode(v Value) Value { return t.Of.decode(v) }

func (Switch) decode(v Value) Value {
	switch v {
	case Bool(true):
		return True
	case Bool(false):
		return False
	case Text("unspecified"):
		return Unspecified
	}
	return v
}

func (Span) decode(v Value) Value {
	if n, ok := v.(Number); ok {
		if seconds, err := strconv.ParseInt(string(n), 10, 64); err == nil {
			return Seconds(seconds)
		}
	}
	return v
}

func (t ListOf) decode(v Value) Value {
	if list, ok := v.(List); ok {
		return List(decodeItems(t.Item, list))
	}
	return v
}

func (t SetOf) decode(v Value) Value {
	if list, ok := v.(List); ok {
		return Set(decodeItems(t.Item, list))
	}
	return v
}

func decodeItems(t Type, items []Value) []Value {
	out := make([]Value, len(items))
	for i, item := range items {
		out[i] = t.decode(item)
	}
	return out
}

func (s Struct) decode(v Value) Value {
	object, ok := v.(Object)
	if !ok {
		return v
	}
	out := make(Object, len(object))
	for name, value := range object {
		out[name] = value
		if t := inner(s, name); t != nil {
			out[name] = t.decode(value)
		}
	}
	return out
}

// DecodeShown is [Kind.Decode] for a value that may be a secret. A secret is the word
// that is shown for it.
func (k *Kind) DecodeShown(at Path, text string) (Value, error) {
	v, err := k.Decode(at, text)
	word, is := v.(Text)
	_, sealed := k.typeAt(at).(Sealed)
	if err != nil || !is || !sealed && (len(at) == 0 || !NamesSecret(at[len(at)-1])) {
		return v, err
	}
	if secret, known := secrets.Shown(string(word)); known {
		return Secret{secret}, nil
	}
	return v, nil
}

// HoldsSet reports whether a list whose order means nothing stands at a path below an
// object.
func (k *Kind) HoldsSet(at Path) bool {
	_, is := k.typeAt(at).(SetOf)
	return is
}
