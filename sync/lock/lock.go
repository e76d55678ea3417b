package lock

import (
	"os"
	"slices"
	"sort"
	stdsync "sync"
	"time"

	"authsync/atomicfile"
	"authsync/diff"
	"authsync/schema"
)

// Lock is the file beside a manifest that remembers what was last applied: the
// ids that services gave, and the fields as they were written. No secret is in
// it: a sealed one is there as a digest of its sealed text, which says whether
// the manifest has changed and nothing about the secret; one from a variable as
// a digest under a key that is itself sealed to the recipients.
type Lock struct {
	path    string
	owner   Owner
	present bool // there was a file

	mu      stdsync.Mutex
	objects map[schema.Key]Entry
	beside  []schema.Key
	listed  []string // kinds of which all that stood beside was noted
	key     lockKey
	spelled map[string][]byte // what the file says of an object, by its key
	changes int               // counted

	writing stdsync.Mutex
	saved   int    // changes that are on disk
	text    []byte // of the file, while it is written
	write   func(path string, text []byte, mode os.FileMode) error
}

// Owner is whose lock it is, and what it takes to keep it.
type Owner struct {
	Env string
	// Version is authsync's.
	Version string
	// Systems are the remote ends that the environment stands for: an id or
	// an address by the name of the system. A lock of others is an error.
	Systems map[string]string
	// Keys open the key of keyed digests, and what is digested. Nil = none.
	Keys diff.Opener
	// Recipients are who the key is sealed to.
	Recipients []string
}

// Entry is what the lock knows of one object.
type Entry struct {
	// ID is the service's, where it is not the name.
	ID string
	// Applied is when the object was last written, or found as wanted.
	Applied time.Time
	// Version is the authsync that did.
	Version string
	// Fields are the applied values by path: JSON in the manifest's form, or
	// the digest of a secret.
	Fields map[string]string
}

func newLock(path string, owner Owner) *Lock {
	return &Lock{path: path, owner: owner, objects: map[schema.Key]Entry{}, spelled: map[string][]byte{}, write: atomicfile.Write}
}

// Present reports whether there is anything to remember: the file was there, or
// something was recorded.
func (l *Lock) Present() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.present || len(l.objects) > 0
}

// Check writes the lock as it is: what cannot be written is better known before
// anything is applied than after. What killed runs have left beside it goes.
func (l *Lock) Check() error {
	atomicfile.Sweep(l.path)
	l.mu.Lock()
	return l.saveChange()
}

// Entry returns what is known of an object.
func (l *Lock) Entry(key schema.Key) (Entry, bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	e, ok := l.objects[key]
	return e, ok
}

// Record notes fields that were written, over what is known, and saves.
func (l *Lock) Record(key schema.Key, id string, fields schema.Object, now time.Time) error {
	fresh := l.digests(key, fields)
	l.mu.Lock()
	l.put(key, id, fields, fresh, now)
	return l.saveChange()
}

// Found is an object that was found as wanted.
type Found struct {
	Key    schema.Key
	ID     string
	Fields schema.Object
}

// Adopt notes objects that were found as wanted, what stands beside the managed
// ones of the kinds given, and which of these were listed in full. It writes
// only if that is news.
func (l *Lock) Adopt(found []Found, kinds map[string]struct{}, beside []schema.Key, listed []string, now time.Time) error {
	fresh := make([]map[string]string, len(found))
	for i, f := range found {
		fresh[i] = l.digests(f.Key, f.Fields)
	}
	l.mu.Lock()
	news := false
	for i, f := range found {
		if e, ok := l.objects[f.Key]; !ok || f.ID != "" && e.ID != f.ID || !contains(e.Fields, fresh[i]) {
			l.put(f.Key, f.ID, f.Fields, fresh[i], now)
			news = true
		}
	}
	if next := besideNow(l.beside, kinds, beside); !slices.Equal(next, l.beside) {
		l.beside, news = next, true
	}
	if next := slices.Compact(slices.Sorted(slices.Values(slices.Concat(l.listed, listed)))); !slices.Equal(next, l.listed) {
		l.listed, news = next, true
	}
	if !news {
		l.mu.Unlock()
		return nil
	}
	return l.saveChange()
}

// besideNow replaces what stood beside in the kinds that were read.
func besideNow(old []schema.Key, kinds map[string]struct{}, now []schema.Key) []schema.Key {
	next := slices.Clone(now)
	for _, key := range old {
		if _, read := kinds[key.Kind]; !read {
			next = append(next, key)
		}
	}
	sort.Slice(next, func(i, j int) bool { return next[i].String() < next[j].String() })
	return slices.Compact(next)
}

func contains(all, some map[string]string) bool {
	for path, text := range some {
		if all[path] != text {
			return false
		}
	}
	return true
}

// put is called with l.mu held.
func (l *Lock) put(key schema.Key, id string, fields schema.Object, fresh map[string]string, now time.Time) {
	e := l.objects[key]
	for path, text := range e.Fields {
		p, err := schema.ParsePath(path)
		if _, again := fields[first(p)]; err == nil && !again {
			fresh[path] = text
		}
	}
	if id == "" {
		id = e.ID
	}
	if id == key.Name {
		id = ""
	}
	delete(l.spelled, key.String())
	l.objects[key] = Entry{ID: id, Applied: now.UTC().Truncate(time.Second), Version: l.owner.Version, Fields: fresh}
}

func first(p schema.Path) string {
	if len(p) == 0 {
		return ""
	}
	return p[0]
}

// Identify notes the id of an object.
func (l *Lock) Identify(key schema.Key, id string) error {
	l.mu.Lock()
	e, ok := l.objects[key]
	if !ok || e.ID == id || id == "" || id == key.Name {
		l.mu.Unlock()
		return nil
	}
	e.ID = id
	delete(l.spelled, key.String())
	l.objects[key] = e
	return l.saveChange()
}

// Forget takes an object out and saves.
func (l *Lock) Forget(key schema.Key) error {
	l.mu.Lock()
	if _, ok := l.objects[key]; !ok {
		l.mu.Unlock()
		return nil
	}
	delete(l.spelled, key.String())
	delete(l.objects, key)
	return l.saveChange()
}

// Keys returns the objects of a kind that the lock knows, by name.
func (l *Lock) Keys(kind string) []schema.Key {
	l.mu.Lock()
	defer l.mu.Unlock()
	var keys []schema.Key
	for key := range l.objects {
		if key.Kind == kind {
			keys = append(keys, key)
		}
	}
	sort.Slice(keys, func(i, j int) bool { return keys[i].Name < keys[j].Name })
	return keys
}

// Beside reports whether a live object stood beside the managed ones when its
// kind was last applied.
func (l *Lock) Beside(key schema.Key) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return slices.Contains(l.beside, key)
}

// Listed reports whether everything of a kind that stood when it was last
// applied was noted: only then can it be told what has appeared since.
func (l *Lock) Listed(kind string) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return slices.Contains(l.listed, kind)
}

// Latest is when anything was last written or found as wanted; zero = never.
func (l *Lock) Latest() time.Time {
	l.mu.Lock()
	defer l.mu.Unlock()
	var latest time.Time
	for _, e := range l.objects {
		if e.Applied.After(latest) {
			latest = e.Applied
		}
	}
	return latest
}

// Version is the authsync that keeps the lock.
func (l *Lock) Version() string { return l.owner.Version }
