package sync

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"sort"
	"strconv"
	stdsync "sync"
	"time"

	"gopkg.in/yaml.v3"

	"authsync/atomicfile"
	"authsync/schema"
	"authsync/secrets"
)

// Lock is the file beside a manifest that remembers what was last applied: the
// ids that services gave, and the fields as they were written. Sealed secrets
// are in it as a digest of their sealed text, which says whether the manifest
// has changed and nothing about the secret. Secrets from variables are not in
// it.
type Lock struct {
	path    string
	env     string
	version string

	mu      stdsync.Mutex
	objects map[schema.Key]Entry
	spelled map[string][]byte // what the file says of an object, by its key
	changes int               // counted

	writing stdsync.Mutex
	saved   int    // changes that are on disk
	text    []byte // of the file, while it is written
	write   func(path string, text []byte, mode os.FileMode) error
}

// Entry is what the lock knows of one object.
type Entry struct {
	// ID is the service's, where it is not the name.
	ID string
	// Applied is when the object was last written.
	Applied time.Time
	// Version is the authsync that did.
	Version string
	// Fields are the applied values by path: JSON in the manifest's form, or
	// the digest of a sealed secret.
	Fields map[string]string
}

type lockFile struct {
	APIVersion  string               `yaml:"apiVersion"`
	Kind        string               `yaml:"kind"`
	Environment string               `yaml:"environment"`
	Objects     map[string]lockEntry `yaml:"objects"`
}

type lockEntry struct {
	ID      string            `yaml:"id,omitempty"`
	Applied time.Time         `yaml:"applied"`
	Version string            `yaml:"authsync"`
	Fields  map[string]string `yaml:"fields,omitempty"`
}

const lockKind = "Lock"

// OpenLock reads the lock of an environment. One that is not there is empty.
// A lock of another environment, or that cannot be read, is an error: ignoring
// it would forget what was applied.
func OpenLock(path, env, version string) (*Lock, error) {
	l := &Lock{path: path, env: env, version: version, objects: map[schema.Key]Entry{}, spelled: map[string][]byte{}, write: atomicfile.Write}
	text, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return l, nil
	}
	if err != nil {
		return nil, err
	}
	var file lockFile
	d := yaml.NewDecoder(bytes.NewReader(text))
	d.KnownFields(true)
	if err := d.Decode(&file); err != nil {
		return nil, fmt.Errorf("%s: %w; restore it from git", path, err)
	}
	switch {
	case file.APIVersion != schema.APIVersion || file.Kind != lockKind:
		return nil, fmt.Errorf("%s: is not a lock that this version of authsync can read (apiVersion: %s, kind: %s)", path, schema.APIVersion, lockKind)
	case file.Environment != env:
		return nil, fmt.Errorf("%s: is the lock of %q, not of %q", path, file.Environment, env)
	}
	for name, e := range file.Objects {
		key, err := schema.ParseKey(name)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", path, err)
		}
		l.objects[key] = Entry(e)
	}
	return l, nil
}

// Check writes the lock as it is: what cannot be written is better known before
// anything is applied than after.
func (l *Lock) Check() error {
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
	l.mu.Lock()
	e := l.objects[key]
	kept := map[string]string{}
	for path, text := range e.Fields {
		p, err := schema.ParsePath(path)
		if _, again := fields[first(p)]; err == nil && !again {
			kept[path] = text
		}
	}
	schema.Walk(fields, func(at schema.Path, v schema.Value) { digests(kept, at, v) })
	if id == "" {
		id = e.ID
	}
	delete(l.spelled, key.String())
	l.objects[key] = Entry{ID: id, Applied: now.UTC().Truncate(time.Second), Version: l.version, Fields: kept}
	return l.saveChange()
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

// digests notes a value, and each secret inside a list.
func digests(kept map[string]string, at schema.Path, v schema.Value) {
	if text := digest(v); text != "" {
		kept[at.String()] = text
	}
	list, _ := v.(schema.List)
	for i, item := range list {
		secretDigests(kept, at.Then(strconv.Itoa(i)), item)
	}
}

func secretDigests(kept map[string]string, at schema.Path, v schema.Value) {
	switch v := v.(type) {
	case schema.Secret:
		digests(kept, at, v)
	case schema.List:
		for i, item := range v {
			secretDigests(kept, at.Then(strconv.Itoa(i)), item)
		}
	case schema.Object:
		for name, inner := range v {
			secretDigests(kept, at.Then(name), inner)
		}
	}
}

// digest is what the lock holds of a value; "" = nothing.
func digest(v schema.Value) string {
	secret, ok := v.(schema.Secret)
	if !ok {
		return schema.Show(v)
	}
	if secret.Form() != secrets.SealedForm {
		return ""
	}
	sum := sha256.Sum256([]byte(secret.Armored()))
	return "sha256:" + hex.EncodeToString(sum[:])
}

// Holds says whether a value is the one last applied at a path.
func (e Entry) Holds(at schema.Path, v schema.Value) (same, known bool) {
	text, known := e.Fields[at.String()]
	now := digest(v)
	return text == now, known && now != ""
}

// Value is the value last applied at a path, if the lock has it in clear.
func (e Entry) Value(at schema.Path) (schema.Value, bool) {
	v, err := schema.ParseJSON([]byte(e.Fields[at.String()]))
	return v, err == nil
}

// reveal puts what was last applied in the place of what the service never
// shows.
func (e Entry) reveal(k *schema.Kind, live schema.Object) {
	for _, at := range k.NotShown(live) {
		hidden, ok := live.At(at...).(schema.Secret)
		if !ok || hidden.Form() != secrets.HiddenForm {
			continue
		}
		switch v, known := e.Value(at); {
		case known && schema.IsUnset(v):
			under, _ := live.At(at[:len(at)-1]...).(schema.Object)
			delete(under, at[len(at)-1])
		case known:
			set(live, at, v)
		}
	}
}

// Recall is an object as it was last applied, as far as desired asks: for a
// service that cannot be read. Values that differ are shown as they were.
func (e Entry) Recall(desired schema.Object) schema.Object {
	out := schema.Object{}
	schema.Walk(desired, func(at schema.Path, v schema.Value) {
		text, known := e.Fields[at.String()]
		secret, isSecret := v.(schema.Secret)
		switch {
		case isSecret && secret.Form() == secrets.EnvForm, isSecret && known && digest(v) != text:
			v = schema.Secret{Value: secrets.Hidden("")}
		case !known:
			return
		case digest(v) != text:
			v = asApplied(text, v)
		}
		set(out, at, v)
	})
	return out
}

// asApplied reads a value of the lock, of the sort that like is.
func asApplied(text string, like schema.Value) schema.Value {
	v, err := schema.ParseJSON([]byte(text))
	if err != nil {
		return like
	}
	list, isList := v.(schema.List)
	if _, isSet := like.(schema.Set); isSet && isList {
		return schema.Set(list)
	}
	return v
}

func set(o schema.Object, at schema.Path, v schema.Value) {
	for _, name := range at[:len(at)-1] {
		inner, ok := o[name].(schema.Object)
		if !ok {
			inner = schema.Object{}
			o[name] = inner
		}
		o = inner
	}
	o[at[len(at)-1]] = v
}

// saveChange takes l.mu, held since the change, and returns when the change is
// on disk. Changes made at the same time share a write.
func (l *Lock) saveChange() error {
	l.changes++
	mine := l.changes
	l.mu.Unlock()
	l.writing.Lock()
	defer l.writing.Unlock()
	if l.saved >= mine {
		return nil
	}
	l.mu.Lock()
	text, err := l.spell()
	l.text = text
	changes := l.changes
	l.mu.Unlock()
	if err != nil {
		return err
	}
	if err := l.write(l.path, text, 0o644); err != nil {
		return err
	}
	l.saved = changes
	return nil
}

// spell writes objects and fields sorted, one line a field, so that two
// branches that change different things merge. It is done after every step, so
// an object that has not changed is not spelled again.
func (l *Lock) spell() ([]byte, error) {
	names := make([]string, 0, len(l.objects))
	for key, e := range l.objects {
		name := key.String()
		names = append(names, name)
		if l.spelled[name] == nil {
			text, err := inYAML(map[string]lockEntry{name: lockEntry(e)})
			if err != nil {
				return nil, err
			}
			l.spelled[name] = indented(text)
		}
	}
	sort.Strings(names)
	env, err := inYAML(l.env)
	if err != nil {
		return nil, err
	}
	text := fmt.Appendf(l.text[:0], "# What authsync last applied. Commit this file; do not edit it.\n"+
		"apiVersion: %s\nkind: %s\nenvironment: %sobjects:", schema.APIVersion, lockKind, env)
	if len(names) == 0 {
		return append(text, " {}\n"...), nil
	}
	text = append(text, '\n')
	for _, name := range names {
		text = append(text, l.spelled[name]...)
	}
	return text, nil
}

// inYAML spells a value with two spaces a level.
func inYAML(v interface{}) ([]byte, error) {
	var b bytes.Buffer
	e := yaml.NewEncoder(&b)
	e.SetIndent(2)
	err := errors.Join(e.Encode(v), e.Close())
	return b.Bytes(), err
}

// indented puts a YAML mapping one level deeper.
func indented(text []byte) []byte {
	var out []byte
	for line := range bytes.Lines(text) {
		if len(line) > 1 {
			out = append(out, "  "...)
		}
		out = append(out, line...)
	}
	return out
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
