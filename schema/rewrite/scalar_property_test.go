package rewrite_test

import (
	"bytes"
	"fmt"
	"maps"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"gopkg.in/yaml.v3"
	"pgregory.net/rapid"

	"authsync/schema"
	"authsync/schema/rewrite"
)

const sealedText = "-----BEGIN AGE ENCRYPTED FILE-----\nYWdlLWVuY3J5cHRpb24=\n-----END AGE ENCRYPTED FILE-----\n"

// messy draws a YAML file by hand: comments, blank lines, every style of
// scalar and collection. It returns the paths of its scalars too.
type messy struct {
	t     *rapid.T
	text  strings.Builder
	paths []schema.Path
	n     int
}

func (m *messy) pick(label string, choices ...string) string {
	return rapid.SampledFrom(choices).Draw(m.t, label)
}

// mapping writes a block mapping at an indent.
func (m *messy) mapping(at schema.Path, indent string, depth int) {
	for range rapid.IntRange(1, 3).Draw(m.t, "fields") {
		m.n++
		name := fmt.Sprintf("f%d", m.n)
		path := at.Then(name)
		m.text.WriteString(m.pick("before", "", "", "\n", indent+"# a comment: 'x'\n", "\n"+indent+"# two\n"+indent+"#\n"))
		key := m.pick("key", name, name, `"`+name+`"`, "'"+name+"'", name+" ")
		m.text.WriteString(indent + key + ":")
		sorts := []string{"scalar", "scalar", "scalar", "flow", "list"}
		if depth > 0 {
			sorts = append(sorts, "map", "map")
		}
		switch m.pick("sort", sorts...) {
		case "map":
			m.text.WriteString(m.pick("after", "\n", " # why\n"))
			m.mapping(path, indent+m.pick("indent", "  ", "    ", " "), depth-1)
		case "flow":
			m.text.WriteString(" " + m.flow(path, depth) + m.pick("after", "\n", " # flow\n"))
		case "list":
			m.text.WriteString("\n")
			dash := indent + m.pick("dash", "", "  ")
			for i := range rapid.IntRange(1, 3).Draw(m.t, "items") {
				m.text.WriteString(dash + "-" + m.scalar(dash))
				m.paths = append(m.paths, path.Then(fmt.Sprint(i)))
			}
		default:
			m.text.WriteString(m.scalar(indent))
			m.paths = append(m.paths, path)
		}
	}
}

// scalar is a value and the end of its line, below what stands at an indent.
func (m *messy) scalar(indent string) string {
	end := m.pick("end", "\n", "\n", " # a: comment\n", "   # in a column\n", "\t# tab\n", "   \n")
	value := m.pick("value", "plain", "a b: c"[0:3], "x#y", "-1", "http://h/p?a=b#c", "'quoted'", "'it''s # no'", `"dq"`, `"a \" # \\"`,
		"~", "!env NAME", "!plain v", "!plain 'v # v'", "&anchor"+fmt.Sprint(m.n)+" v", "!plain &b"+fmt.Sprint(m.n)+" v", "密码")
	switch m.pick("style", "line", "line", "line", "block", "folded", "keep", "wrapped", "next", "quoted wrap") {
	case "block":
		return " |" + end + indent + "  one # no comment\n\n" + indent + "  two: x\n"
	case "folded":
		return " >-" + end + indent + "   one\n" + indent + "   two\n" + "\n"
	case "keep":
		return " !plain |2+\n" + indent + "  one\n" + "\n"
	case "wrapped":
		return " first\n" + indent + "  second line" + end
	case "next":
		return "\n" + indent + "  " + value + end
	case "quoted wrap":
		return " \"first\n" + indent + "  second\"" + end
	}
	return " " + value + end
}

func (m *messy) flow(at schema.Path, depth int) string {
	var parts []string
	for range rapid.IntRange(1, 3).Draw(m.t, "entries") {
		m.n++
		name := fmt.Sprintf("f%d", m.n)
		path := at.Then(name)
		value := m.pick("flow value", "a", "'b, c'", `"d}"`, "e f", "!env X", "!plain 'x]'", "12")
		if depth > 0 && rapid.Bool().Draw(m.t, "nested") {
			value = m.flow(path, depth-1)
		} else {
			m.paths = append(m.paths, path)
		}
		parts = append(parts, name+": "+value)
	}
	return "{" + m.pick("open", "", " ") + strings.Join(parts, m.pick("comma", ", ", ",  ")) + m.pick("close", "", " ") + "}"
}

// Sealing in place changes the value and not another byte, or says that it
// cannot.
func TestReplaceScalarChangesNothingElse(t *testing.T) {
	replaced, refused := 0, 0
	rapid.Check(t, func(t *rapid.T) {
		m := &messy{t: t}
		m.mapping(nil, "", 2)
		text := m.text.String()
		if m.pick("line ends", "\n", "\n", "\r\n") == "\r\n" {
			text = strings.ReplaceAll(text, "\n", "\r\n")
		}
		var before yaml.Node
		if err := yaml.Unmarshal([]byte(text), &before); err != nil {
			t.Fatalf("the test's own YAML: %v\n%s", err, text)
		}
		path := rapid.SampledFrom(m.paths).Draw(t, "path")
		out, err := rewrite.ReplaceScalar("f.yaml", []byte(text), path, sealedText)
		if err != nil {
			if !strings.Contains(err.Error(), path.String()) {
				t.Fatalf("%v does not name %s", err, path)
			}
			refused++
			return
		}
		replaced++
		var after yaml.Node
		if err := yaml.Unmarshal(out, &after); err != nil {
			t.Fatalf("%s: %v\n%s\n->\n%s", path, err, text, out)
		}
		want, got := values(before.Content[0], nil), values(after.Content[0], nil)
		want[path.String()] = "!age " + sealedText
		if diff := cmp.Diff(want, got); diff != "" {
			t.Fatalf("%s (-want +got)\n%s\n%s\n->\n%s", path, diff, text, out)
		}
		if again, err := rewrite.ReplaceScalar("f.yaml", out, path, sealedText); err != nil || !bytes.Equal(out, again) {
			t.Fatalf("%s: sealed again: %v\n%s\n->\n%s", path, err, out, again)
		}
		front, back := common(text, string(out))
		if lost := comments(text[front : len(text)-back]); lost != comments(string(out)[front:len(out)-back]) {
			t.Fatalf("%s: a comment is lost: %s\n%s\n->\n%s", path, lost, text, out)
		}
		if lines := strings.Count(text[front:len(text)-back], "\n"); lines > 4 {
			t.Fatalf("%s: %d lines have changed\n%s\n->\n%s", path, lines, text, out)
		}
	})
	t.Logf("%d replaced, %d refused", replaced, refused)
	if replaced < refused {
		t.Errorf("%d replaced, %d refused", replaced, refused)
	}
}

// values are the scalars of a tree with their tags, by path.
func values(n *yaml.Node, at schema.Path) map[string]string {
	out := map[string]string{}
	merge := func(inner map[string]string) {
		maps.Copy(out, inner)
	}
	switch n.Kind {
	case yaml.MappingNode:
		for i := 0; i+1 < len(n.Content); i += 2 {
			merge(values(n.Content[i+1], at.Then(n.Content[i].Value)))
		}
	case yaml.SequenceNode:
		for i, item := range n.Content {
			merge(values(item, at.Then(fmt.Sprint(i))))
		}
	default:
		out[at.String()] = n.ShortTag() + " " + n.Value
	}
	return out
}

// common are the lengths of what two texts begin and end with alike.
func common(a, b string) (front, back int) {
	for front < len(a) && front < len(b) && a[front] == b[front] {
		front++
	}
	for back < len(a)-front && back < len(b)-front && a[len(a)-1-back] == b[len(b)-1-back] {
		back++
	}
	return front, back
}

// comments are the comments in a piece of text that this file's generator
// wrote as such.
func comments(text string) string {
	var found []string
	for _, comment := range []string{"# a: comment", "# tab", "# a comment: 'x'", "# two", "# why", "# flow"} {
		if strings.Contains(text, comment) {
			found = append(found, comment)
		}
	}
	return strings.Join(found, ", ")
}
