package line

import (
	"errors"
	"os"

	"authsync/schema"
)

// Paths returns the command's PATHs; without one, envs if it exists.
func Paths(paths []string) ([]string, error) {
	if len(paths) > 0 {
		return paths, nil
	}
	if info, err := os.Stat("envs"); err == nil && info.IsDir() {
		return []string{"envs"}, nil
	}
	return nil, errors.New("name a manifest or a directory of them (there is no envs here)")
}

// KeysAndPaths separates a command's arguments: a word that begins with a kind is a
// key.
func KeysAndPaths(words []string) (keys []schema.Key, paths []string) {
	for _, word := range words {
		if key, err := schema.ParseKey(word); err == nil {
			keys = append(keys, key)
		} else {
			paths = append(paths, word)
		}
	}
	return keys, paths
}
