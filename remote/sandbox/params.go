package sandbox

import (
	"maps"
	"slices"
	"strconv"

	"authsync/schema"
	"authsync/schema/quirk"
)

// param declares one parameter of an action, or one field of an object in it.
type param struct {
	name     string
	form     form
	required bool
	oneOf    []string // the values that a text may have; none: any
	fields   []param  // of an object, or of each object in a list
	unseen   bool     // is taken and never shown
}

// form is the JSON type of a parameter.
type form int

const (
	text form = iota
	boolean
	integer
	object
	objects
	textList
)

// envID is the parameter that names the environment, in every action but one.
var envID = param{name: "EnvId", form: text, required: true}

var (
	switchValues = []string{"TRUE", "FALSE"}
	flagValues   = []string{"TRUE", "FALSE", "UNSPECIFIED"}
)

func missing(name string) error {
	return refuse("MissingParameter", "The request is missing a required parameter `%s`.", name)
}

func wrongType(name string) error {
	return refuse("InvalidParameter", "The value type of parameter `%s` is not valid.", name)
}

// wrongValue returns the error of a wrong value, which must not be a secret.
func wrongValue(name, value string) error {
	return refuse("InvalidParameterValue", "The value `%s` specified in the parameter `%s` is not valid.", value, name)
}

// checkTypes refuses missing parameters and wrong types and values. Undeclared names
// are accepted: below the top level the service keeps them.
func checkTypes(params []param, in schema.Object, prefix string) error {
	for _, p := range params {
		value := in[p.name]
		if value == nil {
			if p.required {
				return missing(prefix + p.name)
			}
			continue
		}
		if err := p.check(value, prefix+p.name); err != nil {
			return err
		}
	}
	return nil
}

func (p param) check(value schema.Value, path string) error {
	ok := false
	switch value := value.(type) {
	case schema.Text:
		if p.form == text && p.oneOf != nil && !slices.Contains(p.oneOf, string(value)) {
			return wrongValue(path, string(value))
		}
		ok = p.form == text
	case schema.Bool:
		ok = p.form == boolean
	case schema.Number:
		_, err := strconv.ParseInt(string(value), 10, 64)
		ok = p.form == integer && err == nil
	case schema.Object:
		if p.form == object {
			return checkTypes(p.fields, value, path+".")
		}
	case schema.List:
		return p.checkList(value, path)
	}
	if !ok {
		return wrongType(path)
	}
	return nil
}

func (p param) checkList(values schema.List, path string) error {
	element := param{form: object, fields: p.fields}
	switch p.form {
	case objects:
	case textList:
		element = param{form: text}
	default:
		return wrongType(path)
	}
	for i, value := range values {
		if err := element.check(value, path+"."+strconv.Itoa(i)); err != nil {
			return err
		}
	}
	return nil
}

// onlyKnown refuses, keeps or drops a parameter that the action does not declare,
// unless an object of the action's kind was seeded with it: then the service has
// it, documented or not.
func (c *call) onlyKnown(a action) error {
	for _, name := range c.in.Names() {
		switch {
		case declares(a.params, name) || c.env != nil && c.env.undocumented[a.kind][name]:
			continue
		case c.plays(quirk.UndeclaredFields, quirk.Kept) && a.kind != "":
			c.env.undocumented[a.kind] = with(c.env.undocumented[a.kind], name)
			continue
		case c.plays(quirk.UndeclaredFields, quirk.Dropped):
			delete(c.in, name)
			continue
		}
		return refuse("UnknownParameter", "The parameter `%s` is not recognized.", name)
	}
	return nil
}

// with returns a set of names with one more.
func with(set map[string]bool, name string) map[string]bool {
	all := map[string]bool{name: true}
	maps.Copy(all, set)
	return all
}

// without drops a value at every depth of objects.
func without(o schema.Object, absent schema.Value) schema.Object {
	kept := schema.Object{}
	for name, value := range o {
		if inner, isObject := value.(schema.Object); isObject {
			value = without(inner, absent)
		}
		if value != absent {
			kept[name] = value
		}
	}
	return kept
}

// withoutEmpty is for services to which an empty text is absent.
func withoutEmpty(o schema.Object) schema.Object { return without(o, schema.Text("")) }

func declares(params []param, name string) bool {
	return fieldOf(params, name) != nil
}

// withoutNulls is for services to which null is absent.
func withoutNulls(o schema.Object) schema.Object { return without(o, schema.Null{}) }

// overlay lays the fields of over onto a copy of base, objects field by field.
func overlay(base, over schema.Object) schema.Object {
	merged := base.Clone()
	for name, value := range over {
		inner, isObject := value.(schema.Object)
		old, wasObject := merged[name].(schema.Object)
		if isObject && wasObject {
			value = overlay(old, inner)
		}
		merged[name] = value
	}
	return merged
}

// whole returns the field as an integer.
func whole(o schema.Object, name string) (int64, bool) {
	number, ok := o[name].(schema.Number)
	if !ok {
		return 0, false
	}
	n, err := strconv.ParseInt(string(number), 10, 64)
	return n, err == nil
}

func number(n int64) schema.Number { return schema.Number(strconv.FormatInt(n, 10)) }
