package lock

import (
	"maps"
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
	owner   Owner
	present bool   // there was a file
	other   string // why what the file holds is not believed

	mu     stdsync.Mutex
	places Places // that are remembered
	// moved are the systems that are remembered at another address: what is
	// remembered of them there is not believed, and forgotten by the next write.
	moved      map[string]Contradiction
	recipients []string // that are remembered
	trusted    bool     // what is remembered is not on disk yet
	run        int      // the number of the last run that wrote
	objects    map[schema.Key]Entry
	unmanaged  []schema.Key
	listed     []string // kinds of which all that stood beside was noted
	key        lockKey
	spelled    map[string][]byte // what the file says of an object, by its key
	changes    int               // counted
	followed   bool              // an object has got another name, which is not on disk yet

	writing stdsync.Mutex
	saved   int    // changes that are on disk
	text    []byte // of the file, while it is written
	writer  *writer
}

// Owner is whose lock it is, and what it takes to keep it.
type Owner struct {
	Env string
	// Version is authsync's.
	Version string
	// Places are where the environment's systems are. A lock of other tenants is
	// an error, and what it holds of another address is not believed; nil =
	// whatever it holds.
	Places Places
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
	// Stamp is the service's own time of the object's last change, as it spells
	// it, and Read when that was read.
	Stamp string
	Read  time.Time
	// Fields are the applied values by path: JSON in the manifest's form, or
	// the digest of a secret.
	Fields map[string]string
	// Settled are values by path that the service made of what was written.
	Settled map[string]string
}

func newLock(f File, owner Owner) *Lock {
	return &Lock{
		owner: owner, places: Places{}, moved: map[string]Contradiction{},
		objects: map[schema.Key]Entry{}, spelled: map[string][]byte{}, writer: newWriter(f),
	}
}

// Path is the file of the lock.
func (l *Lock) Path() string { return l.writer.file.Path }

// Other says why what stands at the lock's place is not believed: another
// service's memory; "" = it is.
func (l *Lock) Other() string { return l.other }

// Moved are the systems that the lock remembers at another address than they
// are, by name.
func (l *Lock) Moved() []Contradiction {
	l.mu.Lock()
	defer l.mu.Unlock()
	var all []Contradiction
	for _, system := range slices.Sorted(maps.Keys(l.moved)) {
		all = append(all, l.moved[system])
	}
	return all
}

func (l *Lock) movedAway(kind string) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.hasMoved(kind)
}

// Run is the number of the last run that wrote, from 1; 0 = none is known.
func (l *Lock) Run() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.run
}

// Begin notes that a run begins to write, and returns its number.
func (l *Lock) Begin() (int, error) {
	atomicfile.Sweep(l.Path())
	l.mu.Lock()
	l.run++
	run := l.run
	return run, l.saveChange()
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
	atomicfile.Sweep(l.Path())
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

// Unmanaged reports whether a live object stood beside the managed ones when its
// kind was last applied.
func (l *Lock) Unmanaged(key schema.Key) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return slices.Contains(l.unmanaged, key)
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
