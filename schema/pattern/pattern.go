// Package pattern holds regular expressions that are compiled when they are first
// used: a command needs few of all those that the kinds have.
//
// It must not know what they are for. Begin reading at [Of].
package pattern

import (
	"regexp"
	"sync"
)

// Pattern is a regular expression in the syntax of package regexp. Its methods are
// those of [regexp.Regexp], and may be called at the same time.
type Pattern struct {
	text string
	once sync.Once
	re   *regexp.Regexp
}

// Of returns the pattern of a text. It panics at its first use if the text is not a
// pattern.
func Of(text string) *Pattern { return &Pattern{text: text} }

func (p *Pattern) compiled() *regexp.Regexp {
	p.once.Do(func() { p.re = regexp.MustCompile(p.text) })
	return p.re
}

func (p *Pattern) String() string                      { return p.text }
func (p *Pattern) Match(text []byte) bool              { return p.compiled().Match(text) }
func (p *Pattern) MatchString(text string) bool        { return p.compiled().MatchString(text) }
func (p *Pattern) FindString(text string) string       { return p.compiled().FindString(text) }
func (p *Pattern) FindIndex(text []byte) []int         { return p.compiled().FindIndex(text) }
func (p *Pattern) FindStringIndex(text string) []int   { return p.compiled().FindStringIndex(text) }
func (p *Pattern) FindSubmatch(text []byte) [][]byte   { return p.compiled().FindSubmatch(text) }
func (p *Pattern) FindSubmatchIndex(text []byte) []int { return p.compiled().FindSubmatchIndex(text) }
func (p *Pattern) FindStringSubmatch(text string) []string {
	return p.compiled().FindStringSubmatch(text)
}
func (p *Pattern) FindStringSubmatchIndex(text string) []int {
	return p.compiled().FindStringSubmatchIndex(text)
}
func (p *Pattern) FindAllString(text string, n int) []string {
	return p.compiled().FindAllString(text, n)
}
func (p *Pattern) FindAllStringSubmatch(text string, n int) [][]string {
	return p.compiled().FindAllStringSubmatch(text, n)
}
func (p *Pattern) ReplaceAllString(text, by string) string {
	return p.compiled().ReplaceAllString(text, by)
}
func (p *Pattern) ReplaceAllFunc(text []byte, by func([]byte) []byte) []byte {
	return p.compiled().ReplaceAllFunc(text, by)
}
