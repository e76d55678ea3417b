// Package official holds the requests and answers that the makers of the services
// show as examples, word for word, each with its source. Tests take the answers
// for live states, and the requests for what a service has to accept; nothing else
// reads it.
//
// It knows schema and no service. Begin with [Examples] and [Seed].
package official

import (
	_ "embed"
	"encoding/json"
)

// Book is all examples.
type Book struct {
	Sources map[string]Source `json:"sources"`
	Calls   []Call            `json:"calls"`
}

// Source is where examples come from.
type Source struct {
	What       string `json:"what"`
	Repository string `json:"repository,omitempty"` // on GitHub
	Commit     string `json:"commit,omitempty"`
	File       string `json:"file,omitempty"`
	Date       string `json:"date,omitempty"` // of the commit
	Licence    string `json:"licence,omitempty"`
}

// Call is one example: a request, an answer, or both.
type Call struct {
	Source  string          `json:"source"`
	System  string          `json:"system"`
	Call    string          `json:"call"` // the action, or a method and a path
	Title   string          `json:"title"`
	Request json.RawMessage `json:"request,omitempty"`
	Answer  json.RawMessage `json:"answer,omitempty"` // with its envelope
}

//go:embed examples.json
var examples []byte

// Examples are all of them, in the order in which they can be made one after
// another for each source.
func Examples() (*Book, error) {
	b := &Book{}
	return b, json.Unmarshal(examples, b)
}
