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

// Vault is the file of the tokens that a service shows only once. Each is sealed and
// bound to the environment and its object. The file is written as a whole, and is on
// disk when a method has returned.
//
// The call that shows a token is made between [Vault.Begin] and [Vault.Put]. If the
// program ends there, or the answer is lost, the vault still says that the call was
// begun and which objects had the name before it: nobody has the token of any other
// object of the name.
type Vault struct {
	owner Owner
	other string // why the file is not believed

	mu       sync.Mutex
	places   Places // recorded addresses
	held     contents
	reserved map[schema.Key]*atomicfile.Reserved // during a call
	writer   *writer
}

// roomForToken is how much room is taken on the disk, beside the vault's text, before
// a token is shown. A sealed token needs about a tenth of it.
const roomForToken = 64 << 10

// contents are what a vault holds.
type contents struct {
	tokens map[schema.Key]VaultEntry
	making map[schema.Key][]string // ids that had the name before
}

// VaultEntry holds the token of one object.
type VaultEntry struct {
	// ID is the object's id; "" = it is gone, and only former objects live on.
	ID    string
	Value secrets.Value // sealed
	// Made is when the object was made, where no call of its service says so.
	Made time.Time
	// Replaces are the ids of the objects that it replaced, which may still exist.
	Replaces []string
	// Former are replaced objects that live on until a time, with their tokens.
	Former []Former

	bound string // the path that the seal is bound to
}

// Former is a replaced object that lives on until a time.
type Former struct {
	ID    string
	Value secrets.Value // its token; zero = created elsewhere
	Until time.Time

	bound string
}

func (t VaultEntry) FormerOf(id string) (Former, bool) {
	if i := slices.IndexFunc(t.Former, func(f Former) bool { return f.ID == id }); i >= 0 {
		return t.Former[i], true
	}
	return Former{}, false
}

// IDs returns the ids of the entry's objects, the present one first.
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

// Successor describes the object of a new token.
type Successor struct {
	ID       string    // of the object
	Made     time.Time // when it was made, where nothing else says so
	Replaces []string  // ids of the objects that it replaces
	// Until says until when replaced objects live on, by id.
	Until map[string]time.Time
}

func (v *Vault) Path() string { return v.writer.file.Path }

// Other says why the file is not believed, since it belongs to another service; "" =
// it is believed.
func (v *Vault) Other() string { return v.other }

// Moved reports whether the vault records the system of a kind at another address.
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

// Keys returns the objects with an entry, sorted.
func (v *Vault) Keys() []schema.Key {
	v.mu.Lock()
	defer v.mu.Unlock()
	return sortedKeys(v.held.tokens)
}

// Making reports whether a call that shows the token of an object began and did not
// end, and which ids had its name before.
func (v *Vault) Making(key schema.Key) (before []string, begun bool) {
	v.mu.Lock()
	defer v.mu.Unlock()
	before, begun = v.held.making[key]
	return before, begun
}

// Check writes the vault unchanged, to find out before a token is shown whether it can
// be written. It removes temporary files of killed runs.
func (v *Vault) Check() error {
	v.writer.sweep(v.Path())
	return v.change(func(contents) {})
}

// Begin records that the token of an object is about to be shown, and the ids that
// have its name before. If several calls did not end, the first counts. Begin opens
// the file for the token and takes room for it on the disk, until [Vault.Put],
// [Vault.Abandon] or [Vault.Release].
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
		v.reserved[key], err = v.writer.reserve(v.Path(), len(text)+roomForToken, 0o644)
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

// Release gives up what [Vault.Begin] has reserved, if it is still unused.
func (v *Vault) Release(key schema.Key) {
	v.mu.Lock()
	defer v.mu.Unlock()
	if r := v.reserved[key]; r != nil {
		r.GiveUp()
		delete(v.reserved, key)
	}
}

// Abandon records that no token was shown and nothing was created, though Begin was
// called.
func (v *Vault) Abandon(key schema.Key) error {
	v.Release(key)
	return v.change(func(c contents) { delete(c.making, key) })
}

// Put seals a token to recipients and writes the vault. On an error nothing is
// changed. Former objects that live on stay.
func (v *Vault) Put(key schema.Key, s Successor, token secrets.Clear, recipients []age.Recipient) error {
	bound := boundTo(key)
	sealed, err := secrets.Seal(token, secrets.Binding{Env: v.owner.Env, Path: bound}, recipients)
	if err != nil {
		return err
	}
	return v.changeReserved(key, func(c contents) {
		c.tokens[key] = VaultEntry{ID: s.ID, Made: s.Made.UTC().Truncate(time.Second), Replaces: s.Replaces, Value: sealed, Former: c.tokens[key].retired(s), bound: bound}
		delete(c.making, key)
	})
}

// retired returns the former objects that live on after a successor replaces an entry.
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

// has reports whether any entry is so.
func (v *Vault) has(so func(schema.Key, VaultEntry) bool) bool {
	v.mu.Lock()
	defer v.mu.Unlock()
	for key, t := range v.held.tokens {
		if so(key, t) {
			return true
		}
	}
	return false
}

// EndFormer takes out the tokens of former objects of a kind whose time is over.
func (v *Vault) EndFormer(kind string, now time.Time) error {
	over := func(f Former) bool { return !now.Before(f.Until) }
	if !v.has(func(key schema.Key, t VaultEntry) bool {
		return key.Kind == kind && slices.ContainsFunc(t.Former, over)
	}) {
		return nil
	}
	return v.change(func(c contents) {
		for key, t := range c.tokens {
			if key.Kind == kind {
				t.Former = slices.DeleteFunc(slices.Clone(t.Former), over)
				c.tokens[key] = t
			}
		}
	})
}

// Drop removes the tokens of a kind's object with an id, since it is gone.
func (v *Vault) Drop(kind, id string) error {
	held := func(key schema.Key, t VaultEntry) bool { return key.Kind == kind && slices.Contains(t.IDs(), id) }
	if !v.has(held) {
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

func (t VaultEntry) without(id string) VaultEntry {
	if t.ID == id {
		t = VaultEntry{Replaces: t.Replaces, Former: t.Former}
	}
	t.Former = slices.DeleteFunc(slices.Clone(t.Former), func(f Former) bool { return f.ID == id })
	return t
}

// change makes a change and writes it, or on an error does neither.
func (v *Vault) change(make func(contents)) error { return v.changeReserved(schema.Key{}, make) }

// changeReserved makes a change, in the file that is reserved for an object if there
// is one.
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
	// The token must not be lost because one file fails: write it to another.
	if err := v.writer.write(text); err != nil {
		return err
	}
	v.held, v.places = next, v.owner.Places
	return nil
}
