package schema

import (
	"fmt"
	"regexp/syntax"
	"slices"
	"strconv"
	"strings"

	"authsync/schema/pattern"
)

// ecma spells a pattern for JSON Schema, whose patterns are ECMA-262's: these
// know no flags inside, and take nothing but their own signs after a backslash.
// Of letters without case, those beyond ASCII are left out.
func ecma(p *pattern.Pattern) string {
	if p == nil {
		return ""
	}
	tree, err := syntax.Parse(p.String(), syntax.Perl)
	if err != nil {
		panic(err) // the pattern has been compiled
	}
	return spellPattern(tree)
}

// fixed are what has one spelling.
var fixed = map[syntax.Op]string{
	syntax.OpEmptyMatch:     "",
	syntax.OpAnyCharNotNL:   ".",
	syntax.OpAnyChar:        `[\s\S]`,
	syntax.OpBeginText:      "^",
	syntax.OpEndText:        "$",
	syntax.OpWordBoundary:   `\b`,
	syntax.OpNoWordBoundary: `\B`,
}

// repeats are signs that follow what they repeat.
var repeats = map[syntax.Op]string{syntax.OpStar: "*", syntax.OpPlus: "+", syntax.OpQuest: "?"}

func spellPattern(p *syntax.Regexp) string {
	if text, ok := fixed[p.Op]; ok {
		return text
	}
	if sign, ok := repeats[p.Op]; ok {
		return grouped(p.Sub[0]) + sign + lazy(p)
	}
	switch p.Op {
	case syntax.OpLiteral:
		return spellLiteral(p)
	case syntax.OpCharClass:
		return spellClass(p.Rune)
	case syntax.OpCapture:
		return "(" + spellPattern(p.Sub[0]) + ")"
	case syntax.OpRepeat:
		return grouped(p.Sub[0]) + spellCount(p) + lazy(p)
	case syntax.OpConcat, syntax.OpAlternate:
		var parts []string
		for _, sub := range p.Sub {
			text := spellPattern(sub)
			if p.Op == syntax.OpConcat && sub.Op == syntax.OpAlternate {
				text = "(?:" + text + ")"
			}
			parts = append(parts, text)
		}
		return strings.Join(parts, map[syntax.Op]string{syntax.OpAlternate: "|"}[p.Op])
	}
	panic("a pattern that JSON Schema cannot spell: " + p.String())
}

func lazy(p *syntax.Regexp) string {
	if p.Flags&syntax.NonGreedy != 0 {
		return "?"
	}
	return ""
}

func spellCount(p *syntax.Regexp) string {
	switch p.Max {
	case p.Min:
		return fmt.Sprintf("{%d}", p.Min)
	case -1:
		return fmt.Sprintf("{%d,}", p.Min)
	}
	return fmt.Sprintf("{%d,%d}", p.Min, p.Max)
}

// grouped is a pattern that a sign after it takes whole.
func grouped(p *syntax.Regexp) string {
	text := spellPattern(p)
	if p.Op == syntax.OpConcat || p.Op == syntax.OpAlternate || p.Op == syntax.OpLiteral && len(p.Rune) > 1 {
		return "(?:" + text + ")"
	}
	return text
}

func spellLiteral(p *syntax.Regexp) string {
	var b strings.Builder
	for _, r := range p.Rune {
		lower, upper := strings.ToLower(string(r)), strings.ToUpper(string(r))
		if p.Flags&syntax.FoldCase != 0 && lower != upper {
			b.WriteString("[" + upper + lower + "]")
		} else {
			b.WriteString(escaped(r, `\^$.*+?()[]{}|`))
		}
	}
	return b.String()
}

// spellClass spells pairs of runes. One that reaches the last rune there is was
// written as what it leaves out.
func spellClass(pairs []rune) string {
	const last = 0x10FFFF
	begin := "["
	if len(pairs) > 2 && pairs[0] == 0 && pairs[len(pairs)-1] == last {
		begin, pairs = "[^", leftOut(pairs)
	}
	var b strings.Builder
	for pair := range slices.Chunk(pairs, 2) {
		low, high := pair[0], pair[1]
		b.WriteString(classRune(low))
		if high > low+1 {
			b.WriteString("-")
		}
		if high > low {
			b.WriteString(classRune(high))
		}
	}
	return begin + b.String() + "]"
}

// leftOut are the pairs between pairs.
func leftOut(pairs []rune) []rune {
	var out []rune
	for gap := range slices.Chunk(pairs[1:len(pairs)-1], 2) {
		out = append(out, gap[0]+1, gap[1]-1)
	}
	return out
}

func classRune(r rune) string { return escaped(r, `\]^-[`) }

func escaped(r rune, signs string) string {
	switch {
	case strings.ContainsRune(signs, r):
		return `\` + string(r)
	case strings.ContainsRune("\t\n\f\r", r):
		return strings.Trim(strconv.QuoteRune(r), "'")
	case r < ' ' || r == 0x7F:
		return fmt.Sprintf(`\x%02x`, r)
	}
	return string(r)
}
