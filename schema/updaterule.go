package schema

import "authsync/schema/quirk"

// Update is a kind's row in the table of the one rule for incremental updates:
//
//	body = identity + Always + every top-level field in which something
//	       managed differs, each whole: the live value overlaid with the manifest's
type Update struct {
	Create Creation
	// ByUpdate are keys that the update call can also create.
	ByUpdate []string
	// Always are top-level fields of every update.
	Always []string
	// OnCreate are top-level fields that a create needs.
	OnCreate []string
	// Lacking returns what a new object still needs, if that depends on its fields;
	// without a Check, nothing beyond OnCreate.
	Lacking Rule
	// AfterCreate are top-level fields that the create call does not accept: an update
	// follows it.
	AfterCreate []string
	// Immutable are top-level fields that no update accepts: a difference means to
	// replace the object.
	Immutable []string
	// Replace says in which order an object is replaced.
	Replace Replacement
	// Token says whether creating an object shows a secret once, and
	// TokenField which field of live shows it, in full or masked.
	Token      TokenPolicy
	TokenField string
	// Seen says where an object is seen.
	Seen Seen
	// Ousts says what becomes of an object that was made elsewhere once one is made
	// from here, in words; "" = nothing. The first one trips the gate lockout.
	Ousts string
	// Expiry says when an object is replaced because of its age.
	Expiry Expiry
	// Overlap says how long a replaced object lives on.
	Overlap Overlap
	// Parallel says whether several objects may be written at once.
	Parallel Parallelism
	// Merging names the quirk that says whether the service merges a top-level field
	// with what it has, by field.
	Merging map[string]quirk.Name
	// Derived lists fields that the service computes from another.
	Derived Derived
	// Sways names the top-level fields that the service may make something of when
	// another one is written: what the manifest states of them is sent together with
	// that one, though live has it now.
	Sways map[string][]string
	// Ways are switches of login methods. They are switched on before anything is
	// removed, and off after everything else was added.
	Ways []string
	// After are the kinds that this one may refer to. They are written before it and,
	// except for a kind that [GoesLast], deleted after it.
	After []string
	// Going says when objects of the kind are deleted.
	Going Going
	// Deletion says whether objects can be deleted one by one.
	Deletion Deletion
}

// Replacement says how an object is replaced by another of its name.
type Replacement int

const (
	NotReplaced Replacement = iota
	// CreateFirst keeps the old object until the new one exists, if there is room for
	// both.
	CreateFirst
	// DeleteFirst deletes the old object before the new one is created.
	DeleteFirst
)

// TokenPolicy says whether creating an object shows a secret that is never shown
// again. The secret is sealed into the vault before anything else is done.
type TokenPolicy int

const (
	NoToken TokenPolicy = iota
	TokenOnce
)

// Seen says where an object is seen.
type Seen int

const (
	// AtService: a call of its service shows it.
	AtService Seen = iota
	// InVault: no call shows it. It is what the vault holds of it; one that was
	// made elsewhere is not seen at all.
	InVault
)

// Expiry names the live field that says when an object ends (RFC 3339), the field that
// says how long it lives, and the meta field that says how long before its end it is to
// be replaced; or the meta field that says how old it may become.
type Expiry struct{ At, Life, Before, After string }

// Overlap names the meta field that says how long a replaced object lives on, with its
// default. The zero value is for kinds whose replaced objects are deleted at once.
type Overlap struct {
	Field string
	Usual Seconds
	// End says who ends the old one.
	End OverlapEnd
}

// OverlapEnd says who ends an object that another one took the place of.
type OverlapEnd int

const (
	// EndedByDeletion: the first apply after its time deletes it.
	EndedByDeletion OverlapEnd = iota
	// EndedByService: its service does, at the usual time and no other.
	EndedByService
)

// Overlaps is the range of an overlap.
var Overlaps = Span{Min: 0, Max: 365 * day}

// Overlapping returns how long an object with this meta lives on when it is replaced.
func (k *Kind) Overlapping(meta Object) Seconds {
	if set, ok := meta[k.Update.Overlap.Field].(Seconds); ok {
		return set
	}
	return k.Update.Overlap.Usual
}

// Parallelism says whether a system accepts several writes of one kind at once.
type Parallelism int

const (
	// Serial kinds may be stored in one document of the service: of two concurrent
	// writes one could be lost.
	Serial Parallelism = iota
	// Parallel kinds are stored in rows of their own.
	Parallel
)

// Creation says how an object of a kind is created.
type Creation int

const (
	// NotCreated kinds have no create call; see [Update.ByUpdate].
	NotCreated Creation = iota
	// ByCall kinds have one.
	ByCall
)

// Deletion says how an object is deleted.
type Deletion int

const (
	NotDeleted Deletion = iota
	DeletedByCall
)

// Derived lists fields that the service recomputes when From changes, in objects with
// the values of When. Such a field is left out of the update that changes From unless
// the manifest sets it; then a second call writes it again. Paths are in the object.
type Derived struct {
	From   Path
	When   Object
	Fields []Path
}

// Going says when objects of a kind are deleted.
type Going int

const (
	// GoesInReverse: before the objects that they refer to.
	GoesInReverse Going = iota
	// GoesLast: after everything else, since the run itself may use one of them.
	GoesLast
)
