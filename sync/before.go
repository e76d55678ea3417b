package sync

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"slices"
	"time"

	"gopkg.in/yaml.v3"

	"authsync/diff"
	"authsync/schema"
	"authsync/secrets"
)

// Snapshot is a snapshot that was read.
type Snapshot struct {
	File    string
	Made    time.Time
	Objects []Before
}

// Before is one object as it was before a run.
type Before struct {
	Key schema.Key
	// Action is what the run set out to do with it.
	Action diff.Action
	// Stood says whether the object was there, and Presence how.
	Stood    bool
	Presence Presence
	ID       string
	Fields   schema.Object
	// Changed are the paths that the run set out to change.
	Changed []schema.Path
}

// ErrNoSnapshot means that no run of an environment has left one here.
var ErrNoSnapshot = errors.New("no apply from here has left anything to go back to")

// LatestSnapshot is the file that the last apply has left.
func (s State) LatestSnapshot() (string, error) {
	names, err := s.snapshots()
	if err != nil {
		return "", err
	}
	if len(names) == 0 {
		return "", ErrNoSnapshot
	}
	return names[len(names)-1], nil
}

// OpenSnapshot reads a snapshot of a site's environment.
func OpenSnapshot(site *Site, file string) (*Snapshot, error) {
	text, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	s, err := readSnapshot(site, text)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	s.File = file
	return s, nil
}

func readSnapshot(site *Site, text []byte) (*Snapshot, error) {
	var file struct {
		APIVersion  string    `yaml:"apiVersion"`
		Kind        string    `yaml:"kind"`
		Environment string    `yaml:"environment"`
		Made        time.Time `yaml:"made"`
		Objects     yaml.Node `yaml:"objects"`
	}
	if err := yaml.Unmarshal(text, &file); err != nil || file.Kind != snapshotKind || file.APIVersion != schema.APIVersion {
		return nil, errors.New("is not a snapshot that this version of authsync can read")
	}
	if file.Environment != site.Env.Name {
		return nil, fmt.Errorf("is a snapshot of %q, not of %q", file.Environment, site.Env.Name)
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
		return nil, errors.New("is damaged") // the error would quote what it found
	}
	s := &Snapshot{Made: file.Made}
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
	key, err := schema.ParseKey(o.Object)
	if err != nil {
		return Before{}, err
	}
	b := Before{Key: key, Stood: o.Stood, Presence: o.Presence, ID: o.ID, Action: actionNamed(o.Action)}
	for _, text := range o.Changed {
		path, err := schema.ParsePath(text)
		if err != nil {
			return b, fmt.Errorf("%s: is damaged", key)
		}
		b.Changed = append(b.Changed, path)
	}
	if !o.Stood {
		return b, nil
	}
	v, err := schema.ParseJSON(o.Wire)
	wire, isObject := v.(schema.Object)
	if err != nil || !isObject {
		return b, fmt.Errorf("%s: is damaged", key)
	}
	if b.Fields, err = schema.KindNamed(key.Kind).FromWire(wire); err != nil {
		return b, fmt.Errorf("%s: is damaged", key)
	}
	for _, text := range o.Secrets {
		if path, err := schema.ParsePath(text); err == nil {
			hide(b.Fields, path)
		}
	}
	return b, nil
}

// hide makes what stands at a path a secret again.
func hide(fields schema.Object, at schema.Path) {
	switch v := schema.Unwrap(fields.At(at...)).(type) {
	case schema.Text:
		secret := secrets.Plain(string(v))
		if v == hiddenMark {
			secret = secrets.Hidden("")
		}
		fields.SetAt(at, schema.Secret{Value: secret})
	case nil, schema.Secret:
	default: // it holds a secret somewhere inside, and cannot be taken apart
		fields.SetAt(at, schema.Secret{Value: secrets.Hidden("")})
	}
}

func actionNamed(word string) diff.Action {
	actions := []diff.Action{diff.Create, diff.Delete, diff.Replace}
	if i := slices.IndexFunc(actions, func(a diff.Action) bool { return a.String() == word }); i >= 0 {
		return actions[i]
	}
	return diff.Update
}
