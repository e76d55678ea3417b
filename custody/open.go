package custody

import (
	"errors"
	"slices"

	"authsync/schema"
	"authsync/schema/list"
	"authsync/schema/rewrite"
	"authsync/secrets"
	"authsync/sync/lock"
)

// bindings returns, by the kind of a file, the places that a sealed text in it may be
// bound to.
var bindings = map[string]func(env string, s rewrite.SealedText) []secrets.Binding{
	schema.EnvironmentFile: boundToPaths,
	schema.BaseFile:        boundToPaths,
	"Vault": func(env string, s rewrite.SealedText) []secrets.Binding {
		at := s.Paths[0]
		if len(at) < 3 || at[0] != "tokens" {
			return nil
		}
		// Older versions bound a token to its name alone.
		return []secrets.Binding{{Env: env, Path: "tokens." + at[1]}, {Env: env, Path: "tokens." + lock.TokenKey(at[1]).Name}}
	},
	"Lock": func(env string, s rewrite.SealedText) []secrets.Binding {
		return []secrets.Binding{{Env: env, Path: "lock." + s.Paths[0].String()}}
	},
	"Snapshot": func(env string, s rewrite.SealedText) []secrets.Binding {
		return []secrets.Binding{{Env: env, Path: "snapshot." + s.Paths[0].String()}}
	},
}

func boundToPaths(env string, s rewrite.SealedText) []secrets.Binding {
	return list.Each(s.Paths, func(path schema.Path) secrets.Binding { return secrets.Binding{Env: env, Path: path.String()} })
}

// Open opens a sealed text of a document, and returns its binding. A text that aliases
// repeat has several paths.
func Open(keys *secrets.Keyring, d *rewrite.Document, s rewrite.SealedText) (secrets.Clear, secrets.Binding, error) {
	bind := bindings[d.Kind]
	if bind == nil {
		bind = boundToPaths
	}
	places := bind(d.Environment, s)
	if len(places) == 0 {
		return secrets.Clear{}, secrets.Binding{}, errors.New("is at a place where authsync puts nothing")
	}
	clear, err := keys.Open(secrets.Sealed(s.Armored, places[0]))
	if moved, is := errors.AsType[*secrets.MisplacedError](err); is && slices.Contains(places, moved.SealedFor) {
		places[0] = moved.SealedFor
		clear, err = keys.Open(secrets.Sealed(s.Armored, places[0]))
	}
	return clear, places[0], err
}
