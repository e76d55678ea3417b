package main

import (
	"maps"
	"slices"
	"strings"

	"authsync/remote/cloudbase"
	"authsync/remote/transport"
	"authsync/schema"
	"authsync/schema/explain"
	"authsync/schema/lang"
)

// fieldTable is the table of a kind's fields, and one for each object in it.
func fieldTable(k *schema.Kind) string {
	return structTables(explain.Documented(k.Type, k.From), "", func(f schema.Field) []string { return explain.UpdateNotes(k, f.Name, lang.English) })
}

func metaTable(k *schema.Kind) string      { return table(k.Meta, nil) }
func groupTable(k *schema.Kind) string     { return table(explain.Documented(k.Group, k.From).Fields, nil) }
func settingsTable(s schema.Struct) string { return table(s.Fields, nil) }

// structTables is a table of the fields of an object and, under headings, those
// of the objects inside it. Of two that are alike, the second names the first.
func structTables(s schema.Struct, at string, more func(schema.Field) []string) string {
	var b strings.Builder
	b.WriteString(table(s.Fields, more))
	if s.Others != nil {
		b.WriteString(others(s))
	}
	if text := explain.Rules(s, lang.English); at != "" && text != "" {
		b.WriteString("\n" + text)
	}
	if s.Credential != nil {
		b.WriteString("\n" + explain.Credential(*s.Credential, lang.English))
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
		text += " A manifest cannot set " + explain.Code(s.Ignored, lang.English) + "."
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
		form = cell(explain.Takes(f.Type))
	}
	return "| `" + f.Name + "` | " + form + " | " + strings.Join(append(explain.FieldNotes(f, lang.English), besides...), ", ") + " | " + cell(f.Doc) + " |\n"
}

// cell keeps a text inside its cell of a table. What looks like a tag is shown.
func cell(text string) string {
	return strings.NewReplacer("|", `\|`, "<", "&lt;", "{{.", "`{{.", "}}", "}}`").Replace(text)
}

// anchor is the link to a kind's heading.
func anchor(k *schema.Kind) string { return "#" + strings.ToLower(k.Collection) }

// codeRow is a row of the table of error codes.
type codeRow struct{ Code, Cause, Advice, Read, Write string }

// tries say in words what becomes of calls that fail, by what a code means.
var tries = map[transport.Meaning][2]string{
	transport.Refusal:    {"fails", "fails; nothing was done"},
	transport.Throttled:  {"is tried again", "is tried again; nothing was done"},
	transport.Failing:    {"is tried again", "may have been done: is looked up by reading"},
	transport.Unanswered: {"fails", "may have been done: is looked up by reading"},
	transport.Missing:    {"is taken for an object that is not there", "fails; nothing was done"},
	transport.Existing:   {"fails", "fails; nothing was done"},
}

func codesOfCloud() []codeRow {
	var rows []codeRow
	for _, code := range slices.Sorted(maps.Keys(cloudbase.Codes)) {
		fact := cloudbase.Codes[code]
		called := strings.NewReplacer("tcb:{call}", "`tcb:` and its name", "{call}", "the action")
		rows = append(rows, codeRow{code, called.Replace(fact.Cause), called.Replace(fact.Advice), tries[fact.Means][0], tries[fact.Means][1]})
	}
	return rows
}
