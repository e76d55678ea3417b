// Package diff compares an environment with its manifest.
//
// It compares only what the manifest names, since an absent field is not managed. Both
// sides are trees of [schema.Value], whose types define equality (sets without order,
// numbers by amount, secrets by what can be known); go-cmp walks those that differ and
// its reporter gives the paths.
//
// It must not know a service, a plan or a file. Begin reading with [Compare];
// origin.go says which side has moved, and secret.go compares secrets.
package diff

import (
	"cmp"
	"fmt"

	"authsync/schema"
)

// Action is what a change does; the constant is its symbol.
type Action rune

const (
	Create Action = '+'
	Update Action = '~'
	Delete Action = '-'
	// Replace deletes an object and creates another in its place.
	Replace Action = '±'
)

var actionWords = map[Action]string{Create: "create", Update: "update", Delete: "delete", Replace: "replace"}

// String returns the word for the action, as formats hold it.
func (a Action) String() string { return cmp.Or(actionWords[a], "none") }

// MarshalText writes the word for the action.
func (a Action) MarshalText() ([]byte, error) { return []byte(a.String()), nil }

// UnmarshalText reads what MarshalText writes.
func (a *Action) UnmarshalText(text []byte) error {
	for action, word := range actionWords {
		if word == string(text) {
			*a = action
			return nil
		}
	}
	return fmt.Errorf("%q is no action", text)
}

// Change is the difference of one object.
//
//	action   Before           After
//	Create   nil              the manifest's fields
//	Update   per field        per field
//	Delete   the live fields  nil
//	Replace  per field        per field
type Change struct {
	Key    schema.Key
	Action Action
	// Fields are sorted by path.
	Fields []Field
}

// Field is one difference inside an object.
type Field struct {
	Path   schema.Path // in the object, as in the manifest
	Before schema.Value
	After  schema.Value
	Origin Origin
	// Applied is the last applied value, if both sides have moved since.
	Applied schema.Value
}

// Display shows both values of a field to a person; of a secret only that it is one.
func (f Field) Display() (before, after string) {
	before, after = schema.DisplayBoth(f.Before, f.After)
	if schema.HoldsSecret(f.Before) {
		before = "(a secret)"
	}
	if schema.HoldsSecret(f.After) {
		after = "(a secret)"
	}
	return before, after
}

// Top returns the names of the top-level fields that differ, sorted and without
// repetition. An update sends these.
func (c Change) Top() []string {
	var top []string
	seen := map[string]struct{}{}
	for _, f := range c.Fields {
		if _, again := seen[f.Path[0]]; !again {
			seen[f.Path[0]] = struct{}{}
			top = append(top, f.Path[0])
		}
	}
	return top
}

// Unknown is a secret or a write-only field that cannot be compared, and why.
type Unknown struct {
	Path   schema.Path
	Reason Reason
}

// Reason says why a secret cannot be compared.
type Reason string

const (
	// LiveHidden secrets are masked by the service or not shown at all.
	LiveHidden Reason = "the service hides it"
	// LiveWriteOnly fields are accepted by the service and never shown.
	LiveWriteOnly Reason = "the service never shows it"
	// NoKey secrets are sealed, and no identity here opens them.
	NoKey Reason = "sealed, and no identity here opens it"
	// NoVariable secrets are in a variable that is not set here.
	NoVariable Reason = "its environment variable is not set"
	// AndNoKey is added if an identity would help.
	AndNoKey Reason = ", and what was last applied can be compared only with an identity"
)
