// Package model is a third transcription of the management API of CloudBase,
// beside schema's and the sandbox's: the names, types, needs and values of the
// actions that authsync uses, as the vendor's own typed SDK has them, without its
// texts. Tests hold the other two against it; nothing else reads it.
//
// It knows neither schema nor sandbox. Begin with [TCB]; package make makes the
// file again from the SDK, by [Parse].
package model

import (
	_ "embed"
	"encoding/json"
)

// Model is what the SDK says of some actions.
type Model struct {
	Source  Source                      `json:"source"`
	Actions []string                    `json:"actions"`
	Types   map[string]map[string]Field `json:"types"` // by name, then by the field's
}

// Source is where a model comes from.
type Source struct {
	Package   string `json:"package"` // of npm
	Version   string `json:"version"`
	Published string `json:"published"` // a date
	File      string `json:"file"`      // in the package
	Licence   string `json:"licence"`
}

// Field is one name of a type.
type Field struct {
	Type     string   `json:"type"` // string, number, boolean, or another type
	List     bool     `json:"list,omitempty"`
	Required bool     `json:"required,omitempty"`
	Nullable bool     `json:"nullable,omitempty"` // may be null in an answer
	Values   []string `json:"values,omitempty"`   // as far as the SDK's comment names them
}

// Request and Answer are the types of what an action takes, and of what it
// answers below Response.
func Request(action string) string { return action + "Request" }
func Answer(action string) string  { return action + "Response" }

//go:embed tcb-2018-06-08.json
var tcb []byte

// TCB is the model of tcb, version 2018-06-08.
func TCB() (*Model, error) {
	m := &Model{}
	return m, json.Unmarshal(tcb, m)
}
