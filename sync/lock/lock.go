package lock

import (
	"cmp"
	"maps"
	"slices"
	stdsync "sync"
	"time"

	"authsync/diff"
	"authsync/schema"
	"authsync/schema/list"
)

// Lock is the file beside a manifest that records what was last applied: the ids that
// services gave, and the fields as they were written. It contains no secret. A sealed
// secret is recorded as a digest of its sealed text, which shows whether the manifest
// has changed and nothing about the secret; a secret from a variable as a digest under
// a key that is sealed to the recipients. What a sealed text holds is attested by those
// who have opened it, for nobody but themselves.
type Lock struct {
	owner   Owner
	present bool   // the file existed
	other   string // why the file is not believed

	mu     stdsync.Mutex
	places Places // recorded addresses
	// moved are the systems that the file has at another address. Their entries are
	// not believed, and removed by the next write.
	moved      map[string]Contradiction
	recipients []string // recorded recipients
	trusted    bool     // new recipients are not on disk yet
	run        int      // the number of the last run that wrote
	objects    map[schema.Key]Entry
	unmanaged  []schema.Key // sorted
	making     []schema.Key // see [Lock.Making]
	listed     []string     // kinds whose unmanaged objects are all recorded
	apart      []string     // see [Lock.Apart]
	key        lockKey
	spelled    map[string][]byte // an object's text in the file, by key
	changes    int               // number of changes
	behind     bool              // reading changed an entry, which is not on disk yet
	log        Log               // nil = changes are written at once

	writing      stdsync.Mutex
	saved        int    // number of changes on disk
	text         []byte // the file's text while it is written
	digestOfText string // see [Lock.Digest]
	writer       *writer
}

// Owner says to which environment a lock belongs, and what it needs.
type Owner struct {
	Env string
	// Version is the version of authsync.
	Version string
	// Places are where the environment's systems are. A lock of another tenant is an
	// error, and entries of another address are not believed; nil = no check.
	Places Places
	// Keys open the key of keyed digests and the secrets to digest. Nil = none.
	Keys diff.Opener
	// Recipients are those to whom the key is sealed.
	Recipients []string
}

// Entry is what the lock records of one object.
type Entry struct {
	// ID is the service's id, if it is not the name.
	ID string `yaml:"id,omitempty" json:"id,omitempty"`
	// Applied is when the object was last written, or found as wanted.
	Applied time.Time `yaml:"applied" json:"applied,omitzero"`
	// Version is the version of authsync that did it.
	Version string `yaml:"authsync" json:"authsync,omitempty"`
	// Stamp is the service's time of the object's last change, as the service spells
	// it, and Read the time of the answer by which the object was as recorded here; see
	// [Stamp].
	Stamp string    `yaml:"stamp,omitempty" json:"stamp,omitempty"`
	Read  time.Time `yaml:"read,omitempty" json:"read,omitzero"`
	// Fields are the applied values by path: JSON in the manifest's form, or the
	// digest of a secret.
	Fields map[string]string `yaml:"fields,omitempty" json:"fields,omitempty"`
	// Settled are the values, by path, into which the service changed the applied
	// ones.
	Settled map[string]string `yaml:"settled,omitempty" json:"settled,omitempty"`
	// Attested say, by path, that a sealed secret holds what live shows; see
	// [secrets.Keyring.Attest].
	Attested map[string]string `yaml:"attested,omitempty" json:"attested,omitempty"`
}

func newLock(f File, owner Owner) *Lock {
	return &Lock{
		owner: owner, places: Places{}, moved: map[string]Contradiction{},
		objects: map[schema.Key]Entry{}, spelled: map[string][]byte{}, writer: newWriter(f),
	}
}

func (l *Lock) Path() string { return l.writer.file.Path }

// Other says why the file is not believed, since it belongs to another service; "" =
// it is believed.
func (l *Lock) Other() string { return l.other }

// Moved returns the systems that the lock records at another address, by name.
func (l *Lock) Moved() []Contradiction {
	l.mu.Lock()
	defer l.mu.Unlock()
	return list.Each(slices.Sorted(maps.Keys(l.moved)), func(system string) Contradiction { return l.moved[system] })
}

func (l *Lock) movedAway(kind string) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.hasMoved(kind)
}

// Begin records that a run begins to write, and returns its number.
func (l *Lock) Begin() (int, error) {
	l.writer.sweep(l.Path())
	l.mu.Lock()
	l.run++
	run := l.run
	return run, l.saveChange()
}

// Present reports whether the file existed or something was recorded.
func (l *Lock) Present() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.present || len(l.objects) > 0
}

// Check writes the lock unchanged, to find out before the first call whether it can be
// written. It removes temporary files of killed runs.
func (l *Lock) Check() error {
	l.writer.sweep(l.Path())
	l.mu.Lock()
	return l.saveChange()
}

// AppliedAt returns when an object was last applied, if it was.
func (l *Lock) AppliedAt(key schema.Key) (at time.Time, applied bool) {
	e, known := l.Entry(key)
	return e.Applied, known && !e.Applied.IsZero()
}

// Entry returns what is recorded of an object.
func (l *Lock) Entry(key schema.Key) (Entry, bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	e, ok := l.objects[key]
	return e, ok
}

// Keys returns the recorded objects of a kind, by name.
func (l *Lock) Keys(kind string) []schema.Key {
	l.mu.Lock()
	defer l.mu.Unlock()
	var keys []schema.Key
	for key := range l.objects {
		if key.Kind == kind {
			keys = append(keys, key)
		}
	}
	slices.SortFunc(keys, byText)
	return keys
}

// Unmanaged reports whether an object was live and unmanaged when its kind was last
// applied.
func (l *Lock) Unmanaged(key schema.Key) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	_, found := slices.BinarySearchFunc(l.unmanaged, key, byText)
	return found
}

func byText(a, b schema.Key) int { return cmp.Compare(a.String(), b.String()) }

// Listed reports whether all live objects of a kind were recorded when it was last
// applied. Only then can a new object be recognized.
func (l *Lock) Listed(kind string) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return slices.Contains(l.listed, kind)
}

// Latest returns when anything was last written or found as wanted; zero = never.
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

// Version returns the version of authsync that keeps the lock.
func (l *Lock) Version() string { return l.owner.Version }
