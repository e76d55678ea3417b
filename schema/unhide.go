package schema

import "authsync/schema/quirk"

// Unhide is an object without the secrets that were taken as hidden because they
// read empty, where a service is known, and seen, to show something of those that it
// has.
func (k *Kind) Unhide(fields, wire Object, known quirk.Set) Object {
	if len(known) == 0 {
		return fields
	}
	return k.Type.unhide(fields, wire, known)
}

func (s Struct) unhide(o, wire Object, known quirk.Set) Object {
	out := make(Object, len(o))
	for name, value := range o {
		out[name] = value
		f := s.Field(name)
		if f == nil {
			continue
		}
		shown := wire[s.wire(*f)]
		switch t := f.Type.(type) {
		case Struct:
			inner, isObject := value.(Object)
			if under, ok := shown.(Object); ok && isObject {
				out[name] = t.unhide(inner, under, known)
			}
		case Sealed:
			if IsUnset(shown) && t.showsSomething(known) {
				delete(out, name)
			}
		}
	}
	return out
}

// Showing are the quirks of secrets of which an answer shows one, in clear or as a mask.
func (k *Kind) Showing(wire Object) []quirk.Name { return k.Type.showing(wire) }

func (s Struct) showing(wire Object) (names []quirk.Name) {
	for _, f := range s.Fields {
		shown := wire[s.wire(f)]
		switch t := f.Type.(type) {
		case Struct:
			if under, ok := shown.(Object); ok {
				names = append(names, t.showing(under)...)
			}
		case Sealed:
			if t.Quirk != "" && !IsUnset(shown) {
				names = append(names, t.Quirk)
			}
		}
	}
	return names
}

// showsSomething reports whether a service is known to show a secret that it has,
// in clear or as a mask.
func (t Sealed) showsSomething(known quirk.Set) bool {
	return known.Known(t.Quirk, quirk.Shown) || known.Known(t.Quirk, quirk.Masked) || known.Known(t.Quirk, quirk.Part)
}
