package lock

import (
	"bytes"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"gopkg.in/yaml.v3"

	"authsync/schema"
	"authsync/schema/list"
	"authsync/schema/pattern"
	"authsync/secrets"
)

type lockFile struct {
	APIVersion  string           `yaml:"apiVersion"`
	Kind        string           `yaml:"kind"`
	Environment string           `yaml:"environment"`
	Systems     Places           `yaml:"systems"`
	Recipients  []string         `yaml:"recipients"`
	Run         int              `yaml:"run"`
	Key         yaml.Node        `yaml:"key"`
	Listed      []string         `yaml:"listed"`
	Apart       []string         `yaml:"apart"`
	Unmanaged   []string         `yaml:"unmanaged"`
	Making      []string         `yaml:"making"`
	Objects     map[string]Entry `yaml:"objects"`
}

const lockKind = "Lock"

// lockKeyPath is the path to which the sealed key is bound.
const lockKeyPath = "lock.key"

var newerVersion = pattern.Of(`^authsync/v[0-9]+$`)

// Open reads the lock of an environment at a path; see [OpenFile].
func Open(path string, owner Owner) (*Lock, error) { return OpenFile(File{Path: path}, owner) }

// OpenFile reads the lock of an environment. A missing lock is empty, and so is one of
// another service. A lock of another environment, of a newer version, or that cannot
// be read is an error: ignoring it would forget what was applied.
func OpenFile(f File, owner Owner) (*Lock, error) {
	l := newLock(f, owner)
	var err error
	l.other, err = f.load(owner.Places, func(text []byte) error {
		l.present, l.digestOfText = true, textDigest(string(text))
		return l.read(text)
	})
	if err != nil {
		return nil, err
	}
	return l, nil
}

func (l *Lock) read(text []byte) error {
	if line, what := schema.Unsettled(text); what != "" {
		return fmt.Errorf("line %d: %s", line, what)
	}
	head, objects, ok := halves(text)
	var entries []parsed
	if ok {
		entries, ok = parseObjects(objects)
	}
	if !ok {
		head = text
	}
	var file lockFile
	d := yaml.NewDecoder(bytes.NewReader(head))
	d.KnownFields(true)
	err := d.Decode(&file)
	if file.Environment != l.owner.Env || file.APIVersion != schema.APIVersion || file.Kind != lockKind || err != nil {
		if err := l.checkHead(head); err != nil {
			return err
		}
	}
	if err != nil {
		return fmt.Errorf("%s; restore it from git, or use the version of authsync that wrote it", unreadable(head, err))
	}
	for _, system := range slices.Sorted(maps.Keys(file.Systems)) {
		if is, known := l.owner.Places[system]; known && is.Tenant != file.Systems[system].Tenant {
			return fmt.Errorf("is the lock of the %s environment %q, and the manifest says %q; if the environment has moved for good, delete the lock",
				system, file.Systems[system].Tenant, is.Tenant)
		}
	}
	l.places, l.recipients, l.run = file.Systems, file.Recipients, file.Run
	if l.places == nil {
		l.places = Places{}
	}
	l.moved = l.owner.Places.contradicted(l.places)
	if !file.Key.IsZero() {
		if file.Key.Tag != "!age" || !secrets.LooksSealed(file.Key.Value) {
			return errors.New("key: is not sealed; restore the file from git")
		}
		l.key.key = SealedMACKey(secrets.Sealed(file.Key.Value, l.keyBinding()))
	}
	return errors.Join(l.readUnmanaged(file), l.readEntries(file, entries))
}

var unknownField = pattern.Of(`^line (\d+): field (\S+) not found in type`)

// unreadable says what is wrong with a lock's text, and where. It quotes nothing of it
// but the name of a field: a link may lead to any file.
func unreadable(text []byte, err error) string {
	var typed *yaml.TypeError
	var when *time.ParseError
	switch {
	case errors.As(err, &when):
		return "one of its times cannot be read"
	case !errors.As(err, &typed):
		line, _, what := schema.Misread(text, err)
		return fmt.Sprintf("line %d: %s", line, what)
	}
	if field := unknownField.FindStringSubmatch(typed.Errors[0]); field != nil {
		return fmt.Sprintf("line %s: field %q is unknown to this version", field[1], field[2])
	}
	line, _, _ := strings.Cut(typed.Errors[0], ":")
	return line + ": is not what a lock has there"
}

// checkHead checks that a text is a lock of this version and environment.
func (l *Lock) checkHead(text []byte) error {
	var head struct {
		APIVersion  string `yaml:"apiVersion"`
		Kind        string `yaml:"kind"`
		Environment string `yaml:"environment"`
	}
	if err := yaml.Unmarshal(text, &head); err != nil {
		return fmt.Errorf("%s; restore it from git", unreadable(text, err))
	}
	switch {
	case len(bytes.TrimSpace(text)) == 0:
		return errors.New("is empty; restore it from git, or delete it to start again")
	case head.Kind == lockKind && head.APIVersion != schema.APIVersion && newerVersion.MatchString(head.APIVersion):
		return fmt.Errorf("is a lock of another version of authsync (%s; this one writes %s); use that version or a newer one", head.APIVersion, schema.APIVersion)
	case head.APIVersion != schema.APIVersion || head.Kind != lockKind:
		return fmt.Errorf("is not a lock that this version of authsync can read (apiVersion: %s, kind: %s)", schema.APIVersion, lockKind)
	case head.Environment != l.owner.Env:
		return fmt.Errorf("is the lock of %q, not of %q", head.Environment, l.owner.Env)
	}
	return nil
}

// readUnmanaged reads the unmanaged objects, the kinds whose ones are all recorded, and
// the objects that a call was to make, except of systems that have moved.
func (l *Lock) readUnmanaged(file lockFile) error {
	var errs [4]error
	l.listed, errs[0] = l.readKinds("listed", list.Distinct(file.Listed))
	l.apart, errs[1] = l.readKinds("apart", file.Apart)
	l.unmanaged, errs[2] = l.readKeys("unmanaged", file.Unmanaged)
	l.making, errs[3] = l.readKeys("making", file.Making)
	return errors.Join(errs[:]...)
}

// readKinds reads a list of kinds, without those of systems that have moved.
func (l *Lock) readKinds(field string, names []string) (kinds []string, err error) {
	for _, name := range names {
		if schema.KindNamed(name) == nil {
			return nil, fmt.Errorf("%s: there is no kind %q", field, name)
		}
		if !l.hasMoved(name) {
			kinds = append(kinds, name)
		}
	}
	return kinds, nil
}

// readKeys reads a list of objects, sorted, without those of systems that have moved.
func (l *Lock) readKeys(field string, names []string) (keys []schema.Key, err error) {
	for _, name := range names {
		key, err := schema.ParseKey(name)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", field, err)
		}
		if !l.hasMoved(key.Kind) {
			keys = append(keys, key)
		}
	}
	slices.SortFunc(keys, byText)
	return keys, nil
}

// readEntries reads the entries of a file, and those that were parsed one by one, except
// of systems that have moved. Of the latter, what is not changed is written as it is
// spelled.
func (l *Lock) readEntries(file lockFile, entries []parsed) error {
	for name, e := range file.Objects {
		if err := l.readEntry(file, name, e); err != nil {
			return err
		}
	}
	for _, p := range entries {
		if err := l.readEntry(file, p.name, p.entry); err != nil {
			return err
		}
		if file.Systems.told() {
			l.spelled[p.name] = p.text
		}
	}
	return nil
}

func (l *Lock) readEntry(file lockFile, name string, e Entry) error {
	key, err := schema.ParseKey(name)
	if err != nil {
		return err
	}
	if !file.Systems.told() {
		e.typed()
	}
	if !l.hasMoved(key.Kind) {
		l.objects[key] = e
	}
	return nil
}

// hasMoved reports whether the entries of a kind are of another address.
func (l *Lock) hasMoved(kind string) bool {
	_, moved := l.moved[schema.KindNamed(kind).System]
	return moved
}

// saveChange releases l.mu, which the caller has held since the change, and returns
// when the change is on disk.
func (l *Lock) saveChange() error {
	l.changes++
	return l.save(l.changes)
}

// save releases l.mu, and returns when so many changes are on disk. Changes made at the
// same time share a write.
func (l *Lock) save(changes int) error {
	l.mu.Unlock()
	l.writing.Lock()
	defer l.writing.Unlock()
	if l.saved >= changes {
		return nil
	}
	key := l.SealedKey()
	l.mu.Lock()
	text, err := l.spell()
	changes, digest := l.changes, textDigest(string(text))
	if err == nil && l.log != nil {
		l.log.Writing(digest)
	}
	l.mu.Unlock()
	if err != nil {
		return err
	}
	l.text = text
	if err := l.writer.write(text); err != nil {
		return err
	}
	l.saved, l.digestOfText = changes, digest
	l.key.written(key)
	return nil
}

// spell writes objects and fields sorted, one field a line, so that branches with
// different changes merge. It keeps the text of objects that have not changed.
func (l *Lock) spell() ([]byte, error) {
	names := make([]string, 0, len(l.objects))
	for key, e := range l.objects {
		name := key.String()
		names = append(names, name)
		if l.spelled[name] == nil {
			text, err := schema.Encode(map[string]Entry{name: e})
			if err != nil {
				return nil, err
			}
			l.spelled[name] = indented(text)
		}
	}
	slices.Sort(names)
	head, err := l.head()
	if err != nil {
		return nil, err
	}
	text := append(l.text[:0], head...)
	if len(names) == 0 {
		return append(text, "objects: {}\n"...), nil
	}
	text = append(text, "objects:\n"...)
	for _, name := range names {
		text = append(text, l.spelled[name]...)
	}
	return text, nil
}

// head returns the text before the objects.
func (l *Lock) head() ([]byte, error) {
	env, err := schema.Encode(l.owner.Env)
	if err != nil {
		return nil, err
	}
	text := fmt.Appendf(nil, "# What authsync last applied. Commit this file; do not edit it.\n"+
		"apiVersion: %s\nkind: %s\nenvironment: %s", schema.APIVersion, lockKind, env)
	known, err := schema.Encode(struct {
		Systems    Places   `yaml:"systems,omitempty"`
		Recipients []string `yaml:"recipients,omitempty"`
		Run        int      `yaml:"run,omitempty"`
	}{l.remembered(), l.rememberedRecipients(), l.run})
	if err != nil {
		return nil, err
	}
	if len(known) > len("{}\n") {
		text = append(text, known...)
	}
	if sealed := l.SealedKey(); !sealed.IsZero() {
		text = append(text, "key: !age |\n"...)
		text = append(text, indented([]byte(strings.TrimSpace(sealed.Armored())+"\n"))...)
	}
	for _, of := range []struct {
		field string
		names []string
	}{{"listed", l.listed}, {"apart", l.apart}, {"unmanaged", list.Each(l.unmanaged, schema.Key.String)}, {"making", list.Each(l.making, schema.Key.String)}} {
		if len(of.names) == 0 {
			continue
		}
		spelled, err := schema.Encode(map[string][]string{of.field: of.names})
		if err != nil {
			return nil, err
		}
		text = append(text, spelled...)
	}
	return text, nil
}

// indented indents a YAML mapping by one level.
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
