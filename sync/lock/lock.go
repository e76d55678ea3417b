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
	beside     []schema.Key
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

// Record notes fields that were written, over what is known, and saves.
func (l *Lock) Record(f Found, now time.Time) error {
	fresh := l.digests(f.Key, f.Fields)
	l.mu.Lock()
	if f.Made == MadeAnew {
		delete(l.objects, f.Key)
	}
	l.objects[f.Key].prove(fresh, f.Untold)
	l.put(f.Key, f.ID, fresh, now)
	return l.saveChange()
}

// Found is an object that was written, or found as wanted.
type Found struct {
	Key    schema.Key
	ID     string
	Fields schema.Object
	// Untold are paths of fields of which nobody could tell whether live has them.
	Untold []schema.Path
	Made   Making
}

// Making says whether an object is one that was there before.
type Making int

const (
	StoodBefore Making = iota
	// MadeAnew objects have nothing of what is remembered of their name.
	MadeAnew
)

// Adopt notes objects that were found as wanted, what stands beside the managed
// ones of the kinds given, and which of these were listed in full. It writes
// only if that is news.
func (l *Lock) Adopt(found []Found, kinds map[string]struct{}, beside []schema.Key, listed []string, now time.Time) error {
	fresh := make([]map[string]string, len(found))
	for i, f := range found {
		fresh[i] = l.digests(f.Key, f.Fields)
	}
	l.mu.Lock()
	news := len(l.moved) > 0 || l.trusted || l.followed
	l.followed = false
	for i, f := range found {
		e, ok := l.objects[f.Key]
		e.keep(fresh[i])
		e.prove(fresh[i], f.Untold)
		if !ok || f.ID != "" && e.ID != f.ID || !contains(e.Fields, fresh[i]) {
			l.put(f.Key, f.ID, fresh[i], now)
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
func (l *Lock) put(key schema.Key, id string, fresh map[string]string, now time.Time) {
	e := l.objects[key]
	carry(fresh, e.Fields)
	if id == "" {
		id = e.ID
	}
	if id == key.Name {
		id = ""
	}
	delete(l.spelled, key.String())
	e.Settled = stillSettled(e, fresh)
	e.ID, e.Applied, e.Version, e.Fields = id, now.UTC().Truncate(time.Second), l.owner.Version, fresh
	l.objects[key] = e
}

// carry adds what is known of values that nothing new is known of: of fields that
// were not written, and of what was left out in those that were, which live keeps.
func carry(fresh, known map[string]string) {
	written := maps.Clone(fresh)
	places := map[string]bool{} // that fresh values stand at, or in
	for path := range fresh {
		p, err := schema.ParsePath(path)
		for n := 1; err == nil && n <= len(p); n++ {
			places[p[:n].String()] = true
		}
	}
	for path, text := range known {
		p, err := schema.ParsePath(path)
		covered := err != nil || places[path]
		for n := 1; !covered && n < len(p); n++ {
			_, covered = written[p[:n].String()]
		}
		if !covered {
			fresh[path] = text
		}
	}
}

// stillSettled are the values that the service made of what is applied as it was.
func stillSettled(e Entry, fresh map[string]string) map[string]string {
	left := maps.Clone(e.Settled)
	maps.DeleteFunc(left, func(path, _ string) bool { return fresh[path] != e.Fields[path] })
	return left
}

// Settle notes what the service made of top-level fields that were written; of
// the rest of them it is known that they are as wanted. No secret is noted.
func (l *Lock) Settle(key schema.Key, written map[string]bool, made []diff.Field) error {
	return l.amend(key, func(e Entry) Entry {
		settled := maps.Clone(e.Settled)
		maps.DeleteFunc(settled, func(path, _ string) bool {
			at, err := schema.ParsePath(path)
			return err != nil || written[first(at)]
		})
		for _, f := range made {
			if f.Before == nil || schema.HoldsSecret(f.Before) || schema.HoldsSecret(f.After) {
				continue
			}
			if settled == nil {
				settled = map[string]string{}
			}
			settled[f.Path.String()] = schema.Show(f.Before)
		}
		e.Settled = settled
		return e
	})
}

// Stamped notes the service's time of an object's last change, and when that
// was read.
func (l *Lock) Stamped(key schema.Key, stamp string, read time.Time) error {
	return l.amend(key, func(e Entry) Entry {
		if e.Stamp != stamp {
			e.Stamp, e.Read = stamp, read.UTC().Truncate(time.Second)
		}
		return e
	})
}

// amend changes what is known of an object, and saves if that is news.
func (l *Lock) amend(key schema.Key, change func(Entry) Entry) error {
	l.mu.Lock()
	e, ok := l.objects[key]
	next := change(e)
	if !ok || same(e, next) {
		l.mu.Unlock()
		return nil
	}
	delete(l.spelled, key.String())
	l.objects[key] = next
	return l.saveChange()
}

func same(a, b Entry) bool {
	return a.ID == b.ID && a.Stamp == b.Stamp && a.Read.Equal(b.Read) && maps.Equal(a.Settled, b.Settled)
}

func first(p schema.Path) string {
	if len(p) == 0 {
		return ""
	}
	return p[0]
}

// Identify notes the id of an object.
func (l *Lock) Identify(key schema.Key, id string) error {
	return l.amend(key, func(e Entry) Entry {
		if id != "" && id != key.Name {
			e.ID = id
		}
		return e
	})
}

// Follow moves what is known of an object to another name: the service has it
// under the same id. It is on disk with the next change. What is digested under
// the old name is only known to be a secret.
func (l *Lock) Follow(was, is schema.Key) {
	l.mu.Lock()
	defer l.mu.Unlock()
	e, known := l.objects[was]
	if !known {
		return
	}
	fields := maps.Clone(e.Fields)
	for path, text := range fields {
		if IsMAC(text) {
			fields[path] = someSecret
		}
	}
	if e.Fields = fields; e.ID == "" {
		e.ID = was.Name
	}
	delete(l.objects, was)
	delete(l.spelled, was.String())
	l.objects[is], l.followed = e, true
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
