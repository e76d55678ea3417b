package rewrite

import (
	"fmt"
	"iter"

	"gopkg.in/yaml.v3"
)

// Tree is what a file's text says: copies in the place of aliases and merge keys, and
// no anchors.
func Tree(file string, text []byte) (*yaml.Node, error) {
	document, err := parsed(text)
	if err == nil {
		var tree *yaml.Node
		if tree, err = resolve(document); err == nil {
			return tree, nil
		}
	}
	return nil, fmt.Errorf("%s: %w", file, err)
}

// Alike reports whether two trees say the same; nil says nothing.
func Alike(a, b *yaml.Node) bool {
	if a == nil || b == nil {
		return a == b
	}
	return alike(a, b)
}

// Say makes a text say what a tree says, and touches no other byte; see [Apply].
func Say(file string, text []byte, tree *yaml.Node) ([]byte, error) {
	old, err := Tree(file, text)
	if err != nil {
		return nil, err
	}
	return reshape(file, text, old, tree)
}

// pairs are the names of a mapping and what each holds; of another value there are none.
func pairs(n *yaml.Node) iter.Seq2[*yaml.Node, *yaml.Node] {
	return func(yield func(name, value *yaml.Node) bool) {
		for i, name := range n.Content {
			if n.Kind == yaml.MappingNode && i%2 == 0 && !yield(name, n.Content[i+1]) {
				return
			}
		}
	}
}
