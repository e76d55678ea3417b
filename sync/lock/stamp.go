package lock

import (
	"crypto/sha256"
	"encoding/hex"
	"maps"
	"slices"
	"time"

	"authsync/schema"
)

// Stamp is a service's time of an object's last change.
type Stamp struct {
	Text string // as the service spells it
	// Changed is the time that it states; zero = it states none.
	Changed time.Time
	// Read is the time of the answer that showed the whole object, by the service's own
	// clock; zero = not known.
	Read time.Time
}

// oldEnough is how old a stamp must have been when the object was read: a change later
// in the same second would have left the stamp as it is, and clocks may be a second
// apart.
const oldEnough = 2 * time.Second

// Old reports whether the object was read late enough after its last change that every
// later change has another stamp.
func (s Stamp) Old() bool {
	return s.Text != "" && !s.Changed.IsZero() && !s.Read.IsZero() && s.Read.Sub(s.Changed) >= oldEnough
}

// Vouches reports whether the entry tells what an object with this stamp has.
func (e Entry) Vouches(now Stamp) bool {
	return e.Stamp == now.Text && Stamp{Text: e.Stamp, Changed: now.Changed, Read: e.Read}.Old()
}

// Content is a digest of what an entry holds of its object.
func (e Entry) Content() string {
	h := sha256.New()
	for _, fields := range []map[string]string{{"id": e.ID}, e.Fields, e.Settled} {
		for _, path := range slices.Sorted(maps.Keys(fields)) {
			h.Write([]byte(path + "\x00" + fields[path] + "\x00"))
		}
		h.Write([]byte{1})
	}
	return hex.EncodeToString(h.Sum(nil))
}

// Stamped records an object's stamp, and when it was read.
func (l *Lock) Stamped(key schema.Key, stamp string, read time.Time) error {
	return l.amend(key, func(e Entry) Entry {
		if e.Stamp != stamp {
			e.Stamp, e.Read = stamp, read.UTC().Truncate(time.Second)
		}
		return e
	})
}

// Stamps records the stamps of objects that are as the entries say, where these do not
// vouch for them yet.
func (l *Lock) Stamps(all map[schema.Key]Stamp) error {
	l.mu.Lock()
	news := false
	for key, stamp := range all {
		e, known := l.objects[key]
		if !known || e.Vouches(stamp) {
			continue
		}
		e.Stamp, e.Read = stamp.Text, stamp.Read.UTC().Truncate(time.Second)
		l.objects[key] = e
		delete(l.spelled, key.String())
		l.note(key)
		news = true
	}
	if !news {
		l.mu.Unlock()
		return nil
	}
	return l.noted()
}

// unstamp forgets the stamp of an object whose entry has changed. The caller holds
// l.mu.
func (l *Lock) unstamp(key schema.Key) {
	e := l.objects[key]
	e.Stamp, e.Read = "", time.Time{}
	l.objects[key] = e
}

// Apart reports whether the service's clock and its stamps of a kind did not agree at
// the last write. Then no stamp of the kind is believed.
func (l *Lock) Apart(kind string) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return slices.Contains(l.apart, kind)
}

// Clocked records whether the service's clock and its stamps of a kind agreed.
func (l *Lock) Clocked(kind string, agree Agreement) error {
	l.mu.Lock()
	if slices.Contains(l.apart, kind) == (agree == Disagree) {
		l.mu.Unlock()
		return nil
	}
	l.apart = slices.DeleteFunc(slices.Clone(l.apart), func(k string) bool { return k == kind })
	if agree == Disagree {
		l.apart = slices.Sorted(slices.Values(append(l.apart, kind)))
	}
	return l.noted()
}

// Agreement says whether two clocks agree.
type Agreement int

const (
	Agree Agreement = iota
	Disagree
)
