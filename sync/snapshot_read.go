package sync

import (
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"gopkg.in/yaml.v3"

	"authsync/diff"
	"authsync/disk"
	"authsync/schema"
	"authsync/secrets"
	"authsync/sync/lock"
	"authsync/sync/state"
)

// Snapshot is a snapshot that was read.
type Snapshot struct {
	File string
	// Run is the run that kept the snapshot, and Made when.
	Run  state.Number
	Made time.Time
	// Marked says that this machine made it.
	Marked  bool
	Objects []Before

	touched map[string]struct{} // by key; nil = unknown
}

// Before is one object as it was before a run.
type Before struct {
	Key schema.Key
	// Action is what the run was to do with the object.
	Action diff.Action
	// Stood says whether the object existed, and Presence how.
	Stood    bool
	Presence Presence
	ID       string
	Fields   schema.Object
	// Changed are the paths that the run was to change.
	Changed []schema.Path
}

// OpenSnapshot reads a snapshot of a site's environment.
func OpenSnapshot(site *Site, file string) (*Snapshot, error) {
	text, err := disk.ReadGiven(file)
	if err != nil {
		return nil, err
	}
	s, err := readSnapshot(site, text)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	s.File = file
	return s, s.trace(site.State, text)
}

// trace finds out whether this machine made the snapshot, and what its run changed. A
// snapshot of another machine is used as it is, since the user named it.
func (s *Snapshot) trace(runs state.Runs, text []byte) error {
	err := runs.Key.Check(text)
	if errors.Is(err, state.ErrUnmarked) || err != nil && runs.Key.Path == "" {
		return nil
	}
	if err != nil {
		return err
	}
	s.Marked = true
	s.touched, err = runs.Touched(s.Run)
	return err
}

// Touched reports whether the run began a call on an object. If that is not known, it
// did.
func (s *Snapshot) Touched(key schema.Key) bool {
	_, touched := s.touched[key.String()]
	return touched || s.touched == nil
}

func readSnapshot(site *Site, text []byte) (*Snapshot, error) {
	var file struct {
		APIVersion  string      `yaml:"apiVersion"`
		Kind        string      `yaml:"kind"`
		Environment string      `yaml:"environment"`
		Run         uint64      `yaml:"run"`
		Systems     lock.Places `yaml:"systems"`
		Made        time.Time   `yaml:"made"`
		Objects     yaml.Node   `yaml:"objects"`
	}
	if err := yaml.Unmarshal(text, &file); err != nil || file.Kind != snapshotKind || file.APIVersion != schema.APIVersion {
		return nil, errors.New("is not a snapshot that this version of authsync can read")
	}
	if file.Environment != site.Env.Name {
		return nil, fmt.Errorf("is a snapshot of %q, not of %q", file.Environment, site.Env.Name)
	}
	if why := site.Places.Other(file.Systems); why != "" {
		return nil, fmt.Errorf("is not for here: %s; --from names another one", why)
	}
	inside := file.Objects.Value
	if file.Objects.Tag == "!age" {
		clear, err := site.Keys.Open(secrets.Sealed(inside, secrets.Binding{Env: site.Env.Name, Path: snapshotPath}))
		if err != nil {
			return nil, err
		}
		inside = clear.Reveal()
	}
	var objects []jsonBefore
	if err := json.Unmarshal([]byte(inside), &objects); err != nil {
		return nil, errors.New("is damaged") // the parser's error would quote the text
	}
	s := &Snapshot{Run: state.Number(file.Run), Made: file.Made}
	for _, o := range objects {
		b, err := o.restored()
		if err != nil {
			return nil, err
		}
		s.Objects = append(s.Objects, b)
	}
	return s, nil
}

func (o jsonBefore) restored() (Before, error) {
	k, damaged := schema.KindNamed(o.Key.Kind), fmt.Errorf("%s: is damaged", o.Key)
	if k == nil || !k.IsOne(o.Key.Name) {
		return Before{}, damaged // undo would take it for all of the kind
	}
	b := Before{Key: o.Key, Stood: o.Stood, Presence: o.Presence, ID: o.ID, Action: o.Action, Changed: o.Changed}
	if !o.Stood {
		return b, nil
	}
	v, err := schema.ParseJSON(o.Wire)
	wire, isObject := v.(schema.Object)
	if err != nil || !isObject {
		return b, damaged
	}
	if b.Fields, err = k.FromWire(wire); err != nil {
		return b, damaged
	}
	for _, path := range o.Secrets {
		hide(b.Fields, path)
	}
	return b, nil
}

// hide marks the value at a path as a secret.
func hide(fields schema.Object, at schema.Path) {
	switch v := schema.Unwrap(fields.At(at...)).(type) {
	case schema.Text:
		secret := secrets.Plain(string(v))
		if v == hiddenMark {
			secret = secrets.Hidden("")
		}
		fields.SetAt(at, schema.Secret{Value: secret})
	case nil: // it was not known
		fields.SetAt(at, schema.Secret{Value: secrets.Hidden("")})
	case schema.Secret:
	default: // a secret is somewhere inside, and the value cannot be split
		fields.SetAt(at, schema.Secret{Value: secrets.Hidden("")})
	}
}
