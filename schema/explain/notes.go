package explain

import (
	"slices"
	"strings"

	"authsync/schema"
	"authsync/schema/lang"
	"authsync/schema/list"
)

// Takes is what a field takes; enumerations as code.
func Takes(t schema.Type) string {
	var names []string
	switch t := t.(type) {
	case schema.OneOf:
		names = t
	case schema.Choice:
		names = t
	default:
		return schema.Words(t)
	}
	return "`" + strings.Join(names, "` `") + "`"
}

// note is a word on a field, where it applies.
type note struct {
	text    string
	applies func(schema.Field) bool
}

// notes are what tables say of a field. A further property of fields is a line
// here.
var notes = []note{
	{"**required**", func(f schema.Field) bool { return f.Need != schema.Optional }},
	{"`null` clears", func(f schema.Field) bool { return f.Clear == schema.Clears }},
	{"read only", func(f schema.Field) bool { return f.Access == schema.ReadOnly }},
	{"per environment", func(f schema.Field) bool { return schema.ScopeOf(f) == schema.PerEnvironment }},
	{"never shown", func(f schema.Field) bool { return f.Sight == schema.WriteOnly }},
}

// wordsOn are the notes that apply to a field.
func wordsOn(f schema.Field, l lang.Language) []string {
	fit := list.Only(notes, func(n note) bool { return n.applies(f) })
	return list.Each(fit, func(n note) string { return l.Say(n.text) })
}

// FieldNotes are the words on a field that stand in its row of a table.
func FieldNotes(f schema.Field, l lang.Language) []string {
	list := wordsOn(f, l)
	if f.From != "" {
		list = append(list, l.Sayf("source: *%s*", string(f.From)))
	}
	if f.Weaker != nil {
		list = append(list, l.Sayf("gate `weaken`: %s", l.Say(f.Weaker.Why)))
	}
	return list
}

// UpdateNotes are what a kind's update rule says of a top-level field.
func UpdateNotes(k *schema.Kind, name string, l lang.Language) []string {
	var list []string
	for _, one := range []struct {
		text  string
		names []string
	}{
		{"needed to create", k.Update.OnCreate},
		{"immutable", k.Update.Immutable},
		{"always sent", k.Update.Always},
		{"by a second call", k.Update.AfterCreate},
	} {
		if slices.Contains(one.names, name) {
			list = append(list, l.Say(one.text))
		}
	}
	return list
}
