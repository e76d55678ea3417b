package schema

import "strconv"

// place is what a path of a manifest means: its type, and the change of it that makes
// an environment less safe.
type place struct {
	path   Path
	typ    Type
	weaker *Weakening
}

// manifestType is a whole manifest as one type, so that a path leads through it from
// the top.
func manifestType() Struct {
	systems := Struct{Naming: AsIs}
	for _, s := range Systems {
		systems.Fields = append(systems.Fields, Field{Name: s.Name, Type: s.Type})
	}
	whole := Struct{Naming: AsIs, Fields: []Field{
		{Name: labels, Type: labelType},
		{Name: "recipients", Type: SetOf{String{}}},
		{Name: "systems", Type: systems},
	}}
	for _, k := range Kinds {
		whole.Fields = append(whole.Fields, Field{Name: k.Collection, Type: k.collectionType()})
	}
	return whole
}

// collectionType is what stands under a kind's collection.
func (k *Kind) collectionType() Type {
	switch {
	case k.Notation == NamesOnly:
		return SetOf{String{}}
	case k.Arity == One:
		return k.stated()
	case k.Arity == Groups:
		group := k.Group
		group.Fields = append(group.Fields[:len(group.Fields):len(group.Fields)], Field{Name: Rows, Type: Struct{Naming: AsIs, Others: k.stated()}})
		return Struct{Naming: AsIs, Others: group}
	}
	return Struct{Naming: AsIs, Others: k.stated()}
}

// placeOf finds what a path means, or says why it means nothing.
func placeOf(path Path) (p place, wrong string) {
	p = place{typ: manifestType()}
	for _, name := range path {
		if wrong := p.descend(name); wrong != "" {
			return p, path.String() + ": " + wrong
		}
	}
	return p, ""
}

// descend goes on to a name in the place.
func (p *place) descend(name string) (wrong string) {
	typ := p.typ
	if packed, is := typ.(InText); is {
		typ = packed.Of
	}
	switch t := typ.(type) {
	case Struct:
		wrong = p.field(t, name)
	case ListOf:
		wrong = p.item(t.Item, name)
	case SetOf:
		wrong = p.item(t.Item, name)
	case Open, Column, Any, Pairs:
		p.typ = Any{name}
	default:
		return p.path.String() + " is one value: nothing is in it"
	}
	p.path = p.path.Then(name)
	return wrong
}

func (p *place) field(s Struct, name string) (wrong string) {
	f := s.Field(name)
	switch {
	case f == nil && s.Others == nil && name == anyName:
		return "* stands for the name of an object, and these are fields: " + commas(s.names())
	case f == nil && s.Others == nil && name != Extra:
		return unknownName("field", name, s.names())
	case f != nil && f.Access == ReadOnly:
		return name + " is set by the service, and no manifest states it"
	}
	in := s.weakField(name)
	p.typ = in.Type
	if in.Weaker != nil {
		p.weaker = in.Weaker
	}
	return ""
}

func (p *place) item(t Type, name string) (wrong string) {
	if _, err := strconv.Atoi(name); err != nil && name != anyName {
		return "it is a list, of which * names the items"
	}
	p.typ = t
	return ""
}
