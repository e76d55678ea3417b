package rewrite

import (
	"bytes"
	"strings"

	"gopkg.in/yaml.v3"

	"authsync/schema/list"
)

// where is the place of new names in a mapping.
type where int

const (
	// asTheOthers is after the last, with an empty line if the others have one.
	asTheOthers where = iota
	// rightBehind is the same without the empty line, which may be a part of the last
	// value.
	rightBehind
	// atFirst is before the first, since the last value may have no end.
	atFirst
)

// add writes new names into a mapping.
func (p *page) add(s *slot, names *yaml.Node, w where) ([]splice, error) {
	n := s.node
	flow := s.flow || n.Style&yaml.FlowStyle != 0
	if n.Kind != yaml.MappingNode || len(n.Content) == 0 {
		return p.replace(s, names, n.Anchor)
	}
	if w == atFirst {
		return p.addFirst(s, names)
	}
	last, err := p.extent(p.child(s, len(n.Content)-1))
	if err != nil {
		return nil, err
	}
	if flow {
		var parts []string
		for key, value := range pairs(names) {
			parts = append(parts, keyText(key, nameInFlow)+": "+inFlow(value))
		}
		first, err := p.keyAt(s, len(n.Content)-2)
		return p.joinFlow(first, last.end, parts), err
	}
	lines := p.writer().names(names, p.margin(s))
	if w == asTheOthers && p.spaced(s) {
		lines = p.eachApart(names, p.margin(s))
	}
	at := lineBreak(p.text, last.end)
	return []splice{{at, at, p.ended(at, lines, names)}}, nil
}

// ended adds a line break if a text that ends in one becomes the last of a file that
// does not.
func (p *page) ended(to int, text string, n *yaml.Node) string {
	for len(n.Content) > 0 {
		n = n.Content[len(n.Content)-1]
	}
	if to == len(p.text) && strings.HasSuffix(n.Value, "\n") && n.ShortTag() != "!age" && strings.Contains(text, p.nl) {
		return text + p.nl
	}
	return text
}

// addFirst writes new names before the first one of a mapping, since text after the
// last one may be a part of its value.
func (p *page) addFirst(s *slot, names *yaml.Node) ([]splice, error) {
	n := s.node
	if n.Kind != yaml.MappingNode || len(n.Content) == 0 || s.flow || n.Style&yaml.FlowStyle != 0 {
		return nil, errUnknownForm
	}
	first, err := p.keyAt(s, 0)
	if err != nil {
		return nil, err
	}
	at := lineStart(p.text, first)
	if margin := string(p.text[at:first]); strings.TrimLeft(margin, " ") != "" {
		return nil, errUnknownForm
	}
	lines := strings.TrimPrefix(p.writer().names(names, p.margin(s)), p.nl)
	return []splice{{at, at, lines + p.nl}}, nil
}

// eachApart writes names with an empty line before each.
func (p *page) eachApart(names *yaml.Node, margin int) string {
	var out strings.Builder
	for key, value := range pairs(names) {
		one := &yaml.Node{Kind: yaml.MappingNode, Content: []*yaml.Node{key, value}}
		out.WriteString(p.nl + p.writer().names(one, margin))
	}
	return out.String()
}

// spaced reports whether empty lines separate the names of a mapping.
func (p *page) spaced(s *slot) bool {
	if len(s.node.Content) < 4 {
		return false
	}
	at, err := p.keyAt(s, len(s.node.Content)-2)
	if err != nil {
		return false
	}
	start := p.withComments(at)
	return start > 0 && blank(p.text, start-1)
}

// blank reports whether the line of a position is empty.
func blank(text []byte, at int) bool {
	return len(bytes.TrimSpace(text[lineStart(text, at):lineEnd(text, at)])) == 0
}

// keyAt is where a name of a mapping begins.
func (p *page) keyAt(s *slot, index int) (int, error) {
	at := p.at(s.node.Content[index])
	if at < 0 {
		return 0, errUnknownForm
	}
	return p.nameAt(at), nil
}

// joinFlow adds to the end of a collection in braces: in the line of the last value,
// or in lines of their own if that has one.
func (p *page) joinFlow(last, end int, parts []string) []splice {
	start := lineStart(p.text, last)
	margin := string(p.text[start:last])
	if strings.TrimLeft(margin, " \t") != "" {
		return []splice{{end, end, ", " + strings.Join(parts, ", ")}}
	}
	lines := p.nl + margin + strings.Join(parts, ","+p.nl+margin)
	if comma := skipBlanks(p.text, end); comma < len(p.text) && p.text[comma] == ',' {
		at := lineBreak(p.text, comma)
		return []splice{{at, at, lines + ","}}
	}
	at := lineBreak(p.text, end)
	if rest := strings.TrimLeft(string(p.text[end:at]), " \t"); rest != "" && rest[0] != '#' {
		at = end // the brace closes in the same line
	}
	return []splice{{end, end, ","}, {at, at, lines}}
}

func skipBlanks(text []byte, at int) int {
	for at < len(text) && (text[at] == ' ' || text[at] == '\t') {
		at++
	}
	return at
}

// insert writes new items into a list, at an index that is not 0.
func (p *page) insert(s *slot, index int, items []*yaml.Node) ([]splice, error) {
	before := p.child(s, index-1)
	e, err := p.extent(before)
	if err != nil {
		return nil, err
	}
	if before.flow {
		return p.joinFlow(e.start, e.end, eachInFlow(items)), nil
	}
	at, list := lineBreak(p.text, e.end), &yaml.Node{Content: items}
	return []splice{{at, at, p.ended(at, p.writer().items(list, before.indent), list)}}, nil
}

// insertFirst writes new items before those of a list.
func (p *page) insertFirst(s *slot, items []*yaml.Node) ([]splice, error) {
	first := p.child(s, 0)
	e, err := p.extent(first)
	if err != nil {
		return nil, err
	}
	if first.flow {
		return []splice{{e.start, e.start, strings.Join(eachInFlow(items), ", ") + ", "}}, nil
	}
	at := lineStart(p.text, e.lead)
	if strings.TrimLeft(string(p.text[at:e.lead-1]), " ") != "" {
		return nil, errUnknownForm
	}
	lines := strings.TrimPrefix(p.writer().items(&yaml.Node{Content: items}, first.indent), p.nl)
	return []splice{{at, at, lines + p.nl}}, nil
}

func eachInFlow(items []*yaml.Node) []string {
	return list.Each(items, inFlow)
}

// remove removes a name from a mapping, or an item from a list, with its lines and the
// comments directly above.
func (p *page) remove(s *slot, gap gap) ([]splice, error) {
	step := 1
	if s.key() != nil {
		step = 2
	}
	if len(s.in.node.Content) == step {
		return p.empty(s.in)
	}
	e, err := p.extent(s)
	if err != nil {
		return nil, err
	}
	begin := e.start
	if s.key() != nil {
		if begin, err = p.keyAt(s.in, s.index-1); err != nil {
			return nil, err
		}
	} else if !s.flow {
		begin = e.lead - 1
	}
	if s.flow {
		return p.removeFlow(s, begin, e.end, step, gap)
	}
	if strings.TrimLeft(string(p.text[lineStart(p.text, begin):begin]), " ") == "" {
		return []splice{p.wholeLines(begin, e.end, gap)}, nil
	}
	if s.index+1 >= len(s.in.node.Content) { // behind a dash, and nothing follows
		return nil, errUnknownForm
	}
	next, err := p.keyAt(s.in, s.index+1)
	return []splice{{begin, next, ""}}, err
}

// empty writes {} or [] in the place of a collection's last value.
func (p *page) empty(s *slot) ([]splice, error) {
	if s.in == nil {
		return nil, errUnknownForm
	}
	return p.replace(s, &yaml.Node{Kind: s.node.Kind, Style: yaml.FlowStyle}, s.node.Anchor)
}

// gap says what to do with two empty lines that meet when the text between them is
// removed.
type gap int

const (
	// closed gaps are one empty line.
	closed gap = iota
	// open gaps stay: an empty line may be a part of the value before it.
	open
	// eaten are the following empty lines, which would become a part of that value.
	eaten
)

// wholeLines returns the lines from begin to end with the comments above them.
func (p *page) wholeLines(begin, end int, gap gap) splice {
	from, to := p.withComments(begin), nextLine(p.text, end)
	switch alone := from > 0 && blank(p.text, from-1) && (to == len(p.text) || blank(p.text, to)); {
	case gap == closed && alone:
		from = lineStart(p.text, from-1)
	case gap == eaten:
		for to < len(p.text) && blank(p.text, to) {
			to = nextLine(p.text, to)
		}
	}
	if gap != eaten && lineEnd(p.text, end) == len(p.text) && from > 0 { // the file goes on to have no line end
		from = lineBreak(p.text, lineStart(p.text, from-1))
	}
	return splice{from, to, ""}
}

// withComments returns where the comments directly above a line begin, at its indent.
func (p *page) withComments(at int) int {
	from := lineStart(p.text, at)
	margin := string(p.text[from:at])
	for from > 0 {
		above := lineStart(p.text, from-1)
		if !strings.HasPrefix(string(p.text[above:from]), margin+"#") {
			break
		}
		from = above
	}
	return from
}

// removeFlow removes a value from a collection in braces, with one comma.
func (p *page) removeFlow(s *slot, begin, end, step int, gap gap) ([]splice, error) {
	siblings := s.in.node.Content
	own := strings.TrimLeft(string(p.text[lineStart(p.text, begin):begin]), " \t") == ""
	comma := skipBlanks(p.text, end)
	if comma < len(p.text) && p.text[comma] == ',' {
		comma = skipBlanks(p.text, comma+1)
	}
	alone := own && (comma >= lineBreak(p.text, end) || p.text[comma] == '#')
	switch {
	case alone:
		return []splice{p.wholeLines(begin, comma, gap)}, nil
	case s.index+1 < len(siblings):
		next, err := p.keyAt(s.in, s.index+1)
		return []splice{{begin, next, ""}}, err
	}
	before, err := p.extent(p.child(s.in, s.index-step))
	return []splice{{before.end, end, ""}}, err
}
