package sandbox

import (
	"slices"

	"authsync/schema"
)

// transcription is what a kind is called on the wire, in the sandbox's own words:
// it takes none of them from schema, so that a name which is misspelt in one of
// the two is found.
type transcription struct {
	sent   []param // what writes take
	stored []param // what an object has; what is not unseen is shown
}

// joinedFields are the fields of both, each once. One is required that both
// require.
func joinedFields(a, b []param) []param {
	var all []param
	for _, p := range a {
		other := fieldOf(b, p.name)
		p.required = p.required && other != nil && other.required
		all = append(all, p)
	}
	for _, p := range b {
		if fieldOf(a, p.name) == nil {
			p.required = false
			all = append(all, p)
		}
	}
	return all
}

func fieldOf(params []param, name string) *param {
	if i := slices.IndexFunc(params, func(p param) bool { return p.name == name }); i >= 0 {
		return &params[i]
	}
	return nil
}

// seen are the fields that are shown.
func seen(stored []param) []param {
	return slices.DeleteFunc(slices.Clone(stored), func(p param) bool { return p.unseen })
}

// hide takes out what is not shown.
func hide(o schema.Object, stored []param) {
	for _, p := range stored {
		if p.unseen {
			delete(o, p.name)
		}
	}
}
