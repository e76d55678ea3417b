package schema

import (
	"regexp"
	"sort"

	"authsync/secrets"
)

var namePattern = regexp.MustCompile(`^[a-z0-9][a-z0-9._-]{0,62}$`)

const nameForm = "a name (lower-case letters, digits, - . and _, at most 63)"

// readEnvironment reads a manifest after `extends`.
func readEnvironment(r *reader, f *file, n *Node) *Environment {
	e := &Environment{Name: f.name, File: f.path, Systems: map[string]Object{}, Collections: map[string]*Collection{}}
	for _, field := range n.Fields {
		at := Path{field.Name}
		kind := kindOfCollection(field.Name)
		switch {
		case field.Name == "apiVersion", field.Name == "kind", field.Name == "name", field.Name == "extends":
		case field.Name == "recipients":
			e.Recipients = readRecipients(r, field.Value, at)
		case field.Name == "systems":
			readSystems(r, field.Value, at, e)
		case kind != nil:
			e.Collections[kind.Name] = readCollection(r, kind, field)
		default:
			r.faults.add(field.Pos, at, "%s", unknownName("field", field.Name, topNames()))
		}
	}
	if r.whole == Whole {
		needSystems(r, f, e)
	}
	return e
}

func topNames() []string {
	names := []string{"apiVersion", "kind", "name", "extends", "recipients", "systems"}
	for _, k := range Kinds {
		names = append(names, k.Collection)
	}
	return names
}

func kindOfCollection(name string) *Kind {
	for _, k := range Kinds {
		if k.Collection == name {
			return k
		}
	}
	return nil
}

func readRecipients(r *reader, n *Node, at Path) []string {
	if n.Form != ListForm {
		r.fault(n, at, "takes a list of age recipients, not %s", n.Form)
		return nil
	}
	var recipients []string
	for _, item := range n.Items {
		text, ok := readText(r, item, at)
		if !ok {
			continue
		}
		if _, err := secrets.ParseRecipients([]string{text}); err != nil {
			r.fault(item, at, "%s", err)
			continue
		}
		recipients = append(recipients, text)
	}
	return recipients
}

func readSystems(r *reader, n *Node, at Path, e *Environment) {
	if n.Form != MapForm {
		r.fault(n, at, "takes a mapping, not %s", n.Form)
		return
	}
	for _, field := range n.Fields {
		settings := systemNamed(field.Name)
		if settings == nil {
			var names []string
			for _, s := range Systems {
				names = append(names, s.Name)
			}
			r.faults.add(field.Pos, at.Then(field.Name), "%s", unknownName("system", field.Name, names))
			continue
		}
		e.Systems[field.Name], _ = settings.Type.read(r, field.Value, at.Then(field.Name)).(Object)
	}
}

func systemNamed(name string) *SystemSettings {
	for i := range Systems {
		if Systems[i].Name == name {
			return &Systems[i]
		}
	}
	return nil
}

// needSystems asks for the settings of each system whose objects are named.
func needSystems(r *reader, f *file, e *Environment) {
	for _, k := range Kinds {
		c := e.Collections[k.Name]
		if c == nil {
			continue
		}
		if _, ok := e.Systems[k.System]; !ok {
			r.faults.add(c.Pos, Path{k.Collection}, "needs systems.%s, which says where they are", k.System)
		}
	}
	if len(e.Collections) == 0 {
		r.faults.doubt(f.node.Pos, nil, "the manifest names no object: nothing is managed")
	}
}

func readCollection(r *reader, k *Kind, field NamedNode) *Collection {
	c := &Collection{Kind: k, Pos: field.Pos}
	n, at := field.Value, Path{k.Collection}
	if n.Form != MapForm {
		hint := ""
		if n.Form == NullForm {
			hint = "; write {} where there is none"
		}
		r.fault(n, at, "takes a mapping, not %s%s", n.Form, hint)
		return c
	}
	if k.Arity == One {
		if d := readObject(r, k, "", field, at); d != nil {
			c.Objects = append(c.Objects, d)
		}
		return c
	}
	for _, object := range n.Fields {
		path := at.Then(object.Name)
		if !k.Key.Pattern.MatchString(object.Name) {
			r.faults.add(object.Pos, path, "%s is not %s", quote(object.Name), k.Key.Form)
			continue
		}
		if d := readObject(r, k, object.Name, object, path); d != nil {
			c.Objects = append(c.Objects, d)
		}
	}
	if k.Max > 0 && len(n.Fields) > k.Max {
		r.faults.add(c.Pos, at, "holds %d; an environment has at most %d", len(n.Fields), k.Max)
	}
	sort.Slice(c.Objects, func(i, j int) bool { return c.Objects[i].Key.Name < c.Objects[j].Key.Name })
	return c
}

// readObject parts what speaks to authsync from what is the service's.
func readObject(r *reader, k *Kind, name string, field NamedNode, at Path) *Declared {
	d := &Declared{Key: Key{k.Name, name}, Pos: field.Pos}
	n := field.Value
	if n.Form != MapForm {
		r.fault(n, at, "takes a mapping, not %s", n.Form)
		return nil
	}
	own := *n
	own.Fields = nil
	for _, f := range n.Fields {
		if f.Name != "keep" {
			own.Fields = append(own.Fields, f)
			continue
		}
		if keep, _ := readBool(r, f.Value, at.Then(f.Name), "true or false"); keep {
			d.Keep = Kept
		}
	}
	d.Fields, _ = k.Type.read(r, &own, at).(Object)
	return d
}
