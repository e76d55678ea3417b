// Package diff says what of an environment differs from its manifest.
//
// It compares only what the manifest names: a field that is absent there is
// not managed. Both sides are trees of [schema.Value], whose types carry their
// own equality (sets without order, numbers by amount, secrets by what can be
// known); go-cmp walks them and its reporter gives the paths.
package diff

import "authsync/schema"

// Action is what a change does; the constant is its own glyph.
type Action rune

const (
	Create Action = '+'
	Update Action = '~'
	Delete Action = '-'
	// Replace deletes an object and makes another in its place.
	Replace Action = '±'
)

// String is the word for the action, as JSON plans spell it.
func (a Action) String() string {
	switch a {
	case Create:
		return "create"
	case Update:
		return "update"
	case Delete:
		return "delete"
	case Replace:
		return "replace"
	}
	return "none"
}

// Change is the difference of one object.
//
//	action   Before           After
//	Create   nil              the manifest's fields
//	Update   per field        per field
//	Delete   what live has    nil
//	Replace  per field        per field
type Change struct {
	Key    schema.Key
	Action Action
	// Fields are sorted by path.
	Fields []Field
}

// Field is one difference inside an object.
type Field struct {
	Path   schema.Path // below the object, spelled as in the manifest
	Before schema.Value
	After  schema.Value
	Origin Origin
	// Applied is what was last applied, where both sides have moved since.
	Applied schema.Value
}

// Top returns the names of the top-level fields that differ, in order and
// once each: the unit of an incremental update.
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

// Unknown is a secret, or what a service never shows, that cannot be compared,
// and why.
type Unknown struct {
	Path   schema.Path
	Reason Reason
}

// Reason says why a secret cannot be compared.
type Reason string

const (
	// LiveHidden secrets are masked by the service or not shown at all.
	LiveHidden Reason = "the service hides it"
	// LiveWriteOnly fields are taken by the service and never shown.
	LiveWriteOnly Reason = "the service never shows it"
	// NoKey secrets are sealed, and no identity here opens them.
	NoKey Reason = "sealed, and no identity here opens it"
	// NoVariable secrets stand in a variable that is not set here.
	NoVariable Reason = "its environment variable is not set"
	// AndNoKey is added where an identity would tell more.
	AndNoKey Reason = ", and what was last applied can be compared only with an identity"
)
