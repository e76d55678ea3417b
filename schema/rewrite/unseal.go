package rewrite

import (
	"bytes"
	"errors"
	"fmt"
	"path/filepath"
	"strconv"

	"gopkg.in/yaml.v3"

	"authsync/schema"
	"authsync/secrets"
)

// Unsealed is a manifest's text with its secrets in clear, for an editor, and
// what it takes to seal the text again. In the text every secret that was
// sealed is tagged !plain, which no command takes for a manifest.
type Unsealed struct {
	// Text is the manifest, and differs from the sealed one in the secrets alone.
	Text []byte
	// Shut are the values that stay sealed in Text, since they do not open.
	Shut []ShutSecret

	file   string
	opened map[secrets.Binding]opened
	// uses are the places where the text has secrets in clear, by way of
	// aliases too.
	uses map[secrets.Binding]bool
	// shut are the places of the texts that stay sealed.
	shut   map[string][]secrets.Binding
	open   func(secrets.Value) (secrets.Clear, error)
	beside []string // where files that the manifest names may lie, too
}

// ShutSecret is a sealed value that does not open.
type ShutSecret struct {
	Pos  schema.Position
	Path schema.Path
	Err  error
}

// opened is a secret and how it was written when it was sealed.
type opened struct {
	clear   secrets.Clear
	armored string
	spelled spelling
}

// Unseal shows a manifest's text with its secrets in clear. A secret that open
// refuses stays sealed. The error is what is wrong with the text as YAML.
func Unseal(file string, text []byte, open func(secrets.Value) (secrets.Clear, error), beside ...string) (*Unsealed, error) {
	file = filepath.Clean(file)
	if err := schema.CheckYAML(file, text); err != nil {
		return nil, err
	}
	document, err := parsed(text)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	u := &Unsealed{
		Text: text, file: file, open: open, beside: beside,
		opened: map[secrets.Binding]opened{}, uses: map[secrets.Binding]bool{}, shut: map[string][]secrets.Binding{},
	}
	env := environmentOf(document)
	for _, s := range scalars(document) {
		if s.node.ShortTag() != "!age" {
			continue
		}
		if err := u.show(s, secrets.Binding{Env: env, Path: s.read.String()}); err != nil {
			u.Shut = append(u.Shut, ShutSecret{position(file, s.node), s.path, err})
		}
	}
	for _, c := range schema.LoadText(file, u.Text, schema.SecretsClear, beside...).Clear {
		u.uses[c.Binding] = true
	}
	return u, nil
}

// show puts one secret into the text in clear.
func (u *Unsealed) show(s scalar, b secrets.Binding) error {
	value := secrets.Sealed(s.node.Value, b)
	clear, err := u.open(value)
	if err == nil {
		var before spelling
		if u.Text, before, err = showScalar(u.Text, s.path, clear.Reveal()); err == nil {
			u.opened[b] = opened{clear, value.Armored(), before}
			return nil
		}
	}
	u.shut[value.Armored()] = append(u.shut[value.Armored()], b)
	return err
}

// errSpelling is for a spelling that could not be restored to the byte.
var errSpelling = errors.New("it is spelled in a way that cannot be shown in clear and restored; put it on a line of its own as !age |")

// showScalar puts a clear text in the place of a sealed scalar. Restoring it
// gives the text as it was, to the byte.
func showScalar(text []byte, path schema.Path, clear string) ([]byte, spelling, error) {
	for _, spell := range []speller{asBlock, asQuoted, asEscaped} {
		document, p, err := located(text, path)
		if err != nil {
			return text, spelling{}, err
		}
		sealed := p.node.Value
		_, before, err := p.cut(text)
		if err != nil {
			return text, spelling{}, err
		}
		shown, ok := spell(clear, p, newlineOf(text))
		if !ok {
			continue
		}
		out, err := p.respell(text, retag{"!age", "!plain"}, shown)
		p.node.Tag, p.node.Value = "!plain", clear
		if err != nil || !says(out, meaning, document) {
			continue
		}
		if again, err := restoreScalar(out, path, sealed, before); err == nil && bytes.Equal(again, text) {
			return out, before, nil
		}
	}
	return text, spelling{}, errSpelling
}

// restoreScalar puts a sealed value back as it was spelled.
func restoreScalar(text []byte, path schema.Path, sealed string, before spelling) ([]byte, error) {
	document, p, err := located(text, path)
	if err != nil {
		return nil, err
	}
	if p.flow != before.flow || before.body != "" && p.indent != before.indent {
		return nil, errSpelling
	}
	out, err := p.respell(text, retag{"!plain", "!age"}, before)
	if err != nil {
		return nil, err
	}
	p.node.Tag, p.node.Value = "!age", sealed
	if !says(out, meaning, document) {
		return nil, errSpelling
	}
	return out, nil
}

// located parses a text and finds the scalar at a path.
func located(text []byte, path schema.Path) (document *yaml.Node, p place, err error) {
	if document, err = parsed(text); err == nil {
		p, err = find(document.Content[0], path)
	}
	return document, p, err
}

// meaning is the outline without the comments.
func meaning(n *yaml.Node) []string {
	value := n.Value
	if n.ShortTag() == "!age" {
		value = secrets.Sealed(value, secrets.Binding{}).Armored() // without the line ends that its style decides
	}
	out := []string{fmt.Sprint(n.Kind, n.ShortTag(), value, n.Anchor)}
	for _, inner := range n.Content {
		out = append(out, meaning(inner)...)
	}
	return out
}

func parsed(text []byte) (*yaml.Node, error) {
	var document yaml.Node
	if err := yaml.Unmarshal(text, &document); err != nil {
		return nil, err
	}
	if len(document.Content) == 0 {
		return nil, errors.New("the file is empty")
	}
	return &document, nil
}

// scalar is a single value of a file.
type scalar struct {
	node *yaml.Node
	path schema.Path // where it stands in the file
	read schema.Path // where it stands once << is resolved
}

// scalars are the single values of a tree. What stands behind an alias stands
// elsewhere.
func scalars(n *yaml.Node) []scalar { return below(n, scalar{}) }

func below(n *yaml.Node, at scalar) []scalar {
	var all []scalar
	switch n.Kind {
	case yaml.DocumentNode:
		return below(n.Content[0], at)
	case yaml.ScalarNode:
		all = append(all, scalar{n, at.path, at.read})
	case yaml.MappingNode:
		for key, value := range pairs(n) {
			inner := scalar{path: at.path.Then(key.Value), read: at.read}
			if key.ShortTag() != "!!merge" {
				inner.read = at.read.Then(key.Value)
			}
			all = append(all, below(value, inner)...)
		}
	case yaml.SequenceNode:
		for i, item := range n.Content {
			name := strconv.Itoa(i)
			all = append(all, below(item, scalar{path: at.path.Then(name), read: at.read.Then(name)})...)
		}
	}
	return all
}

// environmentOf is the name that a manifest's secrets are bound to, "" in a Base.
func environmentOf(document *yaml.Node) string {
	names := map[string]string{}
	for _, s := range scalars(document) {
		if len(s.path) == 1 {
			names[s.path[0]] = s.node.Value
		}
	}
	if names["kind"] == schema.BaseFile {
		return ""
	}
	return names["name"]
}
