package schema

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
	"unicode/utf8"

	"gopkg.in/yaml.v3"

	"authsync/schema/pattern"
)

// Misread says what keeps a text from being YAML in the words of whoever wrote it: another
// encoding, a merge that nobody has settled, a sign of another script in the place of
// YAML's own. A parser sees their consequences alone, often on another line. Err is the
// parser's error, nil = it has not read the text. Nothing of the text is quoted but
// such signs.
func Misread(text []byte, err error) (line, column int, what string) {
	if line, column, what = encoding(text); what != "" || err == nil {
		return line, column, what
	}
	if line, what = Unsettled(text); what != "" {
		return line, 1, what
	}
	lines := bytes.SplitAfter(text, []byte("\n"))
	if line, column, what = strangeSign(lines, err); what != "" {
		return line, column, what
	}
	line, what = syntaxError(err)
	return line, 1, "not YAML: " + what
}

var yamlLine = pattern.Of(`^yaml: (?:unmarshal errors:\s*)?line (\d+): `)

// syntaxError is a parser's error, less what it quotes of the text, and its line.
func syntaxError(err error) (line int, what string) {
	line, what = 1, strings.TrimPrefix(err.Error(), "yaml: ")
	if m := yamlLine.FindStringSubmatch(err.Error()); m != nil {
		line, _ = strconv.Atoi(m[1])
		what = strings.TrimPrefix(err.Error(), m[0])
	}
	return line, anchor.ReplaceAllString(what, "anchor")
}

// encoding says that a text is not UTF-8, and where that is first seen. The parser
// reads UTF-16 too; what edits a file in place does not.
func encoding(text []byte) (line, column int, what string) {
	for _, mark := range []string{"\xff\xfe", "\xfe\xff"} {
		if bytes.HasPrefix(text, []byte(mark)) {
			return 1, 1, "the file is UTF-16 (or UTF-32); save it as UTF-8"
		}
	}
	if bytes.HasPrefix(text, []byte{0}) || len(text) > 1 && text[1] == 0 {
		return 1, 1, "the file is UTF-16 or UTF-32, by its zero bytes; save it as UTF-8"
	}
	if utf8.Valid(text) {
		return 0, 0, ""
	}
	line = 1
	for _, one := range bytes.SplitAfter(text, []byte("\n")) {
		if !utf8.Valid(one) {
			return line, validColumns(one), "the file is not UTF-8: from here on it is in another encoding, such as GBK; save it as UTF-8"
		}
		line++
	}
	return 0, 0, ""
}

// validColumns is the column of the first byte of a line that is no UTF-8.
func validColumns(line []byte) int {
	for column := 1; ; column++ {
		r, size := utf8.DecodeRune(line)
		if r == utf8.RuneError && size == 1 {
			return column
		}
		line = line[size:]
	}
}

// Unsettled says that a text holds both sides of a merge, as git leaves them.
func Unsettled(text []byte) (line int, what string) {
	if !bytes.Contains(text, []byte("<<<<<<< ")) {
		return 0, ""
	}
	for i, one := range bytes.Split(text, []byte("\n")) {
		switch {
		case bytes.HasPrefix(one, []byte("<<<<<<< ")) && line == 0:
			line = i + 1
		case bytes.HasPrefix(one, []byte(">>>>>>> ")) && line > 0:
			return line, fmt.Sprintf("a merge left both sides here, between <<<<<<< and >>>>>>> in line %d; keep what holds, and take the marks out", i+1)
		}
	}
	return 0, ""
}

// yamlSigns are signs that look like YAML's own, with those.
var yamlSigns = map[rune]string{
	'：': ": ", '，': ", ", '｛': "{", '｝': "}", '［': "[", '］': "]", '＃': " #", '！': "!", '－': "-",
	'“': `"`, '”': `"`, '＂': `"`, '‘': "'", '’': "'", '＇': "'", '\u3000': " ", '\u00a0': " ", '\t': "  ",
}

// tries bounds how many lines are looked at for the sign that a parser stumbles over, and
// widest how long a text may be.
const (
	tries  = 20
	widest = 1 << 20
)

// strangeSign finds the sign that a parser stumbled over: with YAML's own in the place
// of those of its line, the parser gets further.
func strangeSign(lines [][]byte, err error) (line, column int, what string) {
	if size(lines) > widest {
		return 0, 0, ""
	}
	stopped, _ := syntaxError(err)
	for i := min(stopped+1, len(lines)); i > max(0, stopped-tries); i-- {
		mended, sign, at := ownSigns(lines[i-1])
		if sign == 0 {
			continue
		}
		text := bytes.Join([][]byte{bytes.Join(lines[:i-1], nil), mended, bytes.Join(lines[i:], nil)}, nil)
		if after := parses(text); after == nil {
			return i, at, signText(sign)
		} else if next, _ := syntaxError(after); next > max(stopped, i) {
			return i, at, signText(sign)
		}
	}
	return 0, 0, ""
}

func size(lines [][]byte) int {
	n := 0
	for _, one := range lines {
		n += len(one)
	}
	return n
}

func parses(text []byte) error {
	var document yaml.Node
	if err := yaml.NewDecoder(bytes.NewReader(text)).Decode(&document); err != nil && !errors.Is(err, io.EOF) {
		return err
	}
	return nil
}

// ownSigns puts YAML's own signs into a line, outside of quotes and comments, and
// returns the first one that it took out, with its column.
func ownSigns(line []byte) (mended []byte, sign rune, column int) {
	var b strings.Builder
	quote, before, at, indents := rune(0), ' ', 0, true
	for i, r := range string(line) {
		at++
		own, strange := yamlSigns[r]
		switch {
		case quote != 0 && r == quote:
			quote = 0
		case quote != 0:
			strange = false
		case (r == '"' || r == '\'') && strings.ContainsRune(" {[,:：，｛［\t\u3000", before):
			quote = r
		case r == '#' && before == ' ': // a comment begins
			b.WriteString(string(line)[i:])
			return []byte(b.String()), sign, column
		case r == '\t' && !indents:
			strange = false
		}
		indents = indents && (r == ' ' || r == '\t')
		if !strange {
			b.WriteRune(r)
		} else {
			b.WriteString(own)
			if sign == 0 {
				sign, column = r, at
			}
		}
		before = r
	}
	return []byte(b.String()), sign, column
}

func signText(sign rune) string {
	switch sign {
	case '\t':
		return "not YAML: a tab stands here, where YAML wants blanks"
	case '\u3000', '\u00a0':
		return fmt.Sprintf("not YAML: a wide blank (U+%04X) stands here, where YAML wants a plain one", sign)
	}
	return fmt.Sprintf("not YAML: %q stands here, where YAML wants %q", string(sign), strings.TrimSpace(yamlSigns[sign]))
}

// strangeIn says that a name or a text holds a sign that looks like one of YAML's own, and
// was read as a letter; "" = none.
func strangeIn(text string) string {
	for _, r := range text {
		own, strange := yamlSigns[r]
		switch {
		case strange && strings.TrimSpace(own) != "":
			return fmt.Sprintf("; %q in it is a letter to YAML, which wants %q", string(r), strings.TrimSpace(own))
		case strange && r != '\t':
			return fmt.Sprintf("; the wide blank (U+%04X) in it is a letter to YAML", r)
		}
	}
	return ""
}
