package lock

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	"gopkg.in/yaml.v3"

	"authsync/atomicfile"
	"authsync/schema"
	"authsync/secrets"
)

const (
	vaultVersion = "authsync/v1"
	vaultKind    = "Vault"
)

// vaultFile is the YAML form.
type vaultFile struct {
	APIVersion  string                `yaml:"apiVersion"`
	Kind        string                `yaml:"kind"`
	Environment string                `yaml:"environment"`
	Systems     Places                `yaml:"systems"`
	Making      map[string][]string   `yaml:"making"`
	Tokens      map[string]vaultToken `yaml:"tokens"`
}

type vaultToken struct {
	ID       string        `yaml:"id"`
	Made     time.Time     `yaml:"made"`
	Replaces []string      `yaml:"replaces"`
	Former   []vaultFormer `yaml:"former"`
	// SealedFor is the path that the seal is bound to, if it is not the token's place
	// here: older versions bound tokens to names alone.
	SealedFor string    `yaml:"sealedFor"`
	Token     yaml.Node `yaml:"token"`
}

type vaultFormer struct {
	ID        string    `yaml:"id"`
	Until     time.Time `yaml:"until"`
	SealedFor string    `yaml:"sealedFor"`
	Token     yaml.Node `yaml:"token"`
}

// OpenVault reads the vault of an environment. A missing vault is empty, and so is one
// of another service. A vault of another environment, or that cannot be read, is an
// error.
func OpenVault(f File, owner Owner) (*Vault, error) {
	v := &Vault{
		owner: owner, places: Places{}, writer: newWriter(f), reserved: map[schema.Key]*atomicfile.Reserved{},
		held: contents{map[schema.Key]VaultEntry{}, map[schema.Key][]string{}},
	}
	var err error
	if v.other, err = f.load(owner.Places, v.read); err != nil {
		return nil, err
	}
	return v, nil
}

func (v *Vault) read(text []byte) error {
	var file vaultFile
	d := yaml.NewDecoder(bytes.NewReader(text))
	d.KnownFields(true)
	if err := d.Decode(&file); err != nil {
		return errors.New("is not a vault that can be read; restore it from git")
	}
	switch {
	case file.APIVersion != vaultVersion || file.Kind != vaultKind:
		return fmt.Errorf("is not a vault that this version of authsync can read (apiVersion: %s, kind: %s)", vaultVersion, vaultKind)
	case file.Environment != v.owner.Env:
		return fmt.Errorf("is the vault of %q, not of %q", file.Environment, v.owner.Env)
	}
	_, token := file.Tokens[""]
	if _, making := file.Making[""]; token || making {
		return errors.New("has an entry without a name; restore it from git")
	}
	for name, t := range file.Tokens {
		entry, err := v.entry(t, "tokens."+name)
		if err != nil {
			return fmt.Errorf("tokens.%s: %w", name, err)
		}
		v.held.tokens[TokenKey(name)] = entry
	}
	for name, before := range file.Making {
		v.held.making[TokenKey(name)] = before
	}
	if file.Systems != nil {
		v.places = file.Systems
	}
	return nil
}

// entry reads the entry at a path.
func (v *Vault) entry(t vaultToken, path string) (entry VaultEntry, err error) {
	entry = VaultEntry{ID: t.ID, Made: t.Made, Replaces: t.Replaces}
	if t.ID != "" || len(t.Former) == 0 {
		if entry.Value, entry.bound, err = v.sealed(t.Token, cmp.Or(t.SealedFor, path)); err != nil {
			return entry, err
		}
	}
	for _, f := range t.Former {
		former := Former{ID: f.ID, Until: f.Until}
		if !f.Token.IsZero() {
			if former.Value, former.bound, err = v.sealed(f.Token, cmp.Or(f.SealedFor, path)); err != nil {
				return entry, fmt.Errorf("former: %w", err)
			}
		}
		entry.Former = append(entry.Former, former)
	}
	return entry, nil
}

// sealed reads a token that is bound to a path.
func (v *Vault) sealed(n yaml.Node, bound string) (secrets.Value, string, error) {
	if n.Tag != "!age" || !secrets.LooksSealed(n.Value) {
		return secrets.Value{}, "", errors.New("is not sealed; restore it from git")
	}
	return secrets.Sealed(n.Value, secrets.Binding{Env: v.owner.Env, Path: bound}), bound, nil
}

// TokenKey returns the object of a vault's entry. Older versions named API keys
// without their kind.
func TokenKey(name string) schema.Key {
	key, err := schema.ParseKey(name)
	if err == nil {
		k := schema.KindNamed(key.Kind)
		if k.Update.Token == schema.TokenOnce && (key.Name != "" || k.Arity == schema.One) {
			return key
		}
	}
	return schema.Key{Kind: schema.APIKey.Name, Name: name}
}

// boundTo returns the path that the token of an object is bound to.
func boundTo(key schema.Key) string { return "tokens." + key.String() }

// spell writes names sorted, so that branches with different changes merge.
func (c contents) spell(owner Owner) ([]byte, error) {
	root := mapping("apiVersion", scalar(vaultVersion), "kind", scalar(vaultKind), "environment", scalar(owner.Env))
	root.HeadComment = "# Tokens that the service shows only once, sealed to the environment's recipients.\n# Commit this file; open one with: authsync secrets open --vault NAME"
	if len(owner.Places) > 0 {
		places := new(yaml.Node)
		if err := places.Encode(owner.Places); err != nil {
			return nil, err
		}
		root.Content = append(root.Content, scalar("systems"), places)
	}
	if len(c.making) > 0 {
		key, making := scalar("making"), mapping()
		key.HeadComment = "# Calls whose answer, and with it a token, was lost: the name, and what was there before."
		for _, object := range sortedKeys(c.making) {
			making.Content = append(making.Content, scalar(object.String()), texts(c.making[object]))
		}
		root.Content = append(root.Content, key, making)
	}
	tokens := mapping()
	for _, key := range sortedKeys(c.tokens) {
		tokens.Content = append(tokens.Content, scalar(key.String()), c.tokens[key].node(boundTo(key)))
	}
	root.Content = append(root.Content, scalar("tokens"), tokens)
	var b bytes.Buffer
	e := yaml.NewEncoder(&b)
	e.SetIndent(2)
	err := errors.Join(e.Encode(root), e.Close())
	return b.Bytes(), err
}

// node encodes an entry at a place to which its seals are bound.
func (t VaultEntry) node(place string) *yaml.Node {
	entry := mapping()
	if t.ID != "" {
		entry = mapping("id", scalar(t.ID))
	}
	if !t.Made.IsZero() {
		entry.Content = append(entry.Content, scalar("made"), instant(t.Made))
	}
	if len(t.Replaces) > 0 {
		entry.Content = append(entry.Content, scalar("replaces"), texts(t.Replaces))
	}
	if len(t.Former) > 0 {
		former := &yaml.Node{Kind: yaml.SequenceNode, Tag: "!!seq"}
		for _, f := range t.Former {
			old := mapping("id", scalar(f.ID), "until", instant(f.Until))
			former.Content = append(former.Content, withSeal(old, f.Value, f.bound, place))
		}
		entry.Content = append(entry.Content, scalar("former"), former)
	}
	return withSeal(entry, t.Value, t.bound, place)
}

// withSeal adds a sealed token, and the path that it is bound to if that is not its
// place.
func withSeal(entry *yaml.Node, v secrets.Value, bound, place string) *yaml.Node {
	if v.IsZero() {
		return entry
	}
	if bound != place {
		entry.Content = append(entry.Content, scalar("sealedFor"), scalar(bound))
	}
	sealed := &yaml.Node{Kind: yaml.ScalarNode, Tag: "!age", Style: yaml.LiteralStyle | yaml.TaggedStyle, Value: v.Armored()}
	entry.Content = append(entry.Content, scalar("token"), sealed)
	return entry
}

func sortedKeys[V any](m map[schema.Key]V) []schema.Key {
	return slices.SortedFunc(maps.Keys(m), func(a, b schema.Key) int { return cmp.Compare(a.String(), b.String()) })
}

// instant spells a time.
func instant(t time.Time) *yaml.Node {
	return &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!timestamp", Value: t.Format(time.RFC3339)}
}

// texts makes a list on one line.
func texts(list []string) *yaml.Node {
	n := &yaml.Node{Kind: yaml.SequenceNode, Tag: "!!seq", Style: yaml.FlowStyle}
	for _, text := range list {
		n.Content = append(n.Content, scalar(text))
	}
	return n
}

// mapping makes a mapping of scalar names and values.
func mapping(pairs ...interface{}) *yaml.Node {
	n := &yaml.Node{Kind: yaml.MappingNode, Tag: "!!map"}
	for _, p := range pairs {
		switch p := p.(type) {
		case string:
			n.Content = append(n.Content, scalar(p))
		case *yaml.Node:
			n.Content = append(n.Content, p)
		}
	}
	return n
}

func scalar(text string) *yaml.Node {
	n := new(yaml.Node)
	n.SetString(text)
	return n
}
