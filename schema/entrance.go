package schema

// Entrance is a switch of a login method: while it is on, users can log in to their
// accounts. If the last one of an environment is switched off, nobody can.
type Entrance struct {
	Field string
	// Default is the value that the service uses if the switch is not set.
	Default Value
	// Unless are values of other fields with which the object is not a login method.
	Unless Object
}

// Open reports whether an object lets users log in; nil is a deleted object.
func (e Entrance) Open(o Object) bool {
	if o == nil {
		return false
	}
	for name, value := range e.Unless {
		if Same(o[name], value) {
			return false
		}
	}
	v := o[e.Field]
	if IsUnset(v) || v == Unspecified {
		v = e.Default
	}
	return v == Bool(true) || v == True
}
