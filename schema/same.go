package schema

import "maps"

// Same reports whether a and b are the same value, in the sense of the types
// that they are made of.
func Same(a, b Value) bool {
	if a == nil || b == nil {
		return a == b
	}
	return a.same(b)
}

func (n Null) same(v Value) bool    { return n == v }
func (b Bool) same(v Value) bool    { return b == v }
func (f Flag) same(v Value) bool    { return f == v }
func (s Seconds) same(v Value) bool { return s == v }

// alike is the Equal of a type, for a value that may be of another.
func alike[T interface {
	Value
	Equal(T) bool
}](a T, b Value) bool {
	other, ok := b.(T)
	return ok && a.Equal(other)
}

func (t Text) same(v Value) bool       { return alike(t, v) }
func (n Number) same(v Value) bool     { return alike(n, v) }
func (l List) same(v Value) bool       { return alike(l, v) }
func (s Set) same(v Value) bool        { return alike(s, v) }
func (s Secret) same(v Value) bool     { return alike(s, v) }
func (u Unmodelled) same(v Value) bool { return alike(u, v) }

func (p Packed) same(v Value) bool {
	other, ok := v.(Packed)
	return ok && Same(p.Value, other.Value)
}

func (o Object) same(v Value) bool {
	other, ok := v.(Object)
	return ok && maps.EqualFunc(o, other, Same)
}
