package rewrite

import (
	"strconv"
	"strings"
	"unicode"

	"gopkg.in/yaml.v3"

	"authsync/schema/pattern"
)

// words is how a value is written: what stands behind its name, and the lines
// that follow, each with the line break before it.
type words struct {
	head string
	body string
}

// writer writes values in the manner of a file.
type writer struct {
	nl         string
	unit, dash int
}

func (p *page) writer() writer { return writer{p.nl, p.unit, p.dash} }

// value writes a value below what stands at an indent.
func (w writer) value(n *yaml.Node, indent int) words {
	switch {
	case n.Kind == yaml.ScalarNode:
		return w.scalar(n, indent)
	case len(n.Content) == 0 || n.Style&yaml.FlowStyle != 0:
		return words{head: inFlow(n)}
	case n.Kind == yaml.MappingNode:
		return words{body: w.names(n, indent+w.unit)}
	}
	return words{body: w.items(n, indent+w.dash)}
}

// names writes the names of a mapping, each in a line of its own.
func (w writer) names(n *yaml.Node, indent int) string {
	var out strings.Builder
	margin := w.nl + strings.Repeat(" ", indent)
	for key, value := range pairs(n) {
		for _, line := range strings.Split(key.HeadComment, "\n") {
			if line != "" {
				out.WriteString(margin + line)
			}
		}
		v := w.value(value, indent)
		out.WriteString(margin + keyText(key, nameInBlock) + ":" + behind(v.head) + v.body)
	}
	return out.String()
}

func (w writer) items(n *yaml.Node, indent int) string {
	var out strings.Builder
	margin := w.nl + strings.Repeat(" ", indent)
	for _, item := range n.Content {
		v := w.item(item, indent)
		out.WriteString(margin + "-" + behind(v.head) + v.body)
	}
	return out.String()
}

// item writes an item whose dash stands at an indent: a collection begins in
// the line of the dash.
func (w writer) item(n *yaml.Node, indent int) words {
	if n.Kind == yaml.ScalarNode || len(n.Content) == 0 || n.Style&yaml.FlowStyle != 0 {
		return w.value(n, indent)
	}
	lines := ""
	if n.Kind == yaml.MappingNode {
		lines = w.names(n, indent+2)
	} else {
		lines = w.items(n, indent+2)
	}
	head, rest, more := strings.Cut(strings.TrimPrefix(lines, w.nl), w.nl)
	if more {
		rest = w.nl + rest
	}
	return words{strings.TrimLeft(head, " "), rest}
}

// behind is a head behind a name or a dash.
func behind(head string) string {
	if head == "" {
		return ""
	}
	return " " + head
}

// scalar writes a single value as nothing else asks for a style.
func (w writer) scalar(n *yaml.Node, indent int) words {
	switch {
	case n.ShortTag() == "!age":
		return w.block("!age |", strings.TrimSpace(n.Value), indent+w.unit)
	case n.ShortTag() == "!!str" && n.Style&yaml.LiteralStyle != 0:
		if v, ok := w.literal(n.Value, "", indent+w.unit); ok {
			return v
		}
	}
	return words{head: inLine(n, plainInBlock)}
}

// block writes lines below a head.
func (w writer) block(head, text string, margin int) words {
	out := words{head: head}
	for _, line := range strings.Split(text, "\n") {
		out.body += w.nl
		if line != "" {
			out.body += strings.Repeat(" ", margin) + line
		}
	}
	return out
}

// literal writes a text as a | block, if its lines can stand as they are.
func (w writer) literal(text, digit string, margin int) (words, bool) {
	if text == "" || strings.IndexFunc(text, func(r rune) bool { return r != '\n' && r != '\t' && !unicode.IsPrint(r) }) >= 0 {
		return words{}, false
	}
	if strings.TrimLeft(text, " \t\n") != text && digit == "" {
		return words{}, false
	}
	body, mark := chomped(text)
	if mark == "+" {
		return words{}, false // what follows the block would count
	}
	return w.block("|"+digit+mark, body, margin), true
}

// chomped is a text without its last line break, and the mark that says so.
func chomped(text string) (body, mark string) {
	body, ended := strings.CutSuffix(text, "\n")
	switch {
	case !ended:
		return body, "-"
	case strings.HasSuffix(body, "\n"):
		return body, "+"
	}
	return body, ""
}

// folded writes a text as a > block, in lines that are no wider than width if
// they can be broken.
func (w writer) folded(text string, margin, width int) (words, bool) {
	body, mark := chomped(text)
	if _, fits := w.literal(text, "", margin); !fits {
		return words{}, false
	}
	var lines []string
	for i, line := range strings.Split(body, "\n") {
		if strings.TrimLeft(line, " \t") != line || line == "" {
			return words{}, false // such a line is not folded
		}
		if i > 0 {
			lines = append(lines, "")
		}
		lines = append(lines, wrapped(line, width)...)
	}
	return w.block(">"+mark, strings.Join(lines, "\n"), margin), true
}

// wrapped breaks a line at single spaces.
func wrapped(line string, width int) []string {
	var lines []string
	for len(line) > width {
		at := -1
		for i := 1; i < len(line)-1; i++ {
			if line[i] == ' ' && line[i-1] != ' ' && line[i+1] != ' ' && line[i-1] != '\t' && line[i+1] != '\t' && (i <= width || at < 0) {
				at = i
			}
		}
		if at < 0 {
			break
		}
		lines, line = append(lines, line[:at]), line[at+1:]
	}
	return append(lines, line)
}

// inFlow writes a value in one line, as it may stand between braces.
func inFlow(n *yaml.Node) string {
	var parts []string
	switch n.Kind {
	case yaml.MappingNode:
		for key, value := range pairs(n) {
			parts = append(parts, keyText(key, nameInFlow)+": "+inFlow(value))
		}
		return "{" + strings.Join(parts, ", ") + "}"
	case yaml.SequenceNode:
		for _, item := range n.Content {
			parts = append(parts, inFlow(item))
		}
		return "[" + strings.Join(parts, ", ") + "]"
	}
	return inLine(n, plainInFlow)
}

// fitting says whether a text can stand without quotes.
type fitting func(text string) bool

// keyText writes a name.
func keyText(n *yaml.Node, plain fitting) string {
	if len(n.Value) > 120 { // longer ones need a ? before them, if they are plain
		return quoted(n.Value)
	}
	return inLine(&yaml.Node{Kind: yaml.ScalarNode, Tag: "!!str", Value: n.Value, Style: n.Style &^ (yaml.LiteralStyle | yaml.FoldedStyle)}, plain)
}

// inLine writes a single value in one line.
func inLine(n *yaml.Node, plain fitting) string {
	switch tag := n.ShortTag(); {
	case tag == "!age":
		return SealedScalar(n.Value)
	case tag == "!!str":
		return textInLine(n.Value, n.Style, plain)
	case tag == "!!null":
		return "null"
	case strings.HasPrefix(tag, "!!"):
		return n.Value
	case plain(n.Value):
		return tag + " " + n.Value
	default:
		return tag + " " + quoted(n.Value)
	}
}

// textInLine writes a text in the given style, or in the next that it fits.
func textInLine(text string, style yaml.Style, plain fitting) string {
	switch {
	case style&yaml.DoubleQuotedStyle != 0:
		return strconv.Quote(text)
	case style&yaml.SingleQuotedStyle == 0 && plain(text):
		return text
	}
	return quoted(text)
}

// quoted puts the simplest quotes around a text that it can have.
func quoted(text string) string {
	if strings.IndexFunc(text, func(r rune) bool { return !unicode.IsPrint(r) }) >= 0 {
		return strconv.Quote(text)
	}
	if strings.Contains(text, "'") && !strings.ContainsAny(text, `"\`) {
		return `"` + text + `"`
	}
	return "'" + strings.ReplaceAll(text, "'", "''") + "'"
}

// olderYAML are texts that YAML 1.1, which editors and other tools still read, takes for
// switches or for numbers to the base of sixty.
var olderYAML = pattern.Of(`^(?i:yes|no|on|off)$|^[-+]?[0-9][0-9_]*(:[0-5]?[0-9])+$`)

func plainInBlock(text string) bool { return !olderYAML.MatchString(text) && nameInBlock(text) }
func plainInFlow(text string) bool  { return !olderYAML.MatchString(text) && nameInFlow(text) }

func nameInBlock(text string) bool { return standsPlain(text, "a: ", "\n") }
func nameInFlow(text string) bool {
	return standsPlain(text, "{a: ", "}\n") && standsPlain(text, "[", "]\n")
}

// standsPlain reports whether a text without quotes is read as it is.
func standsPlain(text, before, after string) bool {
	if text == "" || strings.IndexFunc(text, func(r rune) bool { return !unicode.IsPrint(r) }) >= 0 {
		return false
	}
	var document yaml.Node
	if yaml.Unmarshal([]byte(before+text+after), &document) != nil || len(document.Content) == 0 || len(document.Content[0].Content) == 0 {
		return false
	}
	content := document.Content[0].Content
	read := content[len(content)-1]
	return read.Kind == yaml.ScalarNode && read.ShortTag() == "!!str" && read.Value == text && read.Style == 0 && len(content) <= 2
}
