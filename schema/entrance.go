package schema

// Entrance is a switch that, while it is on, lets users log in to accounts of
// their own. When the last of an environment goes off, nobody can.
type Entrance struct {
	Field string
	// Default is what the service takes for a switch that is not set.
	Default Value
	// Unless are values of other fields with which the object is no way in.
	Unless Object
}

// Open reports whether an object lets users in; nil is an object that is gone.
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
