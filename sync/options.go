package sync

import (
	"strings"
	"time"

	"authsync/schema"
)

// Options select and widen what a plan does. The zero value plans everything
// that the manifest names and deletes nothing. This type is also what a saved
// plan and a journal keep of it, under the names of its tags.
type Options struct {
	// Targets limit the plan to these objects; a key without a name stands
	// for all of its kind, one with a group's for all in it. Empty = all.
	Targets []schema.Key `json:"targets,omitempty"`
	// Prune deletes what git has removed: live objects that the lock says were
	// applied from here, and that the manifest does not name any more.
	Prune Pruning `json:"prune,omitempty"`
	// Unmanaged says what becomes of the other live objects that the manifest does
	// not name, in collections that it has.
	Unmanaged UnmanagedPolicy `json:"pruneUnmanaged,omitempty"`
	// Secrets says what to do with secrets that cannot be compared.
	Secrets SecretPolicy `json:"rewriteSecrets,omitempty"`
	// Gone says what to make of a service that lists nothing at all where
	// something was applied.
	Gone Gone `json:"recreate,omitempty"`
	// Rotate are objects to replace though nothing differs.
	Rotate []schema.Key `json:"rotate,omitempty"`
	// Overlap is how long what is replaced lives on; nil = as the manifest says.
	Overlap *schema.Seconds `json:"overlap,omitempty"`
	// Finish are objects whose former ones are deleted though their time is not
	// over.
	Finish []schema.Key `json:"endOverlap,omitempty"`
	// Allow are the gates that are allowed; see [Gate.Allow].
	Allow []string `json:"allow,omitempty"`
	// Others says how much is read of what the manifest does not name; with
	// Unmanaged all of it.
	Others Others `json:"-"`
	// Spelling says what becomes of what the service spells in its own way.
	Spelling Spelling `json:"-"`
	// Now is when the plan is made; what ends soon is judged by it.
	Now time.Time `json:"-"`
}

// Gone says what to make of an empty list where something was applied.
type Gone bool

const (
	// DoubtGone takes it for a fault of the service.
	DoubtGone Gone = false
	// BelieveGone makes everything anew.
	BelieveGone Gone = true
)

// Pruning says what becomes of live objects that git has removed.
type Pruning bool

const (
	TellRemoved   Pruning = false
	DeleteRemoved Pruning = true
)

// UnmanagedPolicy says what becomes of live objects that git has not named.
type UnmanagedPolicy bool

const (
	ListUnmanaged UnmanagedPolicy = false
	// DeleteUnmanaged deletes them, and what git has removed.
	DeleteUnmanaged UnmanagedPolicy = true
)

// deletesRemoved reports whether what git has removed is deleted.
func (o Options) deletesRemoved() bool {
	return o.Prune == DeleteRemoved || o.Unmanaged == DeleteUnmanaged
}

// Spelling says what becomes of a value that the service, when it was written,
// made another one of.
type Spelling bool

const (
	// TakeAsWritten takes the service's value for the one that was written.
	TakeAsWritten Spelling = false
	// ShowServices shows the service's value, to be taken over.
	ShowServices Spelling = true
)

// SecretPolicy says what becomes of secrets that cannot be compared.
type SecretPolicy bool

const (
	// LeaveUnknown leaves them alone and says so.
	LeaveUnknown SecretPolicy = false
	// RewriteUnknown sends them.
	RewriteUnknown SecretPolicy = true
)

// others is how much has to be read of what the manifest does not name.
func (o Options) others() Others {
	if o.Unmanaged == DeleteUnmanaged {
		return OthersWhole // what is deleted is shown, and kept for an undo
	}
	return o.Others
}

// ofStrays is how much has to be read of what was applied and is not named any more.
func (o Options) ofStrays() Others {
	if o.deletesRemoved() {
		return OthersWhole
	}
	return OthersListed
}

// Selects reports whether the options select an object.
func (o Options) Selects(key schema.Key) bool {
	for _, t := range o.Targets {
		if t == key || t.Kind == key.Kind && (t.Name == "" || strings.HasPrefix(key.Name, t.Name+"/")) {
			return true
		}
	}
	return len(o.Targets) == 0
}

// selectsGroup reports whether any object of a group may be selected.
func (o Options) selectsGroup(kind, group string) bool {
	for _, t := range o.Targets {
		if t.Kind == kind && (t.Name == "" || t.Name == group || strings.HasPrefix(t.Name, group+"/")) {
			return true
		}
	}
	return len(o.Targets) == 0
}

// groups are the groups of a collection of which any object may be selected.
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
	for _, t := range o.Targets {
		if t.Kind == kind {
			return true
		}
	}
	return len(o.Targets) == 0
}

// selectsAll reports whether every object of the kind is selected.
func (o Options) selectsAll(kind string) bool {
	for _, t := range o.Targets {
		if t.Kind == kind && t.Name == "" {
			return true
		}
	}
	return len(o.Targets) == 0
}
