package sync

import (
	"slices"
	"strings"
	"time"

	"authsync/schema"
)

// Options select what a plan does. The zero value plans everything that the manifest
// names and deletes nothing. Saved plans and journals keep this type under the names
// of its tags.
type Options struct {
	// Targets limit the plan to these objects. A key without a name stands for all of
	// its kind, a group's key for all in the group. Empty = all.
	Targets []schema.Key `json:"targets,omitempty" doc:"--target."`
	// Excluded are left out of what Targets select, in the same way.
	Excluded []schema.Key `json:"excluded,omitempty" doc:"--exclude."`
	// Prune deletes live objects that the lock records as applied and that the
	// manifest no longer names.
	Prune Pruning `json:"prune,omitempty" doc:"--prune."`
	// Unmanaged says what to do with other live objects that the manifest does not
	// name, in collections that it has.
	Unmanaged UnmanagedPolicy `json:"pruneUnmanaged,omitempty" doc:"--prune-unmanaged."`
	// Secrets says what to do with secrets that cannot be compared.
	Secrets SecretPolicy `json:"rewriteSecrets,omitempty" doc:"--rewrite-secrets."`
	// Gone says how to read an empty list of a service where something was applied.
	Gone Gone `json:"recreate,omitempty" doc:"--recreate."`
	// Rotate are objects to replace even if nothing differs.
	Rotate []schema.Key `json:"rotate,omitempty" doc:"--rotate."`
	// Overlap is how long replaced objects live on; nil = as the manifest says.
	Overlap *schema.Seconds `json:"overlap,omitempty" doc:"--overlap, in seconds. Missing where the manifest says."`
	// Finish are objects whose predecessors are deleted before their time is over.
	Finish []schema.Key `json:"endOverlap,omitempty" doc:"--end-overlap."`
	// Allow are the gates that are allowed; see [Gate.Allow].
	Allow []string `json:"allow,omitempty" doc:"--allow."`
	// Shard limits a run to the environments of one part of a fleet.
	Shard schema.Shard `json:"shard,omitzero" doc:"--shard. Missing where a run is for all environments."`
	// Thorough says whether objects are read in detail that have not moved.
	Thorough Thoroughness `json:"thorough,omitempty" doc:"--thorough."`
	// Others says how much is read of objects that the manifest does not name; with
	// Unmanaged all of it.
	Others Others `json:"-"`
	// Spelling says what to do with values that the service spells differently.
	Spelling Spelling `json:"-"`
	// Now is the time of the plan, by which expiry is judged.
	Now time.Time `json:"-"`
}

// Gone says how to read an empty list where something was applied.
type Gone bool

const (
	// DoubtGone treats it as a fault of the service.
	DoubtGone Gone = false
	// BelieveGone creates everything again.
	BelieveGone Gone = true
)

// Pruning says what to do with live objects that git has removed.
type Pruning bool

const (
	TellRemoved   Pruning = false
	DeleteRemoved Pruning = true
)

// UnmanagedPolicy says what to do with live objects that git has never named.
type UnmanagedPolicy bool

const (
	ListUnmanaged UnmanagedPolicy = false
	// DeleteUnmanaged deletes them, and those that git has removed.
	DeleteUnmanaged UnmanagedPolicy = true
)

// deletesRemoved reports whether objects that git has removed are deleted.
func (o Options) deletesRemoved() bool {
	return o.Prune == DeleteRemoved || o.Unmanaged == DeleteUnmanaged
}

// Thoroughness says whether objects are read in detail that have not moved.
type Thoroughness bool

const (
	// BelieveStamps takes an object with the stamp of the last reading for unmoved.
	BelieveStamps Thoroughness = false
	// ReadAll reads every object.
	ReadAll Thoroughness = true
)

// Spelling says what to do with a value that the service altered when it was written.
type Spelling bool

const (
	// TakeAsWritten treats the service's value as the written one.
	TakeAsWritten Spelling = false
	// ShowServices shows the service's value, so that the manifest can take it over.
	ShowServices Spelling = true
)

// SecretPolicy says what to do with secrets that cannot be compared.
type SecretPolicy bool

const (
	// LeaveUnknown leaves them as they are and says so.
	LeaveUnknown SecretPolicy = false
	// RewriteUnknown sends them.
	RewriteUnknown SecretPolicy = true
)

// others returns how much to read of objects that the manifest does not name.
func (o Options) others() Others {
	if o.Unmanaged == DeleteUnmanaged {
		return OthersWhole // deleted objects are shown, and kept for an undo
	}
	return o.Others
}

// ofStrays returns how much to read of objects that were applied and are no longer
// named.
func (o Options) ofStrays() Others {
	if o.deletesRemoved() {
		return OthersWhole
	}
	return OthersListed
}

func (o Options) Selects(key schema.Key) bool {
	return (len(o.Targets) == 0 || Covered(o.Targets, key)) && !Covered(o.Excluded, key)
}

// Covered reports whether any of the keys covers an object.
func Covered(keys []schema.Key, key schema.Key) bool {
	return slices.ContainsFunc(keys, func(k schema.Key) bool { return Covers(k, key) })
}

// Covers reports whether a key is that of an object, of its group, or of its kind.
func Covers(k, key schema.Key) bool {
	return k == key || k.Kind == key.Kind && (k.Name == "" || strings.HasPrefix(key.Name, k.Name+"/"))
}

// selectsGroup reports whether any object of a group may be selected.
func (o Options) selectsGroup(kind, group string) bool {
	whole := schema.Key{Kind: kind, Name: group}
	within := func(t schema.Key) bool { return t.Kind == kind && strings.HasPrefix(t.Name, group+"/") }
	return !Covered(o.Excluded, whole) && (len(o.Targets) == 0 || Covered(o.Targets, whole) || slices.ContainsFunc(o.Targets, within))
}

// groups returns the groups of a collection in which an object may be selected.
func (o Options) groups(c *schema.Collection) map[string]schema.Object {
	selected := map[string]schema.Object{}
	for name, settings := range c.Groups {
		if o.selectsGroup(c.Kind.Name, name) {
			selected[name] = settings
		}
	}
	return selected
}

// selectsKind reports whether any object of the kind may be selected.
func (o Options) selectsKind(kind string) bool {
	ofKind := func(t schema.Key) bool { return t.Kind == kind }
	return !Covered(o.Excluded, schema.Key{Kind: kind}) && (len(o.Targets) == 0 || slices.ContainsFunc(o.Targets, ofKind))
}

// selectsAll reports whether every object of the kind is selected.
func (o Options) selectsAll(kind string) bool {
	ofKind := func(t schema.Key) bool { return t.Kind == kind }
	return (len(o.Targets) == 0 || Covered(o.Targets, schema.Key{Kind: kind})) && !slices.ContainsFunc(o.Excluded, ofKind)
}
