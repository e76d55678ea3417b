package lock

import (
	"crypto/sha256"
	"encoding/hex"
	"maps"
	"strings"

	"authsync/schema"
)

// A lock is large, and a run changes it often. So a run notes each change in its
// journal, and writes the file after each level. If the run is killed, the next one
// takes from the journal what the file lacks; see [Lock.CatchUp].

// Log is where the changes of a lock are noted before they are in the file. It is
// called in the order of the changes.
type Log interface {
	// Changed is called with what is recorded of an object from now on.
	Changed(object schema.Key, t Trace)
	// Writing is called with the digest of the text that the file is about to have. The
	// text contains all changes so far.
	Writing(digest string)
}

// Trace is what the lock records of an object, without a value: a value in clear is a
// digest.
type Trace struct {
	Entry
	// Gone says that nothing is recorded of the object any more.
	Gone bool `json:"gone,omitempty"`
	// Key is the digest of the sealed key with which the keyed digests were made.
	Key string `json:"key,omitempty"`
}

// Noted is a change that a run noted.
type Noted struct {
	Object schema.Key
	Trace  Trace
}

// NoteIn has the changes of entries noted in a log, and written by [Lock.Save] only.
// Nil = each change is written at once.
func (l *Lock) NoteIn(log Log) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.log = log
}

// Save writes what is not in the file yet.
func (l *Lock) Save() error {
	l.mu.Lock()
	return l.save(l.changes)
}

// Digest is the digest of the file's text, as it was read or last written; "" = there
// is no file, or it is not believed.
func (l *Lock) Digest() string {
	l.writing.Lock()
	defer l.writing.Unlock()
	return l.digestOfText
}

// note notes what is recorded of an object. The caller holds l.mu.
func (l *Lock) note(key schema.Key) {
	if l.log != nil {
		l.log.Changed(key, l.trace(key))
	}
}

// noted releases l.mu after a change. It writes the change unless a log has it.
func (l *Lock) noted() error {
	if l.log == nil || l.key.made() { // what was digested with the key is lost without it
		return l.saveChange()
	}
	l.changes++
	l.mu.Unlock()
	return nil
}

// trace is what is recorded of an object, without values. The caller holds l.mu.
func (l *Lock) trace(key schema.Key) Trace {
	e, known := l.objects[key]
	t := Trace{Entry: e, Gone: !known}
	t.Fields, t.Settled = valueless(e.Fields), valueless(e.Settled)
	for _, text := range e.Fields {
		if IsMAC(text) {
			t.Key = textDigest(l.SealedKey().Armored())
			break
		}
	}
	return t
}

// clearPrefix precedes the digest of a value in clear.
const clearPrefix = "clear:"

func valueless(texts map[string]string) map[string]string {
	out := maps.Clone(texts)
	for path, text := range out {
		out[path] = valuelessText(text)
	}
	return out
}

func valuelessText(text string) string {
	then, isUnproved := strings.CutPrefix(text, unproved)
	switch {
	case isUnproved:
		return unproved + valuelessText(then)
	case text == someSecret, IsDigest(text):
		return text
	}
	return clearPrefix + textDigest(text)
}

// textDigest is half of a SHA-256: nobody gains by two texts of one digest.
func textDigest(text string) string {
	sum := sha256.Sum256([]byte(text))
	return hex.EncodeToString(sum[:sha256.Size/2])
}

// CatchUp brings the lock to where a killed run left it: noted are the changes that the
// run noted after the file had its text. A value in clear is one that the lock has, or
// that git states; stated returns these by object. Where neither has the digest, git
// has changed since, and the lock says nothing about the field.
func (l *Lock) CatchUp(noted []Noted, stated func(schema.Key) schema.Object) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, n := range noted {
		if l.hasMoved(n.Object.Kind) {
			continue
		}
		l.behind = true
		delete(l.spelled, n.Object.String())
		if n.Trace.Gone {
			delete(l.objects, n.Object)
			continue
		}
		before := l.objects[n.Object]
		e := n.Trace.Entry
		git := clearTexts(stated(n.Object))
		e.Fields = l.found(n.Trace, before.Fields, git)
		e.Settled = valued(n.Trace.Settled, before.Settled, git)
		l.objects[n.Object] = e
		l.unmake(n.Object)
	}
}

// found are the fields of a trace with their values. Keyed digests under a key that was
// lost with the run only say that there is a secret.
func (l *Lock) found(t Trace, known ...map[string]string) map[string]string {
	fields := valued(t.Fields, known...)
	if t.Key == textDigest(l.SealedKey().Armored()) {
		return fields
	}
	for path, text := range fields {
		if IsMAC(strings.TrimPrefix(text, unproved)) {
			fields[path] = someSecret
		}
	}
	return fields
}

// valued replaces the digests of values by the values, if they are known. A value that
// is not known is left out, with the secrets that it contains if it is a list.
func valued(traces map[string]string, known ...map[string]string) map[string]string {
	if len(traces) == 0 {
		return nil
	}
	out := map[string]string{}
	var lists []string
	for path, trace := range traces {
		text, found := untraced(path, trace, known)
		if !found {
			lists = append(lists, path+".")
			continue
		}
		out[path] = text
	}
	for _, list := range lists {
		maps.DeleteFunc(out, func(path, _ string) bool { return strings.HasPrefix(path, list) })
	}
	return out
}

// unset is the text of a field that is not set.
var unset = schema.Show(schema.Null{})

func untraced(path, trace string, known []map[string]string) (text string, found bool) {
	if then, isUnproved := strings.CutPrefix(trace, unproved); isUnproved {
		text, found = untraced(path, then, known)
		return unproved + text, found
	}
	if !strings.HasPrefix(trace, clearPrefix) {
		return trace, true
	}
	for _, texts := range known {
		text := strings.TrimPrefix(texts[path], unproved)
		if valuelessText(text) == trace {
			return text, true
		}
	}
	return unset, valuelessText(unset) == trace
}

// clearTexts are the texts of the values in clear of an object, by path.
func clearTexts(fields schema.Object) map[string]string {
	texts := map[string]string{}
	schema.Walk(fields, func(at schema.Path, v schema.Value) {
		if _, secret := v.(schema.Secret); !secret {
			texts[at.String()] = schema.Show(v)
		}
	})
	return texts
}
