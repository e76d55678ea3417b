package render

import (
	"bytes"
	"strings"
	"testing"

	"authsync/schema"
)

// Thousands of mistakes in one file are no thousands of lines: the rest is counted, and
// the other files' come all the same.
func TestManyFindingsOfAFileAreCounted(t *testing.T) {
	var all []*schema.Fault
	for i := range 3 * mostOfAFile {
		all = append(all, &schema.Fault{Pos: schema.Position{File: "a.yaml", Line: i + 1, Column: 1}, Text: "is wrong"})
	}
	all = append(all, &schema.Fault{Pos: schema.Position{File: "b.yaml", Line: 1, Column: 1}, Text: "is wrong"})
	var b bytes.Buffer
	if err := (Findings{List: all, Files: []string{"a.yaml", "b.yaml"}}).Text(&b, Palette{}); err != nil {
		t.Fatal(err)
	}
	text := b.String()
	if n := strings.Count(text, "\n"); n != mostOfAFile+3 || !strings.Contains(text, "\na.yaml: and 200 more\nerror: b.yaml:1:1: is wrong\n2 files: 301 errors\n") {
		t.Errorf("%d lines:\n%s", n, text)
	}
}
