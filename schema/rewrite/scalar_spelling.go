package rewrite

import (
	"bytes"
	"errors"
	"strconv"
	"strings"
	"unicode"

	"authsync/schema/pattern"
)

// spelling is how a scalar is written, less its tag, its anchor and the
// comment on its line.
type spelling struct {
	head   string // 'quoted', or the | of a block
	body   string // the lines of a block, each with the line break before it
	indent int    // of what holds it
	flow   bool
}

// span is where the parts of a scalar stand in a text.
type span struct {
	start int    // of its tag or anchor
	value int    // of what follows them
	after int    // where the text goes on, behind the comment of its line
	tail  string // that comment, with the space before it
}

// cut takes a scalar apart. Between braces there is no comment of its line.
func (p place) cut(text []byte) (span, spelling, error) {
	start, value, end, err := p.extent(text)
	if err != nil {
		return span{}, spelling{}, err
	}
	at, out := span{start: start, value: value, after: end}, spelling{indent: p.indent, flow: p.flow}
	switch {
	case p.flow:
		out.head = string(text[value:end])
	case isBlock(text[value]):
		first := lineEnd(text, value)
		line := string(text[value:first])
		stop := strings.IndexAny(line, " \t\r")
		if stop < 0 {
			stop = len(line)
		}
		out.head, out.body, at.tail = line[:stop], string(text[first:end]), line[stop:]
	default:
		out.head = string(text[value:end])
		at.after = lineEnd(text, end)
		at.tail = string(text[end:at.after])
	}
	return at, out, nil
}

// retag is a tag that takes the place of another.
type retag struct{ from, to string }

var tagWord = pattern.Of(`(^|[ \t\r\n])(![^ \t\r\n]*)`)

// on changes the tag among a scalar's tag and anchor, or adds it.
func (r retag) on(prefix string) (string, error) {
	at := tagWord.FindStringSubmatchIndex(prefix)
	switch {
	case at == nil:
		return prefix + r.to + " ", nil
	case prefix[at[4]:at[5]] != r.from:
		return "", errors.New("has another tag")
	}
	return prefix[:at[4]] + r.to + prefix[at[5]:], nil
}

// respell writes the scalar in another way. Its anchor and its comment stay.
func (p place) respell(text []byte, tag retag, s spelling) ([]byte, error) {
	at, _, err := p.cut(text)
	if err != nil {
		return nil, err
	}
	prefix, err := tag.on(string(text[at.start:at.value]))
	if err != nil {
		return nil, err
	}
	return bytes.Join([][]byte{text[:at.start], []byte(prefix + s.head + at.tail + s.body), text[at.after:]}, nil), nil
}

// speller writes a text as a scalar, if it can.
type speller func(clear string, p place, newline string) (spelling, bool)

// asBlock writes a text of several lines as it is.
func asBlock(clear string, p place, newline string) (spelling, bool) {
	block, fits := writer{nl: newline}.literal(clear, "", p.indent+2)
	if p.flow || !fits || !strings.Contains(clear, "\n") {
		return spelling{}, false
	}
	out := spelling{head: block.head, body: block.body}
	// The line break that the text goes on with is the file's own.
	if newline == "\r\n" {
		out.body = strings.TrimPrefix(out.body, "\r") + "\r"
	}
	return out, true
}

// asQuoted writes a text of one line so that only ' itself is special in it.
func asQuoted(clear string, _ place, _ string) (spelling, bool) {
	if strings.IndexFunc(clear, func(r rune) bool { return !unicode.IsPrint(r) }) >= 0 {
		return spelling{}, false
	}
	return spelling{head: "'" + strings.ReplaceAll(clear, "'", "''") + "'"}, true
}

// asEscaped writes any text in one line. YAML knows all of Go's escapes.
func asEscaped(clear string, _ place, _ string) (spelling, bool) {
	return spelling{head: strconv.Quote(clear)}, true
}

func newlineOf(text []byte) string {
	if bytes.Contains(text, []byte("\r\n")) {
		return "\r\n"
	}
	return "\n"
}
