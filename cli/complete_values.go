package cli

import (
	"maps"
	"slices"
	"strings"

	"github.com/urfave/cli/v2"

	"authsync/remote/sandbox"
	"authsync/schema"
)

// valuesByFlag says what fits as the value of a flag, by the flag's name, where
// its placeholder does not say it.
var valuesByFlag = map[string]func(l *line, word string) offer{
	"env":    (*line).environments,
	"for":    (*line).environments,
	"target": (*line).keys,
	"rotate": (*line).keys,
	"format": func(_ *line, word string) offer {
		if name, _, toFile := strings.Cut(word, "="); toFile {
			return offer{files: anyFile, prefix: name + "="}
		}
		return choices(slices.Sorted(maps.Keys(renderings)))
	},
	"provider-config": func(*line, string) offer {
		return choices([]string{string(sandbox.MergeConfig), string(sandbox.ReplaceConfig)})
	},
}

// valuesOf are the values that fit a flag.
func (l *line) valuesOf(f cli.Flag, word string) offer {
	if values, ok := valuesByFlag[f.Names()[0]]; ok {
		return values(l, word)
	}
	switch placeholder(f) {
	case "FILE":
		return offer{files: anyFile}
	case "DIR":
		return offer{files: directories}
	}
	return offer{files: noFiles}
}

func choices(values []string) offer {
	o := offer{files: noFiles}
	for _, v := range values {
		o.candidates = append(o.candidates, candidate{value: v})
	}
	return o
}

// environments are those of the manifests that the line names.
func (l *line) environments(string) offer {
	o := offer{files: noFiles}
	for _, env := range l.manifests() {
		o.candidates = append(o.candidates, candidate{env.Name, env.File})
	}
	return o
}

// keys are the objects that the manifests of the line name, and their kinds.
func (l *line) keys(string) offer {
	in := map[string][]string{} // the environments that name it, by key; none for a kind
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

// manifests reads the environments that the line names so far, as well as they
// can be read: who completes a line is not told about mistakes.
func (l *line) manifests() []*schema.Environment {
	paths := l.words
	for _, g := range l.flags {
		if g.name == "in" && g.value != "" {
			paths = append(paths, g.value)
		}
	}
	if c := l.command(); c != nil && strings.Contains(c.ArgsUsage, "KEY") {
		_, paths = keysAndPaths(paths)
	}
	paths, err := manifestPaths(paths)
	if err != nil {
		return nil
	}
	return schema.Load(paths, schema.SecretsSealed).Environments
}
