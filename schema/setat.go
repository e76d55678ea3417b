package schema

// SetAt sets the value at a path, and makes the objects on the way to it.
func (o Object) SetAt(at Path, v Value) {
	for _, name := range at[:len(at)-1] {
		inner, ok := o[name].(Object)
		if !ok {
			inner = Object{}
			o[name] = inner
		}
		o = inner
	}
	o[at[len(at)-1]] = v
}
