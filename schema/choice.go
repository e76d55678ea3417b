package schema

import "gopkg.in/yaml.v3"

// Choice is a [OneOf] that a service accepts as text and sends as {text, value}, where
// text is for display.
type Choice []string

func (t Choice) read(r *reader, n *Node, at Path) Value { return OneOf(t).read(r, n, at) }

func (Choice) fromWire(v Value) (Value, error) {
	shown, ok := v.(Object)
	if !ok {
		return textFromWire(v)
	}
	value, err := textFromWire(shown["value"])
	if value == nil && err == nil {
		err = &wireError{want: "a string", got: shown["value"]}
	}
	return value, within("value", err)
}

func (Choice) toWire(v Value) Value     { return textToWire(v) }
func (Choice) spell(v Value) *yaml.Node { return spellText(v) }
