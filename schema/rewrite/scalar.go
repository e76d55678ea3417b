package rewrite

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"gopkg.in/yaml.v3"

	"authsync/schema"
	"authsync/schema/pattern"
)

// ReplaceScalar returns a manifest's text with the value at path replaced by a sealed
// one, and every other byte unchanged. The result is parsed again and compared before
// it is returned.
func ReplaceScalar(file string, text []byte, path schema.Path, armored string) ([]byte, error) {
	document, err := parsed(text)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	place, err := find(document.Content[0], path)
	if err != nil {
		return nil, fmt.Errorf("%s: %s: %w", file, path, err)
	}
	out, err := place.replace(text, armored)
	if err != nil {
		return nil, fmt.Errorf("%s:%d:%d: %s: %w", file, place.node.Line, place.node.Column, path, err)
	}
	place.node.Tag, place.node.Value = "!age", armored
	if says(out, outline, document) {
		return out, nil
	}
	return nil, fmt.Errorf("%s:%d:%d: %s: this value cannot be replaced in place; put it on a line of its own, in quotes",
		file, place.node.Line, place.node.Column, path)
}

func says(text []byte, outline func(*yaml.Node) []string, document *yaml.Node) bool {
	var edited yaml.Node
	return yaml.Unmarshal(text, &edited) == nil && slices.Equal(outline(document), outline(&edited))
}

// outline returns what an edit must not change: the values and the comments.
func outline(n *yaml.Node) []string {
	tag := n.ShortTag()
	out := []string{fmt.Sprint(n.Kind, tag, n.Value, n.Anchor, n.HeadComment, n.FootComment)}
	for _, inner := range n.Content {
		out = append(out, outline(inner)...)
	}
	return out
}

// ownSecret says what to do about a secret that an anchor brings to a second place.
const ownSecret = ", and a sealed text opens in one place only; give it one of its own with: authsync secrets set"

// merges reports whether a mapping takes in others.
func merges(n *yaml.Node) bool {
	for key := range pairs(n) {
		if key.ShortTag() == "!!merge" {
			return true
		}
	}
	return false
}

// place is a scalar and what surrounds it.
type place struct {
	node   *yaml.Node
	indent int // of the mapping or list that holds it
	flow   bool
}

func find(n *yaml.Node, path schema.Path) (place, error) {
	p := place{node: n}
	for _, name := range path {
		if p.node.Kind == yaml.AliasNode {
			return p, fmt.Errorf("is behind the alias *%s%s", p.node.Value, ownSecret)
		}
		p.flow = p.flow || p.node.Style&yaml.FlowStyle != 0
		var next *yaml.Node
		switch p.node.Kind {
		case yaml.MappingNode:
			for key, value := range pairs(p.node) {
				if key.Value == name {
					next, p.indent = value, key.Column-1
				}
			}
		case yaml.SequenceNode:
			if i, err := strconv.Atoi(name); err == nil && i >= 0 && i < len(p.node.Content) {
				next, p.indent = p.node.Content[i], p.node.Column-1
			}
		}
		if next == nil {
			if merges(p.node) {
				return p, errors.New("comes from an anchor, by a merge (<<)" + ownSecret)
			}
			return p, errors.New("is not in this file")
		}
		p.node = next
	}
	if p.node.Kind == yaml.AliasNode {
		return p, fmt.Errorf("is the alias *%s%s", p.node.Value, ownSecret)
	}
	if p.node.Kind != yaml.ScalarNode {
		return p, errors.New("is not a single value")
	}
	return p, nil
}

// replace replaces the scalar by the sealed value: as a block in block style, as a
// quoted string in braces.
func (p place) replace(text []byte, armored string) ([]byte, error) {
	start, value, end, err := p.extent(text)
	if err != nil {
		return nil, err
	}
	anchor := ""
	if p.node.Anchor != "" {
		anchor = "&" + p.node.Anchor + " "
	}
	var out bytes.Buffer
	out.Write(text[:start])
	if p.flow {
		out.WriteString(anchor + SealedScalar(armored))
		out.Write(text[end:])
		return out.Bytes(), nil
	}
	newline := newlineOf(text)
	comment, after := restOfLine(text, end)
	if isBlock(text[value]) { // its comment stands on its first line
		comment = lineComment(text, value)
	}
	out.WriteString(anchor + "!age |" + comment + newline)
	margin := strings.Repeat(" ", p.indent+2)
	for _, line := range strings.Split(strings.TrimSpace(armored), "\n") {
		out.WriteString(margin + line + newline)
	}
	out.Write(text[after:])
	return out.Bytes(), nil
}

// SealedScalar writes a sealed value in one line that can be used anywhere in a
// manifest.
func SealedScalar(armored string) string {
	return "!age " + strconv.Quote(armored)
}

// offset turns a line and a column into bytes.
func offset(text []byte, line, column int) int { return lineStarts(text).offset(text, line, column) }

// extent is where the scalar begins, and where its value stands, tag and anchor left
// out. A block's end leaves its last line break out.
func (p place) extent(text []byte) (start, at, end int, err error) {
	if start = offset(text, p.node.Line, p.node.Column); start < 0 {
		return 0, 0, 0, errors.New("is not where the parser says")
	}
	at = start
	for { // tag and anchor
		word := string(text[at:])
		if !strings.HasPrefix(word, "!") && !strings.HasPrefix(word, "&") {
			break
		}
		space := strings.IndexAny(word, " \t\r\n")
		if space < 0 {
			return 0, 0, 0, errors.New("has a tag and no value")
		}
		at += space + len(word[space:]) - len(strings.TrimLeft(word[space:], " \t\r\n"))
	}
	switch {
	case at >= len(text):
		return 0, 0, 0, errors.New("has no value")
	case text[at] == '\'' || text[at] == '"':
		end, err = quotedEnd(text, at)
	case isBlock(text[at]):
		end = p.blockEnd(text, at)
	default:
		end = p.plainEnd(text, at)
	}
	return start, at, end, err
}

func isBlock(c byte) bool { return c == '|' || c == '>' }

func quotedEnd(text []byte, at int) (int, error) {
	quote := text[at]
	for i := at + 1; i < len(text); i++ {
		switch {
		case quote == '"' && text[i] == '\\':
			i++
		case text[i] == quote && quote == '\'' && i+1 < len(text) && text[i+1] == '\'':
			i++
		case text[i] == quote:
			return i + 1, nil
		}
	}
	return 0, errors.New("has a quote that does not end")
}

// blockEnd skips the lines that are indented deeper than what holds the block.
// Empty lines after the last of them stay where they are; a line with more white space
// than the block's indentation is not empty, but text.
func (p place) blockEnd(text []byte, at int) int {
	end := lineEnd(text, at)
	inner := p.statedIndent(text[at:end])
	for seen := end; seen < len(text); {
		next := lineEnd(text, seen+1)
		line := strings.TrimRight(string(text[min(seen+1, len(text)):next]), "\r")
		depth := len(line) - len(strings.TrimLeft(line, " "))
		seen = next
		if strings.TrimSpace(line) == "" && (inner < 0 || depth < inner || len(line) == inner) {
			continue
		}
		if depth <= p.indent || depth < inner { // a comment may stand between the two
			break
		}
		if inner < 0 {
			inner = depth
		}
		end = next
	}
	return end
}

// statedIndent returns the indentation that a block's head states, as in |2; -1 = its
// first line decides.
func (p place) statedIndent(head []byte) int {
	word := head[:wordLength(head)]
	if i := bytes.IndexAny(word, "123456789"); i >= 0 {
		return max(p.indent, 0) + int(word[i]-'0')
	}
	return -1
}

// commentStart is what ends a plain value before its line does: all the white space before
// a comment, for comments stand in columns.
var commentStart = pattern.Of(`[ \t]+#`)

func (p place) plainEnd(text []byte, at int) int {
	end := lineEnd(text, at)
	line := string(text[at:end])
	if comment := commentStart.FindStringIndex(line); comment != nil {
		line = line[:comment[0]]
	}
	if p.flow {
		if stop := strings.IndexAny(line, ",]}"); stop >= 0 {
			line = line[:stop]
		}
	}
	return at + len(strings.TrimRight(line, " \t\r"))
}

// lineComment returns the comment on the line of a block's beginning, with the
// space before it.
func lineComment(text []byte, at int) string {
	line := text[at:lineEnd(text, at)]
	if start := commentStart.FindIndex(line); start != nil {
		return strings.TrimRight(string(line[start[0]:]), " \t\r")
	}
	return ""
}

// restOfLine returns the comment after a value, and where the next line begins.
func restOfLine(text []byte, end int) (comment string, after int) {
	stop := lineEnd(text, end)
	comment = strings.TrimRight(string(text[end:stop]), " \t\r")
	return comment, min(stop+1, len(text))
}

func position(file string, n *yaml.Node) schema.Position {
	return schema.Position{File: file, Line: n.Line, Column: n.Column}
}
