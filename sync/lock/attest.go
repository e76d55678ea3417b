package lock

import (
	"maps"
	"strings"

	"authsync/diff"
	"authsync/schema"
	"authsync/secrets"
)

// attester is implemented by an opener that knows later what it has opened.
type attester interface {
	Attest(sealed secrets.Value, holds secrets.Clear) (digest string, ok bool)
	Attests(digest string, sealed secrets.Value, holds secrets.Clear) bool
}

// Attests implements [diff.Applied]. Only the text that was last applied is attested.
func (m LastApplied) Attests(o diff.Opened) bool {
	at := o.Path.String()
	digest, attested := strings.CutPrefix(m.Entry.Attested[at], macPrefix)
	keys, can := m.lock.owner.Keys.(attester)
	if !attested || !can || m.Entry.Fields[at] != sealedDigest(o.Sealed) {
		return false
	}
	shown, err := m.lock.owner.Keys.Open(o.Live)
	return err == nil && keys.Attests(digest, o.Sealed, shown)
}

// Attested is what is known of an object's sealed secrets alone.
func (m LastApplied) Attested() diff.Applied { return attested{m: m} }

type attested struct {
	diff.Nothing
	m LastApplied
}

func (a attested) Attests(o diff.Opened) bool { return a.m.Attests(o) }

// Attest records of an object's secrets that were opened what they hold.
func (l *Lock) Attest(key schema.Key, opened []diff.Opened) error {
	l.mu.Lock()
	if !l.attest(key, opened) {
		l.mu.Unlock()
		return nil
	}
	l.note(key)
	return l.noted()
}

// attest does the same, and reports whether that is new. The caller holds l.mu.
func (l *Lock) attest(key schema.Key, opened []diff.Opened) (news bool) {
	keys, can := l.owner.Keys.(attester)
	e := l.objects[key]
	for _, o := range opened {
		at := o.Path.String()
		if !can || e.Fields[at] != sealedDigest(o.Sealed) {
			continue
		}
		shown, err := l.owner.Keys.Open(o.Live)
		if err != nil {
			continue
		}
		digest, ok := keys.Attest(o.Sealed, shown)
		if !ok || e.Attested[at] == macPrefix+digest {
			continue
		}
		if !news {
			e.Attested, news = maps.Clone(e.Attested), true // readers may hold it
		}
		if e.Attested == nil {
			e.Attested = map[string]string{}
		}
		e.Attested[at] = macPrefix + digest
	}
	if news {
		l.objects[key] = e
		delete(l.spelled, key.String())
	}
	return news
}
