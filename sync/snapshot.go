package sync

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"strings"
	"time"

	"gopkg.in/yaml.v3"

	"authsync/diff"
	"authsync/schema"
	"authsync/secrets"
	"authsync/sync/lock"
	"authsync/sync/state"
)

// A snapshot holds the objects that an apply is about to change, as they are before
// the first write, so that undo can restore them. It is sealed to the recipients as a
// whole. Without recipients it is kept in clear, without what is or could be a secret.

const (
	snapshotKind = "Snapshot"
	// snapshotPath is the path to which the sealed text is bound.
	snapshotPath = "snapshot.objects"
)

// jsonBefore is an object in the file. Its fields are as on the wire; its secrets are
// listed, since nothing else tells them from other texts.
type jsonBefore struct {
	Key      schema.Key      `json:"object"`
	Action   diff.Action     `json:"action"`
	Stood    bool            `json:"stood"`
	Presence Presence        `json:"presence"`
	ID       string          `json:"id,omitempty"`
	Wire     json.RawMessage `json:"wire,omitempty"`
	Secrets  []schema.Path   `json:"secrets,omitempty"`
	Changed  []schema.Path   `json:"changed,omitempty"`
}

// keepSnapshot writes the objects that the plan is about to change, if any.
func (a *applier) keepSnapshot(run state.Number, now time.Time) error {
	if len(a.plan.Steps) == 0 || a.site.State.Nowhere() {
		return nil
	}
	text, err := spellSnapshot(a.site, a.plan, run, now)
	if err != nil {
		return fmt.Errorf("the present state could not be kept for an undo: %w", err)
	}
	return a.site.State.KeepSnapshot(run, text)
}

// settleSnapshot deletes the snapshot of a run that wrote nothing, so that the run
// before it counts. Of the others it keeps the latest.
func (a *applier) settleSnapshot(run state.Number, r *Report) error {
	switch {
	case run == 0 || len(a.plan.Steps) == 0 || a.site.State.Nowhere():
		return nil
	case r.Wrote():
		return a.site.State.SweepSnapshots()
	}
	if err := a.site.State.DropSnapshot(run); !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}

func spellSnapshot(site *Site, plan *EnvironmentPlan, run state.Number, now time.Time) ([]byte, error) {
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
	fmt.Fprintf(&b, "# What an apply was about to touch, as it was; authsync undo reads it.\napiVersion: %s\nkind: %s\nenvironment: %s\nrun: %d\nmade: %s\n",
		schema.APIVersion, snapshotKind, site.Env.Name, run, now.UTC().Format(time.RFC3339Nano))
	if len(site.Places) > 0 {
		systems, err := yaml.Marshal(map[string]lock.Places{"systems": site.Places})
		if err != nil {
			return nil, err
		}
		b.Write(systems)
	}
	known := site.Lock.KnownRecipients(site.Env.Recipients)
	if len(known) == 0 {
		clear, err := yaml.Marshal(map[string]string{"objects": string(inside)})
		b.Write(clear)
		return b.Bytes(), err
	}
	recipients, err := secrets.ParseRecipients(known)
	if err != nil {
		return nil, err
	}
	sealed, err := secrets.Seal(secrets.NewClear(string(inside)), secrets.Binding{Env: site.Env.Name, Path: snapshotPath}, recipients)
	if err != nil {
		return nil, err
	}
	b.WriteString("objects: !age |\n  " + strings.ReplaceAll(strings.TrimSpace(sealed.Armored()), "\n", "\n  ") + "\n")
	return b.Bytes(), nil
}

// spellBefore encodes one object. Without recipients its secrets are stored as hidden,
// and unmodelled fields, which could be secrets, are left out.
func spellBefore(site *Site, plan *EnvironmentPlan, c diff.Change) (jsonBefore, error) {
	live, stood := plan.live[c.Key]
	b := jsonBefore{Key: c.Key, Action: c.Action, Stood: stood, Presence: live.Presence, ID: live.ID}
	for _, f := range c.Fields {
		b.Changed = append(b.Changed, f.Path)
	}
	if !stood {
		return b, nil
	}
	fields, known := live.Fields, site.Lock.KnownRecipients(site.Env.Recipients)
	if len(known) == 0 {
		fields = schema.Without(fields, schema.UnmodelledPaths(fields))
	}
	var unknown []schema.Path // of whatever type: no text may stand for them
	schema.Walk(fields, func(at schema.Path, v schema.Value) {
		if !schema.HoldsSecret(v) {
			return
		}
		b.Secrets = append(b.Secrets, at)
		if secret, is := schema.Unwrap(v).(schema.Secret); is && (secret.Form() != secrets.PlainForm || len(known) == 0) {
			unknown = append(unknown, at)
		}
	})
	fields = schema.Without(fields, unknown)
	var err error
	b.Wire, err = schema.EncodeJSON(schema.KindNamed(c.Key.Kind).ToWire(fields), func(v secrets.Value) (secrets.Clear, error) {
		if v.Form() != secrets.PlainForm || len(known) == 0 {
			return secrets.NewClear(hiddenMark), nil
		}
		return site.Keys.Open(v)
	})
	return b, err
}

// hiddenMark replaces a secret that live hid.
const hiddenMark = "***"
