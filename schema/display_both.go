package schema

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"authsync/schema/pattern"
	"authsync/spell"
)

// DisplayBoth shows two different values, each in one line, so that the difference is
// visible: of long values the surroundings of each difference, of texts that look
// alike the characters. Every place that shows two values uses it.
func DisplayBoth(before, after Value) (was, is string) {
	was, is = displayWhole(before), displayWhole(after)
	if IsSecret(before) || IsSecret(after) || Same(before, after) {
		return cut(was), cut(is)
	}
	was, is = toldApart(before, was, after), toldApart(after, is, before)
	if was == is && was != unsetWord {
		return cut(was) + " (" + sortWord(before) + ")", cut(is) + " (" + sortWord(after) + ")"
	}
	return aroundDifferences(was, is)
}

// otherSort matches texts that a manifest reads as another type if they are not in
// quotes.
var otherSort = pattern.Of(`^(?i:true|false|yes|no|on|off|null|~|unspecified|[-+.0-9].*|[0-9]+[smhd])$`)

// toldApart puts a text in quotes beside a value of another type.
func toldApart(v Value, spelled string, other Value) string {
	text, is := v.(Text)
	if _, both := other.(Text); !is || both || spelled != string(text) || !otherSort.MatchString(spelled) {
		return spelled
	}
	return spell.Quoted(spelled)
}

// sortWord returns the word for a value's type.
func sortWord(v Value) string {
	switch v.(type) {
	case nil:
		return "absent"
	case Null:
		return "null"
	case Number:
		return "a number"
	case Text:
		return "text"
	case Packed:
		return "JSON in a text"
	case Set:
		return "a list without an order"
	case List:
		return "a list"
	}
	return strings.ToLower(strings.TrimPrefix(fmt.Sprintf("%T", v), "schema."))
}

const (
	context   = 30  // characters that are shown beside a difference
	middling  = 160 // characters of a difference that are shown as they are
	mostShown = 600 // characters of a side

	mostCompared = 1 << 18 // bytes that are compared word by word, or line by line
)

// aroundDifferences shortens two values to their differences and a little around each.
func aroundDifferences(was, is string) (string, string) {
	a, b := []rune(was), []rune(is)
	head, tail := commonEnds(a, b)
	insideA, insideB := string(a[head:len(a)-tail]), string(b[head:len(b)-tail])
	if len(a) <= longest && len(b) <= longest {
		insideA, insideB = markedApart(insideA, insideB)
		return string(a[:head]) + insideA + string(a[len(a)-tail:]), string(b[:head]) + insideB + string(b[len(b)-tail:])
	}
	switch size := max(len(insideA), len(insideB)); {
	case size <= middling:
		insideA, insideB = markedApart(insideA, insideB)
	case size <= mostCompared:
		insideA, insideB = withoutCommon(insideA, insideB)
	default:
		insideA, insideB = shortened(insideA), shortened(insideB)
	}
	before, behind := string(a[:head]), string(a[len(a)-tail:])
	if head > context+10 {
		before = "..." + string(a[head-context:head])
	}
	if tail > context+10 {
		behind = string(a[len(a)-tail:len(a)-tail+context]) + "..."
	}
	return before + insideA + behind + sizeNote(len(a)), before + insideB + behind + sizeNote(len(b))
}

// sizeNote says how long a shortened text is.
func sizeNote(characters int) string {
	if characters <= longest {
		return ""
	}
	return fmt.Sprintf(" (%d characters)", characters)
}

// commonEnds returns how many characters two texts have in common at the beginning and
// at the end. It does not separate a letter from its marks, nor an escape from its
// backslash.
func commonEnds(a, b []rune) (head, tail int) {
	for head < min(len(a), len(b)) && a[head] == b[head] {
		head++
	}
	for head > 0 && (markAt(a, head) || markAt(b, head)) {
		head--
	}
	for back := 1; back <= min(head, 10); back++ {
		if a[head-back] == '\\' {
			head -= back
			break
		}
	}
	for tail < min(len(a), len(b))-head && a[len(a)-1-tail] == b[len(b)-1-tail] {
		tail++
	}
	for markAt(a, len(a)-tail) {
		tail--
	}
	return head, tail
}

func markAt(text []rune, at int) bool { return at < len(text) && unicode.IsMark(text[at]) }

// markedApart escapes differing texts as ASCII if readers could confuse them.
func markedApart(a, b string) (string, string) {
	if norm.NFKC.String(a) == norm.NFKC.String(b) || !norm.NFC.IsNormalString(a) || !norm.NFC.IsNormalString(b) ||
		lookalike(a, b) || lookalike(b, a) {
		return spell.ASCII(a), spell.ASCII(b)
	}
	return a, b
}

// letterlike are scripts with letters that look like ASCII ones.
var letterlike = []*unicode.RangeTable{unicode.Latin, unicode.Cyrillic, unicode.Greek, unicode.Armenian, unicode.Cherokee, unicode.Coptic, unicode.Lisu}

// lookalike reports whether a text has letters that look like ASCII ones where the
// other text has others.
func lookalike(text, other string) bool {
	if utf8.RuneCountInString(text) != utf8.RuneCountInString(other) {
		return false
	}
	others := []rune(other)
	for i, r := range []rune(text) {
		if r >= utf8.RuneSelf && others[i] < utf8.RuneSelf && (unicode.In(r, letterlike...) || !unicode.IsLetter(r)) {
			return true
		}
	}
	return false
}

// wordForm splits a text into the units of the comparison.
var wordForm = pattern.Of(`[\p{L}\p{M}\p{N}_]{1,16}|(?s:.)`)

// withoutCommon leaves out what two texts have in common, except a few words beside
// each difference.
func withoutCommon(a, b string) (string, string) {
	var was, is strings.Builder
	left := 0
	for _, e := range edits(wordForm.FindAllString(a, -1), wordForm.FindAllString(b, -1)) {
		if max(was.Len(), is.Len()) > mostShown {
			left++
			continue
		}
		if e.skipped {
			was.WriteString("...")
			is.WriteString("...")
		}
		gone, new := markedApart(strings.Join(e.gone, ""), strings.Join(e.new, ""))
		before, behind := strings.Join(e.before, ""), strings.Join(e.behind, "")
		was.WriteString(before + shortened(gone) + behind)
		is.WriteString(before + shortened(new) + behind)
	}
	if left > 0 {
		note := fmt.Sprintf("... (and %d more places that differ) ", left)
		was.WriteString(note)
		is.WriteString(note)
	}
	return was.String(), is.String()
}

// shortened leaves out the middle of a long difference, and says so.
func shortened(text string) string {
	runes := []rune(text)
	if len(runes) <= mostShown {
		return text
	}
	beside := mostShown / 3
	return fmt.Sprintf("%s... (%d more characters) ...%s", string(runes[:beside]), len(runes)-2*beside, string(runes[len(runes)-beside:]))
}
