package lock

import (
	"crypto/sha256"
	"encoding/hex"
	"maps"
	"regexp"
	"strings"
	stdsync "sync"

	"authsync/schema"
	"authsync/secrets"
)

// What the lock holds of a value:
//
//	a value in clear       its JSON
//	a sealed secret        sha256: of the sealed text, which is random
//	one from a variable    hmac: of the secret, under a key sealed to the recipients
//	any other secret       that it is one
//	what nobody could      unproved: and what it holds of the value in git
//	hold against live
//
// None of them lets a guess of a secret be tested without a private key.

// lockKey is the key of keyed digests.
type lockKey struct {
	mu    stdsync.Mutex
	key   MACKey
	tried bool // to open it
}

func (l *Lock) keyBinding() secrets.Binding {
	return secrets.Binding{Env: l.owner.Env, Path: lockKeyPath}
}

// SealedKey is the key as the file has it.
func (l *Lock) SealedKey() secrets.Value {
	l.key.mu.Lock()
	defer l.key.mu.Unlock()
	return l.key.key.Sealed()
}

// openKey returns the key, opened if that can be done here. It is tried once.
func (l *Lock) openKey() MACKey {
	l.key.mu.Lock()
	defer l.key.mu.Unlock()
	if !l.key.tried && !l.key.key.Sealed().IsZero() && l.owner.Keys != nil {
		l.key.tried = true
		_ = l.key.key.Open(l.owner.Keys) // what it is needed for says that it is not
	}
	return l.key.key
}

// makeKey makes a key where there is none and somebody can open it later. Whoever
// writes the lock holds l.mu and then takes l.key.mu, so l.mu is not asked for
// while the key is held.
func (l *Lock) makeKey() {
	known := l.KnownRecipients(l.owner.Recipients)
	l.key.mu.Lock()
	defer l.key.mu.Unlock()
	if !l.key.key.Sealed().IsZero() || len(known) == 0 {
		return
	}
	recipients, err := secrets.ParseRecipients(known)
	if err != nil {
		return // said where something is sealed for its own sake
	}
	if key, err := NewMACKey(l.keyBinding(), recipients); err == nil {
		l.key.key, l.key.tried = key, true
	}
}

// digests is what the lock will hold of an object's fields, by path.
func (l *Lock) digests(object schema.Key, fields schema.Object) map[string]string {
	d := digester{lock: l, object: object, kept: map[string]string{}}
	schema.Walk(fields, d.leaf)
	return d.kept
}

type digester struct {
	lock   *Lock
	object schema.Key
	kept   map[string]string
}

// leaf notes a value, and each secret inside it.
func (d digester) leaf(at schema.Path, v schema.Value) {
	schema.Visit(v, at, func(inside schema.Path, part schema.Value) bool {
		if _, secret := part.(schema.Secret); secret || len(inside) == len(at) {
			d.note(inside, part)
		}
		return true
	})
}

func (d digester) note(at schema.Path, v schema.Value) {
	d.kept[at.String()] = d.lock.digest(d.object, at, v)
}

// someSecret stands for a secret of which no digest is known. It is no JSON, so
// no value is spelled like it.
const someSecret = "secret"

// unproved stands before what the lock holds of a value that git has named and
// that nobody could hold against live: whether it was applied is not known, but
// it can be told that git has another value since.
const unproved = "unproved:"

// Remembers reports whether an entry holds more of the value at a path than that
// there is one.
func (e Entry) Remembers(at schema.Path) bool {
	text, known := e.Fields[at.String()]
	return known && text != someSecret
}

// prove is what an entry will hold of values that were found as wanted, but for
// those at some paths, which could not be told. What is known of these stays.
func (e Entry) prove(fresh map[string]string, untold []schema.Path) {
	for _, at := range untold {
		path := at.String()
		was, known := e.Fields[path]
		switch text := fresh[path]; {
		case known && was != someSecret:
			fresh[path] = was
		case text != "" && text != someSecret:
			fresh[path] = unproved + text
		}
	}
}

// HoldsSecretIn reports whether there is a secret inside the list at a path.
func (e Entry) HoldsSecretIn(list schema.Path) bool {
	for path := range e.Fields {
		if strings.HasPrefix(path, list.String()+".") {
			return true
		}
	}
	return false
}

// wordOfOld is how older versions told a secret inside a list, in the list's
// own text alone where it had no digest.
var wordOfOld = regexp.MustCompile(`^\((sealed|hidden|in clear|carried|env [^)]*)\)$`)

// typed notes the secrets in the lists of an entry that an older version wrote.
func (e Entry) typed() {
	for path, text := range maps.Clone(e.Fields) {
		at, err := schema.ParsePath(path)
		list, parseErr := schema.ParseJSON([]byte(text))
		if err != nil || parseErr != nil {
			continue
		}
		schema.Visit(list, at, func(inside schema.Path, v schema.Value) bool {
			word, _ := v.(schema.Text)
			if _, known := e.Fields[inside.String()]; !known && wordOfOld.MatchString(string(word)) {
				e.Fields[inside.String()] = someSecret
			}
			return true
		})
	}
}

// keep leaves what an entry knows of secrets of which nothing new can be noted here.
func (e Entry) keep(fresh map[string]string) {
	for path, text := range fresh {
		if was, known := e.Fields[path]; known && text == someSecret {
			fresh[path] = was
		}
	}
}

// digest is what the lock holds of a value.
func (l *Lock) digest(object schema.Key, at schema.Path, v schema.Value) string {
	secret, ok := v.(schema.Secret)
	switch {
	case !ok:
		return schema.Show(v)
	case secret.Form() == secrets.SealedForm:
		return sealedDigest(secret.Value)
	case secret.Form() == secrets.EnvForm:
		l.makeKey()
		if text, ok := l.keyed(object, at, secret.Value); ok {
			return text
		}
	}
	return someSecret
}

func sealedDigest(v secrets.Value) string {
	sum := sha256.Sum256([]byte(v.Armored()))
	return "sha256:" + hex.EncodeToString(sum[:])
}

// keyed is the keyed digest of a secret at its place, where the key and the
// secret can be had. The place is part of it: equal secrets look different.
func (l *Lock) keyed(object schema.Key, at schema.Path, v secrets.Value) (string, bool) {
	key := l.openKey()
	if !key.Opened() {
		return "", false
	}
	clear, err := l.owner.Keys.Open(v)
	if err != nil {
		return "", false
	}
	return key.Digest(object.String(), at.String(), clear.Reveal()), true
}
