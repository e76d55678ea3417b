package schema

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"authsync/secrets"
)

// Kind is one sort of object: what a manifest may say of it and how the
// service wants it written. Everything in which kinds differ stands here as
// data and is interpreted once: reading in this package, comparison in diff,
// the update rule and the order of steps in sync.
type Kind struct {
	Name       string // provider
	Collection string // the manifest's name for all of them: providers
	System     string // cloudbase
	Doc        string
	// Example is what a manifest may say of the kind. It stands in the reference,
	// and tests take every kind through all its tables by it; see [ExampleOf].
	Example string

	// Arity says whether the environment has one or many.
	Arity Arity
	// Notation says how a manifest writes the objects of a kind with [Many].
	Notation Notation
	Key      KeyRule
	// Label is a field that no two objects have the same of, and that is the
	// object's own name where it is left out; "" = there is none.
	Label string
	// Type is what an object holds, and which changes of it make the
	// environment less safe; see [Kind.Weakened].
	Type Struct
	// Named is a rule over an object together with its name and its meta fields;
	// nil = none.
	Named func(name string, o Object) []Problem
	// Meta are fields that speak to authsync and are never sent; `keep` is
	// one of every kind. MetaRule is a rule over an object that has them among
	// its own; without a Check, none.
	Meta     []Field
	MetaRule Rule
	// Group describes what stands around the objects of a kind in groups, and
	// GroupKey says what a group's name may be.
	Group    Struct
	GroupKey KeyRule
	// RowKey is the setting of a group that names the field whose value each
	// object's name is. An object need not state it, and cannot state another.
	RowKey string
	// Anew is what an object costs that is made anew under another name.
	Anew string
	// Max is how many an environment may have; 0 = not known to be limited.
	Max int
	// Rivals are objects of which a service may keep only one.
	Rivals Rivals
	// Class is a field whose values are counted apart, each with its own Max.
	Class Class

	Update Update

	// UsedBy are fields of other objects that only work while an object of the
	// kind stands. Deleting that object locks users out.
	UsedBy []Use

	// Entrances are switches that let users log in.
	Entrances []Entrance
	// Stopped are values with which an object can no longer be used, by path.
	Stopped Object

	// Settle returns what the service will make of desired, given what is
	// live: clamps, forced values, aliases of one meaning. Nil = desired.
	Settle func(desired, live Object) Object
}

// Rivals are objects with the same value of Field, where that is one of Values.
// Some services of a family keep only one of each: making another deletes the
// one before, without a word. Whether a service does is not known.
type Rivals struct {
	Field  string
	Values []string
}

// Use says that the field of another kind's objects may rest on an object.
type Use struct {
	Kind  string
	Field Path
	// Of reports whether a value of the field rests on the object of that name.
	Of func(name, value string) bool
}

// Canonical is a name as the service compares it.
func (k *Kind) Canonical(name string) string {
	if k.Key.Canonical == nil {
		return name
	}
	return k.Key.Canonical(name)
}

// Rival is the value by which an object has rivals, or "".
func (r Rivals) Rival(o Object) string {
	if value := o.Text(r.Field); slices.Contains(r.Values, value) {
		return value
	}
	return ""
}

// Class parts the objects of a kind by the value of a field.
type Class struct {
	Field string
	Max   map[string]int
}

// Limit returns how many objects like fields an environment may have, and what
// they are counted with; 0 = any number.
func (k *Kind) Limit(fields Object) (class string, limit int) {
	if k.Class.Field == "" {
		return "", k.Max
	}
	class = fields.Text(k.Class.Field)
	return class, k.Class.Max[class]
}

// Shown returns the token that live shows in full, of a kind that has tokens.
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
	// NamesOnly: a list of names. Nothing else can be said of such an object.
	NamesOnly
)

// Rows is the name under which a group holds its objects.
const Rows = "rows"

// KeyRule says what an object's name in the manifest may be.
type KeyRule struct {
	Pattern *regexp.Regexp
	Form    string // the pattern in words
	// Creatable are the names that the create call takes; nil = all. See
	// [Kind.Permanent]. CreatableForm is the pattern in words.
	Creatable     *regexp.Regexp
	CreatableForm string
	// Canonical spells a name as the service compares it: two names that it spells
	// alike are one. Nil = as it is written.
	Canonical func(name string) string
	// Aliases are keys that stand for an id which is not known offline:
	// clients.default is the client whose id is the environment's.
	Aliases []string
	// AliasOf is the setting of the kind's system that the aliases stand for.
	AliasOf string
	// Scope says whether names are ids, so that the same object has another one in
	// each environment. Aliases are none.
	Scope Scope
	// Means are names that say what a field holds: the provider `email` is of
	// type EMAIL, whatever else may be.
	Means map[string]Meaning
}

// Meaning is a field's value that follows from an object's name.
type Meaning struct {
	Field string
	Value Text
}

// Update is a kind's row in the table of the one rule for incremental updates:
//
//	body = identity + Always + every top-level field in which something
//	managed differs, each whole: the live value overlaid with the manifest's
type Update struct {
	Create Creation
	// ByUpdate are keys that the update call creates as well, whatever the create
	// call takes.
	ByUpdate []string
	// Always are top-level fields of every update.
	Always []string
	// OnCreate are top-level fields that a create needs.
	OnCreate []string
	// Lacking says what a new object still lacks, where that depends on what
	// it is; without a Check, nothing beyond OnCreate.
	Lacking Rule
	// AfterCreate are top-level fields that the create call does not take:
	// an update follows it.
	AfterCreate []string
	// Immutable are top-level fields that no update takes: a difference
	// means to replace the object.
	Immutable []string
	// Replace says in which order that is done.
	Replace Replacement
	// Token says whether creating an object shows a secret once, and
	// TokenField which field of live shows it, in full or masked.
	Token      TokenPolicy
	TokenField string
	// Expiry says when an object is replaced because it ends.
	Expiry Expiry
	// Overlap says how long an object lives on beside the one that takes its
	// place.
	Overlap Overlap
	// Parallel says whether several objects may be written at once.
	Parallel Parallelism
	// Derived says which fields the service computes from another.
	Derived Derived
	// Ways are switches that open a way in. One that goes on is written
	// before everything that is taken away, one that goes off after
	// everything that is given.
	Ways []string
	// After are the kinds that this one may rest on. They are written before it
	// and, except for a kind that [GoesLast], taken away after it.
	After []string
	// Going says when objects of the kind are taken away.
	Going Going
	// Deletion says whether objects can be removed one by one.
	Deletion Deletion
}

// Replacement says how an object is replaced by another of its name.
type Replacement int

const (
	NotReplaced Replacement = iota
	// CreateFirst keeps the old object until the new one stands, unless there
	// is no room for both.
	CreateFirst
	// DeleteFirst makes room before.
	DeleteFirst
)

// TokenPolicy says whether creating an object shows a secret that is never shown
// again. It is sealed into the vault before anything else is done.
type TokenPolicy int

const (
	NoToken TokenPolicy = iota
	TokenOnce
)

// Expiry names the live field that says when an object ends (RFC 3339), and
// the meta field that says how long before that it is to be replaced.
type Expiry struct{ At, Before string }

// Overlap names the meta field that says how long an object lives on beside the
// one that takes its place, and how long that is where the field is left out.
// The zero value is of kinds whose old objects go at once.
type Overlap struct {
	Field string
	Usual Seconds
}

// Overlaps are the times that an overlap may take.
var Overlaps = Span{Min: 0, Max: 365 * day}

// Overlapping is how long an object with this meta lives on beside the one that
// takes its place.
func (k *Kind) Overlapping(meta Object) Seconds {
	if set, ok := meta[k.Update.Overlap.Field].(Seconds); ok {
		return set
	}
	return k.Update.Overlap.Usual
}

// Parallelism says whether a system takes several writes of one kind at once.
type Parallelism int

const (
	// Serial kinds may be kept in one document on the other side: two writes
	// at once could lose one.
	Serial Parallelism = iota
	// Parallel kinds are rows of their own.
	Parallel
)

// Creation says how an object of a kind comes to be.
type Creation int

const (
	// NotCreated kinds have no create call; see [Update.ByUpdate].
	NotCreated Creation = iota
	// ByCall kinds have one.
	ByCall
)

// Deletion says how an object goes.
type Deletion int

const (
	NotDeleted Deletion = iota
	DeletedByCall
)

// Derived says that writing a new value of From makes the service overwrite
// Fields, in objects that have what When says. Of these, what the manifest does not state is left out of the body
// that changes From, and what it does state is written once more after it.
// Paths are below the object.
type Derived struct {
	From   Path
	When   Object
	Fields []Path
}

// Going says when objects of a kind are taken away.
type Going int

const (
	// GoesInReverse: before what they rest on.
	GoesInReverse Going = iota
	// GoesLast: after everything else. The run itself may use one of them.
	GoesLast
)

// Key names an object: provider/github. The object of a kind with one object
// has no name.
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

// ParseKey reads what [Key.String] writes. A kind alone stands for all of its
// objects.
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

// Nameable reports whether an object in a manifest can have a name. Live may have
// others.
func (k *Kind) Nameable(name string) bool {
	if k.Arity == Groups {
		_, name, _ = strings.Cut(name, "/")
	}
	return k.Key.Pattern == nil || k.Key.Pattern.MatchString(name)
}

// Permanent reports whether objects of a name are made by the update call alone,
// since the create call does not take the name. Nothing could make one anew, so
// none is deleted.
func (k *Kind) Permanent(name string) bool {
	uncreatable := k.Key.Creatable != nil && !k.Key.Creatable.MatchString(name)
	return uncreatable || slices.Contains(k.Update.ByUpdate, name)
}

// IsOne reports whether a name is that of one object, and not of all of the kind or
// of a group.
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

// Path is where the object stands in a manifest.
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

// NameAt is the reverse: the name of the object that a path lies in, and the
// path below it.
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

// Kinds is every kind of object that a manifest may hold, in the order in
// which manifests are written.
var Kinds = []*Kind{&Login, &Client, &Provider, &APIKey, &AuthDomain, &Integration, &Connector, &Record, &Application}

// KindNamed returns the kind of that name, or nil.
func KindNamed(name string) *Kind {
	for _, k := range Kinds {
		if k.Name == name {
			return k
		}
	}
	return nil
}
