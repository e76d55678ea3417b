package schema

import "slices"

// InOrderOf gives a set the order that the manifest has it in.
func InOrderOf(v, like Value) Value {
	is, isSet := v.(Set)
	was, wasSet := like.(Set)
	if !isSet || !wasSet {
		return v
	}
	rest := slices.Clone(is)
	out := Set{}
	for _, item := range was {
		if i := slices.IndexFunc(rest, func(v Value) bool { return Same(v, item) }); i >= 0 {
			out, rest = append(out, item), slices.Delete(rest, i, i+1)
		}
	}
	return append(out, rest...)
}
