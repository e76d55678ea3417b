package sandbox

import (
	"slices"
	"strings"

	"authsync/schema"
	"authsync/schema/pattern"
)

// filter decides which records a list shows.
type filter func(schema.Object) bool

// parseFilter reads a $filter: comparisons and functions of columns, joined by
// and, or, not and parentheses, where and binds closer than or. Examples are
// name eq '张三', contains(f,'x') and (n gt 0) (wire facts, section 3.2).
func parseFilter(text string) (filter, error) {
	if strings.TrimSpace(text) == "" {
		return func(schema.Object) bool { return true }, nil
	}
	p := &filterParser{}
	for rest := strings.TrimSpace(text); rest != ""; rest = strings.TrimSpace(rest) {
		word := filterWord.FindString(rest)
		if word == "" {
			return nil, errFilter
		}
		p.words = append(p.words, word)
		rest = rest[len(word):]
	}
	f := p.or()
	if p.failed || len(p.words) > 0 {
		return nil, errFilter
	}
	return f, nil
}

var errFilter = refuse("InvalidParameter", "`$filter` is not valid.")

// filterWord is a word of a filter: a text, where a quote is doubled, a number,
// a name, or a sign.
var filterWord = pattern.Of(`^('(?:[^']|'')*'|-?[0-9]+(?:\.[0-9]+)?|[A-Za-z_][A-Za-z0-9_]*|[(),])`)

// comparisons are the operators between a column and a value.
var comparisons = map[string]func(order int) bool{
	"gt": func(order int) bool { return order > 0 },
	"ge": func(order int) bool { return order >= 0 },
	"lt": func(order int) bool { return order < 0 },
	"le": func(order int) bool { return order <= 0 },
	"eq": func(order int) bool { return order == 0 },
}

// textFunctions are the functions of a column and a text.
var textFunctions = map[string]func(text, part string) bool{
	"contains":   strings.Contains,
	"startswith": strings.HasPrefix,
	"endswith":   strings.HasSuffix,
}

// filterParser reads a filter by descent. Once it failed, what it returns means
// nothing.
type filterParser struct {
	words  []string // still to be read
	failed bool
}

func (p *filterParser) or() filter {
	left := p.and()
	for p.skip("or") {
		first, second := left, p.and()
		left = func(o schema.Object) bool { return first(o) || second(o) }
	}
	return left
}

func (p *filterParser) and() filter {
	left := p.one()
	for p.skip("and") {
		first, second := left, p.one()
		left = func(o schema.Object) bool { return first(o) && second(o) }
	}
	return left
}

func (p *filterParser) one() filter {
	if p.skip("not") {
		f := p.one()
		return func(o schema.Object) bool { return !f(o) }
	}
	if p.skip("(") {
		f := p.or()
		p.want(")")
		return f
	}
	name := p.next()
	if function := textFunctions[name]; function != nil && p.skip("(") {
		column := p.column(p.next())
		p.want(",")
		part, _ := p.value().(schema.Text)
		p.want(")")
		return func(o schema.Object) bool {
			text, ok := o[column].(schema.Text)
			return ok && function(string(text), string(part))
		}
	}
	return p.comparison(p.column(name))
}

func (p *filterParser) comparison(column string) filter {
	operator := p.next()
	value := p.value()
	if operator == "ne" {
		return func(o schema.Object) bool {
			order, alike := compare(o[column], value)
			return !alike || order != 0
		}
	}
	holds := comparisons[operator]
	if holds == nil {
		p.failed = true
		return nil
	}
	return func(o schema.Object) bool {
		order, alike := compare(o[column], value)
		return alike && holds(order)
	}
}

// filterReserved are the words that cannot be a column.
var filterReserved = []string{"and", "or", "not", "eq", "ne", "gt", "ge", "lt", "le", "true", "false", "null"}

func (p *filterParser) column(word string) string {
	if word == "" || !strings.ContainsRune("_abcdefghijklmnopqrstuvwxyz", rune(strings.ToLower(word)[0])) || slices.Contains(filterReserved, word) {
		p.failed = true
	}
	return word
}

func (p *filterParser) value() schema.Value {
	word := p.next()
	switch {
	case strings.HasPrefix(word, "'"):
		text, _ := unquoted(word)
		return schema.Text(text)
	case word == "true" || word == "false":
		return schema.Bool(word == "true")
	case word == "null":
		return schema.Null{}
	case word != "" && strings.ContainsRune("-0123456789", rune(word[0])):
		return schema.Number(word)
	}
	p.failed = true
	return nil
}

func (p *filterParser) next() string {
	if len(p.words) == 0 {
		p.failed = true
		return ""
	}
	word := p.words[0]
	p.words = p.words[1:]
	return word
}

// skip reads the word if it is next.
func (p *filterParser) skip(word string) bool {
	if len(p.words) == 0 || p.words[0] != word {
		return false
	}
	p.words = p.words[1:]
	return true
}

func (p *filterParser) want(word string) {
	if !p.skip(word) {
		p.failed = true
	}
}
