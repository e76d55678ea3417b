package sync

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"sort"
	"strings"
	"time"

	"gopkg.in/yaml.v3"

	"authsync/atomicfile"
	"authsync/diff"
	"authsync/schema"
	"authsync/secrets"
)

// A snapshot is what an apply is about to touch, as it was: kept before the
// first write, so that the way back can be planned. It is sealed to the
// recipients as a whole; where there are none, it is kept without what is, or
// could be, a secret.

const (
	snapshotKind = "Snapshot"
	// snapshotPath is where the sealed text stands, for its seal.
	snapshotPath   = "snapshot.objects"
	snapshotSuffix = ".snapshot.yaml"
	// keptSnapshots is how many runs can be looked back at.
	keptSnapshots = 20
)

// jsonBefore is an object inside the file. Its fields are as on the wire;
// secrets are named, since nothing else tells them from other texts.
type jsonBefore struct {
	Object   string          `json:"object"`
	Action   string          `json:"action"`
	Stood    bool            `json:"stood"`
	Presence Presence        `json:"presence"`
	ID       string          `json:"id,omitempty"`
	Wire     json.RawMessage `json:"wire,omitempty"`
	Secrets  []string        `json:"secrets,omitempty"`
	Changed  []string        `json:"changed,omitempty"`
}

// keepSnapshot writes what the plan is about to touch, and returns the file; "" =
// there is nothing to keep.
func (a *applier) keepSnapshot(now time.Time) (file string, err error) {
	state := a.site.State
	if len(a.plan.Steps) == 0 || state.Dir == "" {
		return "", nil
	}
	text, err := spellSnapshot(a.site, a.plan, now)
	if err != nil {
		return "", fmt.Errorf("what stands now could not be kept for an undo: %w", err)
	}
	if err := state.prepare(); err != nil {
		return "", err
	}
	file = state.file("-" + now.UTC().Format("20060102T150405.000000000Z") + snapshotSuffix)
	return file, stateFault(atomicfile.Write(file, text, 0o600))
}

// settleSnapshot takes the file of a run back that has written nothing: there is
// nothing to go back from, and the run before it counts. Of the others the latest
// are kept.
func (s State) settleSnapshot(file string, r *Report) error {
	switch {
	case file == "":
		return nil
	case r.Wrote():
		return s.sweepSnapshots()
	}
	if err := os.Remove(file); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return stateFault(err)
	}
	return nil
}

func (s State) sweepSnapshots() error {
	names, err := s.snapshots()
	if err != nil {
		return err
	}
	for len(names) > keptSnapshots {
		if err := os.Remove(names[0]); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return stateFault(err)
		}
		names = names[1:]
	}
	return nil
}

// snapshots are the files, the latest last.
func (s State) snapshots() ([]string, error) {
	entries, err := os.ReadDir(s.Dir)
	if errors.Is(err, fs.ErrNotExist) || s.Dir == "" {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	var names []string
	for _, entry := range entries {
		stamp, ours := strings.CutPrefix(entry.Name(), s.Env+"-")
		stamp, isSnapshot := strings.CutSuffix(stamp, snapshotSuffix)
		if ours && isSnapshot && !strings.Contains(stamp, "-") { // prod, and not prod-eu
			names = append(names, filepath.Join(s.Dir, entry.Name()))
		}
	}
	sort.Strings(names)
	return names, nil
}

// Snapshots are the files of what applies have kept, the latest last.
func (s State) Snapshots() ([]string, error) { return s.snapshots() }

func spellSnapshot(site *Site, plan *EnvironmentPlan, now time.Time) ([]byte, error) {
	var objects []jsonBefore
	for _, c := range plan.Changes {
		b, err := spellBefore(site, plan, c)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", c.Key, err)
		}
		objects = append(objects, b)
	}
	inside, err := json.Marshal(objects)
	if err != nil {
		return nil, err
	}
	var b bytes.Buffer
	fmt.Fprintf(&b, "# What an apply was about to touch, as it was; authsync undo reads it.\napiVersion: %s\nkind: %s\nenvironment: %s\nmade: %s\n",
		schema.APIVersion, snapshotKind, site.Env.Name, now.UTC().Format(time.RFC3339Nano))
	if len(site.Env.Recipients) == 0 {
		clear, err := yaml.Marshal(map[string]string{"objects": string(inside)})
		b.Write(clear)
		return b.Bytes(), err
	}
	recipients, err := secrets.ParseRecipients(site.Env.Recipients)
	if err != nil {
		return nil, err
	}
	sealed, err := secrets.Seal(secrets.NewClear(string(inside)), secrets.Binding{Env: site.Env.Name, Path: snapshotPath}, recipients)
	if err != nil {
		return nil, err
	}
	b.WriteString("objects: !age |\n")
	for line := range strings.Lines(sealed.Armored()) {
		b.WriteString("  " + strings.TrimRight(line, "\n") + "\n")
	}
	return b.Bytes(), nil
}

// spellBefore spells one object. Without recipients its secrets are kept as
// hidden, and what is not modelled, which could be one, is left out.
func spellBefore(site *Site, plan *EnvironmentPlan, c diff.Change) (jsonBefore, error) {
	live, stood := plan.live[c.Key]
	b := jsonBefore{Object: c.Key.String(), Action: c.Action.String(), Stood: stood, Presence: live.Presence, ID: live.ID}
	for _, f := range c.Fields {
		b.Changed = append(b.Changed, f.Path.String())
	}
	if !stood {
		return b, nil
	}
	fields := live.Fields
	if len(site.Env.Recipients) == 0 {
		fields = schema.Without(fields, schema.UnmodelledPaths(fields))
		fields = schema.Without(fields, site.namelessPaths(c.Key, fields))
	}
	schema.Walk(fields, func(at schema.Path, v schema.Value) {
		if schema.HoldsSecret(v) {
			b.Secrets = append(b.Secrets, at.String())
		}
	})
	var err error
	b.Wire, err = schema.EncodeJSON(schema.KindNamed(c.Key.Kind).ToWire(fields), func(v secrets.Value) (secrets.Clear, error) {
		if v.Form() != secrets.PlainForm || len(site.Env.Recipients) == 0 {
			return secrets.NewClear(hiddenMark), nil
		}
		return site.Keys.Open(v)
	})
	return b, err
}

// hiddenMark stands for a secret that live hid.
const hiddenMark = "***"
