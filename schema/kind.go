package schema

import (
	"slices"
	"strings"

	"authsync/schema/list"
	"authsync/schema/pattern"
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
	// every kind through all tables with it.
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
	// IfRecreated says what is lost if an object is created again under another name.
	IfRecreated string
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
	// SecondFactor is the field that says whether a second factor is asked for; nil =
	// the kind has none.
	SecondFactor Path
	// Regional is what works in some regions only.
	Regional []Regional
	// Online says what can be asked of the hosts that an object names.
	Online Online
	// Stopped are values with which an object cannot be used, by path.
	Stopped Object

	// Stamp is how a list shows when an object was last changed. The zero value is for
	// kinds of which a list shows everything, or no such time.
	Stamp Stamp

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
	Pattern *pattern.Pattern
	Form    string   // the pattern in words
	From    Document // "" = that of the kind
	// Creatable are the names that the create call accepts; nil = all. See
	// [Kind.Permanent]. CreatableForm is the pattern in words.
	Creatable     *pattern.Pattern
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

func KindNamed(name string) *Kind {
	return list.First(Kinds, func(k *Kind) bool { return k.Name == name })
}
