package rewrite

import (
	"bytes"
	"errors"
	"fmt"
	"strings"

	"github.com/google/go-cmp/cmp"
	"gopkg.in/yaml.v3"

	"authsync/schema"
)

// Edit puts a value at a place of a manifest, or takes what stands there away.
type Edit struct {
	Path schema.Path
	Node *yaml.Node // nil = remove
}

// EditManifest changes values of a manifest. Comments, order and the spelling
// of everything else stay; indentation becomes two spaces.
func EditManifest(text []byte, edits []Edit) ([]byte, error) {
	marked, err := edited(markBlank(text), edits)
	if err != nil {
		return nil, err
	}
	plain, err := edited(text, edits)
	if err != nil {
		return nil, err
	}
	// Empty lines went through the parser as comments. Where one of these
	// moved something, the text without them is right.
	restored := unmarkBlank(marked)
	if sameManifest(restored, plain) {
		return restored, nil
	}
	return plain, nil
}

func sameManifest(a, b []byte) bool {
	var x, y yaml.Node
	if yaml.Unmarshal(a, &x) != nil || yaml.Unmarshal(b, &y) != nil {
		return false
	}
	return cmp.Equal(outline(&x), outline(&y))
}

func edited(text []byte, edits []Edit) ([]byte, error) {
	var document yaml.Node
	if err := yaml.Unmarshal(text, &document); err != nil {
		return nil, err
	}
	if len(document.Content) == 0 {
		return nil, errors.New("the file is empty")
	}
	for _, e := range edits {
		if err := put(document.Content[0], e.Path, e.Node); err != nil {
			return nil, fmt.Errorf("%s: %w", e.Path, err)
		}
	}
	return schema.Encode(&document)
}

// put sets, adds or removes the value at a path below a mapping.
func put(n *yaml.Node, path schema.Path, value *yaml.Node) error {
	if n.Kind != yaml.MappingNode {
		return errors.New("stands behind an alias or is not a mapping; edit it by hand")
	}
	for i := 0; i+1 < len(n.Content); i += 2 {
		if n.Content[i].Value != path[0] {
			continue
		}
		switch old := n.Content[i+1]; {
		case len(path) > 1:
			return put(old, path[1:], value)
		case value == nil:
			n.Content = append(n.Content[:i], n.Content[i+2:]...)
		default:
			fresh := *value
			fresh.HeadComment, fresh.LineComment, fresh.FootComment = old.HeadComment, old.LineComment, old.FootComment
			n.Content[i+1] = &fresh
		}
		return nil
	}
	if value == nil {
		return nil
	}
	for i := len(path) - 1; i > 0; i-- {
		value = &yaml.Node{Kind: yaml.MappingNode, Tag: "!!map", Content: []*yaml.Node{schema.SpellName(path[i]), value}}
	}
	n.Style &^= yaml.FlowStyle
	n.Content = append(n.Content, schema.SpellName(path[0]), value)
	return nil
}

const blankMark = "#authsync:blank-line"

// markBlank turns the empty lines between values into comments.
func markBlank(text []byte) []byte {
	var document yaml.Node
	if yaml.Unmarshal(text, &document) != nil {
		return text
	}
	inside := map[int]struct{}{}
	scalarLines(&document, inside)
	lines := strings.Split(string(text), "\n")
	for i, line := range lines {
		if _, scalar := inside[i+1]; strings.TrimSpace(line) == "" && !scalar && i < len(lines)-1 {
			lines[i] = blankMark
		}
	}
	return []byte(strings.Join(lines, "\n"))
}

// scalarLines collects the lines that belong to scalars of several lines.
func scalarLines(n *yaml.Node, lines map[int]struct{}) {
	for _, inner := range n.Content {
		scalarLines(inner, lines)
	}
	if n.Kind != yaml.ScalarNode {
		return
	}
	for i := range strings.Count(n.Value, "\n") + 1 {
		lines[n.Line+i] = struct{}{}
	}
}

func unmarkBlank(text []byte) []byte {
	var out bytes.Buffer
	for _, line := range strings.SplitAfter(string(text), "\n") {
		if strings.TrimSpace(line) == blankMark {
			line = "\n"
		}
		out.WriteString(line)
	}
	return out.Bytes()
}
