package lock

import (
	"crypto/sha256"
	"encoding/hex"
	"maps"
	"strings"
	stdsync "sync"

	"authsync/schema"
	"authsync/schema/pattern"
	"authsync/secrets"
)

// What the lock holds of a value:
//
//	a value in clear       its JSON
//	a sealed secret        sha256: of the sealed text, which is random
//	a secret in a variable hmac: of the secret, under a key sealed to the recipients
//	any other secret       that it is one
//	a value that could     unproved: and what it holds of git's value
//	not be compared
//
// Beside a sealed secret that live shows it may have a digest of both, by which who has
// opened the text knows it again; see [secrets.Keyring.Attest].
//
// None of them allows to test a guess of a secret without a private key.

type lockKey struct {
	mu      stdsync.Mutex
	key     MACKey
	tried   bool // an attempt was made to open it
	unsaved bool // it was made, and is not on disk yet
}

// made reports whether the key was made and is not on disk yet.
func (k *lockKey) made() bool {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.unsaved
}

// written notes that a sealed key is on disk.
func (k *lockKey) written(sealed secrets.Value) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.unsaved = k.unsaved && k.key.Sealed().Armored() != sealed.Armored()
}

func (l *Lock) keyBinding() secrets.Binding {
	return secrets.Binding{Env: l.owner.Env, Path: lockKeyPath}
}

// SealedKey returns the sealed key, as in the file.
func (l *Lock) SealedKey() secrets.Value {
	l.key.mu.Lock()
	defer l.key.mu.Unlock()
	return l.key.key.Sealed()
}

// openKey returns the key, opened if that is possible here. It tries once.
func (l *Lock) openKey() MACKey {
	l.key.mu.Lock()
	defer l.key.mu.Unlock()
	if !l.key.tried && !l.key.key.Sealed().IsZero() && l.owner.Keys != nil {
		l.key.tried = true
		_ = l.key.key.Open(l.owner.Keys) // whoever needs the key checks whether it is open
	}
	return l.key.key
}

// makeKey makes a key if there is none and a recipient could open it later. The writer
// of the lock holds l.mu and then takes l.key.mu, so makeKey must not take l.mu while
// it holds the key.
func (l *Lock) makeKey() {
	known := l.KnownRecipients(l.owner.Recipients)
	l.key.mu.Lock()
	defer l.key.mu.Unlock()
	if !l.key.key.Sealed().IsZero() || len(known) == 0 {
		return
	}
	recipients, err := secrets.ParseRecipients(known)
	if err != nil {
		return // reported where a secret is sealed
	}
	if key, err := NewMACKey(l.keyBinding(), recipients); err == nil {
		l.key.key, l.key.tried, l.key.unsaved = key, true, true
	}
}

// digests returns what the lock will hold of an object's fields, by path.
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

// leaf records a value, and each secret in it.
func (d digester) leaf(at schema.Path, v schema.Value) {
	schema.Visit(v, at, func(inside schema.Path, part schema.Value) bool {
		if _, secret := part.(schema.Secret); secret || len(inside) == len(at) {
			d.kept[inside.String()] = d.lock.digest(d.object, inside, part)
		}
		return true
	})
}

// someSecret replaces a secret without a digest. It is not JSON, so no value is
// spelled like it.
const someSecret = "secret"

// unproved precedes what the lock holds of a value of git that could not be compared
// with live. It is not known whether the value was applied, but a later change in git
// can be noticed.
const unproved = "unproved:"

// Remembers reports whether an entry holds more of the value at a path than that it is
// a secret.
func (e Entry) Remembers(at schema.Path) bool {
	text, known := e.Fields[at.String()]
	return known && text != someSecret
}

// prove decides what an entry will hold of values that were found as wanted, except
// those at the untold paths, which could not be compared: for these it keeps what is
// recorded.
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

func (e Entry) HoldsSecretIn(list schema.Path) bool {
	for path := range e.Fields {
		if strings.HasPrefix(path, list.String()+".") {
			return true
		}
	}
	return false
}

// wordOfOld is how older versions wrote a secret without a digest into a list.
var wordOfOld = pattern.Of(`^\((sealed|hidden|in clear|carried|env [^)]*)\)$`)

// typed records the secrets in lists of an entry that an older version wrote.
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

// keep leaves the recorded digests of secrets that cannot be digested here.
func (e Entry) keep(fresh map[string]string) {
	for path, text := range fresh {
		if was, known := e.Fields[path]; known && text == someSecret {
			fresh[path] = was
		}
	}
}

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

// keyed returns the keyed digest of a secret at its place, if the key and the secret
// can be opened. The place is part of it, so that equal secrets have different
// digests.
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
