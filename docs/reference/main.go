// Command reference prints what is made of authsync's own data: docs/manifest.md,
// what a manifest may say, docs/unknowns.md, what is not known of the
// services, and docs/codes.md, what the codes of errors mean. `make docs` runs it.
//
// The prose is in NAME.md.tmpl. Everything else, the examples too, is made of the
// kinds and the systems of package schema, and of the rows of package quirk:
// tables.go makes the tables of fields, and package explain says the rules in words.
package main

import (
	"bytes"
	"embed"
	"fmt"
	"os"
	"slices"
	"strings"
	"text/template"

	"authsync/schema"
	"authsync/schema/explain"
	"authsync/schema/lang"
	"authsync/schema/quirk"
)

//go:embed manifest.md.tmpl unknowns.md.tmpl codes.md.tmpl
var prose embed.FS

//go:embed quirks.yaml
var quirks string

func main() {
	text, err := reference(strings.Join(os.Args[1:], " "))
	if err == nil {
		_, err = os.Stdout.Write(text)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "reference:", err)
		os.Exit(1)
	}
}

type page struct {
	Head    []schema.Field
	Systems []schema.SystemSettings
	Kinds   []*schema.Kind
	Quirks  string // the example of a file of them
	// Documents are where limits are from.
	Documents any
}

// reference is the page of a name: manifest.md, unknowns.md or codes.md.
func reference(name string) ([]byte, error) {
	t, err := template.New(name+".tmpl").Funcs(template.FuncMap{
		"anchor":   anchor,
		"cell":     cell,
		"codes":    codesOfCloud,
		"example":  func(k *schema.Kind) string { return strings.Trim(k.Example, "\n") },
		"fieldRow": fieldRow,
		"fields":   fieldTable,
		"group":    groupTable,
		"howMany":  english(explain.HowMany),
		"limits":   english(explain.Limits),
		"meta":     metaTable,
		"name":     english(explain.NameRule),
		"settings": settingsTable,
		"updates":  english(explain.Updates),
		"order":    func(kinds []*schema.Kind) (string, error) { return explain.Order(kinds, lang.English) },
		"quirks":   quirksOf,
		"rules":    english(explain.Rules),
	}).ParseFS(prose, name+".tmpl")
	if err != nil {
		return nil, err
	}
	var b bytes.Buffer
	err = t.Execute(&b, page{schema.Head, schema.Systems, schema.Kinds, strings.TrimSpace(quirks), schema.Documents})
	return b.Bytes(), err
}

func quirksOf(system string) []quirk.Quirk {
	return slices.DeleteFunc(quirk.All(), func(q quirk.Quirk) bool { return q.System != system })
}

func english[T any](describe func(T, lang.Language) string) func(T) string {
	return func(of T) string { return describe(of, lang.English) }
}
