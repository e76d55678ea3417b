package lock

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"strconv"
	stdsync "sync"

	"authsync/schema"
	"authsync/secrets"
)

// What the lock holds of a value:
//
//	a value in clear       its JSON
//	a sealed secret        sha256: of the sealed text, which is random
//	one from a variable    hmac: of the secret, under a key sealed to the recipients
//	any other secret       nothing
//
// None of them lets a guess of a secret be tested without a private key.

// lockKey is the key of keyed digests.
type lockKey struct {
	mu     stdsync.Mutex
	sealed secrets.Value // zero = there is none yet
	clear  string        // "" = not opened, or it cannot be
	tried  bool
}

func (l *Lock) keyBinding() secrets.Binding {
	return secrets.Binding{Env: l.owner.Env, Path: lockKeyPath}
}

// SealedKey is the key as the file has it.
func (l *Lock) SealedKey() secrets.Value {
	l.key.mu.Lock()
	defer l.key.mu.Unlock()
	return l.key.sealed
}

// openKey returns the key, "" if it cannot be had here. It is opened once.
func (l *Lock) openKey() string {
	l.key.mu.Lock()
	defer l.key.mu.Unlock()
	if l.key.tried || l.key.sealed.IsZero() || l.owner.Keys == nil {
		return l.key.clear
	}
	l.key.tried = true
	if clear, err := l.owner.Keys.Open(l.key.sealed); err == nil {
		l.key.clear = clear.Reveal()
	}
	return l.key.clear
}

// makeKey makes a key where there is none and somebody can open it later.
func (l *Lock) makeKey() {
	l.key.mu.Lock()
	defer l.key.mu.Unlock()
	if !l.key.sealed.IsZero() || len(l.owner.Recipients) == 0 {
		return
	}
	recipients, err := secrets.ParseRecipients(l.owner.Recipients)
	if err != nil {
		return // said where something is sealed for its own sake
	}
	clear := rand.Text() + rand.Text()
	sealed, err := secrets.Seal(secrets.NewClear(clear), l.keyBinding(), recipients)
	if err != nil {
		return
	}
	l.key.sealed, l.key.clear, l.key.tried = sealed, clear, true
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
	if text := d.lock.digest(d.object, at, v); text != "" {
		d.kept[at.String()] = text
	}
}

// digest is what the lock holds of a value; "" = nothing.
func (l *Lock) digest(object schema.Key, at schema.Path, v schema.Value) string {
	secret, ok := v.(schema.Secret)
	switch {
	case !ok:
		return schema.Show(v)
	case secret.Form() == secrets.SealedForm:
		return sealedDigest(secret.Value)
	case secret.Form() == secrets.EnvForm:
		l.makeKey()
		text, _ := l.keyed(object, at, secret.Value)
		return text
	}
	return ""
}

func sealedDigest(v secrets.Value) string {
	sum := sha256.Sum256([]byte(v.Armored()))
	return "sha256:" + hex.EncodeToString(sum[:])
}

// keyed is the keyed digest of a secret at its place, where the key and the
// secret can be had. The place is part of it: equal secrets look different.
func (l *Lock) keyed(object schema.Key, at schema.Path, v secrets.Value) (string, bool) {
	key := l.openKey()
	if key == "" {
		return "", false
	}
	clear, err := l.owner.Keys.Open(v)
	if err != nil {
		return "", false
	}
	mac := hmac.New(sha256.New, []byte(key))
	for _, part := range []string{object.String(), at.String(), clear.Reveal()} {
		mac.Write([]byte(strconv.Itoa(len(part)) + ":" + part))
	}
	return "hmac:" + hex.EncodeToString(mac.Sum(nil)), true
}
