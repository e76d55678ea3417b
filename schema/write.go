package schema

import (
	"bytes"
	"errors"
	"maps"
	"slices"
	"strings"
	"time"

	"gopkg.in/yaml.v3"

	"authsync/schema/list"
	"authsync/spell"
)

// Remark is a comment that [Write] puts at a place of a manifest, or at the
// nearest place above it.
type Remark struct {
	Path Path
	Text string
}

// Write encodes an environment as a manifest, with kinds and fields in the order of
// their declaration. Reading it gives the same environment.
func Write(e *Environment, remarks []Remark) ([]byte, error) {
	var all mapping
	all.add("apiVersion", spellText(Text(APIVersion)))
	all.add("kind", spellText(Text(EnvironmentFile)))
	all.add("name", spellText(Text(e.Name)))
	if len(e.Recipients) > 0 {
		all.add("recipients", spellItems(String{}, texts(e.Recipients)))
	}
	for _, overrule := range []struct {
		name  string
		paths []Path
	}{{secretPaths, e.SecretPaths}, {notSecretPaths, e.NotSecretPaths}, {ownPaths, e.OwnPaths}} {
		if len(overrule.paths) > 0 {
			all.add(overrule.name, spellItems(String{}, texts(list.Each(overrule.paths, Path.String))))
		}
	}
	if len(e.Acks) > 0 {
		whys := Object{}
		for _, ack := range e.Acks {
			whys[ack.Path.String()] = Text(ack.Why)
		}
		all.add(acks, ackType.spell(whys))
	}
	if len(e.Labels) > 0 {
		all.add(labels, labelType.spell(e.Labels))
	}
	if len(e.Expiries) > 0 {
		days := Object{}
		for _, one := range e.Expiries {
			days[one.Path.String()] = Text(one.End.AddDate(0, 0, -1).Format(time.DateOnly))
		}
		all.add(expires, expiryType.spell(days))
	}
	var systems mapping
	for _, s := range Systems {
		if settings, ok := e.Systems[s.Name]; ok {
			systems.add(s.Name, s.Type.spell(settings))
		}
	}
	all.add("systems", systems.node())
	for _, k := range Kinds {
		if c := e.Collections[k.Name]; c != nil {
			all.add(k.Collection, spellCollection(c))
		}
	}
	root := all.node()
	for _, r := range remarks {
		comment(root, r.standing(e))
	}
	text, err := Encode(root)
	return paragraphs(text), err
}

// standing is a remark about a collection that the manifest does not have, at the place
// where it would be: above the one after it, or else above the last.
func (r Remark) standing(e *Environment) Remark {
	if len(r.Path) != 1 || kindOfCollection(r.Path[0]) == nil || e.Collections[kindOfCollection(r.Path[0]).Name] != nil {
		return r
	}
	passed := false
	for _, k := range Kinds {
		if e.Collections[k.Name] == nil {
			passed = passed || k.Collection == r.Path[0]
			continue
		}
		if r.Path = (Path{k.Collection}); passed {
			return r
		}
	}
	return r
}

// paragraphs puts an empty line before the settings and each collection, and before the
// comments above it.
func paragraphs(text []byte) []byte {
	var out bytes.Buffer
	commented := false
	for _, line := range strings.SplitAfter(string(text), "\n") {
		name, _, _ := strings.Cut(line, ":")
		comment := strings.HasPrefix(line, "#")
		if !commented && (comment || name == "systems" || kindOfCollection(name) != nil) {
			out.WriteString("\n")
		}
		commented = comment
		out.WriteString(line)
	}
	return out.Bytes()
}

func spellCollection(c *Collection) *yaml.Node {
	if c.Kind.Arity == One && len(c.Objects) == 1 {
		return SpellObject(c.Objects[0])
	}
	if c.Kind.Notation == NamesOnly {
		return spellItems(String{}, list.Each(c.Objects, func(d *Declared) Value { return Text(d.Key.Name) }))
	}
	var out mapping
	if c.Kind.Arity != Groups {
		for _, d := range c.Objects {
			out.add(d.Key.Name, SpellObject(d))
		}
		return out.node()
	}
	for _, name := range slices.Sorted(maps.Keys(c.Groups)) {
		var rows mapping
		for _, d := range c.Objects {
			if g, row, _ := strings.Cut(d.Key.Name, "/"); g == name {
				rows.add(row, SpellObject(d))
			}
		}
		group := mapping(c.Kind.Group.spell(c.Groups[name]).Content)
		group.add(Rows, rows.node())
		out.add(name, group.node())
	}
	return out.node()
}

// SpellObject encodes one object of a manifest.
func SpellObject(d *Declared) *yaml.Node {
	k := KindNamed(d.Key.Kind)
	n := k.Type.spell(d.Fields)
	meta := Struct{Fields: k.MetaFields()}.spell(d.Meta)
	n.Content = append(meta.Content, n.Content...)
	return n
}

// SpellObjectWith encodes an object with remarks, whose paths are the manifest's. A
// remark without a place in it is left out.
func SpellObjectWith(d *Declared, remarks []Remark) *yaml.Node {
	n, at := SpellObject(d), KindNamed(d.Key.Kind).Path(d.Key.Name)
	for _, r := range remarks {
		if len(r.Path) > len(at) {
			comment(n, Remark{r.Path[len(at):], r.Text})
		}
	}
	return n
}

// SpellField encodes the value at a path in an object of the kind.
func (k *Kind) SpellField(path Path, v Value) *yaml.Node {
	return spellAt(k.stated(), path, v)
}

// SpellSetting encodes a setting of a group.
func (k *Kind) SpellSetting(path Path, v Value) *yaml.Node { return spellAt(k.Group, path, v) }

func spellAt(t Type, path Path, v Value) *yaml.Node {
	for _, name := range path {
		s, ok := t.(Struct)
		if !ok || name == Extra {
			return spellOpen(v)
		}
		f := s.Field(name)
		if f == nil {
			return spellOpen(v)
		}
		t = f.Type
	}
	return spellField(t, v)
}

// SpellName encodes a name of a mapping.
func SpellName(name string) *yaml.Node { return spellText(Text(name)) }

// comment puts a remark above the deepest existing name of its path.
func comment(n *yaml.Node, r Remark) {
	var key *yaml.Node
	for _, name := range r.Path {
		var next []*yaml.Node
		for pair := range slices.Chunk(n.Content, 2) {
			if n.Kind == yaml.MappingNode && pair[0].Value == name {
				next = pair
			}
		}
		if next == nil {
			break
		}
		key, n = next[0], next[1]
	}
	if key == nil {
		return
	}
	text := "# " + spell.Text(strings.Join(strings.Fields(r.Text), " "))
	if key.HeadComment != "" {
		text = key.HeadComment + "\n" + text
	}
	key.HeadComment = text
}

// Encode writes two spaces an indent.
func Encode[T interface{}](root T) ([]byte, error) {
	var b bytes.Buffer
	e := yaml.NewEncoder(&b)
	e.SetIndent(2)
	err := errors.Join(e.Encode(root), e.Close())
	return b.Bytes(), err
}
