// Package lang has the sentences of authsync in the languages that it speaks: English,
// in which the sources are written, and Chinese.
//
// A sentence is looked up by its English text, in which %s stands for what is put in.
// The catalogue, zh.yaml, is data; a test of each package that has sentences says which
// are missing. Names, paths, codes, JSON and what services say are never translated. It
// must not know where a sentence is printed. Begin reading at [Message].
package lang

import (
	_ "embed"
	"fmt"
	"strings"
	"sync"

	"gopkg.in/yaml.v3"
)

// Language is one that authsync speaks. The zero value is English.
type Language string

const (
	English Language = "en"
	Chinese Language = "zh"
)

// Languages are all, as --lang names them.
var Languages = []Language{English, Chinese}

// Named returns the language of a name as --lang has it or of a locale: zh, zh_CN.UTF-8.
func Named(name string) (Language, bool) {
	first, _, _ := strings.Cut(strings.ReplaceAll(strings.ToLower(name), "_", "-"), "-")
	first, _, _ = strings.Cut(first, ".")
	for _, l := range Languages {
		if first == string(l) {
			return l, true
		}
	}
	return English, false
}

//go:embed zh.yaml
var chinese []byte

var inChinese = sync.OnceValue(func() map[string]string {
	sentences := map[string]string{}
	if err := yaml.Unmarshal(chinese, &sentences); err != nil {
		panic(err) // a test reads it
	}
	return sentences
})

// Knows reports whether a sentence is in the language's catalogue.
func (l Language) Knows(sentence string) bool {
	if l != Chinese {
		return true
	}
	_, known := inChinese()[sentence]
	return known
}

// Say returns a sentence in the language, and in English if the catalogue does not
// have it.
func (l Language) Say(sentence string) string {
	if l == Chinese {
		if text, known := inChinese()[sentence]; known {
			return text
		}
	}
	return sentence
}

// Sayf is [Language.Say] with what is put in.
func (l Language) Sayf(format string, args ...string) string {
	put := make([]any, len(args))
	for i, arg := range args {
		put[i] = arg
	}
	return fmt.Sprintf(l.Say(format), put...)
}

// Message is a sentence that has not been said in any language yet.
type Message struct {
	format string
	args   []Message
	text   string // of somebody else, or of no language
}

// Of is authsync's own sentence; each %s of its format is an argument.
func Of(format string, args ...Message) Message { return Message{format: format, args: args} }

// Text is a text that is the same in all languages: a name, a number, what a service
// says.
func Text(text string) Message { return Message{text: text} }

func (m Message) In(l Language) string {
	if len(m.args) == 0 {
		return l.Say(m.format) + m.text
	}
	args := make([]string, len(m.args))
	for i, arg := range m.args {
		args[i] = arg.In(l)
	}
	return l.Sayf(m.format, args...)
}

// Empty reports whether nothing is said.
func (m Message) Empty() bool    { return m.format == "" && m.text == "" }
func (m Message) String() string { return m.In(English) }
