package line

import (
	"errors"
	"maps"
	"os"
	"slices"
	"strings"

	"github.com/urfave/cli/v2"

	"authsync/schema"
	"authsync/schema/list"
	"authsync/schema/quirk"
)

// valuesOf returns the values that fit a flag: its choices, or else what its
// placeholder says.
func (l *Line) valuesOf(f cli.Flag, word string) offer {
	if choices := Choices(f); len(choices) > 0 {
		return offerAfter(choices, word)
	}
	switch Placeholder(f) {
	case "ENV":
		return l.environments()
	case "KEY":
		return l.keys()
	case "FILE":
		return offer{files: anyFile}
	case "DIR":
		return offer{files: directories}
	case "NAME=VALUE":
		return readings()
	}
	return offer{files: noFiles}
}

func readings() offer {
	return offer{files: noFiles, candidates: list.Flat(quirk.All(), func(q quirk.Quirk) []candidate {
		return list.Each(q.Readings, func(r quirk.Reading) candidate {
			return candidate{string(q.Name) + "=" + string(r.Value), strings.ReplaceAll(r.Wire, "`", "")}
		})
	})}
}

// offerAfter offers choices, and after the = of one its values.
func offerAfter(choices []Choice, word string) offer {
	name, _, joined := strings.Cut(word, "=")
	switch {
	case !joined:
		return offerOf(choices)
	case slices.Contains(choices, Choice{Word: name, With: "FILE"}):
		return offer{files: anyFile, prefix: name + "="}
	}
	return offer{files: noFiles}
}

func offerOf(choices []Choice) offer {
	return offer{files: noFiles, candidates: list.Each(choices, func(c Choice) candidate { return candidate{value: c.Offered()} })}
}

func (l *Line) environments() offer {
	return offer{files: noFiles, candidates: list.Each(l.manifests(), func(env *schema.Environment) candidate { return candidate{env.Name, env.File} })}
}

// keys returns the objects of the manifests on the line, and their kinds.
func (l *Line) keys() offer {
	in := map[string][]string{} // the environments of each key; none for a kind
	for _, env := range l.manifests() {
		for _, c := range env.Collections {
			if _, there := in[c.Kind.Name]; !there {
				in[c.Kind.Name] = nil
			}
			for _, object := range c.Objects {
				in[object.Key.String()] = append(in[object.Key.String()], env.Name)
			}
		}
	}
	o := offer{files: noFiles}
	for _, key := range slices.Sorted(maps.Keys(in)) {
		about := "in " + strings.Join(in[key], ", ")
		if len(in[key]) == 0 {
			about = "all of the kind"
		}
		o.candidates = append(o.candidates, candidate{key, about})
	}
	return o
}

// named is how many environments a command takes before its paths.
func named(c *cli.Command) int { return strings.Count(c.ArgsUsage, "ENV") }

// manifests reads the manifests on the line as far as possible: completion reports no
// faults.
func (l *Line) manifests() []*schema.Environment {
	paths := l.Words
	for _, g := range l.Flags {
		if g.Name == "in" && g.Value != "" {
			paths = append(paths, g.Value)
		}
	}
	if c := l.command(); c != nil {
		paths = paths[min(named(c), len(paths)):]
		if strings.Contains(c.ArgsUsage, "KEY") {
			_, paths = KeysAndPaths(paths)
		}
	}
	paths, err := Paths(paths)
	if err != nil {
		return nil
	}
	return schema.Load(paths, schema.SecretsSealed).Environments
}

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
		if key, err := schema.ParseSpelledKey(word); err == nil {
			keys = append(keys, key)
		} else {
			paths = append(paths, word)
		}
	}
	return keys, paths
}
