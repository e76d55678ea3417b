package schema

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"authsync/schema/list"
)

// describer makes the schemas of types. What they share goes to defs.
type describer struct {
	defs members
}

func (t String) describe(*describer) *keywords {
	k := &keywords{Type: typeNames{"string"}, MinLength: 1, MaxLength: t.MaxBytes, Pattern: ecma(t.Pattern)}
	if t.Pattern == nil {
		k.Not = textThat([]*keywords{{Pattern: ecma(plainMask)}})
	}
	if t.Check != nil {
		k.Pattern, k.MaxLength = ecma(t.Check.Pattern), t.Check.MaxLength
		never := []*keywords{{Pattern: ecma(plainMask)}}
		for _, p := range t.Check.Never {
			never = append(never, &keywords{Pattern: ecma(p)})
		}
		k.Not = textThat(never)
	}
	return k
}

func (t OneOf) describe(*describer) *keywords { return &keywords{Enum: spelled(texts(t))} }

func (t Choice) describe(d *describer) *keywords { return OneOf(t).describe(d) }

func (Boolean) describe(*describer) *keywords { return &keywords{Type: typeNames{"boolean"}} }

func (t Switch) describe(*describer) *keywords {
	if t.States == OrUnspecified {
		return &keywords{Enum: spelled([]Value{True, False, Unspecified})}
	}
	return &keywords{Type: typeNames{"boolean"}}
}

func (t Integer) describe(*describer) *keywords {
	return orAlso(&keywords{Type: typeNames{"integer"}, Minimum: &t.Min, Maximum: &t.Max}, t.Also)
}

// describe: the range of a time in words is not for JSON Schema to say.
func (t Span) describe(*describer) *keywords {
	low, high := int64(t.Min), int64(t.Max)
	also := list.Each(t.Also, func(s Seconds) int64 { return int64(s) })
	return orAlso(&keywords{Type: typeNames{"integer", "string"}, Minimum: &low, Maximum: &high, Pattern: ecma(spanForm)}, also)
}

// orAlso takes numbers below a range as well. Those next to it make it wider,
// for which editors have a better message than for a choice.
func orAlso(k *keywords, also []int64) *keywords {
	var numbers []json.RawMessage
	for _, n := range slices.Backward(slices.Sorted(slices.Values(also))) {
		if n == *k.Minimum-1 {
			k.Minimum = &n
		} else {
			numbers = append(numbers, json.RawMessage(fmt.Sprint(n)))
		}
	}
	if numbers == nil {
		return k
	}
	return &keywords{AnyOf: []*keywords{k, {Enum: numbers}}}
}

// describe: a tag is nothing to JSON Schema. Editors hand a tagged value on as
// text.
func (Sealed) describe(*describer) *keywords {
	return &keywords{Type: typeNames{"string"}, MinLength: 1, Not: textThat([]*keywords{{Pattern: ecma(plainMask)}})}
}

func (t ListOf) describe(d *describer) *keywords {
	return &keywords{Type: typeNames{"array"}, Items: t.Item.describe(d)}
}

func (t SetOf) describe(d *describer) *keywords {
	return &keywords{Type: typeNames{"array"}, Items: t.Item.describe(d), UniqueItems: true}
}

func (s Struct) describe(d *describer) *keywords {
	k := &keywords{Type: typeNames{"object"}}
	for _, f := range s.Fields {
		if f.Access == Settable {
			*k.Properties.get(f.Name) = *f.describe(d)
		}
	}
	if s.Others == nil {
		*k.Properties.get(Extra) = *s.describeExtra(d)
		k.AdditionalProperties = nothing
		return k
	}
	for _, name := range s.Ignored {
		if strings.HasSuffix(name, "*") {
			k.PatternProperties = append(k.PatternProperties, member{ecma(ignoredName(name)), nothing})
		} else {
			k.Properties = append(k.Properties, member{name, nothing})
		}
	}
	if unmodelledType(s.Others) {
		k.PatternProperties = append(k.PatternProperties, member{ecma(secretName()), d.secretValue()})
	}
	k.AdditionalProperties = orNull(s.Others.describe(d))
	return k
}

// describeExtra refuses what the fields beside it say, and what only the
// service does.
func (s Struct) describeExtra(d *describer) *keywords {
	names := list.Each(s.Fields, s.wire)
	names = append(names, s.Ignored...)
	k := &keywords{
		Description:          "Fields that the service has and this version does not model, in the service's own names. They go to the service as they are.",
		Type:                 typeNames{"object"},
		AdditionalProperties: &keywords{Ref: d.value(), Not: &keywords{Type: typeNames{"null"}}},
	}
	if len(names) > 0 {
		k.PropertyNames = &keywords{Not: &keywords{Enum: spelled(texts(names))}}
	}
	return k
}

// textThat is a text to which one of list applies; nil for an empty list.
func textThat(list []*keywords) *keywords {
	if len(list) == 0 {
		return nil
	}
	k := *anyOf(list)
	k.Type = typeNames{"string"}
	return &k
}

func anyOf(list []*keywords) *keywords {
	if len(list) == 1 {
		return list[0]
	}
	return &keywords{AnyOf: list}
}

func (t Open) describe(d *describer) *keywords {
	return &keywords{Type: typeNames{"object"}, Ref: d.value()}
}

func (t InText) describe(d *describer) *keywords { return t.Of.describe(d) }

func (Column) describe(d *describer) *keywords { return &keywords{Ref: d.value()} }
func (Any) describe(d *describer) *keywords    { return &keywords{Ref: d.value()} }

// value is a reference to the schema of any value at all.
func (d *describer) value() string {
	const ref = "#/$defs/value"
	if k := d.defs.get("value"); k.Description == "" {
		self := &keywords{Ref: ref}
		*k = keywords{
			Description:          "Any value. A text with *** is a mask, as the services show secrets, and no value.",
			Items:                self,
			AdditionalProperties: self,
			Not:                  &keywords{Type: typeNames{"string"}, Pattern: ecma(mask)},
		}
		k.PatternProperties = members{{ecma(secretName()), d.secretValue()}}
	}
	return ref
}

// secretValue is any value under a name that says secret.
func (d *describer) secretValue() *keywords {
	return &keywords{Description: "A text under such a name is a secret: !age or !env NAME; see secret and notSecret.", Ref: d.value()}
}

// describe is a field's type with its doc.
func (f Field) describe(d *describer) *keywords {
	k := f.Type.describe(d)
	if f.Clear == Clears {
		k = orNull(k)
	}
	k.Description = strings.TrimSpace(f.Doc + " " + takes(f.Type, f.Clear))
	return k
}

// takes is a sentence on what a field takes; "" where its schema shows it.
func takes(t Type, clear Clear) string {
	text := "Takes " + t.words().String() + "."
	switch t.(type) {
	case Struct:
		text = ""
	}
	if clear == Clears {
		text += " null clears it."
	}
	return text
}

func orNull(k *keywords) *keywords {
	null := json.RawMessage("null")
	switch {
	case k.Ref != "" && k.Type == nil:
		return k // any value
	case k.AnyOf != nil:
		k.AnyOf = append(k.AnyOf, &keywords{Const: null})
	case k.Enum != nil:
		k.Enum = append(k.Enum, null)
	default:
		k.Type = append(k.Type, "null")
	}
	return k
}

// spelled are values as a manifest spells them.
func spelled(values []Value) []json.RawMessage {
	var out []json.RawMessage
	for _, v := range values {
		switch flag, _ := v.(Flag); flag {
		case True, False:
			v = Bool(flag == True)
		case Unspecified:
			v = Text("unspecified")
		}
		out = append(out, RedactJSON(v))
	}
	return out
}
