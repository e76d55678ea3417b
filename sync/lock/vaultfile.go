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
	ID       string        `yaml:"id,omitempty"`
	Made     time.Time     `yaml:"made,omitempty"`
	Replaces []string      `yaml:"replaces,omitempty,flow"`
	Former   []vaultFormer `yaml:"former,omitempty"`
	// SealedFor is the path that the seal is bound to, if it is not the token's place
	// here: older versions bound tokens to names alone.
	SealedFor string    `yaml:"sealedFor,omitempty"`
	Token     yaml.Node `yaml:"token,omitempty"`
}

type vaultFormer struct {
	ID        string    `yaml:"id"`
	Until     time.Time `yaml:"until"`
	SealedFor string    `yaml:"sealedFor,omitempty"`
	Token     yaml.Node `yaml:"token,omitempty"`
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
		if line, what := schema.Unsettled(text); what != "" {
			return fmt.Errorf("line %d: %s", line, what)
		}
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
	text := []byte("# Tokens that the service shows only once, sealed to the environment's recipients.\n" +
		"# Commit this file; open one with: authsync secrets open --vault NAME\n")
	head, err := schema.Encode(struct {
		APIVersion  string `yaml:"apiVersion"`
		Kind        string `yaml:"kind"`
		Environment string `yaml:"environment"`
		Systems     Places `yaml:"systems,omitempty"`
	}{vaultVersion, vaultKind, owner.Env, owner.Places})
	text = append(text, head...)
	if len(c.making) > 0 {
		text = append(text, "# Calls whose answer, and with it a token, was lost: the name, and what was there before.\nmaking:\n"...)
	}
	for _, key := range sortedKeys(c.making) {
		begun, failed := schema.Encode(map[string]oneLine{key.String(): c.making[key]})
		text, err = append(text, indented(begun)...), errors.Join(err, failed)
	}
	if len(c.tokens) == 0 {
		return append(text, "tokens: {}\n"...), err
	}
	text = append(text, "tokens:\n"...)
	for _, key := range sortedKeys(c.tokens) {
		token, failed := schema.Encode(map[string]vaultToken{key.String(): c.tokens[key].file(boundTo(key))})
		text, err = append(text, indented(token)...), errors.Join(err, failed)
	}
	return text, err
}

// file is the YAML form of an entry at a place to which its seals are bound.
func (t VaultEntry) file(place string) vaultToken {
	out := vaultToken{ID: t.ID, Made: t.Made, Replaces: t.Replaces}
	out.SealedFor, out.Token = sealedAt(place, t.Value, t.bound)
	for _, f := range t.Former {
		former := vaultFormer{ID: f.ID, Until: f.Until}
		former.SealedFor, former.Token = sealedAt(place, f.Value, f.bound)
		out.Former = append(out.Former, former)
	}
	return out
}

// sealedAt is a sealed token, and the path that it is bound to if that is not its place.
func sealedAt(place string, v secrets.Value, bound string) (sealedFor string, token yaml.Node) {
	if v.IsZero() {
		return "", token
	}
	if bound != place {
		sealedFor = bound
	}
	return sealedFor, yaml.Node{Kind: yaml.ScalarNode, Tag: "!age", Style: yaml.LiteralStyle | yaml.TaggedStyle, Value: v.Armored()}
}

func sortedKeys[V any](m map[schema.Key]V) []schema.Key {
	return slices.SortedFunc(maps.Keys(m), byText)
}

// oneLine is a list on one line.
type oneLine []string

func (l oneLine) MarshalYAML() (interface{}, error) {
	n := new(yaml.Node)
	err := n.Encode([]string(l))
	n.Style = yaml.FlowStyle
	return n, err
}
