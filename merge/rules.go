package merge

import (
	"slices"
	"time"

	"gopkg.in/yaml.v3"

	"authsync/schema"
)

// rule says how a value that both sides changed is merged.
type rule int

const (
	// byField: names one by one; a list is one value.
	byField rule = iota
	// anyOrder: a list whose order is not significant.
	anyOrder
	// whole: a value that cannot be merged in parts.
	whole
	// byTime: an entry of a lock. The later one describes the live state.
	byTime
)

// rules has the rule of each place.
type rules interface{ at(schema.Path) rule }

// rulesOf returns the rules of a file, by its kind.
func rulesOf(tree *yaml.Node) rules {
	kind := field(tree, "kind")
	if kind == nil {
		return table{}
	}
	switch kind.Value {
	case schema.EnvironmentFile, schema.BaseFile:
		return manifest{}
	case "Lock":
		return lockRules
	case "Vault":
		return vaultRules
	}
	return table{}
}

// row is a rule for a place; * stands for any one name.
type row struct {
	path []string
	rule rule
}

type table []row

func (t table) at(at schema.Path) rule {
	for _, r := range t {
		if slices.EqualFunc(r.path, at, func(name, is string) bool { return name == "*" || name == is }) {
			return r.rule
		}
	}
	return byField
}

var lockRules = table{
	{[]string{"objects", "*"}, byTime},
	{[]string{"recipients"}, anyOrder},
	{[]string{"listed"}, anyOrder},
	{[]string{"unmanaged"}, anyOrder},
	{[]string{"making"}, anyOrder},
	{[]string{"systems", "*"}, whole},
}

var vaultRules = table{
	{[]string{"tokens", "*"}, whole},
	{[]string{"systems", "*"}, whole},
}

// manifest takes the rules from the types of the fields.
type manifest struct{}

var head = table{
	{[]string{"recipients"}, anyOrder}, {[]string{"secret"}, anyOrder}, {[]string{"notSecret"}, anyOrder}, {[]string{"own"}, anyOrder},
}

func (manifest) at(at schema.Path) rule {
	for _, k := range schema.Kinds {
		if len(at) == 0 {
			break
		}
		if at[0] == k.Collection && k.Notation == schema.NamesOnly && len(at) == 1 {
			return anyOrder
		}
		if _, below, in := k.NameAt(at); in && k.HoldsSet(below) {
			return anyOrder
		}
	}
	return head.at(at)
}

// newer returns the later of two entries of a lock; nil = not known.
func (m *merger) newer(ours, theirs *yaml.Node) *yaml.Node {
	a, okA := applied(ours)
	b, okB := applied(theirs)
	switch {
	case !okA || !okB || a.Equal(b):
		return nil
	case a.After(b):
		return ours
	}
	return theirs
}

func applied(entry *yaml.Node) (time.Time, bool) {
	at := field(entry, "applied")
	if at == nil {
		return time.Time{}, false
	}
	t, err := time.Parse(time.RFC3339, at.Value)
	return t, err == nil
}
