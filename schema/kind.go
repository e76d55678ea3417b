package schema

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"authsync/schema/quirk"
	"authsync/secrets"
)

// Kind is one sort of object: what a manifest may state of it and how its service is
// written to. Everything in which kinds differ is data here and is interpreted in one
// place: reading in this package, comparison in diff, the update rule and the order of
// steps in sync.
type Kind struct {
	Name       string // provider
	Collection string // the manifest's name for all of them: providers
	System     string // cloudbase
	Doc        string
	From       Document // of its limits, and of what inside it names no other
	// Example is a manifest's text for the kind. The reference shows it, and tests run
	// every kind through all tables with it; see [ExampleOf].
	Example string

	// Arity says whether the environment has one or many.
	Arity Arity
	// Notation says how a manifest writes the objects of a kind with [Many].
	Notation Notation
	Key      KeyRule
	// Label is a field with a different value for each object; if it is left out, the
	// object's name is used. "" = none.
	Label string
	// Type is the object's fields, and which changes of them make the environment less
	// safe; see [Kind.Weakened].
	Type Struct
	// Named is a rule about an object and its name; nil = none.
	Named func(name string, o Object) []Problem
	// Meta are fields for authsync itself that are never sent; every kind has `keep`.
	// MetaRule is a rule about an object together with them.
	Meta     []Field
	MetaRule Rule
	// Group describes the settings around the objects of a kind in groups, and
	// GroupKey the allowed names of groups.
	Group    Struct
	GroupKey KeyRule
	// RowKey is the setting of a group that names the field whose value is each
	// object's name. An object need not state this field, and cannot state another
	// value.
	RowKey string
	// Anew says what is lost if an object is created again under another name.
	Anew string
	// Max is how many objects an environment may have; 0 = no known limit.
	Max int
	// Rivals are objects of which a service may keep only one.
	Rivals Rivals
	// Class is a field whose values are counted separately, each with its own Max.
	Class Class

	Update Update

	// UsedBy are fields of other objects that only work while an object of the kind
	// exists. Deleting that object locks users out.
	UsedBy []Use

	// Entrances are switches that let users log in.
	Entrances []Entrance
	// Regional is what works in some regions only.
	Regional []Regional
	// Stopped are values with which an object cannot be used, by path.
	Stopped Object

	// Settle returns what the service will make of desired, given what is live:
	// limits, forced values, aliases. Nil = desired.
	Settle func(desired, live Object) Object
}

// Rivals are objects with the same value of Field, if it is one of Values. Some
// services of a family keep only one of each: creating another silently deletes the
// one before. It is not known which services do.
type Rivals struct {
	// Quirk says whether the service keeps one only.
	Quirk  quirk.Name
	Field  string
	Values []string
}

// Use says that the field of another kind's objects may refer to an object.
type Use struct {
	Kind  string
	Field Path
	// Of reports whether a value of the field refers to the object with a name.
	Of func(name, value string) bool
}

// Canonical returns a name as the service compares it.
func (k *Kind) Canonical(name string) string {
	if k.Key.Canonical == nil {
		return name
	}
	return k.Key.Canonical(name)
}

// Rival returns the value by which an object has rivals, or "".
func (r Rivals) Rival(o Object) string {
	if value := o.Text(r.Field); slices.Contains(r.Values, value) {
		return value
	}
	return ""
}

// Class separates the objects of a kind by the value of a field.
type Class struct {
	Field string
	Max   map[string]int
}

// Limit returns how many objects of the same class an environment may have, and the
// class; 0 = no limit.
func (k *Kind) Limit(fields Object) (class string, limit int) {
	if k.Class.Field == "" {
		return "", k.Max
	}
	class = fields.Text(k.Class.Field)
	return class, k.Class.Max[class]
}

// Shown returns the token that live shows in full, for a kind with tokens.
func (k *Kind) Shown(live Object) (secrets.Value, bool) {
	token, ok := live[k.Update.TokenField].(Secret)
	return token.Value, ok && token.Form() == secrets.PlainForm
}

// Arity says how many objects of a kind an environment has.
type Arity int

const (
	Many Arity = iota
	// One object that always exists; its collection is the object.
	One
	// Groups of many: the collection holds groups, each with settings and,
	// under `rows`, objects. An object's name is group/row.
	Groups
)

// Notation is how a manifest writes objects down.
type Notation int

const (
	// Mapped: a mapping of names to what each holds.
	Mapped Notation = iota
	// NamesOnly: a list of names, without fields.
	NamesOnly
)

// Rows is the name under which a group holds its objects.
const Rows = "rows"

// KeyRule says which names an object may have in the manifest.
type KeyRule struct {
	Pattern *regexp.Regexp
	Form    string   // the pattern in words
	From    Document // "" = that of the kind
	// Creatable are the names that the create call accepts; nil = all. See
	// [Kind.Permanent]. CreatableForm is the pattern in words.
	Creatable     *regexp.Regexp
	CreatableForm string
	// Canonical returns a name as the service compares it: names with the same result
	// are equal. Nil = as written.
	Canonical func(name string) string
	// Aliases are keys for an id that is not known offline: clients.default is the
	// client with the environment's id.
	Aliases []string
	// AliasOf is the setting of the kind's system that the aliases stand for.
	AliasOf string
	// Scope says whether names are ids, so that the same object has another one in each
	// environment. Aliases are none, nor are names of the manifest's own, which Own
	// tells; nil = there are no such names.
	Scope Scope
	Own   func(o Object) bool
	// Means are names that determine a field: the provider `email` is of type EMAIL.
	Means map[string]Meaning
}

// Meaning is a field's value that a name determines.
type Meaning struct {
	Field string
	Value Text
}

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

// Expiry names the live field that says when an object ends (RFC 3339), and
// the meta field that says how long before that it is to be replaced; or the meta
// field that says how old it may become.
type Expiry struct{ At, Before, After string }

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

// Key names an object: provider/github. The object of a kind with one object has no
// name.
type Key struct {
	Kind string
	Name string
}

func (k Key) String() string {
	if k.Name == "" {
		return k.Kind
	}
	return k.Kind + "/" + k.Name
}

// ParseKey reads what [Key.String] writes. A kind alone means all of its objects.
func ParseKey(text string) (Key, error) {
	name, object, _ := strings.Cut(text, "/")
	for _, k := range Kinds {
		if k.Name == name {
			return Key{name, object}, nil
		}
	}
	var names []string
	for _, k := range Kinds {
		names = append(names, k.Name)
	}
	return Key{}, fmt.Errorf("%q: %s", text, unknownName("kind", name, names))
}

// Nameable reports whether an object in a manifest can have a name. A live object may
// have other names.
func (k *Kind) Nameable(name string) bool {
	if k.Arity == Groups {
		_, name, _ = strings.Cut(name, "/")
	}
	return k.Key.Pattern == nil || k.Key.Pattern.MatchString(name)
}

// Permanent reports whether objects with a name can only be created by the update
// call, since the create call does not accept the name. Such an object could not be
// created again, so it is never deleted.
func (k *Kind) Permanent(name string) bool {
	uncreatable := k.Key.Creatable != nil && !k.Key.Creatable.MatchString(name)
	return uncreatable || slices.Contains(k.Update.ByUpdate, name)
}

// IsOne reports whether a name means one object, not all of the kind or of a group.
func (k *Kind) IsOne(name string) bool {
	switch k.Arity {
	case One:
		return name == ""
	case Groups:
		group, row, _ := strings.Cut(name, "/")
		return group != "" && row != ""
	}
	return name != ""
}

// Path returns the place of the object in a manifest.
func (k *Kind) Path(name string) Path {
	switch k.Arity {
	case One:
		return Path{k.Collection}
	case Groups:
		group, row, _ := strings.Cut(name, "/")
		return Path{k.Collection, group, Rows, row}
	}
	return Path{k.Collection, name}
}

// NameAt returns the name of the object that contains a path, and the path in it.
func (k *Kind) NameAt(path Path) (name string, below Path, ok bool) {
	if len(path) == 0 || path[0] != k.Collection {
		return "", nil, false
	}
	switch {
	case k.Arity == One:
		return "", path[1:], true
	case k.Arity == Groups && len(path) >= 4 && path[2] == Rows:
		return path[1] + "/" + path[3], path[4:], true
	case k.Arity == Many && len(path) >= 2:
		return path[1], path[2:], true
	}
	return "", nil, false
}

// Kinds are all kinds, in the order of a manifest.
var Kinds = []*Kind{
	&Login,
	&Client,
	&Provider,
	&APIKey,
	&CustomLoginKey,
	&AuthDomain,
	&Integration,
	&Connector,
	&Record,
	&Application,
}

// KindNamed returns the kind of that name, or nil.
func KindNamed(name string) *Kind {
	for _, k := range Kinds {
		if k.Name == name {
			return k
		}
	}
	return nil
}
