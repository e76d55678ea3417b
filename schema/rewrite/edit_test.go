package rewrite_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"gopkg.in/yaml.v3"

	"authsync/schema"
	"authsync/schema/rewrite"
)

// node is a value as a kind spells it.
func node(t testing.TB, text string) *yaml.Node {
	t.Helper()
	if text == "" {
		return nil
	}
	var document yaml.Node
	if err := yaml.Unmarshal([]byte(text), &document); err != nil {
		t.Fatal(err)
	}
	n := document.Content[0]
	unstyled(n)
	return n
}

func unstyled(n *yaml.Node) {
	n.Style &= yaml.LiteralStyle | yaml.TaggedStyle
	for _, inner := range n.Content {
		unstyled(inner)
	}
}

func TestApply(t *testing.T) {
	for _, row := range []struct {
		name, text, path, value string // value "" = taken away
		want                    string
	}{
		// Single values keep their style and what stands behind them.
		{"plain", "a: x # why\nb: y\n", "a", "z", "a: z # why\nb: y\n"},
		{"switch", "a:   true   # why\n", "a", "false", "a:   false   # why\n"},
		{"aligned", "a:    1\t# one\nbcd:  2\n", "a", "10", "a:    10\t# one\nbcd:  2\n"},
		{"single quotes", "a: 'x'\n", "a", "\"it's\"", "a: 'it''s'\n"},
		{"double quotes", "a: \"x\" # c\n", "a", "z", "a: \"z\" # c\n"},
		{"what is no text has no quotes", "a: 'x'\n", "a", "12", "a: 12\n"},
		{"a text that looks like a number", "a: x\n", "a", "'12'", "a: '12'\n"},
		{"a text with a colon", "a: x\n", "a", "'b: c'", "a: 'b: c'\n"},
		{"a text that older YAML takes for a switch", "on: x\n", "on", "'no'", "on: 'no'\n"},
		{"and one that it takes for a number", "a: {b: x}\n", "a.b", "'1:30'", "a: {b: '1:30'}\n"},
		{"emoji", "a: x 😀\nb: \"😀\"\n", "a", "z 😀👍", "a: z 😀👍\nb: \"😀\"\n"},
		{"literal", "a: | # why\n   one\n\n   two\n\nb: 1\n", "a", "\"one\\n\\nthree\\n\"", "a: | # why\n   one\n\n   three\n\nb: 1\n"},
		{"literal that ends in white space", "a: |-\n  one\n   \t\n\nb: 1\n", "a", "2", "a: 2\n\nb: 1\n"},
		{"literal that ends in spaces", "a: |\n  one\n     \n  \nb: 1\n", "a", "2", "a: 2\n  \nb: 1\n"},
		{"literal with a stated indentation", "a: |2-\n   one\n   \nb: 1\n", "a", "2", "a: 2\nb: 1\n"},
		{"literal, no line end", "a: |\n  one\nb: 1\n", "a", "\"two\\nthree\"", "a: |-\n  two\n  three\nb: 1\n"},
		{"literal that does not fit", "a: |\n  one\nb: 1\n", "a", "\"\\x01\\n\"", "a: \"\\x01\\n\"\nb: 1\n"},
		{"literal with an indent of its own", "a: |2-\n    one\nb: 1\n", "a", "\"  two\"", "a: |2-\n    two\nb: 1\n"},
		{"folded", "a: > # why\n  one two three four five six seven eight nine\n  ten\n\nb: 1\n", "a", "\"one two three four five six seven eight zero ten\\n\"",
			"a: > # why\n  one two three four five six seven eight zero\n  ten\n\nb: 1\n"},
		{"plain over two lines", "a: one\n  two\nb: 1\n", "a", "three", "a: three\nb: 1\n"},
		{"quoted over two lines", "a: 'one\n\n  two' # c\nb: 1\n", "a", "three", "a: 'three' # c\nb: 1\n"},
		{"on the next line", "a:\n    one # c\nb: 1\n", "a", "two", "a:\n    two # c\nb: 1\n"},
		{"nothing", "a:\nb: 1\n", "a", "x", "a: x\nb: 1\n"},
		{"nothing, with a comment", "a: # why\nb: 1\n", "a", "x", "a: x # why\nb: 1\n"},
		{"null", "a: ~ # why\n", "a", "x", "a: x # why\n"},
		{"to null", "a: x # why\n", "a", "null", "a: null # why\n"},
		{"an anchor that nothing uses", "a: &v x # c\n", "a", "y", "a: &v y # c\n"},
		{"a tag", "a: !!str 12 # c\n", "a", "'13'", "a: '13' # c\n"},
		{"between braces", "a: {b: x, c: 'y'} # c\n", "a.c", "z", "a: {b: x, c: 'z'} # c\n"},
		{"a comma between braces", "a: {b: x}\n", "a.b", "'y, z'", "a: {b: 'y, z'}\n"},
		{"braces over lines", "a: {\n  b: x, # one\n  c: y   # two\n}\n", "a.b", "z", "a: {\n  b: z, # one\n  c: y   # two\n}\n"},
		{"no line end", "a: x", "a", "y", "a: y"},
		{"CRLF", "a: x # c\r\nb: y\r\n", "a", "z", "a: z # c\r\nb: y\r\n"},
		{"BOM", "\ufeffa: x\n", "a", "z", "\ufeffa: z\n"},
		{"document marks", "%YAML 1.1\n---\na: x\n...\n", "a", "z", "%YAML 1.1\n---\na: z\n...\n"},
		{"line breaks that no editor shows", "b: \"c\u2028 d\"\na: x\n", "a", "y", "b: \"c\u2028 d\"\na: y\n"},
		{"the same", "a:   'x'\n", "a", "x", "a:   'x'\n"},
		{"the same set", "a: {b: [x,   y]}\n", "a", "{b: [x, y]}", "a: {b: [x,   y]}\n"},

		// Names are added in the manner of what stands there.
		{"added", "a:\n    b: 1 # c\n\nd: 2\n", "a.e", "3", "a:\n    b: 1 # c\n    e: 3\n\nd: 2\n"},
		{"added below", "a:\n    b: {}\n    c:\n        x: 1\n", "a.d", "{e: {f: [1, {g: 2}]}}",
			"a:\n    b: {}\n    c:\n        x: 1\n    d:\n        e:\n            f:\n                - 1\n                - g: 2\n"},
		{"lists without an indent", "l:\n- 1\na:\n  b: 1\n", "a.c", "[1]", "l:\n- 1\na:\n  b: 1\n  c:\n  - 1\n"},
		{"added to an empty one", "a: {} # none yet\nb: 1\n", "a.c", "{d: 1}", "a: # none yet\n  c:\n    d: 1\nb: 1\n"},
		{"added to an empty one between braces", "a: {b: {}}\n", "a.b.c", "1", "a: {b: {c: 1}}\n"},
		{"added between braces", "a: {b: 1} # c\n", "a.c", "{d: x}", "a: {b: 1, c: {d: x}} # c\n"},
		{"added between braces with room", "a: { b: 1 }\n", "a.c", "2", "a: { b: 1, c: 2 }\n"},
		{"added between braces over lines", "a: {\n  b: 1, # one\n  c: 2 # two\n}\n", "a.d", "3", "a: {\n  b: 1, # one\n  c: 2, # two\n  d: 3\n}\n"},
		{"added behind a comma", "a: {\n  b: 1, # one\n}\n", "a.d", "3", "a: {\n  b: 1, # one\n  d: 3,\n}\n"},
		{"added at the end", "a: 1\n\nb: 2", "c", "{d: 1}", "a: 1\n\nb: 2\n\nc:\n  d: 1"},
		{"added at the end, no empty lines", "a: 1\nb: 2\n# end\n", "c", "3", "a: 1\nb: 2\nc: 3\n# end\n"},
		{"added behind a block", "a:\n  b: |+\n    x\n\nc: 1\n", "a.d", "1", "a:\n  b: |+\n    x\n\n  d: 1\nc: 1\n"},
		{"added with CRLF", "a:\r\n  b: 1\r\n", "a.c", "{d: |\n  x\n  y\n}"[:0] + "{d: 1}", "a:\r\n  b: 1\r\n  c:\r\n    d: 1\r\n"},
		{"a name that needs quotes", "a:\n  b: 1\n", "a.\"x: y\"", "1", "a:\n  b: 1\n  'x: y': 1\n"},
		{"several steps down", "a: 1\n", "b.c.d", "2", "a: 1\nb:\n  c:\n    d: 2\n"},
		{"inside of a list's item", "l:\n  - a: 1\n    b: 2\n", "l.0.c", "", "l:\n  - a: 1\n    b: 2\n"},

		{"behind a name of its own line", "a:\n  ? \"b: c\"\n  # why\n  : - 1\n  d: 2\n", "a.\"b: c\"", "[1, 3]", "a:\n  ? \"b: c\"\n  # why\n  : - 1\n    - 3\n  d: 2\n"},
		{"below one", "a:\n  ? \"b: c\"\n  : 1\n", "a.d", "2", "a:\n  ? \"b: c\"\n  : 1\n  d: 2\n"},
		{"one taken", "a:\n  # of b\n  ? b\n  : 1 # c\n  ? d\n  : 2\n", "a.b", "", "a:\n  ? d\n  : 2\n"},
		{"one of two behind a dash", "l:\n- ? b\n  : 1\n  ? d\n  : 2\n", "l", "[{d: 2}]", "l:\n- ? d\n  : 2\n"},
		{"added behind a dash and one", "l:\n- ? b\n  : 1\n", "l", "[{b: 1, c: {d: 2}}]", "l:\n- ? b\n  : 1\n  c:\n    d: 2\n"},
		{"one between braces", "a: {? b : 1, ? c : 2}\n", "a.b", "", "a: {? c : 2}\n"},
		{"behind a name of several lines", "a:\n  ? |-\n    b\n\n    c\n  # why\n  : d: 1 # d\ne: 2\n", `a."b\n\nc".d`, "3", "a:\n  ? |-\n    b\n\n    c\n  # why\n  : d: 3 # d\ne: 2\n"},
		{"behind a folded name", "a:\n  ? >\n    b\n    c\n\n  : x\ne: 2\n", `a."b c\n"`, "y", "a:\n  ? >\n    b\n    c\n\n  : y\ne: 2\n"},
		{"behind a name of several lines and CRLF", "a:\r\n  ? |-\r\n    b\r\n    c\r\n  : 1\r\n", `a."b\nc"`, "2", "a:\r\n  ? |-\r\n    b\r\n    c\r\n  : 2\r\n"},
		{"below a name of several lines", "a:\n  ? |-\n    b\n    c\n  : 1\ne: 2\n", "a.d", "2", "a:\n  ? |-\n    b\n    c\n  : 1\n  d: 2\ne: 2\n"},
		{"a name of several lines taken", "a:\n  f: 1\n  # of b\n  ? |+\n    b\n\n  : - 1\n    - 2\n  e: 2\n", `a."b\n\n"`, "", "a:\n  f: 1\n  e: 2\n"},

		// What is taken away goes with its lines and its comment.
		{"taken", "a: 1\n\n# of b\n# too\nb:\n  c: 1 # x\n\n# of d\nd: 2\n", "b", "", "a: 1\n\n# of d\nd: 2\n"},
		{"the last", "a:\n  # of b\n  b: 1\nc: 2\n", "a.b", "", "a: {}\nc: 2\n"},
		{"the last, with a comment", "a: # why\n  b: 1\nc: 2\n", "a.b", "", "a: {} # why\nc: 2\n"},
		{"at the end", "a: 1\nb: 2", "b", "", "a: 1"},
		{"between braces", "a: {b: 1, c: 2, d: 3}\n", "a.c", "", "a: {b: 1, d: 3}\n"},
		{"the last between braces", "a: {b: 1, c: 2}\n", "a.c", "", "a: {b: 1}\n"},
		{"the only one between braces", "a: {b: {c: 2}}\n", "a.b.c", "", "a: {b: {}}\n"},
		{"a line between braces", "a: {\n  b: 1, # one\n  c: 2, # two\n}\n", "a.b", "", "a: {\n  c: 2, # two\n}\n"},
		{"what is not there", "a: 1\n", "b.c", "", "a: 1\n"},

		// Lists keep what they have in common.
		{"an item changed", "a:\n  - x # one\n  - 'y' # two\n  - z\n", "a", "[x, w, z]", "a:\n  - x # one\n  - 'w' # two\n  - z\n"},
		{"an item added", "a: [x,  'y'] # c\n", "a", "[x, y, z]", "a: [x,  'y', z] # c\n"},
		{"an item taken", "a:\n# of x\n- x\n- y # c\n", "a", "[y]", "a:\n- y # c\n"},
		{"an item in the middle", "a:\n  - x\n  - z # c\n", "a", "[x, y, z]", "a:\n  - x\n  - y\n  - z # c\n"},
		{"all items", "a:\n  - x\nb: 1\n", "a", "[]", "a: []\nb: 1\n"},
		{"items of names", "a:\n  - b: 1\n    c: 2 # c\n  - b: 2\n", "a", "[{b: 1, c: 3}, {b: 2, d: 4}, {b: 5, c: 6}]",
			"a:\n  - b: 1\n    c: 3 # c\n  - b: 2\n    d: 4\n  - b: 5\n    c: 6\n"},
		{"a list instead", "a: x # c\nb: 1\n", "a", "[1, 2]", "a: # c\n  - 1\n  - 2\nb: 1\n"},
		{"a value instead", "a: # c\n  b: 1\n  c: 2 # d\nb: 1\n", "a", "x", "a: x # c\nb: 1\n"},

		// Shared anchors.
		{"an alias", "a: &v x\nb: *v # c\nc: *v\n", "b", "y", "a: &v x\nb: y # c\nc: *v\n"},
		{"its anchor", "a: &v x # a\nb: *v # b\nc: *v\n", "a", "y", "a: y # a\nb: &v x # b\nc: *v\n"},
		{"behind an alias", "a: &v {x: 1, y: 2}\nb: *v # b\n", "b.x", "3", "a: &v {x: 1, y: 2}\nb: {x: 3, y: 2} # b\n"},
		{"behind an alias, block", "a: &v\n  x: 1\n  y: 2\nb: *v # b\nc: *v\n", "b.x", "3", "a: &v\n  x: 1\n  y: 2\nb: # b\n  x: 3\n  y: 2\nc: *v\n"},
		{"below an anchor", "a: &v # a\n  x: 1\n  y: 2\nb: *v # b\nc: *v\n", "a.x", "3", "a: # a\n  x: 3\n  y: 2\nb: &v # b\n  x: 1\n  y: 2\nc: *v\n"},
		{"merged", "a: &v\n  x: 1\n  y: 2\nb:\n  <<: *v\n  z: 3\n", "b.x", "4", "a: &v\n  x: 1\n  y: 2\nb:\n  <<: *v\n  z: 3\n  x: 4\n"},
		{"merged, below", "a: &v\n  x: {p: 1, q: 2}\nb:\n  <<: *v\n", "b.x.p", "4", "a: &v\n  x: {p: 1, q: 2}\nb:\n  <<: *v\n  x: {p: 4, q: 2}\n"},
		{"merged, taken", "a: &v\n  x: 1\n  y: 2\nb:\n  <<: *v\n  z: 3\n", "b.x", "", "a: &v\n  x: 1\n  y: 2\nb:\n  z: 3\n  y: 2\n"},
		{"what others merge", "a: &v\n  x: 1\n  y: 2\nb:\n  <<: *v\n  z: 3\n", "a.x", "4", "a:\n  x: 4\n  y: 2\nb:\n  <<: &v\n    x: 1\n    y: 2\n  z: 3\n"},
		{"taken with its anchor", "a: 1\nb: &v x\nc: *v\n", "b", "", "a: 1\nc: &v x\n"},

		// Items without a text, and collections between braces over several lines.
		{"an item before the others", "a:\n  - y # c\n", "a", "[x, y]", "a:\n  - x\n  - y # c\n"},
		{"an item before the others between braces", "a: [y] # c\n", "a", "[x, y]", "a: [x, y] # c\n"},
		{"an item before the others over lines", "a: [\n  y\n]\n", "a", "[x, y]", "a: [\n  x, y\n]\n"},
		{"an item before the others behind dashes", "a:\n- - x # c\n  - y\n", "a", "[[w, x, y]]", "a:\n- - w\n  - x\n  - y\n"},
		{"a brace that closes behind a value", "a: {\n  b: 1,\n  c: 2 }\n", "a.d", "3", "a: {\n  b: 1,\n  c: 2,\n  d: 3 }\n"},
		{"the first item has no text", "a:\n  -\n  - x # c\n", "a", "[1, x]", "a:\n  - 1\n  - x # c\n"},
		{"an item has only a comment", "a:\n  - x # c\n  - # d\n  - y\n", "a", "[x, 1, y]", "a:\n  - x # c\n  - 1 # d\n  - y\n"},
		{"the last item has no text", "a:\n  - x # c\n  -\n", "a", "[x, 1]", "a:\n  - x # c\n  - 1\n"},
		{"an item without text below a tag", "a: &v !!seq\n  -\n  - x # c\n", "a", "[1, x]", "a: &v !!seq\n  - 1\n  - x # c\n"},
		{"comments between items", "a: [x, # one\n  y # two\n]\n", "a", "[x, z]", "a: [x, # one\n  z # two\n]\n"},
		{"all of what braces hold", "a: {b: 1, # one\n  c: 2 # two\n} # three\nd: 1\n", "a", "x", "a: x # three\nd: 1\n"},
		{"collections that are empty", "a: [[], {}] # c\n", "a", "[[x], {y: 1}]", "a: [[x], {y: 1}] # c\n"},
		{"a tag and no text", "a: !!str # c\nb: 1\n", "a", "x", "a: x # c\nb: 1\n"},
		{"an anchor and no text", "a: &v # c\nb: *v # d\n", "a", "x", "a: x # c\nb: &v null # d\n"},
		{"names instead", "a: 1 # c\n", "a.b", "2", "a: # c\n  b: 2\n"},
		{"names instead of a list", "a: # c\n  - 1\nb: 1\n", "a.b", "2", "a: # c\n  b: 2\nb: 1\n"},
		{"the only one of the file", "# c\na: 1 # d\n", "a", "", "# c\n{}\n"},

		// A name that is a list is left as it is; what comes new stands before it.
		{"before a name that is a list", "b: 1 # c\n? [x, y]\n: 2\n", "c", "{d: 3}", "c:\n  d: 3\nb: 1 # c\n? [x, y]\n: 2\n"},
		{"below, before a name that is a list", "a:\n  b: 1\n  ? [x, y]\n  : 2\n", "a.c", "3", "a:\n  c: 3\n  b: 1\n  ? [x, y]\n  : 2\n"},
		{"taken before a name that is a list", "b: 1\n? [x, y]\n: 2\n", "b", "", "? [x, y]\n: 2\n"},

		// Several merges.
		{"one of two merged", "x: &x {p: 1}\ny: &y {q: 2}\na: {<<: [*x, *y], z: 1}\n", "a.p", "3", "x: &x {p: 1}\ny: &y {q: 2}\na: {<<: [*x, *y], z: 1, p: 3}\n"},
		{"one of two merged, taken", "x: &x {p: 1}\ny: &y {q: 2}\na:\n  <<: [*x, *y] # c\n  z: 1 # d\n", "a.q", "", "x: &x {p: 1}\ny: &y {q: 2}\na:\n  z: 1 # d\n  p: 1\n"},
		{"a list that holds itself", "a: &a [*a]\nb: 1\n", "b", "2", "a: &a [*a]\nb: 2\n"},

		// What small faults showed to be open.
		{"an empty mapping", "a: 1\n", "b", "{}", "a: 1\nb: {}\n"},
		{"an empty mapping taken", "a: 1\nb: {}\n", "b", "", "a: 1\n"},
		{"an empty text", "a: '' # c\n", "a", "x", "a: 'x' # c\n"},
		{"an empty line behind stays", "a: 1\nb: 2\n\nc: 3\n", "b", "", "a: 1\n\nc: 3\n"},
		{"a short comment at the beginning", "#x\nb: 1\nc: 2\n", "b", "", "c: 2\n"},
		{"a comment behind a BOM", "\ufeff# x\na: 1\nb: 2\n", "a", "", "\ufeffb: 2\n"},
		{"the first behind a BOM", "\ufeffa: 1\nb: 2\n", "a", "", "\ufeffb: 2\n"},
		{"letters that begin as line breaks do", "a: “x” ©\nb: y\n", "b", "z", "a: “x” ©\nb: z\n"},
		{"the first item changed", "a:\n  - x # one\n  - y # two\n", "a", "[w, y]", "a:\n  - w # one\n  - y # two\n"},
		{"the first item left", "a:\n  - x # one\n  - y # two\n  - z # three\n", "a", "[x]", "a:\n  - x # one\n"},
		{"the last item left", "a:\n  - x # one\n  - y # two\n  - z # three\n", "a", "[z]", "a:\n  - z # three\n"},
		{"both ends left", "a:\n  - x # one\n  - y # two\n  - w # two\n  - z # three\n", "a", "[x, z]", "a:\n  - x # one\n  - z # three\n"},
		{"items the same", "a:\n  - x # one\n  - x # two\n", "a", "[x, x, x]", "a:\n  - x # one\n  - x # two\n  - x\n"},
		{"one of the same taken", "a:\n  - x # one\n  - x # two\n  - x # three\n", "a", "[x, x]", "a:\n  - x # one\n  - x # two\n"},
		{"two changed and one added", "a:\n  - x # one\n  - y # two\n  - z # three\n", "a", "[1, 2, z, 3]", "a:\n  - 1 # one\n  - 2 # two\n  - z # three\n  - 3\n"},
		{"all but one changed and one taken", "a:\n  - x # one\n  - y # two\n  - z # three\n  - w\n", "a", "[1, 2, w]", "a:\n  - 1 # one\n  - 2 # two\n  - w\n"},
		{"added to a list with an anchor", "a: &v\n    - x\nb: 1\n", "a", "[x, y]", "a: &v\n    - x\n    - y\nb: 1\n"},
		{"added to a list with a tag", "a: !!seq\n    - x\nb: 1\n", "a", "[x, y]", "a: !!seq\n    - x\n    - y\nb: 1\n"},
		{"added to a list of a list with an anchor", "a:\n  - &v\n    - x\n", "a", "[[x, y]]", "a:\n  - &v\n    - x\n    - y\n"},
		{"lines of text added", "a:\n  b: 1\n", "a.c", "|\n  x\n  y\n", "a:\n  b: 1\n  c: |\n    x\n    y\n"},
		{"lines of text added to a wide file", "a:\n    b: 1\n", "a.c", "|-\n  x\n\n  y", "a:\n    b: 1\n    c: |-\n        x\n\n        y\n"},
		{"a block without lines", "b:\n    c: 1\na: |\nd: 1\n", "a", "\"x\\ny\\n\"", "b:\n    c: 1\na: |\n    x\n    y\nd: 1\n"},
		{"a stated indentation in a wide file", "b:\n    c: 1\na: |4-\n     one\n", "a", "\"  two\"", "b:\n    c: 1\na: |2-\n    two\n"},
		{"a block that keeps its line ends", "a: |+\n  x\n\nb: 1\n", "a", "2", "a: 2\nb: 1\n"},
		{"the same at the end", "a: |+\n  x\n\n", "a", "2", "a: 2\n"},
		{"the same with CRLF", "a: |+\r\n  x\r\n\r\nb: 1\r\n", "a", "2", "a: 2\r\nb: 1\r\n"},
		{"a block with CRLF", "a: |\r\n  x\r\nb: 1\r\n", "a", "\"y\\nz\\n\"", "a: |\r\n  y\r\n  z\r\nb: 1\r\n"},
		{"plain over two lines, no line end", "a: one\n  two", "a", "three", "a: three"},
		{"a tag alone, no line end", "a: !!str", "a", "x", "a: x"},
		{"an anchor alone, no line end", "a: &v", "a", "x", "a: &v x"},
		{"lines between braces", "a: {\n  b: 1,\n  c: 2\n}\n", "a.b", "", "a: {\n  c: 2\n}\n"},
		{"the last line between braces", "a: {\n  b: 1,\n  c: 2\n}\n", "a.c", "", "a: {\n  b: 1,\n}\n"},
		{"the last line between braces, with comments", "a: {\n  b: 1, # one\n  c: 2 # two\n}\n", "a.c", "", "a: {\n  b: 1, # one\n}\n"},
		{"the first of a line between braces", "a: {\n  b: 1, c: 2,\n  d: 3\n}\n", "a.b", "", "a: {\n  c: 2,\n  d: 3\n}\n"},
		{"the last behind a value and a brace", "a: {\n  b: 1,\n  c: 2 }\n", "a.c", "", "a: {\n  b: 1 }\n"},
		{"the first before a brace", "a: {\n  b: 1, c: 2 }\n", "a.b", "", "a: {\n  c: 2 }\n"},
		{"with blanks before its comma", "a: {\n  b: 1 ,\n  c: 2\n}\n", "a.b", "", "a: {\n  c: 2\n}\n"},
		{"taken with anchors that it uses itself", "a:\n  x: &v 1\n  y: *v\nb: *v\nc: *v\n", "a", "", "b: &v 1\nc: *v\n"},
		{"its anchor between brackets", "a: [&v x, *v, y]\n", "a", "[z, x, y]", "a: [z, &v x, y]\n"},
		{"its anchor behind a tag", "a: !!str &v x # a\nb: *v # b\n", "a", "y", "a: y # a\nb: &v x # b\n"},

		// Sealed values.
		{"sealed", "a: !age |\n  old\n  text\nb: 1\n", "a", "!age |\n  new", "a: !age |\n  new\nb: 1\n"},
		{"sealed, added", "a:\n  b: 1\n", "a.c", "!age |\n  new\n  two\n", "a:\n  b: 1\n  c: !age |\n    new\n    two\n"},
		{"sealed, between braces", "a: {b: 1}\n", "a.c", "!age |\n  new\n  two\n", "a: {b: 1, c: !age \"new\\ntwo\\n\"}\n"},
	} {
		t.Run(row.name, func(t *testing.T) {
			path, err := schema.ParsePath(row.path)
			if err != nil {
				t.Fatal(err)
			}
			out, err := rewrite.Apply("f.yaml", []byte(row.text), []rewrite.Edit{{Path: path, Node: node(t, row.value)}})
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(row.want, string(out)); diff != "" {
				t.Errorf("(-want +got)\n%s\n%s", diff, strings.ReplaceAll(string(out), "\r", "\\r"))
			}
		})
	}
}

// What cannot be edited is an error that says so, and never another text.
func TestApplyRefuses(t *testing.T) {
	many := "a: &a [x, x, x, x, x, x, x, x, x, x]\n"
	for last := 'a'; last < 'f'; last++ { // each holds the one before ten times: a million in the end
		many += fmt.Sprintf("%[1]c: &%[1]c [*%[2]c, *%[2]c, *%[2]c, *%[2]c, *%[2]c, *%[2]c, *%[2]c, *%[2]c, *%[2]c, *%[2]c]\n", last+1, last)
	}
	in := func(holder rewrite.Holder, path string) rewrite.Edit {
		parsed, err := schema.ParsePath(path)
		if err != nil {
			t.Fatal(err)
		}
		return rewrite.Edit{Path: parsed, Node: node(t, "1"), Holder: holder}
	}
	for _, row := range []struct {
		name, text string
		edit       rewrite.Edit
		want       string
	}{
		{"an item that begins with a name that is a list", "a:\n  - ? [x, y]\n    : 2\n", in(rewrite.InMapping, "a.0.c"), "edited in place; edit it by hand"},
		{"nothing", "", in(rewrite.InMapping, "b"), "f.yaml: the file is empty"},
		{"no YAML", "a: [\n", in(rewrite.InMapping, "b"), "f.yaml: yaml: "},
		{"an anchor that is not there", "a: *a\n", in(rewrite.InMapping, "b"), "f.yaml: yaml: unknown anchor 'a' referenced"},
		{"a name twice", "a:\n  x: 1\n  x: 2\n", in(rewrite.InMapping, "b"), "f.yaml: line 3: x is named twice"},
		{"a merge of a text", "a: {<<: 1}\n", in(rewrite.InMapping, "b"), "f.yaml: << takes a mapping or a list of mappings"},
		{"a merge of a list of texts", "a: {<<: [1]}\n", in(rewrite.InMapping, "b"), "f.yaml: << takes a mapping or a list of mappings"},
		{"aliases of aliases", many, in(rewrite.InMapping, "z"), fmt.Sprintf("f.yaml: aliases add more than %d values", schema.MaxNodes)},
		{"a list at the top", "- a: 1\n", in(rewrite.InMapping, "b"), "f.yaml: b: is not a mapping; edit it by hand"},
		{"no list", "a: {b: 1}\n", in(rewrite.InList, "a.b"), "f.yaml: a.b: is not in a list; edit it by hand"},
		{"a name that is a list, between braces", "a: {b: 1, ? [x, y] : 2}\n", in(rewrite.InMapping, "a.c"), "edited in place; edit it by hand"},
	} {
		t.Run(row.name, func(t *testing.T) {
			out, err := rewrite.Apply("f.yaml", []byte(row.text), []rewrite.Edit{row.edit})
			if err == nil || !strings.Contains(err.Error(), row.want) {
				t.Errorf("%q, want the error %q\n%q", err, row.want, out)
			}
		})
	}
}

func TestApplyInLists(t *testing.T) {
	for _, row := range []struct {
		name, text, path string
		in               bool
		want             string
	}{
		{"added", "a:\n  - x # c\n", "a.y", true, "a:\n  - x # c\n  - y\n"},
		{"added to none", "a: 1\n", "b.y", true, "a: 1\nb:\n  - y\n"},
		{"there already", "a: [x,  y]\n", "a.y", true, "a: [x,  y]\n"},
		{"taken", "a:\n  - x\n  - y # c\n", "a.x", false, "a:\n  - y # c\n"},
		{"not there", "a: [x,  y]\n", "a.z", false, "a: [x,  y]\n"},
		{"no list there", "a: 1\n", "b.z", false, "a: 1\n"},
		{"a name that needs quotes", "a: [x]\n", `a."- y"`, true, "a: [x, '- y']\n"},
	} {
		t.Run(row.name, func(t *testing.T) {
			path, err := schema.ParsePath(row.path)
			if err != nil {
				t.Fatal(err)
			}
			edit := rewrite.Edit{Path: path, Holder: rewrite.InList}
			if row.in {
				edit.Node = node(t, "{}")
			}
			out, err := rewrite.Apply("f.yaml", []byte(row.text), []rewrite.Edit{edit})
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(row.want, string(out)); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
		})
	}
}
