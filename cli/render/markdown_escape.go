package render

import (
	"html"
	"regexp"
	"strings"

	"authsync/spell"
)

// Names and texts in a plan may come from a service, where anybody may have
// written them. In Markdown they are kept in code spans: there nothing is a
// link, a mention, a reference, an emoji, emphasis or HTML, and what a site adds
// to Markdown of its own (@user, #1, :smile:) is left alone as well, which
// backslashes and entities do not bring about. Only plain words stand outside.

// plainWord are words that mean nothing but themselves wherever they stand.
// GH-1 and 0123abcd would be references.
var plainWord = regexp.MustCompile(`^(\(?\p{L}[\p{L}\p{M}]*(['-]\p{L}[\p{L}\p{M}]*)*\)?[,.;:]?|[0-9]{1,6}[,;:]?)$`)

// commitHash is in what sites take for the name of a commit.
var commitHash = regexp.MustCompile(`[0-9a-fA-F]{7}`)

// longestText is how long a text is shown, in characters. Real ones are
// shorter; a service's are not trusted to be.
const longestText = 1000

// shown is a text as it is to be seen: in one line, and not too long.
func shown(text string) string {
	if runes := []rune(text); len(runes) > longestText {
		text = string(runes[:longestText]) + "..."
	}
	return spell.Text(text)
}

// prose is a sentence with whatever is no plain word in code spans.
func prose(text string) string {
	text = shown(text)
	words := strings.Split(text, " ")
	var out, span []string
	for i, word := range words {
		if word == "" {
			return codeSpan(text) // its spaces would be lost
		}
		if plainWord.MatchString(word) && !commitHash.MatchString(word) {
			out = append(out, word)
			continue
		}
		span = append(span, word)
		ends := strings.TrimRight(word, ",;:.") != word
		if ends || i+1 == len(words) || plainWord.MatchString(words[i+1]) {
			out = append(out, spanned(strings.Join(span, " ")))
			span = nil
		}
	}
	return strings.Join(out, " ")
}

// spanned is a code span without the punctuation around it.
func spanned(text string) string {
	core := strings.TrimRight(text, ",;:.")
	after := text[len(core):]
	if strings.HasSuffix(core, ")") && !strings.Contains(core[1:], "(") {
		core, after = strings.TrimSuffix(core, ")"), ")"+after
	}
	inner := strings.TrimPrefix(core, "(")
	if inner == "" || len(after) > 2 {
		return codeSpan(text)
	}
	return core[:len(core)-len(inner)] + codeSpan(inner) + after
}

// asCode is a name or a value as a code span.
func asCode(text string) string { return codeSpan(shown(text)) }

// asCodes are several, with commas.
func asCodes(texts []string) string {
	spans := make([]string, len(texts))
	for i, text := range texts {
		spans[i] = asCode(text)
	}
	return strings.Join(spans, ", ")
}

// codeSpan fences a text of one line with as many backticks as do not stand in
// it side by side. The shortest such fence is taken: sites give up on very long
// ones.
func codeSpan(text string) string {
	if text == "" {
		return ""
	}
	fence := "`"
	for runs := backticks(text); runs[len(fence)]; {
		fence += "`"
	}
	first, last := text[0], text[len(text)-1]
	blank := strings.Trim(text, " ") == ""
	if first == '`' || last == '`' || first == ' ' && last == ' ' && !blank {
		text = " " + text + " " // one on each side is taken off
	}
	return fence + text + fence
}

// backticks are the lengths of the runs of backticks in a text.
func backticks(text string) map[int]bool {
	runs, run := map[int]bool{}, 0
	for _, r := range text + " " {
		if r == '`' {
			run++
			continue
		}
		runs[run], run = true, 0
	}
	return runs
}

// asCell is code for the cell of a table. The bar between cells is found before
// code spans are, so one in a text is escaped; behind a backslash, where readers
// disagree on what that escapes, it stands outside as an entity.
func asCell(text string) string {
	var b strings.Builder
	parts := strings.Split(shown(text), `\|`)
	for i, part := range parts {
		if i > 0 {
			b.WriteString("&#124;")
		}
		if i+1 < len(parts) {
			part += `\`
		}
		b.WriteString(strings.ReplaceAll(codeSpan(part), "|", `\|`))
	}
	return b.String()
}

// asCells are several in one cell.
func asCells(texts []string) string {
	spans := make([]string, len(texts))
	for i, text := range texts {
		spans[i] = asCell(text)
	}
	return strings.Join(spans, ", ")
}

// htmlCode is code inside of HTML, where Markdown is not read.
func htmlCode(text string) string { return "<code>" + html.EscapeString(shown(text)) + "</code>" }
