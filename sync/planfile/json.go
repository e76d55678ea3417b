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
	FormatVersion int               `json:"formatVersion" doc:"Grows when a reader of the old format would misread the new one. New names alone do not make it grow."`
	Tool          string            `json:"tool" doc:"authsync."`
	Version       string            `json:"version" doc:"The version of authsync that made the plan."`
	Empty         bool              `json:"empty" doc:"Whether there is nothing to do in any environment; false also while something could not be read."`
	Sandbox       string            `json:"sandbox,omitempty" doc:"The identity of the sandbox that plays the services: nothing real is touched. Missing where they are spoken to themselves."`
	Shard         *schema.Shard     `json:"shard,omitempty" doc:"Which part of a fleet the plan is for: --shard. Missing where it is for all."`
	Shards        *sync.Joined      `json:"shards,omitempty" doc:"Whose plans were joined: report merge. Missing in the plan of one run."`
	Rollout       *jsonRollout      `json:"rollout,omitempty" doc:"In which order the environments are applied: kind: Rollout. Missing where there is none."`
	ChangedSince  *sync.Since       `json:"changedSince,omitempty" doc:"Why the plan has only some environments: --changed-since. Missing where it has all."`
	Environments  []jsonEnvironment `json:"environments" doc:"The environments, by name."`
	Saved         *jsonSaved        `json:"saved,omitempty" doc:"What a plan that apply --plan carries out rests on; missing in one that is only to be looked at."`
	Digest        string            `json:"digest,omitempty" doc:"sha256: of the file with this field empty. A file that was edited is refused."`
}

type jsonEnvironment struct {
	Name         string            `json:"name" doc:"Its name in its manifest."`
	File         string            `json:"file" doc:"The manifest, as its path was given."`
	EnvID        string            `json:"envId,omitempty" doc:"The id of the CloudBase environment, if it has one."`
	Sandbox      string            `json:"sandbox,omitempty" doc:"As in the plan, for who reads the environment by itself."`
	Targets      []schema.Key      `json:"targets,omitempty" doc:"The objects that the plan is limited to (--target), as KIND/NAME or KIND. Missing where it is about all."`
	Excluded     []schema.Key      `json:"excluded,omitempty" doc:"The objects that the plan leaves out (--exclude), as KIND/NAME or KIND. Missing where it leaves out none."`
	ChangedFiles []string          `json:"changedFiles,omitempty" doc:"Those of its files that differ from the revision of changedSince. Missing without one."`
	Summary      jsonSummary       `json:"summary" doc:"How much there is to do."`
	Destinations []jsonDestination `json:"destinations" doc:"Where the systems are, to which credentials and what is written go."`
	Seals        *sync.Sealing     `json:"seals,omitempty" doc:"What the plan seals, and to whom. Missing where it seals nothing."`
	Gates        []sync.Gate       `json:"gates" doc:"The dangers in the plan. While one is not allowed, nothing is written to any environment."`
	Refusals     []sync.Refusal    `json:"refusals" doc:"Why the plan must not be applied. While there is one, nothing is written to any environment."`
	Errors       []string          `json:"errors" doc:"Why reads failed, each cause once. No step is planned for their systems."`
	Causes       []jsonCause       `json:"causes,omitempty" doc:"The errors as data, in the same order. Missing where there is none."`
	Changes      []jsonChange      `json:"changes" doc:"The objects that differ, by kind and name."`
	Steps        []jsonStep        `json:"steps" doc:"The calls that make the changes, in order."`
	Notes        []sync.Note       `json:"notes" doc:"What a reviewer should know; notes stop nothing."`
	Unmanaged    []schema.Key      `json:"unmanaged" doc:"Live objects that the manifest does not name; left alone. KIND/NAME each."`
	Builtin      []schema.Key      `json:"builtin,omitempty" doc:"Those of unmanaged that the service has by itself: they are never deleted. Missing where there is none."`
	Overlaps     []jsonOverlap     `json:"overlaps,omitempty" doc:"Objects that another one took the place of, and that live on beside it until a time. Missing where there is none."`
	Removed      []jsonRemoved     `json:"removed,omitempty" doc:"What git no longer names, though the lock says that it was applied from here; live keeps it. Missing where there is none."`
	Accepted     []jsonAccepted    `json:"accepted,omitempty" doc:"Drift that git takes over: it states what live has, though something else was last applied. Nothing is written for it. Missing where there is none."`
	WaysIn       []sync.Standing   `json:"waysIn,omitempty" doc:"Who can log in before the first call, and after each that changes that. Missing where none does."`
	Rehearsal    *jsonRehearsal    `json:"rehearsal,omitempty" doc:"What came of making the plan's calls on a copy of live in memory. Missing where nobody asked for it, and in an apply also where it ends as wanted."`
	NotCompared  []sync.Uncompared `json:"notCompared,omitempty" doc:"Secrets that are left as they are, since it cannot be told whether they differ. Missing where there is none."`
	Unreadable   []string          `json:"unreadable,omitempty" doc:"Kinds of which live cannot be read: they were compared with what was last applied. Missing where there is none."`
	Unread       []string          `json:"unread,omitempty" doc:"Kinds that the manifest names and that could not be read this time. While there is one, no step of phase take is made, in any system. Missing where there is none."`
}

// sinceJSON returns why a plan has only some environments; nil = it has all.
func sinceJSON(s *sync.Since) *sync.Since {
	if s == nil {
		return nil
	}
	return &sync.Since{Revision: s.Revision, Commit: s.Commit, Unchanged: listed(s.Unchanged), Deleted: listed(s.Deleted)}
}

type jsonSummary struct {
	Create  int `json:"create" doc:"Objects to create."`
	Update  int `json:"update" doc:"Objects to update."`
	Delete  int `json:"delete" doc:"Objects to delete for good."`
	Replace int `json:"replace" doc:"Objects that others take the place of."`
	Steps   int `json:"steps" doc:"Calls."`
}

// jsonCause is the cause of errors: how many calls it stopped, and what to do.
type jsonCause struct {
	Text   string `json:"text" doc:"What happened, without what tells one call from another."`
	Reads  int    `json:"reads" doc:"How many reads it stopped; 0 where it was no call that failed."`
	Trace  string `json:"trace,omitempty" doc:"The id by which the service finds the first of them. Missing where it has none."`
	Advice string `json:"advice,omitempty" doc:"What to do about it, for a person; missing where nothing is known."`
}

func causesJSON(all []sync.Cause) (texts []string, causes []jsonCause) {
	texts = []string{}
	for _, c := range all {
		texts = append(texts, c.String())
		causes = append(causes, jsonCause{c.Text, c.Reads, c.Trace(), c.Advice.String()})
	}
	return texts, causes
}

type jsonDestination struct {
	System  string                 `json:"system" doc:"The system."`
	Address string                 `json:"address" doc:"Scheme and host. All hosts of the cloud's own API are one."`
	Tenant  string                 `json:"tenant,omitempty" doc:"Which of the service's tenants is meant, where it has several."`
	Account string                 `json:"account,omitempty" doc:"The cloud account that the manifest pins; with credentials of another one nothing is read. Missing where it pins none."`
	Status  sync.DestinationStatus `json:"memory" doc:"Whether the lock has the system there: remembered, first-seen where it has no address of it, contradicted where it has another."`
	Was     string                 `json:"was,omitempty" doc:"The address that the lock has. Missing unless it is another one."`
}

func destinationsJSON(p *sync.EnvironmentPlan) (all []jsonDestination, seals *sync.Sealing) {
	all = each(p.Destinations, func(d sync.Destination) jsonDestination {
		return jsonDestination{d.System, d.Address, d.Tenant, d.Account, d.Status, d.Was}
	})
	if len(p.Seals.Objects) == 0 {
		return all, nil
	}
	return all, &p.Seals
}

type jsonChange struct {
	Key    schema.Key  `json:"object" doc:"The object, as KIND/NAME."`
	Action diff.Action `json:"action" doc:"What becomes of the object. replace: a new one takes an old one's place."`
	Fields []jsonField `json:"fields" doc:"What differs, by path."`
}

type jsonField struct {
	Path    schema.Path     `json:"path" doc:"Where in the object, spelled as in the manifest."`
	Before  json.RawMessage `json:"before" doc:"The live value, in the manifest's form: times in seconds, flags as true, false or \"unspecified\", null where it is unset. A secret is a word in parentheses."`
	After   json.RawMessage `json:"after" doc:"The wanted value, in the same form."`
	Origin  diff.Origin     `json:"origin" doc:"Whose doing the difference is, by what was last applied: git moved, live moved (drift), both did, or it is not known."`
	Applied json.RawMessage `json:"applied,omitempty" doc:"What was last applied, where origin is both and that is remembered in clear."`
}

type jsonStep struct {
	Number    int        `json:"number" doc:"From 1, in each environment."`
	Level     int        `json:"level" doc:"What runs at once, from 1: the steps of one level are made side by side, once those of the level before have ended. Those of one object follow one another all the same, and so do those of a kind that its service takes one at a time."`
	Key       schema.Key `json:"object" doc:"The object, as KIND/NAME."`
	Operation sync.Op    `json:"operation" doc:"What the call does to the object."`
	Phase     sync.Phase `json:"phase" doc:"Nothing is removed before everything added has succeeded and was read back."`
	Fields    []string   `json:"fields" doc:"The top-level fields sent because something in them differs. What is always sent is in the body besides."`
	After     []int      `json:"after" doc:"The numbers of earlier steps of the same object, which must have succeeded."`
	Completed bool       `json:"completedOnApply,omitempty" doc:"The body is completed from a read just before the call, since it rests on what the service makes of an earlier step. Missing where it is false."`
	Keeps     []jsonKept `json:"keeps,omitempty" doc:"What it takes the place of and what lives on beside it for a while. Missing where nothing does."`
	Call      jsonCall   `json:"call" doc:"The call itself."`
}

// jsonKept is a replaced object that lives on after a step.
type jsonKept struct {
	ID      string         `json:"id" doc:"The service's id of what lives on."`
	Seconds schema.Seconds `json:"seconds" doc:"How long it lives on beside what the step makes."`
	Ends    string         `json:"ends,omitempty" doc:"When it ends by itself, if that is sooner: it does not live on for longer."`
}

// jsonOverlap is a replaced object that lives on beside its successor.
type jsonOverlap struct {
	Key     schema.Key `json:"object" doc:"What took its place, as KIND/NAME."`
	ID      string     `json:"id" doc:"The service's id of what lives on."`
	Until   string     `json:"until" doc:"Until when; the first apply after that deletes it."`
	Overdue bool       `json:"overdue" doc:"Whether that time is over."`
}

func overlapsJSON(all []sync.Overlap) []jsonOverlap {
	return list.Each(all, func(o sync.Overlap) jsonOverlap { return jsonOverlap{o.Key, o.ID, timeText(o.Until), o.Overdue} })
}

type jsonCall struct {
	System string          `json:"system" doc:"The service."`
	Action string          `json:"action,omitempty" doc:"What an RPC-style service is asked to do; else there are method and path."`
	Method string          `json:"method,omitempty" doc:"The HTTP method, where there is no action."`
	Path   string          `json:"path,omitempty" doc:"The path of the URL, where there is no action."`
	Body   json.RawMessage `json:"body" doc:"The exact body. A secret is \"(sealed)\", \"(env NAME)\" or \"(in clear)\" (live shows it); what authsync does not model and sends along as it is, is \"(carried)\"." type:"object"`
}

// WriteJSON writes the plan as JSON for programs. Secrets are words in parentheses.
// The same plan always gives the same bytes.
func WriteJSON(w io.Writer, p *sync.Plan, version string) error {
	return schema.WriteJSON(w, planJSON(p, version), "  ")
}

// WriteLines writes each environment of a plan as a JSON object in a line of its own: as
// it is among the environments of the plan's JSON.
func WriteLines(w io.Writer, p *sync.Plan, _ string) error {
	for _, env := range p.Environments {
		if err := schema.WriteJSON(w, environmentJSON(env), ""); err != nil {
			return err
		}
	}
	return nil
}

func planJSON(p *sync.Plan, version string) jsonPlan {
	return jsonPlan{
		FormatVersion: FormatVersion, Tool: "authsync", Version: version, Empty: p.Empty(), Sandbox: p.Sandbox(), Shard: shardJSON(p.Part), Shards: joinedJSON(p.Part),
		Rollout: rolloutJSON(p.Rollout), ChangedSince: sinceJSON(p.Since), Environments: each(p.Environments, environmentJSON),
	}
}

// each is [list.Each] that gives a list in JSON even of none.
func each[T, U any](all []T, of func(T) U) []U { return listed(list.Each(all, of)) }

// listed is a list in JSON even of none.
func listed[T any](all []T) []T { return append([]T{}, all...) }

// shardJSON returns the shard of a run; nil = the run was for all environments.
func shardJSON(p sync.Part) *schema.Shard {
	if p.Shard.IsWhole() {
		return nil
	}
	return &p.Shard
}

// joinedJSON returns the shards of joined results; nil = they are of one run.
func joinedJSON(p sync.Part) *sync.Joined {
	if p.Joined == nil {
		return nil
	}
	joined := *p.Joined
	joined.Missing = listed(joined.Missing)
	return &joined
}
