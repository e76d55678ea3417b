package explain

import (
	"fmt"
	"slices"
	"strings"

	"authsync/schema"
	"authsync/schema/list"
)

// Place is what a path of a manifest means.
type Place struct {
	// Path is the place as a manifest has it, with NAME for what an object is called.
	Path string
	Doc  string
	// Kind is the kind that the place belongs to; nil = it is none's.
	Kind *schema.Kind
	// Field is the field that stands there; nil = a kind, a system, or a name of the
	// service's own.
	Field *schema.Field
	// Type is what stands there; nil = a kind's objects.
	Type schema.Type
	// Fields are those inside it.
	Fields []schema.Field
	// Rules are those that hold inside it.
	Rules []schema.Rule
	// Wire is the place in a request's body, and Whole the top-level field that an
	// update sends whole to change it; "" = it is never sent.
	Wire, Whole string
	// Below is the path below the object, of what is sent.
	Below schema.Path
	// Weaker is the change of it that gate weaken refuses; nil = none.
	Weaker *schema.Weakening
	Source schema.Document // where its limits are from
}

// At finds the place that a text means: a path of a manifest with or without the
// object's name (providers.config.scope, providers.github.config.scope), a kind
// (provider), or an object and a field of it (provider/github.config.scope). The error
// names the nearest right path.
func At(text string) (Place, error) {
	path, err := schema.ParsePath(text)
	if err != nil {
		return Place{}, err
	}
	first, object, named := strings.Cut(path[0], "/")
	if k := kindCalled(first); k != nil {
		rest := path[1:]
		group := k.Arity == schema.Groups && (named && !strings.Contains(object, "/") || !named && len(rest) == 1)
		if !named {
			rest = belowName(k, rest)
		}
		if group && len(rest) == 0 {
			return groupOf(k), nil
		}
		return inKind(k, rest)
	}
	switch {
	case first == "systems":
		return inSystems(path[1:])
	case schema.Struct{Fields: schema.Head}.Field(first) != nil:
		return Place{Type: schema.Struct{Fields: schema.Head, Naming: schema.AsIs}}.down(path)
	}
	return Place{}, schema.Unknown("path", first, topNames())
}

func kindCalled(name string) *schema.Kind {
	return list.First(schema.Kinds, func(k *schema.Kind) bool { return name == k.Name || name == k.Collection })
}

func topNames() []string {
	names := list.Each(top(), func(l Line) string { return l.Name })
	for _, k := range schema.Kinds {
		if k.Name != k.Collection {
			names = append(names, k.Name)
		}
	}
	return names
}

// top are the paths of one name.
func top() []Line {
	list := []Line{{"systems", "Where the services are."}}
	for _, f := range schema.Head {
		list = append(list, Line{f.Name, f.Doc})
	}
	for _, k := range schema.Kinds {
		list = append(list, Line{k.Collection, k.Doc})
	}
	return list
}

// Next are the paths that a text may go on to, one name further than its last dot.
func Next(text string) []Line {
	dot := strings.LastIndex(text, ".")
	if dot < 0 {
		return top()
	}
	before := text[:dot]
	var list []Line
	if before == "systems" {
		for _, s := range schema.Systems {
			list = append(list, Line{"systems." + s.Name, s.Doc})
		}
		return list
	}
	place, err := At(before)
	if err != nil {
		return nil
	}
	for _, f := range place.Fields {
		list = append(list, Line{before + "." + f.Name, f.Doc})
	}
	return list
}

// belowName leaves out the name of an object, where a path has one: what is called
// like a field is one.
func belowName(k *schema.Kind, path schema.Path) schema.Path {
	fields := names(slices.Concat(k.Type.Fields, metaOf(k), k.Group.Fields))
	if k.Type.Others == nil {
		fields = append(fields, schema.Extra)
	}
	switch {
	case k.Arity == schema.One || len(path) == 0 || slices.Contains(fields, path[0]):
		return path
	case k.Arity == schema.Groups && len(path) >= 2 && path[1] == schema.Rows:
		return path[min(len(path), 3):]
	case k.Arity == schema.Groups && path[0] == schema.Rows:
		return path[min(len(path), 2):]
	}
	return path[1:]
}

func inKind(k *schema.Kind, path schema.Path) (Place, error) {
	root := Place{Path: stands(k), Doc: k.Doc, Kind: k, Source: k.From}
	if len(path) == 0 {
		root.Fields, root.Rules = slices.Concat(k.Type.Fields, metaOf(k)), k.Type.Rules
		return root, nil
	}
	meta := schema.Struct{Fields: metaOf(k), Naming: schema.AsIs}
	switch {
	case k.Type.Field(path[0]) != nil:
	case meta.Field(path[0]) != nil:
		root.Type = meta
		return root.down(path)
	case k.Group.Field(path[0]) != nil:
		group := groupOf(k)
		group.Type = k.Group
		return group.down(path)
	}
	root.Type, root.Whole = k.Type, path[0]
	if path[0] == schema.Extra && len(path) > 1 {
		root.Whole = path[1]
	}
	found, err := root.down(path)
	found.Wire, found.Below = wire(k.Type, path), path
	return found, err
}

// metaOf are the fields that speak to authsync. A list of names has no room for them.
func metaOf(k *schema.Kind) []schema.Field {
	if k.Notation == schema.NamesOnly {
		return nil
	}
	return k.MetaFields()
}

// wire is where a path stands in a request's body.
func wire(t schema.Type, path schema.Path) string {
	var parts []string
	for _, name := range path {
		if item := itemOf(t); item != nil && isIndex(name) {
			t = item
			continue
		}
		around := object(t)
		t = nil
		if around != nil && name == schema.Extra && around.Field(name) == nil {
			continue // what is in it stands beside the other fields
		}
		if around != nil {
			if f := around.Field(name); f != nil {
				name, t = around.WireName(name), f.Type
			}
		}
		parts = append(parts, name)
	}
	return strings.Join(parts, ".")
}

// groupOf is what stands around the objects of a kind in groups.
func groupOf(k *schema.Kind) Place {
	return Place{Path: k.Collection + ".GROUP", Doc: k.Doc, Kind: k, Source: k.From, Fields: k.Group.Fields, Rules: k.Group.Rules}
}

func inSystems(path schema.Path) (Place, error) {
	var list []string
	for _, s := range schema.Systems {
		if len(path) > 0 && s.Name == path[0] {
			at := Place{Path: "systems." + s.Name, Doc: s.Doc, Fields: s.Type.Fields, Rules: s.Type.Rules, Type: s.Type}
			return at.down(path[1:])
		}
		list = append(list, s.Name)
	}
	if len(path) == 0 {
		return Place{Path: "systems", Doc: "Where the services are: " + strings.Join(list, ", ") + "."}, nil
	}
	return Place{}, schema.Unknown("path", "systems."+path[0], prefixed("systems.", list))
}

// down goes from a place to what is below it.
func (p Place) down(path schema.Path) (Place, error) {
	for _, name := range path {
		next, err := p.into(name)
		if err != nil {
			return Place{}, err
		}
		p = next
	}
	return p, nil
}

func (p Place) into(name string) (Place, error) {
	if item := itemOf(p.Type); item != nil && isIndex(name) {
		p.Type = item // one is like all of them
		return p, nil
	}
	name = strings.TrimSuffix(name, "[]")
	around := object(p.Type)
	if around == nil {
		if isOpen(p.Type) {
			return p.own(name), nil
		}
		return Place{}, fmt.Errorf("%s holds nothing below it: it takes %s", p.Path, schema.Words(p.Type))
	}
	f := around.Field(name)
	switch {
	case f == nil && around.Others != nil, f == nil && name == schema.Extra && p.Kind != nil:
		return p.own(name), nil
	case f == nil:
		return Place{}, schema.Unknown("path", p.join(name), prefixed(p.join(""), names(around.Fields)))
	}
	in := p
	in.Path, in.Doc, in.Field, in.Type, in.Fields, in.Rules = p.join(name), f.Doc, f, f.Type, nil, nil
	if f.Weaker != nil {
		in.Weaker = f.Weaker
	}
	in.Source = either(f.From, either(around.From, p.Source))
	if inner := object(f.Type); inner != nil {
		in.Fields, in.Rules = inner.Fields, inner.Rules
	}
	return in, nil
}

// own is a place whose name is the service's.
func (p Place) own(name string) Place {
	in := p
	in.Path, in.Field, in.Fields, in.Rules, in.Type = p.join(name), nil, nil, nil, schema.Open{}
	if p.Kind == nil {
		return in // said to authsync, and to no service
	}
	in.Doc = "A name of the service's own: it goes to the wire as it is, and is compared with what is live."
	return in
}

func (p Place) join(name string) string { return strings.TrimPrefix(p.Path+"."+name, ".") }

// isOpen reports whether the names inside a type are the service's own.
func isOpen(t schema.Type) bool {
	switch t := t.(type) {
	case schema.Open, schema.Column:
		return true
	case schema.ListOf:
		return isOpen(t.Item)
	case schema.InText:
		return isOpen(t.Of)
	}
	return false
}

// isIndex reports whether a name is that of an item of a list.
func isIndex(name string) bool { return strings.Trim(name, "0123456789") == "" }

// itemOf is the type of a list's items; nil = it is no list.
func itemOf(t schema.Type) schema.Type {
	switch t := t.(type) {
	case schema.ListOf:
		return t.Item
	case schema.SetOf:
		return t.Item
	}
	return nil
}

// object is the object that a type is, or is a list of.
func object(t schema.Type) *schema.Struct {
	switch t := t.(type) {
	case schema.Struct:
		return &t
	case schema.ListOf:
		return object(t.Item)
	case schema.SetOf:
		return object(t.Item)
	case schema.InText:
		return object(t.Of)
	}
	return nil
}

func names(fields []schema.Field) []string {
	return list.Each(fields, func(f schema.Field) string { return f.Name })
}

func prefixed(before string, list []string) []string {
	out := make([]string, len(list))
	for i, name := range list {
		out[i] = before + name
	}
	return out
}
