package main

import (
	"slices"
	"strings"

	"authsync/schema"
)

// fieldTable is the table of a kind's fields, and one for each object in it.
func fieldTable(k *schema.Kind) string {
	return structTables(documented(k.Type, k.From), "", func(f schema.Field) []string { return updateNotes(k, f.Name) })
}

func metaTable(k *schema.Kind) string      { return table(k.Meta, nil) }
func groupTable(k *schema.Kind) string     { return table(documented(k.Group, k.From).Fields, nil) }
func settingsTable(s schema.Struct) string { return table(s.Fields, nil) }

// structTables is a table of the fields of an object and, under headings, those
// of the objects inside it. Of two that are alike, the second names the first.
func structTables(s schema.Struct, at string, more func(schema.Field) []string) string {
	var b strings.Builder
	b.WriteString(table(s.Fields, more))
	if s.Others != nil {
		b.WriteString(others(s))
	}
	if text := rules(s); at != "" && text != "" {
		b.WriteString("\n" + text)
	}
	if s.Credential != nil {
		b.WriteString("\n" + credential(*s.Credential))
	}
	seen := map[string]string{}
	for _, f := range s.Fields {
		inner, below := object(f.Type)
		if inner == nil {
			continue
		}
		path := strings.TrimPrefix(at+"."+f.Name+below, ".")
		b.WriteString("\n#### `" + path + "`\n\n")
		tables := structTables(*inner, path, nil)
		alike := strings.ReplaceAll(tables, "`"+path, "`")
		if first, again := seen[alike]; again {
			b.WriteString("As `" + first + "`.\n")
			continue
		}
		seen[alike] = path
		b.WriteString(tables)
	}
	return b.String()
}

// others says what an object takes besides the fields that are known.
func others(s schema.Struct) string {
	text := "Its fields have the service's own names."
	if len(s.Fields) > 0 {
		text = "\nOther fields have the service's own names."
	}
	text += " Each takes " + schema.Words(s.Others) + ", and `null` clears it."
	if len(s.Ignored) > 0 {
		text += " A manifest cannot set " + code(s.Ignored) + "."
	}
	return text + "\n"
}

// object is the object that a field holds, or holds a list of.
func object(t schema.Type) (inner *schema.Struct, below string) {
	switch t := t.(type) {
	case schema.Struct:
		return &t, ""
	case schema.ListOf:
		inner, _ := object(t.Item)
		return inner, "[]"
	case schema.SetOf:
		inner, _ := object(t.Item)
		return inner, "[]"
	}
	return nil, ""
}

func table(fields []schema.Field, more func(schema.Field) []string) string {
	if len(fields) == 0 {
		return ""
	}
	var b strings.Builder
	b.WriteString("| field | takes | | meaning |\n|---|---|---|---|\n")
	for _, f := range fields {
		var besides []string
		if more != nil {
			besides = more(f)
		}
		b.WriteString(fieldRow(f, besides...))
	}
	return b.String()
}

func fieldRow(f schema.Field, besides ...string) string {
	form := ""
	if f.Access == schema.Settable {
		form = cell(takes(f.Type))
	}
	return "| `" + f.Name + "` | " + form + " | " + strings.Join(append(fieldNotes(f), besides...), ", ") + " | " + cell(f.Doc) + " |\n"
}

// takes is what a field takes; enumerations as code.
func takes(t schema.Type) string {
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

// cell keeps a text inside its cell of a table. What looks like a tag is shown.
func cell(text string) string {
	return strings.NewReplacer("|", `\|`, "<", "&lt;", "{{.", "`{{.", "}}", "}}`").Replace(text)
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

func fieldNotes(f schema.Field) []string {
	var list []string
	for _, n := range notes {
		if n.applies(f) {
			list = append(list, n.text)
		}
	}
	if f.From != "" {
		list = append(list, "source: *"+string(f.From)+"*")
	}
	if f.Weaker != nil {
		list = append(list, "gate `weaken`: "+f.Weaker.Why)
	}
	return list
}

// updateNotes are what a kind's update rule says of a top-level field.
func updateNotes(k *schema.Kind, name string) []string {
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
			list = append(list, one.text)
		}
	}
	return list
}
