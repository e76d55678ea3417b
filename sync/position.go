package sync

import "authsync/schema"

// stating is the manifest of an environment, for the places of what is told of it.
type stating struct {
	env  *schema.Environment
	file string
	// places are those of what is told, once the manifest is let go.
	places map[string]schema.Position
}

func statingOf(env *schema.Environment) stating { return stating{env: env, file: env.File} }

// statement is an object, or a field of one.
type statement struct {
	key schema.Key
	at  schema.Path
}

func (p statement) String() string { return p.key.String() + " " + p.at.String() }

// Position returns where the manifest states a field of an object, or what would
// contain it; for an object that it does not state, the beginning of the manifest.
func (s stating) Position(key schema.Key, at schema.Path) schema.Position {
	if s.file == "" {
		return schema.Position{}
	}
	if pos, settled := s.places[statement{key, at}.String()]; settled {
		return pos
	}
	if s.env != nil {
		if d := s.env.Object(key); d != nil {
			return d.Position(at)
		}
	}
	return schema.Position{File: s.file, Line: 1, Column: 1}
}

// settled is the same without the manifest, for some places.
func (s stating) settled(told []statement) stating {
	out := stating{file: s.file, places: map[string]schema.Position{}}
	for _, p := range told {
		if pos := s.Position(p.key, p.at); pos != (schema.Position{File: s.file, Line: 1, Column: 1}) {
			out.places[p.String()] = pos
		}
	}
	return out
}
