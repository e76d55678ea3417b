package schema

import (
	"fmt"
	"regexp"
	"strings"
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

	// Arity says whether the environment has one or many.
	Arity Arity
	Key   KeyRule
	Type  Struct
	// Max is how many an environment may have; 0 = not known to be limited.
	Max int

	Update Update

	// Settle returns what the service will make of desired, given what is
	// live: clamps, forced values, aliases of one meaning. Nil = desired.
	Settle func(desired, live Object) Object
}

// Arity says how many objects of a kind an environment has.
type Arity int

const (
	Many Arity = iota
	// One object that always exists; its collection is the object.
	One
)

// KeyRule says what an object's name in the manifest may be.
type KeyRule struct {
	Pattern *regexp.Regexp
	Form    string // the pattern in words
	// Aliases are keys that stand for an id which is not known offline:
	// clients.default is the client whose id is the environment's.
	Aliases []string
}

// Update is a kind's row in the table of the one rule for incremental updates:
//
//	body = identity + Always + every top-level field in which something
//	managed differs, each whole: the live value overlaid with the manifest's
type Update struct {
	Create Creation
	// ByUpdate are keys that the update call creates as well.
	ByUpdate []string
	// Always are top-level fields of every update.
	Always []string
	// OnCreate are top-level fields that a create needs.
	OnCreate []string
	// AfterCreate are top-level fields that the create call does not take:
	// an update follows it.
	AfterCreate []string
	// Derived says which fields the service computes from another.
	Derived Derived
	// Ways are switches that open a way in. One that goes on is written
	// before everything that is taken away, one that goes off after
	// everything that is given.
	Ways []string
	// Turn is the kind's place in the order of steps.
	Turn Turn
	// Deletion says whether objects can be removed one by one.
	Deletion Deletion
}

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

// Turn is a place in the order of steps; see sync.Order.
type Turn int

const (
	TurnIntegrations Turn = iota + 1
	TurnClients
	TurnProviders
	TurnLogin
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

// Path is where the object stands in a manifest.
func (k *Kind) Path(name string) Path {
	if k.Arity == One {
		return Path{k.Collection}
	}
	return Path{k.Collection, name}
}

// Meta are the names that an object may have besides its kind's fields; they
// speak to authsync and are never sent.
var Meta = []string{"keep"}

// Kinds is every kind of object that a manifest may hold, in the order in
// which manifests are written.
var Kinds = []*Kind{&Login, &Client, &Provider}

// KindNamed returns the kind of that name, or nil.
func KindNamed(name string) *Kind {
	for _, k := range Kinds {
		if k.Name == name {
			return k
		}
	}
	return nil
}
