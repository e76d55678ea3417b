package schema

import (
	"gopkg.in/yaml.v3"

	"authsync/spell"
)

// ToSet stands in a manifest where a person has to write a value: the tag [toSetTag],
// with words for what belongs there. No manifest with one is right.
type ToSet string

const toSetTag = "!todo"

// ToSet is what stands in the place of a value below an object of the kind that each
// environment has for itself.
func (k *Kind) ToSet(at Path, v Value) ToSet {
	return toSetAt(k.stated(), at, v)
}

// GroupToSet is it for a setting of a group.
func (k *Kind) GroupToSet(at Path, v Value) ToSet { return toSetAt(k.Group, at, v) }

func toSetAt(t Type, at Path, v Value) ToSet {
	for _, name := range at {
		t = inner(t, name)
	}
	switch {
	case IsSecret(v):
		return "a secret"
	case unmodelledType(t):
		return ToSet(sortWord(v))
	}
	return ToSet(Words(t))
}

func readToSet(r *reader, n *Node, t Type, at Path) (Value, bool) {
	if n.Tag != toSetTag {
		return nil, false
	}
	text := "takes " + Words(t)
	if _, secret := t.(Sealed); secret {
		text = "put it in with: authsync secrets set " + spell.Word(at.String()) + " --in " + spell.Word(n.Pos.File)
	}
	r.faults.list = append(r.faults.list, &Fault{Pos: n.Pos, Path: at, Text: "is to be set: " + text, Sort: Unset})
	return ToSet(""), true
}

// openToSet is the type of what is to be set under a name of the service's own.
func openToSet(name string) Type {
	if NamesSecret(name) {
		return Sealed{}
	}
	return Column{}
}

func (t ToSet) spelled() *yaml.Node {
	return &yaml.Node{Kind: yaml.ScalarNode, Tag: toSetTag, Style: yaml.TaggedStyle, Value: string(t)}
}

func (ToSet) parts(Path, func(Path, Value))              {}
func (t ToSet) with(Path, func(Path, Value) Value) Value { return t }
func (t ToSet) same(v Value) bool                        { _, is := v.(ToSet); return is }
func (t ToSet) encode(w jsonWriter, _ leaves) error      { return writeJSONText(w, toSetWord) }

const toSetWord = "(to be set)"

// Equal is that of all that is to be set.
func (t ToSet) Equal(ToSet) bool { return true }
