package lock

import (
	"errors"
	"maps"
	"slices"
	"sync"
	"time"

	"filippo.io/age"

	"authsync/atomicfile"
	"authsync/schema"
	"authsync/secrets"
)

// A Vault is the file of the tokens that a service shows only once, each sealed
// and bound to the environment and to what it is of. It is written as a whole,
// and is on disk when a method has returned.
//
// Between [Vault.Begin] and [Vault.Put] lies the call that shows a token. If the
// program ends there, or the answer does, the vault still says that such a call
// was under way, and what was there before it: whatever else then has the name
// is a thing whose token nobody has.
type Vault struct {
	owner Owner
	other string // why what the file holds is not believed

	mu       sync.Mutex
	places   Places // that are remembered
	held     contents
	reserved map[schema.Key]*atomicfile.Reserved // while a call is under way
	writer   *writer
}

// roomForToken is what is taken on the disk, beside what the vault holds, before
// a token is shown. A sealed token takes about a tenth of it.
const roomForToken = 64 << 10

// contents are what a vault holds.
type contents struct {
	tokens map[schema.Key]VaultEntry
	making map[schema.Key][]string // ids that were there before
}

// VaultEntry is one entry of a vault.
type VaultEntry struct {
	// ID is what the token belongs to, as the service names it; "" = that is
	// gone, and former ones live on.
	ID    string
	Value secrets.Value // sealed
	// Replaces are the ids of those that this one took the place of, which may
	// not be gone yet.
	Replaces []string
	// Former are those of them that live on until a time, with their tokens.
	Former []Former

	bound string // the path that the seal is bound to
}

// Former is what another one has taken the place of, and that lives on until a
// time.
type Former struct {
	ID    string
	Value secrets.Value // its token; zero = it was made elsewhere
	Until time.Time

	bound string
}

// FormerOf returns the former one of an id.
func (t VaultEntry) FormerOf(id string) (Former, bool) {
	if i := slices.IndexFunc(t.Former, func(f Former) bool { return f.ID == id }); i >= 0 {
		return t.Former[i], true
	}
	return Former{}, false
}

// IDs are those of all that the entry knows of, the present one first.
func (t VaultEntry) IDs() []string {
	var ids []string
	if t.ID != "" {
		ids = append(ids, t.ID)
	}
	for _, f := range t.Former {
		ids = append(ids, f.ID)
	}
	return ids
}

// Successor is what a token is put into a vault with.
type Successor struct {
	ID       string   // of what it belongs to
	Replaces []string // ids of those that it takes the place of
	// Until says how long those of them live on that do.
	Until map[string]time.Time
}

// Path is the file of the vault.
func (v *Vault) Path() string { return v.writer.file.Path }

// Other says why what stands at the vault's place is not believed: another
// service's memory; "" = it is.
func (v *Vault) Other() string { return v.other }

// Moved reports whether the system of a kind is remembered at another address.
func (v *Vault) Moved(kind string) bool {
	v.mu.Lock()
	defer v.mu.Unlock()
	_, moved := v.owner.Places.contradicted(v.places)[schema.KindNamed(kind).System]
	return moved
}

// Entry returns what the vault holds of an object.
func (v *Vault) Entry(key schema.Key) (VaultEntry, bool) {
	v.mu.Lock()
	defer v.mu.Unlock()
	t, ok := v.held.tokens[key]
	return t, ok
}

// Keys returns the objects of which there are tokens, sorted.
func (v *Vault) Keys() []schema.Key {
	v.mu.Lock()
	defer v.mu.Unlock()
	return sortedKeys(v.held.tokens)
}

// Making reports whether a call that shows the token of an object was begun and
// not ended, and which ids its name had before it.
func (v *Vault) Making(key schema.Key) (before []string, begun bool) {
	v.mu.Lock()
	defer v.mu.Unlock()
	before, begun = v.held.making[key]
	return before, begun
}

// Check writes the vault as it is: what cannot be written is better known
// before a token is shown than after. What killed runs have left beside it goes.
func (v *Vault) Check() error {
	atomicfile.Sweep(v.Path())
	return v.change(func(contents) {})
}

// Begin notes that the token of an object is about to be shown, while the ids
// before have its name. Of several calls that did not end the first counts. The file
// that will hold the token is open then, and room for it is taken on the disk,
// until [Vault.Put], [Vault.Abandon] or [Vault.Release].
func (v *Vault) Begin(key schema.Key, before []string) error {
	if err := v.change(func(c contents) {
		if _, begun := c.making[key]; !begun {
			c.making[key] = before
		}
	}); err != nil {
		return err
	}
	v.mu.Lock()
	text, err := v.held.spell(v.owner)
	if err == nil {
		v.reserved[key], err = atomicfile.Reserve(v.Path(), len(text)+roomForToken, 0o644)
	}
	if err != nil {
		delete(v.reserved, key)
	}
	v.mu.Unlock()
	if err != nil {
		return errors.Join(err, v.Abandon(key))
	}
	return nil
}

// Release gives up what [Vault.Begin] has reserved, if nothing came of it.
func (v *Vault) Release(key schema.Key) {
	v.mu.Lock()
	defer v.mu.Unlock()
	if r := v.reserved[key]; r != nil {
		r.GiveUp()
		delete(v.reserved, key)
	}
}

// Abandon notes that no token was shown after all, though Begin was called,
// and that nothing came to be.
func (v *Vault) Abandon(key schema.Key) error {
	v.Release(key)
	return v.change(func(c contents) { delete(c.making, key) })
}

// Put seals a token to recipients and writes the vault. With an error nothing
// is changed. What lives on of those before stays.
func (v *Vault) Put(key schema.Key, s Successor, token secrets.Clear, recipients []age.Recipient) error {
	bound := boundTo(key)
	sealed, err := secrets.Seal(token, secrets.Binding{Env: v.owner.Env, Path: bound}, recipients)
	if err != nil {
		return err
	}
	return v.changeReserved(key, func(c contents) {
		c.tokens[key] = VaultEntry{ID: s.ID, Replaces: s.Replaces, Value: sealed, Former: c.tokens[key].retired(s), bound: bound}
		delete(c.making, key)
	})
}

// retired are those that live on once another takes the place of an entry.
func (t VaultEntry) retired(s Successor) []Former {
	living := slices.Clone(t.Former)
	for _, id := range slices.Sorted(maps.Keys(s.Until)) {
		f := Former{ID: id, Until: s.Until[id].UTC().Truncate(time.Second)}
		if id == t.ID {
			f.Value, f.bound = t.Value, t.bound
		}
		if _, already := t.FormerOf(id); !already {
			living = append(living, f)
		}
	}
	return living
}

// Drop takes out the tokens of what of a kind has an id, since that is gone.
func (v *Vault) Drop(kind, id string) error {
	held := func(key schema.Key, t VaultEntry) bool { return key.Kind == kind && slices.Contains(t.IDs(), id) }
	v.mu.Lock()
	found := false
	for key, t := range v.held.tokens {
		found = found || held(key, t)
	}
	v.mu.Unlock()
	if !found {
		return nil
	}
	return v.change(func(c contents) {
		for key, t := range c.tokens {
			if !held(key, t) {
				continue
			}
			if t = t.without(id); len(t.IDs()) == 0 {
				delete(c.tokens, key)
			} else {
				c.tokens[key] = t
			}
		}
	})
}

// without is an entry less what has an id.
func (t VaultEntry) without(id string) VaultEntry {
	if t.ID == id {
		t = VaultEntry{Replaces: t.Replaces, Former: t.Former}
	}
	t.Former = slices.DeleteFunc(slices.Clone(t.Former), func(f Former) bool { return f.ID == id })
	return t
}

// change makes a change and writes it, or does neither.
func (v *Vault) change(make func(contents)) error { return v.changeReserved(schema.Key{}, make) }

// changeReserved makes a change in the file that is reserved for an object, if one is.
func (v *Vault) changeReserved(key schema.Key, make func(contents)) error {
	v.mu.Lock()
	defer v.mu.Unlock()
	next := contents{maps.Clone(v.held.tokens), maps.Clone(v.held.making)}
	make(next)
	text, err := next.spell(v.owner)
	if err != nil {
		return err
	}
	if r := v.reserved[key]; r != nil {
		delete(v.reserved, key)
		if err = r.Write(text); err == nil {
			v.held, v.places = next, v.owner.Places
			return nil
		}
	}
	// A token is not given up for one file that fails.
	if err := v.writer.write(text); err != nil {
		return err
	}
	v.held, v.places = next, v.owner.Places
	return nil
}
