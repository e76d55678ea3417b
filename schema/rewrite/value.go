package rewrite

import (
	"strings"
	"unicode"

	"gopkg.in/yaml.v3"
)

// splice replaces bytes.
type splice struct {
	from, to int
	text     string
}

// replace writes another value in a slot and keeps the comment after it. The anchor
// replaces that of the old value.
func (p *page) replace(s *slot, n *yaml.Node, anchor string) ([]splice, error) {
	e, err := p.extent(s)
	if err != nil {
		return nil, err
	}
	v := p.spelled(s, e, n)
	if anchor != "" {
		v.head = strings.TrimSuffix("&"+anchor+" "+v.head, " ")
	}
	if s.flow {
		return []splice{{e.start, e.end, p.apart(e) + v.head}}, nil
	}
	splices := p.fit(s, e, v)
	splices[0].text = p.ended(splices[0].to, splices[0].text, n)
	return splices, nil
}

// apart returns the space that a value needs behind its : or - if there was none.
func (p *page) apart(e extent) string {
	if e.start == e.end && e.start > 0 && (p.text[e.start-1] == ':' || p.text[e.start-1] == '-') {
		return " "
	}
	return ""
}

// fit replaces a value by one in block style.
func (p *page) fit(s *slot, e extent, v words) []splice {
	old := s.node
	collection := (old.Kind == yaml.MappingNode || old.Kind == yaml.SequenceNode) && old.Style&yaml.FlowStyle == 0
	first := lineBreak(p.text, e.lead) // of the line of the name
	switch {
	case collection && (s.in == nil || e.value <= first && s.key() == nil): // it is all of the file, or begins behind its dash
		return []splice{{e.start, lineBreak(p.text, e.end), v.head + v.body}}
	case collection:
		comment := strings.TrimRight(string(p.text[e.lead:first]), " \t")
		if e.start < first { // an anchor or a tag
			comment = strings.TrimRight(string(p.text[e.value:first]), " \t")
		}
		return []splice{{e.lead, lineBreak(p.text, e.end), behind(v.head) + comment + v.body}}
	case v.body == "":
		return []splice{{e.start, e.end, p.apart(e) + v.head}}
	}
	tail, to := p.tail(e, old)
	from, begin := e.start, p.apart(e)+v.head
	if v.head == "" { // a collection goes below the name
		begin = ""
		from = len(strings.TrimRight(string(p.text[:e.start]), " \t"))
		if e.start > first {
			from = first
		}
	}
	return []splice{{from, to, begin + tail + v.body}}
}

// tail returns the comment in the line of a value, and the end of its last line.
func (p *page) tail(e extent, old *yaml.Node) (comment string, to int) {
	if old.Style&(yaml.LiteralStyle|yaml.FoldedStyle) == 0 || e.value >= len(p.text) || !isBlock(p.text[e.value]) {
		to = lineBreak(p.text, e.end)
		return strings.TrimRight(string(p.text[e.end:to]), " \t"), to
	}
	head := e.value + wordLength(p.text[e.value:])
	return strings.TrimRight(string(p.text[head:lineBreak(p.text, e.value)]), " \t"), e.end
}

// spelled writes a value for a slot in the style of the old value, if it fits.
func (p *page) spelled(s *slot, e extent, n *yaml.Node) words {
	w := p.writer()
	old := s.node
	switch {
	case s.flow:
		return words{head: p.likeInLine(n, old, plainInFlow)}
	case n.Kind == yaml.ScalarNode:
		return p.like(w, s, e, n)
	case len(n.Content) == 0, old.Style&yaml.FlowStyle != 0 && len(old.Content) > 0 && old.Kind != yaml.AliasNode:
		return words{head: inFlow(n)}
	case s.key() == nil:
		return w.item(n, s.indent)
	}
	return w.value(n, s.indent)
}

// likeInLine writes a value in one line, with the quotes of the old one.
func (p *page) likeInLine(n, old *yaml.Node, plain fitting) string {
	if n.Kind != yaml.ScalarNode || n.ShortTag() != "!!str" || old.Kind != yaml.ScalarNode {
		return inFlow(n)
	}
	style := old.Style & (yaml.DoubleQuotedStyle | yaml.SingleQuotedStyle)
	if style == yaml.SingleQuotedStyle && !strings.ContainsFunc(n.Value, func(r rune) bool { return !unicode.IsPrint(r) }) {
		return "'" + strings.ReplaceAll(n.Value, "'", "''") + "'"
	}
	return textInLine(n.Value, style, plain)
}

// like writes a single value in the style of the old one.
func (p *page) like(w writer, s *slot, e extent, n *yaml.Node) words {
	old := s.node
	block := old.Kind == yaml.ScalarNode && e.value < len(p.text) && isBlock(p.text[e.value]) && old.Style&(yaml.LiteralStyle|yaml.FoldedStyle) != 0
	switch {
	case n.ShortTag() == "!age":
		return w.scalar(n, s.indent)
	case n.ShortTag() != "!!str":
		return words{head: inLine(n, plainInBlock)}
	case block:
		if v, ok := p.likeBlock(w, s, e, n.Value); ok {
			return v
		}
	case strings.Contains(n.Value, "\n") && old.Style&(yaml.SingleQuotedStyle|yaml.DoubleQuotedStyle) == 0:
		return w.scalar(n, s.indent)
	}
	return words{head: p.likeInLine(n, old, plainInBlock)}
}

// likeBlock writes a text as a block like the old one: | or >, at its indent.
func (p *page) likeBlock(w writer, s *slot, e extent, text string) (words, bool) {
	head := string(p.text[e.value : e.value+wordLength(p.text[e.value:])])
	margin, width := blockShape(string(p.text[lineEnd(p.text, e.value):e.end]))
	digit := strings.Trim(head, "|>+-")
	if margin <= s.indent || digit != "" {
		margin = s.indent + w.unit
		if digit != "" {
			digit = "2"
			margin = s.indent + 2
		}
	}
	if head[0] == '>' {
		if v, ok := w.folded(text, margin, max(width, 40)); ok && digit == "" {
			return v, true
		}
	}
	return w.literal(text, digit, margin)
}

// blockShape is the indent of a block's lines, and the width of the widest.
func blockShape(body string) (margin, width int) {
	margin = -1
	for _, line := range strings.Split(body, "\n") {
		line = strings.TrimRight(line, "\r")
		text := strings.TrimLeft(line, " ")
		if text == "" {
			continue
		}
		if margin < 0 {
			margin = len(line) - len(text)
		}
		width = max(width, len(line)-margin)
	}
	return margin, width
}
