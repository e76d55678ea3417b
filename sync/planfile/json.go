package planfile

import (
	"encoding/json"
	"io"

	"authsync/diff"
	"authsync/schema"
	"authsync/schema/list"
	"authsync/sync"
)

// FormatVersion is the version of the JSON plan. It grows when a reader of the old
// format would misread the new one; new names alone do not change it.
const FormatVersion = 1

// jsonPlan is the JSON form of a plan; docs/plan-format.md describes it.
type jsonPlan struct {
	FormatVersion int    `json:"formatVersion"`
	Tool          string `json:"tool"`
	Version       string `json:"version"`
	Empty         bool   `json:"empty"`
	Sandbox       string `json:"sandbox,omitempty"`
	// Shard says which part of a fleet the environments are.
	Shard *schema.Shard `json:"shard,omitempty"`
	// Shards says whose plans were joined.
	Shards *jsonJoined `json:"shards,omitempty"`
	// Rollout orders an apply of them.
	Rollout *jsonRollout `json:"rollout,omitempty"`
	// ChangedSince says why only some environments are there.
	ChangedSince *jsonSince        `json:"changedSince,omitempty"`
	Environments []jsonEnvironment `json:"environments"`
	// Saved and Digest are in a plan that can be applied; see [Save].
	Saved  *jsonSaved `json:"saved,omitempty"`
	Digest string     `json:"digest,omitempty"`
}

type jsonEnvironment struct {
	Name  string `json:"name"`
	File  string `json:"file"`
	EnvID string `json:"envId,omitempty"`
	// Sandbox is that of the plan, for who reads the environment by itself.
	Sandbox string `json:"sandbox,omitempty"`
	// Targets and Excluded are what the user limited the run to.
	Targets  []schema.Key `json:"targets,omitempty"`
	Excluded []schema.Key `json:"excluded,omitempty"`
	// ChangedFiles are why it is in a plan of what has changed.
	ChangedFiles []string    `json:"changedFiles,omitempty"`
	Summary      jsonSummary `json:"summary"`
	// Destinations are where the systems are, and Seals what is sealed to whom.
	Destinations []jsonDestination `json:"destinations"`
	Seals        *jsonSealing      `json:"seals,omitempty"`
	Gates        []jsonGate        `json:"gates"`
	Refusals     []jsonRefusal     `json:"refusals"`
	Errors       []string          `json:"errors"`
	Causes       []jsonCause       `json:"causes,omitempty"`
	Changes      []jsonChange      `json:"changes"`
	Steps        []jsonStep        `json:"steps"`
	Notes        []jsonNote        `json:"notes"`
	Unmanaged    []schema.Key      `json:"unmanaged"`
	Builtin      []schema.Key      `json:"builtin,omitempty"`
	Overlaps     []jsonOverlap     `json:"overlaps,omitempty"`
	Removed      []jsonRemoved     `json:"removed,omitempty"`
	Accepted     []jsonAccepted    `json:"accepted,omitempty"`
	WaysIn       []jsonStanding    `json:"waysIn,omitempty"`
	Rehearsal    *jsonRehearsal    `json:"rehearsal,omitempty"`
	// NotCompared and Unreadable have as data what notes say in words.
	NotCompared []jsonUncompared `json:"notCompared,omitempty"`
	Unreadable  []string         `json:"unreadable,omitempty"`
	// Unread are kinds whose read failed.
	Unread []string `json:"unread,omitempty"`
}

// jsonSince is the revision that a plan of changed environments starts from.
type jsonSince struct {
	Ref       string        `json:"ref"`
	Commit    string        `json:"commit,omitempty"`
	Unchanged []string      `json:"unchanged"`
	Deleted   []jsonDeleted `json:"deleted"`
}

// jsonDeleted is an environment that git has no longer.
type jsonDeleted struct {
	Name string `json:"name"`
	File string `json:"file"`
}

func sinceJSON(s *sync.Since) *jsonSince {
	if s == nil {
		return nil
	}
	out := &jsonSince{s.Revision, s.Commit, append([]string{}, s.Unchanged...), []jsonDeleted{}}
	for _, d := range s.Deleted {
		out.Deleted = append(out.Deleted, jsonDeleted(d))
	}
	return out
}

type jsonSummary struct {
	Create  int `json:"create"`
	Update  int `json:"update"`
	Delete  int `json:"delete"`
	Replace int `json:"replace"`
	Steps   int `json:"steps"`
}

type jsonRefusal struct {
	Key    schema.Key    `json:"object"`
	Fields []schema.Path `json:"fields"`
	Text   string        `json:"text"`
	Rule   string        `json:"rule,omitempty"`
}

// jsonCause is the cause of errors: how many calls it stopped, and what to do.
type jsonCause struct {
	Text   string `json:"text"`
	Reads  int    `json:"reads"`
	Trace  string `json:"trace,omitempty"`
	Advice string `json:"advice,omitempty"`
}

// causesJSON returns causes as texts and as data.
func causesJSON(all []sync.Cause) (texts []string, causes []jsonCause) {
	texts = []string{}
	for _, c := range all {
		texts = append(texts, c.String())
		causes = append(causes, jsonCause{c.Text, c.Reads, c.Trace(), c.Advice.String()})
	}
	return texts, causes
}

type jsonDestination struct {
	System  string                 `json:"system"`
	Address string                 `json:"address"`
	Tenant  string                 `json:"tenant,omitempty"`
	Account string                 `json:"account,omitempty"`
	Status  sync.DestinationStatus `json:"memory"`
	Was     string                 `json:"was,omitempty"`
}

type jsonSealing struct {
	Recipients []string     `json:"recipients"`
	Unknown    []string     `json:"unknown,omitempty"`
	Objects    []schema.Key `json:"objects"`
}

func destinationsJSON(p *sync.EnvironmentPlan) (all []jsonDestination, seals *jsonSealing) {
	all = []jsonDestination{}
	for _, d := range p.Destinations {
		all = append(all, jsonDestination{d.System, d.Address, d.Tenant, d.Account, d.Status, d.Was})
	}
	if len(p.Seals.Objects) == 0 {
		return all, nil
	}
	return all, &jsonSealing{p.Seals.Recipients, p.Seals.Unknown, p.Seals.Objects}
}

type jsonGate struct {
	Gate    sync.GateName `json:"gate"`
	Allow   string        `json:"allow"`
	Allowed bool          `json:"allowed"`
	Key     schema.Key    `json:"object,omitzero"`
	Fields  []schema.Path `json:"fields"`
	Text    string        `json:"text"`
}

type jsonChange struct {
	Key    schema.Key  `json:"object"`
	Action diff.Action `json:"action"`
	Fields []jsonField `json:"fields"`
}

type jsonField struct {
	Path   schema.Path     `json:"path"`
	Before json.RawMessage `json:"before"`
	After  json.RawMessage `json:"after"`
	Origin diff.Origin     `json:"origin"`
	// Applied is present if both sides have moved.
	Applied json.RawMessage `json:"applied,omitempty"`
}

type jsonStep struct {
	Number    int        `json:"number"`
	Level     int        `json:"level"`
	Key       schema.Key `json:"object"`
	Operation sync.Op    `json:"operation"`
	Phase     sync.Phase `json:"phase"`
	Fields    []string   `json:"fields"`
	After     []int      `json:"after"`
	Completed bool       `json:"completedOnApply,omitempty"`
	Keeps     []jsonKept `json:"keeps,omitempty"`
	Call      jsonCall   `json:"call"`
}

// jsonKept is a replaced object that lives on after a step.
type jsonKept struct {
	ID      string         `json:"id"`
	Seconds schema.Seconds `json:"seconds"`
	Ends    string         `json:"ends,omitempty"`
}

// jsonOverlap is a replaced object that lives on beside its successor.
type jsonOverlap struct {
	Key     schema.Key `json:"object"`
	ID      string     `json:"id"`
	Until   string     `json:"until"`
	Overdue bool       `json:"overdue"`
}

func overlapsJSON(all []sync.Overlap) []jsonOverlap {
	return list.Each(all, func(o sync.Overlap) jsonOverlap { return jsonOverlap{o.Key, o.ID, timeText(o.Until), o.Overdue} })
}

type jsonCall struct {
	System string          `json:"system"`
	Action string          `json:"action,omitempty"`
	Method string          `json:"method,omitempty"`
	Path   string          `json:"path,omitempty"`
	Body   json.RawMessage `json:"body"`
}

type jsonNote struct {
	Key    schema.Key    `json:"object"`
	Code   sync.NoteCode `json:"code"`
	Fields []schema.Path `json:"fields"`
	Text   string        `json:"text"`
}

// WriteJSON writes the plan as JSON for programs. Secrets are words in parentheses.
// The same plan always gives the same bytes.
func WriteJSON(w io.Writer, p *sync.Plan, version string) error {
	return indentedJSON(w, planJSON(p, version))
}

// WriteLines writes each environment of a plan as a JSON object in a line of its own: as
// it is among the environments of the plan's JSON.
func WriteLines(w io.Writer, p *sync.Plan, _ string) error {
	for _, env := range p.Environments {
		if err := lineJSON(w, environmentJSON(env)); err != nil {
			return err
		}
	}
	return nil
}

func lineJSON[T any](w io.Writer, v T) error {
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	return e.Encode(v)
}

func planJSON(p *sync.Plan, version string) jsonPlan {
	out := jsonPlan{FormatVersion: FormatVersion, Tool: "authsync", Version: version, Empty: p.Empty(), Sandbox: p.Sandbox(), Shard: shardJSON(p.Part), Shards: joinedJSON(p.Part), Rollout: rolloutJSON(p.Rollout), ChangedSince: sinceJSON(p.Since), Environments: []jsonEnvironment{}}
	for _, env := range p.Environments {
		out.Environments = append(out.Environments, environmentJSON(env))
	}
	return out
}

// shardJSON returns the shard of a run; nil = the run was for all environments.
func shardJSON(p sync.Part) *schema.Shard {
	if p.Shard.IsWhole() {
		return nil
	}
	return &p.Shard
}

// jsonJoined are the shards whose results were joined.
type jsonJoined struct {
	Of      int               `json:"of"`
	Missing []int             `json:"missing"`
	Digests []jsonShardDigest `json:"digests,omitempty"`
}

// jsonShardDigest identifies the saved plan of a shard.
type jsonShardDigest struct {
	Index  int    `json:"index"`
	Digest string `json:"digest"`
}

// joinedJSON returns the shards of joined results; nil = they are of one run.
func joinedJSON(p sync.Part) *jsonJoined {
	if p.Joined == nil {
		return nil
	}
	out := &jsonJoined{Of: p.Joined.Of, Missing: append([]int{}, p.Joined.Missing...)}
	for _, d := range p.Joined.Digests {
		out.Digests = append(out.Digests, jsonShardDigest{d.Shard.Index, d.Digest})
	}
	return out
}
