package schema

import (
	"strconv"
	"strings"
)

// Words describes what a field of a type accepts: "a whole number: -1, 1 to 50". The
// JSON Schema and the reference use it.
func Words(t Type) string { return t.words() }

func (t String) words() string {
	switch {
	case t.Pattern != nil:
		return t.Form
	case t.Check != nil:
		return t.Check.Form
	case t.MaxBytes > 0:
		return "text of at most " + strconv.Itoa(t.MaxBytes) + " bytes"
	}
	return "text"
}

func (t OneOf) words() string { return "one of " + strings.Join(t, ", ") }

func (t Choice) words() string { return OneOf(t).words() }

func (Boolean) words() string { return "true or false" }

func (t Switch) words() string {
	if t.States == OrUnspecified {
		return "true, false or unspecified"
	}
	return "true or false"
}

func (t Integer) words() string { return "a whole number: " + t.Range() }

func (t Span) words() string {
	text := "a time such as 2h or 30d, or seconds: " + t.Min.String() + " to " + t.Max.String()
	for _, also := range t.Also {
		text += ", or " + strconv.FormatInt(int64(also), 10)
	}
	return text
}

func (Sealed) words() string { return "a secret: !age or !env NAME" }

func (t ListOf) words() string { return "a list; each item is " + t.Item.words() }

func (t SetOf) words() string {
	return "a list in any order; each item, once, is " + t.Item.words()
}

func (Struct) words() string { return "an object" }

func (Open) words() string { return "an object with the service's own names" }

func (t InText) words() string { return t.Of.words() }

func (Column) words() string { return "any value" }

func (Any) words() string { return "any value" }
