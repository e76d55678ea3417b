package render

import (
	"html"
	"strings"

	"authsync/schema/list"
	"authsync/schema/pattern"
	"authsync/spell"
)

// Names and texts in a plan may come from a service, where anybody may have written
// them. In Markdown they are put into code spans, where nothing is a link, a mention,
// a reference, an emoji, emphasis or HTML. Backslashes and entities do not stop a
// site's own extensions (@user, #1, :smile:). Only plain words stay outside of code
// spans.

// plainWord matches words without a special meaning in any place. GH-1 and 0123abcd
// would be references.
var plainWord = pattern.Of(`^(\(?\p{L}[\p{L}\p{M}]*([-']\p{L}[\p{L}\p{M}]*|[，。；：、（）]+(\p{L}[\p{L}\p{M}]*|[0-9]{1,6}))*\)?[,.;:，。；：、]?|[0-9]{1,6}[,;:]?)$`)

// commitHash matches what sites take for a commit.
var commitHash = pattern.Of(`[0-9a-fA-F]{7}`)

// longestText is the maximum number of characters of a text. Real texts are shorter; a
// service's may not be.
const longestText = 1000

// shown returns a text in one line and with a maximum length.
func shown(text string) string {
	if runes := []rune(text); len(runes) > longestText {
		text = string(runes[:longestText]) + "..."
	}
	return spell.Text(text)
}

// prose returns a sentence with everything but plain words in code spans.
func prose(text string) string {
	text = shown(text)
	words := strings.Split(text, " ")
	var out, span []string
	for i, word := range words {
		if word == "" {
			return codeSpan(text) // otherwise its spaces would be lost
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

// spanned makes a code span without the surrounding punctuation.
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

// asCode returns a name or a value as a code span.
func asCode(text string) string { return codeSpan(shown(text)) }

func asCodes(texts []string) string { return list.Join(texts, ", ", asCode) }

// codeSpan encloses a text of one line in a run of backticks that the text does not
// contain. It uses the shortest one, since sites do not accept very long ones.
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
		text = " " + text + " " // Markdown removes one on each side
	}
	return fence + text + fence
}

// backticks returns the lengths of the runs of backticks in a text.
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

// asCell returns code for a table's cell. Sites find the bars between cells before
// code spans, so a bar in a text is escaped; after a backslash, where sites differ, it
// is written outside as an entity.
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

func asCells(texts []string) string { return list.Join(texts, ", ", asCell) }

// htmlCode returns code for HTML, where Markdown is not read.
func htmlCode(text string) string { return "<code>" + html.EscapeString(shown(text)) + "</code>" }
