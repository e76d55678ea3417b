package planfile

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"authsync/schema"
	"authsync/schema/list"
	"authsync/secrets"
	"authsync/sync"
	"authsync/sync/lock"
)

// A saved plan is the JSON plan with everything that it rests on. Apply does not run
// it as it is written: it makes the plan again from the manifest and live, with no
// more secrets than before, and runs it if it is the same.

// Request is what the user asked of a saved plan.
type Request struct {
	Paths        []string `json:"paths" doc:"The manifests, as they were named."`
	Environments []string `json:"environments,omitempty" doc:"--env."`
	sync.Options
}

// SavedPlan is a saved plan that was read and whose digest is right.
type SavedPlan struct {
	Request Request
	Made    time.Time
	Expires time.Time
	// Digest is that of the file: nobody can change the plan and keep it.
	Digest string
	plan   jsonPlan
}

type jsonSaved struct {
	Made         time.Time        `json:"made" doc:"When the plan was made."`
	Expires      time.Time        `json:"expires" doc:"Until when it may be carried out."`
	APIVersion   string           `json:"apiVersion" doc:"The version of the manifests."`
	Request      Request          `json:"request" doc:"What was asked for."`
	Environments []jsonFoundation `json:"environments" doc:"What the plan of each environment rests on."`
}

// jsonFoundation is what the plan of one environment rests on.
type jsonFoundation struct {
	Name       string            `json:"name" doc:"The environment."`
	Systems    map[string]string `json:"systems" doc:"The remote ends that it stands for, by system."`
	Places     lock.Places       `json:"places,omitempty" doc:"Where those are, by system: the plan is for no other service."`
	Recipients []string          `json:"recipients,omitempty" doc:"To whom secrets were sealed. Missing where there is nobody."`
	Manifest   []schema.Source   `json:"manifest" doc:"The files that say what is wanted."`
	Unopened   []string          `json:"unopened" doc:"What could not be opened when the plan was made: paths of secrets, and variables after \"env \". It is carried out with no more knowledge."`
	Key        string            `json:"key,omitempty" doc:"The key of the digests in live, sealed to the recipients."`
	Live       []jsonFact        `json:"live" doc:"The objects that the plan rests on, as they were."`
}

// StaleError says that a saved plan must not be applied any more.
type StaleError struct{ Why string }

func (e *StaleError) Error() string { return "the plan is stale: " + e.Why + "; plan again" }

func stale(format string, args ...interface{}) error {
	return &StaleError{fmt.Sprintf(format, args...)}
}

// Foundation is what the plan of one environment rests on.
type Foundation struct{ json jsonFoundation }

// FoundationOf returns what a plan rests on, while what was read for it is known.
func FoundationOf(site *sync.Site, env *sync.EnvironmentPlan) (Foundation, error) {
	f, err := foundation(site, env)
	if err != nil {
		return Foundation{}, fmt.Errorf("%s: %w", env.Name, err)
	}
	return Foundation{f}, nil
}

// Save returns the plan with what its environments rest on, in their order, as the
// content of a file, and its digest.
func Save(p *sync.Plan, version string, request Request, rests []Foundation, made time.Time, life time.Duration) (text []byte, digest string, err error) {
	out := planJSON(p, version)
	saved := &jsonSaved{Made: made.UTC().Truncate(time.Second), APIVersion: schema.APIVersion, Request: request}
	saved.Expires = saved.Made.Add(life)
	saved.Environments = each(rests, func(f Foundation) jsonFoundation { return f.json })
	out.Saved = saved
	return sealed(out)
}

func foundation(site *sync.Site, env *sync.EnvironmentPlan) (jsonFoundation, error) {
	key, err := newFactKey(site)
	if err != nil {
		return jsonFoundation{}, err
	}
	return jsonFoundation{
		Name: env.Name, Systems: site.Env.Remotes(), Places: site.Places, Recipients: site.Env.Recipients, Manifest: site.Env.Sources,
		Unopened: unopened(site), Key: key.Sealed().Armored(), Live: facts(env, site, key),
	}, nil
}

// unopened returns the secrets of objects and of system settings, and the lock's key,
// that cannot be opened here. System settings count because the key of integrations
// decides what can be read of live.
func unopened(s *sync.Site) []string {
	closed := []string{}
	try := func(v secrets.Value) {
		if _, err := s.Keys.Open(v); err != nil && secrets.Place(v) != "" {
			closed = append(closed, secrets.Place(v))
		}
	}
	for _, settings := range s.Env.Systems {
		schema.WalkSecrets(settings, try)
	}
	for _, c := range s.Env.Collections {
		for _, d := range c.Objects {
			schema.WalkSecrets(d.Fields, try)
		}
	}
	if key := s.Lock.SealedKey(); !key.IsZero() {
		try(key)
	}
	return list.Distinct(closed)
}

// sealed encodes a plan with the digest of the rest of it.
func sealed(p jsonPlan) (text []byte, digest string, err error) {
	p.Digest = ""
	if text, err = spelled(p); err != nil {
		return nil, "", err
	}
	sum := sha256.Sum256(text)
	p.Digest = "sha256:" + hex.EncodeToString(sum[:])
	text, err = spelled(p)
	return text, p.Digest, err
}

func spelled(p jsonPlan) ([]byte, error) {
	var b bytes.Buffer
	err := schema.WriteJSON(&b, p, "  ")
	return b.Bytes(), err
}

// skew is how far the clocks of two machines may differ. A plan with a later time
// would stay valid for longer.
const skew = 5 * time.Minute

// ReadSaved reads a saved plan. A plan that was edited, made by another version, or is
// too old at the time now is a [StaleError].
func ReadSaved(text []byte, version string, now time.Time) (*SavedPlan, error) {
	var head struct {
		FormatVersion int       `json:"formatVersion"`
		Tool          string    `json:"tool"`
		Version       string    `json:"version"`
		Saved         *struct{} `json:"saved"`
	}
	if err := json.Unmarshal(text, &head); err != nil || head.Tool != "authsync" {
		return nil, errors.New("is not a plan; make one with: authsync plan --out FILE")
	}
	switch {
	case head.Saved == nil:
		return nil, errors.New("is a plan to look at, not to apply; make one with: authsync plan --out FILE")
	case head.FormatVersion != FormatVersion || head.Version != version:
		return nil, stale("it was made by authsync %s (format %d), and this is %s (format %d)", head.Version, head.FormatVersion, version, FormatVersion)
	}
	var p jsonPlan
	d := json.NewDecoder(bytes.NewReader(text))
	d.DisallowUnknownFields()
	err := d.Decode(&p)
	again, digest, spellErr := sealed(p)
	if err != nil || spellErr != nil || !bytes.Equal(again, text) {
		return nil, stale("the file was changed after it was made")
	}
	switch {
	case p.Saved.APIVersion != schema.APIVersion:
		return nil, stale("it was made for manifests of %s", p.Saved.APIVersion)
	case p.Saved.Made.After(now.Add(skew)):
		return nil, stale("it was made at %s, which by the clock here is still to come: how old it is cannot be known", p.Saved.Made.Format(time.RFC3339))
	case now.After(p.Saved.Expires):
		return nil, stale("it was made at %s, and was good until %s", p.Saved.Made.Format(time.RFC3339), p.Saved.Expires.Format(time.RFC3339))
	}
	return &SavedPlan{Request: p.Saved.Request, Made: p.Saved.Made, Expires: p.Saved.Expires, Digest: digest, plan: p}, nil
}
