package schema

// Field is one name of a [Struct].
type Field struct {
	Name string // as in a manifest
	Wire string // as on the wire; "" = by the Struct's Naming
	Type Type
	Doc  string
	From Document // of its limits; "" = that of its object
	// Need says whether the field must stand where its Struct stands.
	Need Need
	// Clear says whether null may be written.
	Clear Clear
	// Access says whether a manifest may set the field at all.
	Access Access
	// Sight says whether the service ever shows the field.
	Sight Sight
	// Scope says whether each environment has a value of its own.
	Scope Scope
	// Weaker says which change of the field makes the environment less safe;
	// nil = none does. It holds for all inside the field too, but for what has
	// one of its own.
	Weaker *Weakening
	// Harmless says why no change of the field makes the environment less safe,
	// where Weaker is nil. It is for readers.
	Harmless string
}

// Sight says whether a service shows what it was given.
type Sight int

const (
	Shown Sight = iota
	// WriteOnly fields are taken and never shown: what stands there is hidden,
	// unless the lock remembers it. Being sent whole, the object around one
	// would lose it.
	WriteOnly
	// MayHide fields may be shown or not, nobody knows. What reads empty is taken
	// for what was last applied.
	MayHide
)

// Access says who sets a field.
type Access int

const (
	Settable Access = iota
	// ReadOnly fields are the service's: they are read and never written.
	ReadOnly
)

// Need says whether a field may be left out.
type Need int

const (
	Optional Need = iota
	Required
	// Supplied fields are required by the service of an object that it is sent,
	// and what a manifest leaves out of it may be live: see [Lacking].
	Supplied
)

// Clear says whether a service can make a field unset again.
type Clear int

const (
	Stays Clear = iota
	Clears
)
