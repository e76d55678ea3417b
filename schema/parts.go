package schema

import "strconv"

// Single values have no parts.
func (Null) parts(Path, func(Path, Value))    {}
func (Bool) parts(Path, func(Path, Value))    {}
func (Number) parts(Path, func(Path, Value))  {}
func (Text) parts(Path, func(Path, Value))    {}
func (Flag) parts(Path, func(Path, Value))    {}
func (Seconds) parts(Path, func(Path, Value)) {}
func (Secret) parts(Path, func(Path, Value))  {}

func (n Null) with(Path, func(Path, Value) Value) Value    { return n }
func (b Bool) with(Path, func(Path, Value) Value) Value    { return b }
func (n Number) with(Path, func(Path, Value) Value) Value  { return n }
func (t Text) with(Path, func(Path, Value) Value) Value    { return t }
func (f Flag) with(Path, func(Path, Value) Value) Value    { return f }
func (s Seconds) with(Path, func(Path, Value) Value) Value { return s }
func (s Secret) with(Path, func(Path, Value) Value) Value  { return s }

func (l List) parts(at Path, visit func(Path, Value)) { items(l, at, visit) }
func (s Set) parts(at Path, visit func(Path, Value))  { items(s, at, visit) }

func items(list []Value, at Path, visit func(Path, Value)) {
	for i, item := range list {
		visit(at.Then(strconv.Itoa(i)), item)
	}
}

func (l List) with(at Path, change func(Path, Value) Value) Value {
	return List(itemsWith(l, at, change))
}

func (s Set) with(at Path, change func(Path, Value) Value) Value {
	return Set(itemsWith(s, at, change))
}

func itemsWith(list []Value, at Path, change func(Path, Value) Value) []Value {
	out := make([]Value, len(list))
	for i, item := range list {
		out[i] = change(at.Then(strconv.Itoa(i)), item)
	}
	return out
}

func (o Object) parts(at Path, visit func(Path, Value)) {
	names := o.Names()
	paths := make(Path, 0, len(names)*(len(at)+1)) // one piece of memory for all of them
	for _, name := range names {
		paths = append(append(paths, at...), name)
		visit(paths[len(paths)-len(at)-1:len(paths):len(paths)], o[name])
	}
}

func (o Object) with(at Path, change func(Path, Value) Value) Value {
	out := make(Object, len(o))
	for name, part := range o {
		out[name] = change(at.Then(name), part)
	}
	return out
}

func (u Unmodelled) parts(at Path, visit func(Path, Value)) { visit(at, u.Value) }
func (p Packed) parts(at Path, visit func(Path, Value))     { visit(at, p.Value) }

func (u Unmodelled) with(at Path, change func(Path, Value) Value) Value {
	return Unmodelled{change(at, u.Value)}
}

func (p Packed) with(at Path, change func(Path, Value) Value) Value {
	return Packed{change(at, p.Value)}
}
