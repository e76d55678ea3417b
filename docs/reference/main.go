// Command reference prints docs/manifest.md: what a manifest may say, from the
// data that authsync reads manifests by. `make docs` runs it.
//
// The prose is in manifest.md.tmpl. Everything else, the examples too, is made of
// the kinds and the systems of package schema: tables.go makes the tables of
// fields, and sentences.go says the rules in words.
package main

import (
	"bytes"
	_ "embed"
	"fmt"
	"os"
	"strings"
	"text/template"

	"authsync/schema"
)

//go:embed manifest.md.tmpl
var prose string

func main() {
	text, err := reference()
	if err == nil {
		_, err = os.Stdout.Write(text)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "reference:", err)
		os.Exit(1)
	}
}

// page is what the prose is filled in with.
type page struct {
	Head    []schema.Field
	Systems []schema.SystemSettings
	Kinds   []*schema.Kind
}

func reference() ([]byte, error) {
	t, err := template.New("manifest.md").Funcs(template.FuncMap{
		"anchor":   anchor,
		"example":  func(k *schema.Kind) string { return strings.Trim(k.Example, "\n") },
		"fieldRow": fieldRow,
		"fields":   fieldTable,
		"group":    groupTable,
		"howMany":  howMany,
		"limits":   limits,
		"meta":     metaTable,
		"name":     nameRule,
		"settings": settingsTable,
		"updates":  updates,
		"order":    order,
		"rules":    rules,
	}).Parse(prose)
	if err != nil {
		return nil, err
	}
	var b bytes.Buffer
	err = t.Execute(&b, page{schema.Head, schema.Systems, schema.Kinds})
	return b.Bytes(), err
}
