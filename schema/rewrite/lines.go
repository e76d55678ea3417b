package rewrite

import (
	"bytes"
	"unicode/utf8"
)

// lines are the positions at which the lines of a text begin for a YAML parser, which
// knows more line breaks than an editor.
type lines []int

var lineBreaks = [][]byte{[]byte("\r\n"), []byte("\n"), []byte("\r"), []byte("\u0085"), []byte("\u2028"), []byte("\u2029")}

func lineStarts(text []byte) lines {
	starts := lines{0}
	if bytes.HasPrefix(text, byteOrderMark) {
		starts[0] = len(byteOrderMark)
	}
	for at := starts[0]; at < len(text); {
		if c := text[at]; c != '\n' && c != '\r' && c != 0xC2 && c != 0xE2 {
			at++
			continue
		}
		n := breakLength(text[at:])
		if n > 0 {
			starts = append(starts, at+n)
		}
		at += max(n, 1)
	}
	return starts
}

func breakLength(text []byte) int {
	for _, b := range lineBreaks {
		if bytes.HasPrefix(text, b) {
			return len(b)
		}
	}
	return 0
}

// offset converts a line and a column, which counts characters, to bytes; -1 if there
// is no such place.
func (l lines) offset(text []byte, line, column int) int {
	if line < 1 || line > len(l) {
		return -1
	}
	at := l[line-1]
	for ; column > 1; column-- {
		if at >= len(text) {
			return -1
		}
		_, size := utf8.DecodeRune(text[at:])
		at += size
	}
	return at
}

var byteOrderMark = []byte("\uFEFF")

// lineStart is where the line of a position begins.
func lineStart(text []byte, at int) int {
	start := bytes.LastIndexByte(text[:at], '\n') + 1
	if start == 0 && at >= len(byteOrderMark) && bytes.HasPrefix(text, byteOrderMark) {
		return len(byteOrderMark)
	}
	return start
}

// lineEnd is the position of the line break after at, or of the end.
func lineEnd(text []byte, at int) int {
	if at >= len(text) {
		return len(text)
	}
	if next := bytes.IndexByte(text[at:], '\n'); next >= 0 {
		return at + next
	}
	return len(text)
}

// lineBreak is the end of a line with its \r left out.
func lineBreak(text []byte, at int) int {
	end := lineEnd(text, at)
	if end > at && end < len(text) && text[end-1] == '\r' {
		end--
	}
	return end
}

// nextLine is where the line after a position's begins, or the end.
func nextLine(text []byte, at int) int { return min(lineEnd(text, at)+1, len(text)) }
