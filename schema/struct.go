package schema

import (
	"strings"

	"gopkg.in/yaml.v3"

	"authsync/secrets"
)

// Struct is an object with known fields. Beside them a manifest may hold
// `extra`, whose keys go to the wire as they are.
type Struct struct {
	Fields []Field
	Naming Naming
	Rules  []Rule
	// Ignored are wire names that mean nothing to a manifest, and that it
	// cannot write: ids, times.
	Ignored []string
}

// Field is one name of a [Struct].
type Field struct {
	Name string // as in a manifest
	Wire string // as on the wire; "" = by the Struct's Naming
	Type Type
	Doc  string
	// Need says whether the field must stand where its Struct stands.
	Need Need
	// Clear says whether null may be written.
	Clear Clear
}

// Need says whether a field may be left out.
type Need int

const (
	Optional Need = iota
	Required
)

// Clear says whether a service can make a field unset again.
type Clear int

const (
	Stays Clear = iota
	Clears
)

// Naming turns a manifest's name into the wire's.
type Naming int

const (
	// Capital makes the first letter large: clientId, ClientId.
	Capital Naming = iota
	// AsIs changes nothing.
	AsIs
)

// Extra is the name of the field for what this version does not model.
const Extra = "extra"

// Rule is a check over several fields of one object.
type Rule func(o Object) []Problem

// Problem is what a Rule found. Field is where to point at, below the object.
type Problem struct {
	Field    string
	Text     string
	Severity Severity
}

func (s Struct) wire(f Field) string {
	switch {
	case f.Wire != "":
		return f.Wire
	case s.Naming == AsIs:
		return f.Name
	}
	return strings.ToUpper(f.Name[:1]) + f.Name[1:]
}

// Field returns the field of that name, or nil.
func (s Struct) Field(name string) *Field {
	for i := range s.Fields {
		if s.Fields[i].Name == name {
			return &s.Fields[i]
		}
	}
	return nil
}

// WireName returns what a top-level field is called on the wire.
func (s Struct) WireName(name string) string {
	if f := s.Field(name); f != nil {
		return s.wire(*f)
	}
	return name
}

func (s Struct) names() []string {
	names := make([]string, 0, len(s.Fields)+1)
	for _, f := range s.Fields {
		names = append(names, f.Name)
	}
	return append(names, Extra)
}

func (s Struct) read(r *reader, n *Node, at Path) Value {
	if n.Form != MapForm {
		r.fault(n, at, "takes a mapping, not %s", n.Form)
		return nil
	}
	out := Object{}
	for _, f := range n.Fields {
		if v := s.readField(r, f, at.Then(f.Name)); v != nil {
			out[f.Name] = v
		}
	}
	if r.whole == Part {
		return out
	}
	for _, f := range s.Fields {
		if f.Need == Required && n.Field(f.Name) == nil {
			r.fault(n, at, "%s is missing", f.Name)
		}
	}
	s.check(r, n, at, out)
	return out
}

func (s Struct) readField(r *reader, n NamedNode, at Path) Value {
	if n.Name == Extra {
		return s.readExtra(r, n.Value, at)
	}
	f := s.Field(n.Name)
	switch {
	case f == nil:
		r.faults.add(n.Pos, at, "%s", unknownName("field", n.Name, s.names()))
		return nil
	case n.Value.Form == NullForm && f.Clear == Clears:
		return Null{}
	case n.Value.Form == NullForm:
		r.fault(n.Value, at, "cannot be cleared; leave the name out to leave the field alone")
		return nil
	}
	return f.Type.read(r, n.Value, at)
}

// readExtra reads the fields that are not modelled. One that is would be
// written twice, and what names the object or its environment would send the
// call elsewhere.
func (s Struct) readExtra(r *reader, n *Node, at Path) Value {
	modelled := map[string]string{}
	for _, f := range s.Fields {
		modelled[s.wire(f)] = f.Name
	}
	ignored := map[string]bool{}
	for _, name := range s.Ignored {
		ignored[name] = true
	}
	for _, f := range n.Fields {
		if name, ok := modelled[f.Name]; ok {
			r.faults.add(f.Pos, at.Then(f.Name), "is modelled; write %s beside extra", name)
		}
		if ignored[f.Name] {
			r.faults.add(f.Pos, at.Then(f.Name), "is the service's own and cannot be written")
		}
	}
	return Open{}.read(r, n, at)
}

func unknownName(what, name string, names []string) string {
	if near := Nearest(name, names); near != "" {
		return "unknown " + what + ", did you mean " + near + "?"
	}
	return "unknown " + what + "; known are " + strings.Join(names, ", ")
}

// check runs the rules and points at the field that each names.
func (s Struct) check(r *reader, n *Node, at Path, o Object) {
	for _, rule := range s.Rules {
		for _, p := range rule(o) {
			pos, path := n.Pos, at
			inner := n
			for _, name := range strings.Split(p.Field, ".") {
				if p.Field == "" {
					break
				}
				path = path.Then(name)
				if inner = inner.Field(name); inner == nil {
					break
				}
				pos = inner.Pos
			}
			if p.Severity == Doubtful {
				r.faults.doubt(pos, path, p.Text)
			} else {
				r.faults.add(pos, path, "%s", p.Text)
			}
		}
	}
}

func (s Struct) fromWire(v Value) (Value, error) {
	if IsUnset(v) {
		return nil, nil
	}
	object, ok := v.(Object)
	if !ok {
		return nil, &wireError{want: "an object", got: v}
	}
	out, extra := Object{}, Object{}
	for name, value := range object {
		if !IsUnset(value) {
			extra[name] = Carried{value}
		}
	}
	for _, name := range s.Ignored {
		delete(extra, name)
	}
	for _, f := range s.Fields {
		wire := s.wire(f)
		delete(extra, wire)
		value, err := f.Type.fromWire(object[wire])
		if err != nil {
			return nil, within(wire, err)
		}
		if value != nil {
			out[f.Name] = value
		}
	}
	s.suspectHidden(out)
	if len(extra) > 0 {
		out[Extra] = extra
	}
	return out, nil
}

// suspectHidden takes an empty secret as hidden while its companion is set;
// see [Sealed].
func (s Struct) suspectHidden(o Object) {
	for _, f := range s.Fields {
		sealed, ok := f.Type.(Sealed)
		if !ok || sealed.With == "" || o[f.Name] != nil || IsUnset(o[sealed.With]) {
			continue
		}
		o[f.Name] = Secret{secrets.Hidden("")}
	}
}

// suspect is suspectHidden for an object and all inside it.
func (s Struct) suspect(o Object) Object {
	out := make(Object, len(o))
	for name, value := range o {
		inner, isObject := value.(Object)
		if f := s.Field(name); f != nil && isObject {
			if under, ok := f.Type.(Struct); ok {
				value = under.suspect(inner)
			}
		}
		out[name] = value
	}
	s.suspectHidden(out)
	return out
}

func (s Struct) toWire(v Value) Value {
	object, ok := v.(Object)
	if !ok {
		return v
	}
	out := Object{}
	for name, value := range object {
		if name == Extra {
			extra, _ := value.(Object)
			for name, value := range extra {
				out[name] = value
			}
			continue
		}
		if f := s.Field(name); f != nil {
			out[s.wire(*f)] = f.Type.toWire(value)
		}
	}
	return out
}

func (s Struct) spell(v Value) *yaml.Node {
	object, _ := v.(Object)
	out := &yaml.Node{Kind: yaml.MappingNode, Tag: "!!map"}
	for _, f := range s.Fields {
		if value, ok := object[f.Name]; ok {
			out.Content = append(out.Content, spellText(Text(f.Name)), spellField(f.Type, value))
		}
	}
	if extra, ok := object[Extra]; ok {
		out.Content = append(out.Content, spellText(Text(Extra)), Open{}.spell(extra))
	}
	return out
}

func spellField(t Type, v Value) *yaml.Node {
	if _, null := v.(Null); null {
		return &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!null", Value: "null"}
	}
	return t.spell(v)
}
