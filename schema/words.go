package schema

import (
	"strconv"
	"strings"

	"authsync/schema/lang"
)

// Words describes what a field of a type accepts: "a whole number: -1, 1 to 50". The
// JSON Schema and the reference use it.
func Words(t Type) string { return t.words().String() }

// Takes is [Words] as a message.
func Takes(t Type) lang.Message { return t.words() }

func (t String) words() lang.Message {
	switch {
	case t.Pattern != nil:
		return lang.Of(t.Form)
	case t.Check != nil:
		return lang.Of(t.Check.Form)
	case t.MaxBytes > 0:
		return lang.Of("text of at most %s bytes", lang.Text(strconv.Itoa(t.MaxBytes)))
	}
	return lang.Of("text")
}

func (t OneOf) words() lang.Message { return lang.Of("one of %s", lang.Text(strings.Join(t, ", "))) }

func (t Choice) words() lang.Message { return OneOf(t).words() }

func (Boolean) words() lang.Message { return lang.Of("true or false") }

func (t Switch) words() lang.Message {
	if t.States == OrUnspecified {
		return lang.Of("true, false or unspecified")
	}
	return lang.Of("true or false")
}

func (t Integer) words() lang.Message { return lang.Of("a whole number: %s", lang.Text(t.Range())) }

func (t Span) words() lang.Message {
	most := t.Max.String()
	for _, also := range t.Also {
		most += ", or " + strconv.FormatInt(int64(also), 10)
	}
	return lang.Of("a time such as 2h or 30d, or seconds: %s to %s", lang.Text(t.Min.String()), lang.Text(most))
}

func (Sealed) words() lang.Message { return lang.Of("a secret: !age or !env NAME") }

func (t ListOf) words() lang.Message { return lang.Of("a list; each item is %s", t.Item.words()) }

func (t SetOf) words() lang.Message {
	return lang.Of("a list in any order; each item, once, is %s", t.Item.words())
}

func (Struct) words() lang.Message { return lang.Of("an object") }

func (Open) words() lang.Message { return lang.Of("an object with the service's own names") }

func (t InText) words() lang.Message { return t.Of.words() }

func (Column) words() lang.Message { return lang.Of("any value") }

func (Any) words() lang.Message { return lang.Of("any value") }
