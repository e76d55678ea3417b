package rewrite_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"authsync/schema"
	"authsync/schema/rewrite"
)

// SEALED in a row stands for the lines of the sealed value, at their indent.
func TestReplaceScalar(t *testing.T) {
	for _, row := range []struct {
		name, text string
		path       schema.Path
		want       string // "" = refused with err
		err        string
	}{
		{"a plain value and its comment", "a: x # why\nb: y\n", schema.Path{"a"}, "a: !age | # why\n  SEALED\nb: y\n", ""},
		{"a comment after a tab", "a: x\t# why\n", schema.Path{"a"}, "a: !age |\t# why\n  SEALED\n", ""},
		{"a block, its comment and the empty lines after it", "a: | # why\n  x\n\n  y\n\n\n# b\nb: z\n", schema.Path{"a"}, "a: !age | # why\n  SEALED\n\n\n# b\nb: z\n", ""},
		{"comments in a column", "a: |   # why\n  x\nbc: y  # and why\n", schema.Path{"a"}, "a: !age |   # why\n  SEALED\nbc: y  # and why\n", ""},
		{"a comment that is indented less than the block before it", "a: |\n  x\n # why\nb: y\n", schema.Path{"a"}, "a: !age |\n  SEALED\n # why\nb: y\n", ""},
		{"a block with a tag", "m:\n  a: !plain |2-\n    x\n  b: z\n", schema.Path{"m", "a"}, "m:\n  a: !age |\n    SEALED\n  b: z\n", ""},
		{"between braces", "m: {a: 'x, y', b: z} # c\n", schema.Path{"m", "a"}, `m: {a: !age "-----BEGIN AGE ENCRYPTED FILE-----\nYWdlLWVuY3J5cHRpb24=\n-----END AGE ENCRYPTED FILE-----\n", b: z} # c` + "\n", ""},
		{"an item of a list", "l:\n- x\n- y\n", schema.Path{"l", "0"}, "l:\n- !age |\n  SEALED\n- y\n", ""},
		{"line ends of two bytes", "a: x\r\nb: y\r\n", schema.Path{"a"}, "a: !age |\r\n  SEALED\r\nb: y\r\n", ""},
		{"a byte order mark", "\ufeffa: x\n", schema.Path{"a"}, "\ufeffa: !age |\n  SEALED\n", ""},
		{"an anchor", "a: &s x\nb: *s\n", schema.Path{"a"}, "a: &s !age |\n  SEALED\nb: *s\n", ""},
		{"the first item of a list between brackets", "l: [x, y]\n", schema.Path{"l", "0"}, `l: [!age "-----BEGIN AGE ENCRYPTED FILE-----\nYWdlLWVuY3J5cHRpb24=\n-----END AGE ENCRYPTED FILE-----\n", y]` + "\n", ""},
		{"plain between braces", "m: {a: x, b: z}\n", schema.Path{"m", "a"}, `m: {a: !age "-----BEGIN AGE ENCRYPTED FILE-----\nYWdlLWVuY3J5cHRpb24=\n-----END AGE ENCRYPTED FILE-----\n", b: z}` + "\n", ""},
		{"the last plain one between braces", "m: {a: x}\n", schema.Path{"m", "a"}, `m: {a: !age "-----BEGIN AGE ENCRYPTED FILE-----\nYWdlLWVuY3J5cHRpb24=\n-----END AGE ENCRYPTED FILE-----\n"}` + "\n", ""},
		{"quotes in single quotes", "a: 'it''s' # c\nb: 'x'\n", schema.Path{"a"}, "a: !age | # c\n  SEALED\nb: 'x'\n", ""},
		{"quotes at the ends of single quotes", "a: '''x''' # c\nb: 'x'\n", schema.Path{"a"}, "a: !age | # c\n  SEALED\nb: 'x'\n", ""},
		{"nothing in single quotes", "a: '' # c\nb: ''\n", schema.Path{"a"}, "a: !age | # c\n  SEALED\nb: ''\n", ""},
		{"quotes in double quotes", "a: \"x\\\"y ''\" # c\n", schema.Path{"a"}, "a: !age | # c\n  SEALED\n", ""},
		{"quotes at the end of the file", "a: 'x'", schema.Path{"a"}, "a: !age |\n  SEALED\n", ""},
		{"a block that ends in blanks", "a: |\n  x\n   \n  \n\nb: z\n", schema.Path{"a"}, "a: !age |\n  SEALED\n  \n\nb: z\n", ""},
		{"a block that begins with an empty line", "a: |\n\n  x\nb: z\n", schema.Path{"a"}, "a: !age |\n  SEALED\nb: z\n", ""},
		{"a block with a stated indentation of one", "a: |1\n x\nb: z\n", schema.Path{"a"}, "a: !age |\n  SEALED\nb: z\n", ""},
		{"no such item", "l: [x]\n", schema.Path{"l", "1"}, "", "f.yaml: l.1: is not in this file"},
		{"an item before the first", "l: [x]\n", schema.Path{"l", "-1"}, "", "f.yaml: l.-1: is not in this file"},
		{"an alias", "a: &s x\nb: *s\n", schema.Path{"b"}, "", "f.yaml: b: is the alias *s, and a sealed text opens in one place only; give it one of its own with: authsync secrets set"},
		{"behind an alias", "a: &s {x: y}\nb: *s\n", schema.Path{"b", "x"}, "", "f.yaml: b.x: is behind the alias *s, and a sealed text opens in one place only; give it one of its own with: authsync secrets set"},
		{"of a merge", "a: &s {x: y}\nb: {<<: *s}\n", schema.Path{"b", "x"}, "", "f.yaml: b.x: comes from an anchor, by a merge (<<), and a sealed text opens in one place only; give it one of its own with: authsync secrets set"},
		{"not there", "a: x\n", schema.Path{"b"}, "", "f.yaml: b: is not in this file"},
		{"a mapping", "a: {x: y}\n", schema.Path{"a"}, "", "f.yaml: a: is not a single value"},
		{"nothing", "", schema.Path{"a"}, "", "f.yaml: the file is empty"},
		{"a plain value of two lines", "a: x\n  y\n", schema.Path{"a"}, "", "f.yaml:1:4: a: this value cannot be replaced in place; put it on a line of its own, in quotes"},
	} {
		t.Run(row.name, func(t *testing.T) {
			out, err := rewrite.ReplaceScalar("f.yaml", []byte(row.text), row.path, sealedText)
			text := ""
			if err != nil {
				text = err.Error()
			}
			if text != row.err {
				t.Fatalf("got the error %q, want %q", text, row.err)
			}
			if diff := cmp.Diff(spelledOut(row.want), string(out)); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
		})
	}
}

// spelledOut puts the sealed lines where a row says SEALED.
func spelledOut(text string) string {
	var out strings.Builder
	for _, line := range strings.SplitAfter(text, "\n") {
		margin, end, ok := strings.Cut(line, "SEALED")
		if !ok {
			out.WriteString(line)
			continue
		}
		for _, sealed := range strings.Split(strings.TrimSpace(sealedText), "\n") {
			out.WriteString(margin + sealed + end)
		}
	}
	return out.String()
}
