package sandbox

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"authsync/remote/sandbox/model"
	"authsync/schema"
)

// Names are what a transcription says of an object: its names at every depth,
// with dots between, [] behind a list's.
type names map[string]leaf

// leaf is one name of a transcription.
type leaf struct {
	form     string // string, number, boolean, object, or one of these with []
	required bool
	nullable bool     // in an answer; only a model says it
	values   []string // none: any
}

// under adds a name and what is inside it.
func (n names) under(at string, l leaf, inside names) {
	n[at] = l
	if strings.HasSuffix(l.form, "[]") {
		at += "[]"
	}
	for path, inner := range inside {
		n[at+"."+path] = inner
	}
}

var forms = map[form]string{text: "string", boolean: "boolean", integer: "number", object: "object", objects: "object[]", textList: "string[]"}

// ofSandbox are the names of parameters.
func ofSandbox(params []param) names {
	n := names{}
	for _, p := range params {
		n.under(p.name, leaf{form: forms[p.form], required: p.required, values: p.oneOf}, ofSandbox(p.fields))
	}
	return n
}

// ofModel are the names of a type of the SDK.
func ofModel(t *testing.T, m *model.Model, name string) names {
	t.Helper()
	n := names{}
	if m.Types[name] == nil {
		t.Fatalf("the model has no %s", name)
	}
	for field, f := range m.Types[name] {
		l, inside := leaf{form: f.Type, required: f.Required, nullable: f.Nullable, values: f.Values}, names(nil)
		if m.Types[f.Type] != nil {
			l.form, inside = "object", ofModel(t, m, f.Type)
		}
		if f.List {
			l.form += "[]"
		}
		n.under(field, l, inside)
	}
	return n
}

// ofSchema are the wire names of an object, and of what is settable in it only
// if that is asked for.
func ofSchema(t *testing.T, s schema.Struct, which func(schema.Field) bool) names {
	t.Helper()
	n := names{}
	for _, f := range s.Fields {
		if which(f) {
			l, inside := ofType(t, f.Type, which)
			l.required = f.Need != schema.Optional
			n.under(s.WireName(f.Name), l, inside)
		}
	}
	return n
}

// ofType is what a type is on the wire. A type that it does not know fails the
// test: it must be told.
func ofType(t *testing.T, of schema.Type, which func(schema.Field) bool) (leaf, names) {
	t.Helper()
	switch of := of.(type) {
	case schema.String, schema.Sealed, schema.InText:
		return leaf{form: "string"}, nil
	case schema.OneOf:
		return leaf{form: "string", values: of}, nil
	case schema.Choice:
		return leaf{form: "string", values: of}, nil
	case schema.Switch:
		values := switchValues
		if of.States == schema.OrUnspecified {
			values = flagValues
		}
		return leaf{form: "string", values: values}, nil
	case schema.Boolean:
		return leaf{form: "boolean"}, nil
	case schema.Integer, schema.Span:
		return leaf{form: "number"}, nil
	case schema.Open:
		return leaf{form: "object"}, nil
	case schema.Pairs:
		return leaf{form: "object[]"}, nil
	case schema.Struct:
		return leaf{form: "object"}, ofSchema(t, of, which)
	case schema.ListOf:
		return listed(t, of.Item, which)
	case schema.SetOf:
		return listed(t, of.Item, which)
	}
	t.Fatalf("this test does not know what a %T is on the wire", of)
	return leaf{}, nil
}

func listed(t *testing.T, item schema.Type, which func(schema.Field) bool) (leaf, names) {
	t.Helper()
	l, inside := ofType(t, item, which)
	return leaf{form: l.form + "[]"}, inside
}

// both are the names of both; what both require is required, and the values of
// one name are those of both.
func both(a, b names) names {
	all := maps.Clone(a)
	for path, l := range all {
		l.required = l.required && b[path].required
		all[path] = l
	}
	for path, l := range b {
		was, there := all[path]
		if !there {
			l.required = false
			was = l
		}
		for _, v := range l.values {
			if !slices.Contains(was.values, v) {
				was.values = append(slices.Clone(was.values), v)
			}
		}
		all[path] = was
	}
	return all
}

// but are the names without some at the top.
func (n names) but(top ...string) names {
	left := maps.Clone(n)
	maps.DeleteFunc(left, func(path string, _ leaf) bool {
		name, _, _ := strings.Cut(strings.ReplaceAll(path, "[]", ""), ".")
		return slices.Contains(top, name)
	})
	return left
}

// aspect says what of two transcriptions is compared.
type aspect struct{ needs, values bool }

// differences are where two transcriptions are not the same. What is inside a
// name that only one of them has is not told of. A model that names no values says
// nothing of them.
func differences(aName, bName string, a, b names, of aspect) []string {
	var found []string
	tell := func(path, format string, args ...any) { found = append(found, path+": "+fmt.Sprintf(format, args...)) }
	alone := func(path string, others names) bool {
		for outer := range others {
			if at := strings.TrimSuffix(outer, "[]"); path == at {
				return false
			}
		}
		parent := strings.TrimSuffix(path[:max(strings.LastIndexByte(path, '.'), 0)], "[]")
		_, known := others[parent]
		return parent == "" || known
	}
	for path, l := range a {
		other, both := b[path]
		switch {
		case !both && alone(path, b):
			tell(path, "only %s has it", aName)
		case !both:
		case l.form != other.form:
			tell(path, "%s in %s, %s in %s", l.form, aName, other.form, bName)
		case of.needs && l.required != other.required:
			tell(path, "only %s requires it", map[bool]string{true: aName, false: bName}[l.required])
		case of.values && !sameValues(l.values, other.values) && !(bName == "model" && other.values == nil):
			tell(path, "one of %v in %s, of %v in %s", l.values, aName, other.values, bName)
		}
	}
	for path := range b {
		if _, both := a[path]; !both && alone(path, a) {
			tell(path, "only %s has it", bName)
		}
	}
	slices.Sort(found)
	return found
}

func sameValues(a, b []string) bool {
	return slices.Equal(slices.Sorted(slices.Values(a)), slices.Sorted(slices.Values(b)))
}
