package lock

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"slices"
	"sync"

	"filippo.io/age"
	"gopkg.in/yaml.v3"

	"authsync/atomicfile"
	"authsync/disk"
	"authsync/secrets"
)

// A Vault is the file of the tokens that a service shows only once, each sealed
// and bound to the environment and the token's name. It is written as a whole,
// and is on disk when a method has returned.
//
// Between [Vault.Begin] and [Vault.Put] lies the call that shows a token. If the
// program ends there, or the answer does, the vault still says that such a call
// was under way, and what was there before it: whatever else then has the name
// is a thing whose token nobody has.
type Vault struct {
	path string
	env  string

	mu       sync.Mutex
	held     contents
	reserved map[string]*atomicfile.Reserved // by name, while a call is under way
}

// roomForToken is what is taken on the disk, beside what the vault holds, before
// a token is shown. A sealed token takes about a tenth of it.
const roomForToken = 64 << 10

// contents are what a vault holds, by name.
type contents struct {
	tokens map[string]Token
	making map[string][]string // ids that were there before
}

// A Token is one entry of a vault.
type Token struct {
	ID    string        // of what the token belongs to, as the service names it
	Value secrets.Value // sealed
	// Replaces are the ids of those that this one took the place of, which may
	// not be gone yet.
	Replaces []string
}

// vaultFile is the YAML form.
type vaultFile struct {
	APIVersion  string                `yaml:"apiVersion"`
	Kind        string                `yaml:"kind"`
	Environment string                `yaml:"environment"`
	Making      map[string][]string   `yaml:"making"`
	Tokens      map[string]vaultToken `yaml:"tokens"`
}

type vaultToken struct {
	ID       string    `yaml:"id"`
	Replaces []string  `yaml:"replaces"`
	Token    yaml.Node `yaml:"token"`
}

const (
	vaultVersion = "authsync/v1"
	vaultKind    = "Vault"
)

// OpenVault reads the vault of an environment. One that is not there is empty.
// One of another environment, or that cannot be read, is an error.
func OpenVault(path, env string) (*Vault, error) {
	v := &Vault{path: path, env: env, held: contents{map[string]Token{}, map[string][]string{}}, reserved: map[string]*atomicfile.Reserved{}}
	text, err := disk.ReadBeside(path)
	if errors.Is(err, fs.ErrNotExist) {
		return v, nil
	}
	if err != nil {
		return nil, err
	}
	var file vaultFile
	d := yaml.NewDecoder(bytes.NewReader(text))
	d.KnownFields(true)
	if err := d.Decode(&file); err != nil {
		return nil, fmt.Errorf("%s: is not a vault that can be read; restore it from git", path)
	}
	switch {
	case file.APIVersion != vaultVersion || file.Kind != vaultKind:
		return nil, fmt.Errorf("%s: is not a vault that this version of authsync can read (apiVersion: %s, kind: %s)", path, vaultVersion, vaultKind)
	case file.Environment != env:
		return nil, fmt.Errorf("%s: is the vault of %q, not of %q", path, file.Environment, env)
	}
	for name, t := range file.Tokens {
		if t.Token.Tag != "!age" || !secrets.LooksSealed(t.Token.Value) {
			return nil, fmt.Errorf("%s: tokens.%s: is not sealed; restore it from git", path, name)
		}
		v.held.tokens[name] = Token{ID: t.ID, Replaces: t.Replaces, Value: secrets.Sealed(t.Token.Value, v.binding(name))}
	}
	for name, before := range file.Making {
		v.held.making[name] = before
	}
	return v, nil
}

func (v *Vault) binding(name string) secrets.Binding {
	return secrets.Binding{Env: v.env, Path: "tokens." + name}
}

// Token returns the token of a name.
func (v *Vault) Token(name string) (Token, bool) {
	v.mu.Lock()
	defer v.mu.Unlock()
	t, ok := v.held.tokens[name]
	return t, ok
}

// Names returns the names of the tokens, sorted.
func (v *Vault) Names() []string {
	v.mu.Lock()
	defer v.mu.Unlock()
	return sortedKeys(v.held.tokens)
}

// Making reports whether a call that shows the token of a name was begun and
// not ended, and which ids the name had before it.
func (v *Vault) Making(name string) (before []string, begun bool) {
	v.mu.Lock()
	defer v.mu.Unlock()
	before, begun = v.held.making[name]
	return before, begun
}

// Check writes the vault as it is: what cannot be written is better known
// before a token is shown than after. What killed runs have left beside it goes.
func (v *Vault) Check() error {
	atomicfile.Sweep(v.path)
	return v.change(func(contents) {})
}

// Begin notes that a token of a name is about to be shown, while the ids before
// have that name. Of several calls that did not end the first counts. The file
// that will hold the token is open then, and room for it is taken on the disk,
// until [Vault.Put], [Vault.Abandon] or [Vault.Release].
func (v *Vault) Begin(name string, before []string) error {
	if err := v.change(func(c contents) {
		if _, begun := c.making[name]; !begun {
			c.making[name] = before
		}
	}); err != nil {
		return err
	}
	v.mu.Lock()
	text, err := v.held.spell(v.env)
	if err == nil {
		v.reserved[name], err = atomicfile.Reserve(v.path, len(text)+roomForToken, 0o644)
	}
	if err != nil {
		delete(v.reserved, name)
	}
	v.mu.Unlock()
	if err != nil {
		return errors.Join(err, v.Abandon(name))
	}
	return nil
}

// Release gives up what [Vault.Begin] has reserved, if nothing came of it.
func (v *Vault) Release(name string) {
	v.mu.Lock()
	defer v.mu.Unlock()
	if r := v.reserved[name]; r != nil {
		r.GiveUp()
		delete(v.reserved, name)
	}
}

// Abandon notes that no token was shown after all, though Begin was called,
// and that nothing came to be.
func (v *Vault) Abandon(name string) error {
	v.Release(name)
	return v.change(func(c contents) { delete(c.making, name) })
}

// Put seals a token to recipients and writes the vault. With an error nothing
// is changed.
func (v *Vault) Put(name, id string, replaces []string, token secrets.Clear, recipients []age.Recipient) error {
	sealed, err := secrets.Seal(token, v.binding(name), recipients)
	if err != nil {
		return err
	}
	return v.changeReserved(name, func(c contents) {
		c.tokens[name] = Token{ID: id, Replaces: replaces, Value: sealed}
		delete(c.making, name)
	})
}

// Drop takes out the token of what has an id, since that is gone.
func (v *Vault) Drop(id string) error {
	v.mu.Lock()
	found := false
	for _, t := range v.held.tokens {
		found = found || t.ID == id
	}
	v.mu.Unlock()
	if !found {
		return nil
	}
	return v.change(func(c contents) {
		maps.DeleteFunc(c.tokens, func(_ string, t Token) bool { return t.ID == id })
	})
}

// change makes a change and writes it, or does neither.
func (v *Vault) change(make func(contents)) error { return v.changeReserved("", make) }

// changeReserved makes a change in the file that is reserved for a name, if one is.
func (v *Vault) changeReserved(name string, make func(contents)) error {
	v.mu.Lock()
	defer v.mu.Unlock()
	next := contents{maps.Clone(v.held.tokens), maps.Clone(v.held.making)}
	make(next)
	text, err := next.spell(v.env)
	if err != nil {
		return err
	}
	if r := v.reserved[name]; r != nil {
		delete(v.reserved, name)
		if err = r.Write(text); err == nil {
			v.held = next
			return nil
		}
	}
	// A token is not given up for one file that fails.
	if err := atomicfile.Write(v.path, text, 0o644); err != nil {
		return err
	}
	v.held = next
	return nil
}

// spell writes names sorted, so that two branches that change different things
// merge.
func (c contents) spell(env string) ([]byte, error) {
	root := mapping("apiVersion", scalar(vaultVersion), "kind", scalar(vaultKind), "environment", scalar(env))
	root.HeadComment = "# Tokens that the service shows only once, sealed to the environment's recipients.\n# Commit this file; open one with: authsync secrets open --vault NAME"
	if len(c.making) > 0 {
		key, making := scalar("making"), mapping()
		key.HeadComment = "# Calls whose answer, and with it a token, was lost: the name, and what was there before."
		for _, name := range sortedKeys(c.making) {
			making.Content = append(making.Content, scalar(name), texts(c.making[name]))
		}
		root.Content = append(root.Content, key, making)
	}
	tokens := mapping()
	for _, name := range sortedKeys(c.tokens) {
		t := c.tokens[name]
		entry := mapping("id", scalar(t.ID))
		if len(t.Replaces) > 0 {
			entry.Content = append(entry.Content, scalar("replaces"), texts(t.Replaces))
		}
		sealed := &yaml.Node{Kind: yaml.ScalarNode, Tag: "!age", Style: yaml.LiteralStyle | yaml.TaggedStyle, Value: t.Value.Armored()}
		entry.Content = append(entry.Content, scalar("token"), sealed)
		tokens.Content = append(tokens.Content, scalar(name), entry)
	}
	root.Content = append(root.Content, scalar("tokens"), tokens)
	var b bytes.Buffer
	e := yaml.NewEncoder(&b)
	e.SetIndent(2)
	err := errors.Join(e.Encode(root), e.Close())
	return b.Bytes(), err
}

func sortedKeys[V any](m map[string]V) []string {
	return slices.Sorted(maps.Keys(m))
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
