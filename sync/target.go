package sync

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"authsync/schema"
	"authsync/schema/list"
)

// Asked is an object, or one field of it, that a user asked for by name.
type Asked struct {
	Key   schema.Key
	Field schema.Path // none = the whole object
}

// String spells it as [ParseAsked] reads it.
func (a Asked) String() string {
	if a.Key.Name == "" {
		return schema.Path(append([]string{a.Key.Kind}, a.Field...)).String()
	}
	group, name := "", a.Key.Name
	if i := strings.IndexByte(name, '/'); i >= 0 && schema.KindNamed(a.Key.Kind).Arity == schema.Groups {
		group, name = name[:i+1], name[i+1:]
	}
	return a.Key.Kind + "/" + group + schema.Path(append([]string{name}, a.Field...)).String()
}

// AskedText is such a name as it was written. A name may contain dots, so it takes the
// known names to separate it from the field.
type AskedText struct {
	text string
	kind *schema.Kind
	may  []Asked // the longest name first
}

// ParseAsked reads KEY[.field]. A name with a dot may be quoted.
func ParseAsked(text string) (AskedText, error) {
	end := strings.IndexAny(text, "/.")
	if end < 0 {
		end = len(text)
	}
	key, err := schema.ParseKey(text[:end])
	if err != nil {
		return AskedText{}, err
	}
	t := AskedText{text: text, kind: schema.KindNamed(key.Kind)}
	rest := strings.TrimPrefix(text[end:], "/")
	switch {
	case rest == "":
		t.may = []Asked{{Key: key}}
		return t, nil
	case strings.HasPrefix(rest, ".") && t.kind.Arity == schema.One:
		field, err := schema.ParsePath(rest[1:])
		t.may = []Asked{{Key: key, Field: field}}
		return t, err
	case strings.HasPrefix(rest, "."):
		return t, fmt.Errorf("%q: name one object before the field: %s/NAME.FIELD", text, key.Kind)
	}
	group := ""
	if i := strings.IndexByte(rest, '/'); i >= 0 && t.kind.Arity == schema.Groups {
		group, rest = rest[:i+1], rest[i+1:]
	}
	path, err := schema.ParsePath(rest)
	if err != nil {
		return t, fmt.Errorf("%q: %w", text, err)
	}
	longest := len(path)
	if strings.HasPrefix(rest, `"`) {
		longest = 1
	}
	for n := longest; n > 0; n-- {
		t.may = append(t.may, Asked{schema.Key{Kind: key.Kind, Name: group + strings.Join(path[:n], ".")}, path[n:]})
	}
	return t, nil
}

// ByName reports whether the text names more than a whole kind.
func (t AskedText) ByName() bool   { return t.may[0].Key.Name != "" || len(t.may[0].Field) > 0 }
func (t AskedText) String() string { return t.text }

// Keys returns all objects that the text may name.
func (t AskedText) Keys() []schema.Key {
	return list.Each(t.may, func(m Asked) schema.Key { return m.Key })
}

// Among returns the longest name of a known object, and the rest as the field.
func (t AskedText) Among(knows func(schema.Key) bool) (Asked, bool) {
	for _, m := range t.may {
		if knows(m.Key) {
			return m, true
		}
	}
	return Asked{}, false
}

// ErrUnknownTarget is the error for a name that neither side has ever had.
var ErrUnknownTarget = errors.New("neither git nor live nor the lock knows it")

// In returns what the text names in an environment: the longest name of an object that
// git, live or the lock has, and the rest as the field.
func (t AskedText) In(site *Site, read *Reading) (Asked, error) {
	asked, known := t.Among(func(key schema.Key) bool { return knows(site, read, key) })
	if !known {
		return asked, fmt.Errorf("%s: %w", t.text, ErrUnknownTarget)
	}
	return asked, nil
}

func knows(site *Site, read *Reading, key schema.Key) bool {
	o := Options{Targets: []schema.Key{key}}
	if _, locked := site.Lock.Entry(key); locked || slices.ContainsFunc(site.Lock.Keys(key.Kind), o.Selects) {
		return true
	}
	if c := site.Env.Collections[key.Kind]; c != nil {
		if key.Name == "" || slices.ContainsFunc(c.Objects, func(d *schema.Declared) bool { return o.Selects(d.Key) }) || c.Groups[key.Name] != nil {
			return true
		}
	}
	for name, live := range read.Live[key.Kind] {
		if o.Selects(schema.Key{Kind: key.Kind, Name: name}) && live.Presence != Phantom {
			return true
		}
	}
	return false
}

// Widened returns the environment with empty collections for what was asked for and it
// does not name, so that these kinds are read.
func Widened(env *schema.Environment, targets []AskedText) *schema.Environment {
	wide := *env
	wide.Collections = map[string]*schema.Collection{}
	maps.Copy(wide.Collections, env.Collections)
	for _, t := range targets {
		if wide.Collections[t.kind.Name] == nil && env.Has(t.kind.System) && t.kind.Arity != schema.Groups {
			wide.Collections[t.kind.Name] = &schema.Collection{Kind: t.kind}
		}
	}
	return &wide
}

// named reports whether an object was asked for by its own name.
func (x *taking) named(key schema.Key) bool {
	return slices.ContainsFunc(x.takes.Asked, func(t Asked) bool { return t.Key == key })
}

// kindNamed reports whether all of a kind was asked for.
func (x *taking) kindNamed(kind string) bool {
	return slices.ContainsFunc(x.takes.Asked, func(t Asked) bool { return t.Key == schema.Key{Kind: kind} })
}

// wants reports whether a field is asked for.
func (x *taking) wants(key schema.Key, at schema.Path) bool {
	return x.asks(func(t Asked) bool { return Covers(t.Key, key) && t.Field.Meets(at) })
}

// wantsWhole reports whether a whole object is asked for.
func (x *taking) wantsWhole(key schema.Key) bool {
	return x.asks(func(t Asked) bool { return Covers(t.Key, key) && len(t.Field) == 0 })
}

// asks reports whether anything that is so is asked for; if nothing is named, all is.
func (x *taking) asks(so func(Asked) bool) bool {
	return len(x.takes.Asked) == 0 || slices.ContainsFunc(x.takes.Asked, so)
}
