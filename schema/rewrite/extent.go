package rewrite

import (
	"bytes"
	"errors"
	"strings"

	"gopkg.in/yaml.v3"
)

// extent has the positions of a value's parts in a text.
type extent struct {
	lead  int // behind the : or the - before it
	start int // of its anchor or tag
	value int // of what follows these
	end   int // of all of it; of a block the line break is left out
}

var errUnknownForm = errors.New("is written in a form that cannot be edited in place; edit it by hand")

// extent finds a value's bytes.
func (p *page) extent(s *slot) (extent, error) {
	var e extent
	var err error
	if e.lead, err = p.lead(s); err != nil {
		return e, err
	}
	if isNothing(s.node) {
		return extent{e.lead, e.lead, e.lead, e.lead}, nil
	}
	if e.start = p.at(s.node); e.start < e.lead {
		return e, errUnknownForm
	}
	e.value = p.afterWords(s.node, e.start)
	e.end, err = p.end(s, e)
	return e, err
}

// isNothing reports whether a value has no text.
func isNothing(n *yaml.Node) bool {
	return n.Kind == yaml.ScalarNode && n.Value == "" && n.Style == 0 && n.Anchor == ""
}

// lead returns the end of the text before a value.
func (p *page) lead(s *slot) (int, error) {
	switch key := s.key(); {
	case s.in == nil:
		return 0, nil
	case key != nil:
		return p.colon(s, key)
	case s.flow:
		return p.at(s.node), nil
	}
	if isNothing(s.node) {
		return p.dashOfNothing(s)
	}
	at := p.at(s.node)
	if at < 0 {
		return 0, errUnknownForm
	}
	before := bytes.TrimRight(p.text[:at], " \t\r\n")
	if !bytes.HasSuffix(before, []byte("-")) {
		return 0, errUnknownForm
	}
	return len(before), nil
}

// dashOfNothing returns the position after the dash of an item without text.
func (p *page) dashOfNothing(s *slot) (int, error) {
	at := p.at(s.in.node)
	if at >= 0 {
		at = p.afterWords(s.in.node, at)
	}
	if s.index > 0 {
		before, err := p.extent(p.child(s.in, s.index-1))
		if err != nil {
			return 0, err
		}
		at = before.end
	}
	if at >= 0 {
		at = skipFlow(p.text, at)
	}
	if at < 0 || at >= len(p.text) || p.text[at] != '-' {
		return 0, errUnknownForm
	}
	return at + 1, nil
}

// colon returns the position after the : of a name.
func (p *page) colon(s *slot, key *yaml.Node) (int, error) {
	at := p.at(key)
	if at < 0 || key.Kind != yaml.ScalarNode {
		return 0, errUnknownForm
	}
	end, err := scalarEnd(p.text, p.afterWords(key, at), key, s.indent)
	if err != nil {
		return 0, err
	}
	if end = skipBlanks(p.text, end); end >= len(p.text) || p.text[end] != ':' {
		end = skipFlow(p.text, end) // of a name behind a ?
	}
	if end >= len(p.text) || p.text[end] != ':' {
		return 0, errUnknownForm
	}
	return end + 1, nil
}

// afterWords skips the anchor and the tag of a value, but nothing after them if the
// value is a block collection or has no text.
func (p *page) afterWords(n *yaml.Node, at int) int {
	bare := n.Kind == yaml.ScalarNode && n.Value == "" && n.Style&^yaml.TaggedStyle == 0
	block := n.Kind != yaml.ScalarNode && n.Style&yaml.FlowStyle == 0
	for n.Kind != yaml.AliasNode && at < len(p.text) && (p.text[at] == '!' || p.text[at] == '&') {
		word := at + wordLength(p.text[at:])
		next := word + len(p.text[word:]) - len(bytes.TrimLeft(p.text[word:], " \t\r\n"))
		more := next < len(p.text) && (p.text[next] == '!' || p.text[next] == '&')
		if (bare || block) && (!more || bytes.ContainsRune(p.text[word:next], '\n')) {
			return word
		}
		at = next
	}
	return at
}

// wordLength returns the length of a tag, an anchor or an alias.
func wordLength(text []byte) int {
	if i := bytes.IndexAny(text, " \t\r\n,[]{}"); i >= 0 {
		return i
	}
	return len(text)
}

func (p *page) end(s *slot, e extent) (int, error) {
	n := s.node
	switch {
	case n.Kind == yaml.AliasNode:
		return e.start + wordLength(p.text[e.start:]), nil
	case n.Kind == yaml.ScalarNode:
		return scalarEnd(p.text, e.value, n, s.indent)
	}
	end := e.value
	if len(n.Content) > 0 {
		last, err := p.extent(p.child(s, len(n.Content)-1))
		if err != nil {
			return 0, err
		}
		end = last.end
	}
	if n.Style&yaml.FlowStyle == 0 || e.value >= len(p.text) || p.text[e.value] != '{' && p.text[e.value] != '[' {
		return end, nil
	}
	if len(n.Content) == 0 {
		end++
	}
	closing := skipFlow(p.text, end)
	if closing >= len(p.text) || p.text[closing] != '}' && p.text[closing] != ']' {
		return 0, errUnknownForm
	}
	return closing + 1, nil
}

// skipFlow skips what is allowed between a value and the end of its collection.
func skipFlow(text []byte, at int) int {
	for at < len(text) {
		switch text[at] {
		case ' ', '\t', '\r', '\n', ',':
			at++
		case '#':
			at = lineEnd(text, at)
		default:
			return at
		}
	}
	return at
}

// scalarEnd returns the end of a single value's text.
func scalarEnd(text []byte, at int, n *yaml.Node, indent int) (int, error) {
	switch {
	case n.Value == "" && n.Style&^yaml.TaggedStyle == 0:
		return at, nil
	case at >= len(text):
		return 0, errUnknownForm
	case text[at] == '\'' || text[at] == '"':
		return quotedEnd(text, at)
	case n.Style&(yaml.LiteralStyle|yaml.FoldedStyle) != 0:
		return blockTextEnd(text, at, indent), nil
	}
	return plainTextEnd(text, at, n.Value)
}

// blockTextEnd returns the end of a | or > text. Following empty lines are a part of
// it only if its head has a +.
func blockTextEnd(text []byte, at, indent int) int {
	end := place{indent: indent}.blockEnd(text, at)
	if head := text[at:lineBreak(text, at)]; bytes.ContainsRune(head[:wordLength(head)], '+') {
		for next := end; next < len(text); {
			next = nextLine(text, next)
			if strings.TrimSpace(string(text[next:lineEnd(text, next)])) != "" {
				break
			}
			if lineEnd(text, next) < len(text) {
				end = lineEnd(text, next)
			} else {
				break
			}
		}
	}
	if end > at && end < len(text) && text[end-1] == '\r' {
		end--
	}
	return end
}

// plainTextEnd follows a text without quotes over several lines: where the value has a
// space or a line break, the text may have any white space.
func plainTextEnd(text []byte, at int, value string) (int, error) {
	isSpace := func(c byte) bool { return c == ' ' || c == '\t' || c == '\r' || c == '\n' }
	for i := 0; i < len(value); {
		if at >= len(text) {
			return 0, errUnknownForm
		}
		if !isSpace(value[i]) {
			if text[at] != value[i] {
				return 0, errUnknownForm
			}
			at, i = at+1, i+1
			continue
		}
		if !isSpace(text[at]) {
			return 0, errUnknownForm
		}
		for i < len(value) && isSpace(value[i]) {
			i++
		}
		for at < len(text) && isSpace(text[at]) {
			at++
		}
	}
	return at, nil
}
