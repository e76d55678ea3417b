package schema

import (
	"sort"

	"authsync/schema/list"
	"authsync/schema/pattern"
)

var namePattern = pattern.Of(`^[a-z0-9][a-z0-9._-]{0,62}$`)

const nameForm = "a name (lower-case letters, digits, - . and _, at most 63)"

// readEnvironment reads a manifest after `extends`.
func readEnvironment(r *reader, f *file, n *Node) *Environment {
	e := &Environment{node: n, Name: f.name, File: f.path, Systems: map[string]Object{}, systems: map[string]NamedNode{}, Collections: map[string]*Collection{}}
	r.held = &e.Secrets
	e.SecretPaths, e.NotSecretPaths = readPaths(r, n, secretPaths), readPaths(r, n, notSecretPaths)
	e.OwnPaths = readPaths(r, n, ownPaths)
	e.Acks = readAcks(r, n)
	e.Labels = readLabels(r, n)
	r.secret, r.notSecret = e.SecretPaths, e.NotSecretPaths
	for _, field := range n.Fields {
		at := Path{field.Name}
		kind := kindOfCollection(field.Name)
		switch {
		case field.Name == "apiVersion", field.Name == "kind", field.Name == "name", field.Name == "extends", field.Name == secretPaths, field.Name == notSecretPaths, field.Name == ownPaths, field.Name == acks, field.Name == labels, field.Name == expires:
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
	e.Named = r.named
	e.Expiries = readExpiries(r, n, e)
	guardAccount(r, e)
	regional(r, e)
	if r.whole == Whole {
		needSystems(r, f, e)
	}
	return e
}

func topNames() []string {
	names := []string{"apiVersion", "kind", "name", "extends", "recipients", secretPaths, notSecretPaths, ownPaths, acks, labels, expires, "systems"}
	for _, k := range Kinds {
		names = append(names, k.Collection)
	}
	return names
}

func kindOfCollection(name string) *Kind {
	return list.First(Kinds, func(k *Kind) bool { return k.Collection == name })
}

func readSystems(r *reader, n *Node, at Path, e *Environment) {
	if n.Form != MapForm {
		r.fault(n, at, "takes a mapping, not %s", n.Form)
		return
	}
	for _, field := range n.Fields {
		settings := systemNamed(field.Name)
		if settings == nil {
			r.faults.add(field.Pos, at.Then(field.Name), "%s", unknownName("system", field.Name, systemNames()))
			continue
		}
		e.Systems[field.Name], _ = settings.Type.read(r, field.Value, at.Then(field.Name)).(Object)
		e.systems[field.Name] = field
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
		if !e.Has(k.System) {
			r.faults.add(c.Pos, Path{k.Collection}, "needs systems.%s, which says where they are", k.System)
		}
	}
	aliases(r, e)
	if len(e.Collections) == 0 {
		r.faults.doubt(f.node.Pos, nil, "the manifest names no object: nothing is managed")
	}
}

// aliases refuses an object under the id that an alias stands for: the two
// would be one.
func aliases(r *reader, e *Environment) {
	for _, k := range Kinds {
		c := e.Collections[k.Name]
		if c == nil || k.Key.AliasOf == "" {
			continue
		}
		if d := c.Object(e.Setting(k.System, k.Key.AliasOf)); d != nil {
			r.faults.add(d.Pos, k.Path(d.Key.Name), "is the id that %s stands for; use that name", k.Key.Aliases[0])
		}
	}
}

// Has reports whether the settings say where a system is. Some follow from
// another's.
func (e *Environment) Has(system string) bool {
	if _, ok := e.Systems[system]; ok {
		return true
	}
	s := systemNamed(system)
	if s == nil || s.Follows == "" {
		return false
	}
	_, ok := e.Systems[s.Follows]
	return ok
}

func readCollection(r *reader, k *Kind, field NamedNode) *Collection {
	c := &Collection{Kind: k, Pos: field.Pos}
	n, at := field.Value, Path{k.Collection}
	form, none := MapForm.String(), "{}"
	if k.Notation == NamesOnly {
		form, none = "a list of names", "[]"
	}
	if n.Form != MapForm || n.Names != (k.Notation == NamesOnly) {
		hint := ""
		if n.Form == NullForm {
			hint = "; write " + none + " where there is none"
		}
		r.fault(n, at, "takes %s, not %s%s", form, n.Form, hint)
		return c
	}
	switch {
	case k.Notation == NamesOnly:
		readNames(r, c, n, at)
	case k.Arity == One:
		c.add(readObject(r, k, Key{Kind: k.Name}, field, at))
	case k.Arity == Many:
		readObjects(r, c, "", n, at)
	case k.Arity == Groups:
		readGroups(r, c, n, at)
	}
	checkLimits(r, c, at)
	sort.Slice(c.Objects, func(i, j int) bool { return c.Objects[i].Key.Name < c.Objects[j].Key.Name })
	c.checkLabels(r)
	return c
}

// checkLabels refuses two objects of one label: the service has one of each.
func (c *Collection) checkLabels(r *reader) {
	label := c.Kind.Label
	if label == "" {
		return
	}
	taken := map[string]string{}
	for _, d := range c.Objects {
		text := d.Label(c.Kind)
		if other, again := taken[text]; again {
			r.faults.add(d.Position(Path{label}), c.Kind.Path(d.Key.Name).Then(label), "%s is the %s of %s too, and there can be one", quote(text), label, other)
			continue
		}
		taken[text] = d.Key.Name
	}
}

// checkLimits counts the objects of each class.
func checkLimits(r *reader, c *Collection, at Path) {
	counts, limits := map[string]int{}, map[string]int{}
	for _, d := range c.Objects {
		class, limit := c.Kind.Limit(d.Fields)
		counts[class]++
		limits[class] = limit
	}
	for class, limit := range limits {
		if limit == 0 || counts[class] <= limit {
			continue
		}
		of := ""
		if class != "" {
			of = " of " + class
		}
		r.faults.add(c.Pos, at, "holds %d%s; an environment has at most %d", counts[class], of, limit)
	}
}

func (c *Collection) add(d *Declared) {
	if d != nil {
		c.Objects = append(c.Objects, d)
	}
}

// readObjects reads the objects of a mapping; prefix is their group's.
func readObjects(r *reader, c *Collection, prefix string, n *Node, at Path) {
	for _, object := range n.Fields {
		path, to := at.Then(object.Name), c
		if p := c.Kind.Key.Pattern; p != nil && !p.MatchString(object.Name) {
			r.faults.add(object.Pos, path, "%s is not %s", quote(object.Name), c.Kind.Key.Form)
			to = &Collection{Kind: c.Kind} // read for its other mistakes alone
		}
		to.add(readObject(r, c.Kind, Key{c.Kind.Name, prefix + object.Name}, object, path))
	}
}

// readGroups reads the settings of each group and the objects under its rows.
func readGroups(r *reader, c *Collection, n *Node, at Path) {
	c.Groups = map[string]Object{}
	for _, group := range n.Fields {
		path, to := at.Then(group.Name), c
		if p := c.Kind.GroupKey.Pattern; p != nil && !p.MatchString(group.Name) {
			r.faults.add(group.Pos, path, "%s is not %s", quote(group.Name), c.Kind.GroupKey.Form)
			to = &Collection{Kind: c.Kind, Groups: map[string]Object{}} // read for its other mistakes alone
		}
		if group.Value.Form != MapForm {
			r.fault(group.Value, path, "takes a mapping, not %s", group.Value.Form)
			continue
		}
		settings := *group.Value
		settings.Fields, settings.index = nil, nil
		for _, f := range group.Value.Fields {
			switch {
			case f.Name != Rows:
				settings.Fields = append(settings.Fields, f)
			case f.Value.Form != MapForm:
				r.fault(f.Value, path.Then(Rows), "takes a mapping, not %s", f.Value.Form)
			default:
				readObjects(r, to, group.Name+"/", f.Value, path.Then(Rows))
			}
		}
		to.Groups[group.Name], _ = c.Kind.group().read(r, &settings, path).(Object)
		if rows := group.Value.Field(Rows); rows != nil {
			checkRowKeys(r, to.Groups[group.Name].Text(c.Kind.RowKey), rows, path.Then(Rows))
		}
	}
}

// checkRowKeys refuses rows that state another key than their name.
func checkRowKeys(r *reader, key string, rows *Node, at Path) {
	for _, row := range rows.Fields {
		stated := row.Value.Field(key)
		if key == "" || stated == nil || stated.Form == ScalarForm && stated.Text == row.Name {
			continue
		}
		r.fault(stated, at.Then(row.Name).Then(key), "is the key, which is the row's name, %s; leave it out, or name the row otherwise", quote(row.Name))
	}
}

// keepField is the meta field of every kind.
var keepField = Field{Name: "keep", Type: Boolean{}, Doc: "Never delete this object, whatever else is asked for."}

// MetaFields are the fields of an object that speak to authsync.
func (k *Kind) MetaFields() []Field { return append([]Field{keepField}, k.Meta...) }

// meta returns the kind's field of that name that speaks to authsync.
func (k *Kind) meta(name string) *Field {
	if name == keepField.Name {
		return &keepField
	}
	return Struct{Fields: k.Meta}.Field(name)
}

// readObject parts what speaks to authsync from what is the service's.
func readObject(r *reader, k *Kind, key Key, field NamedNode, at Path) *Declared {
	d := &Declared{Key: key, Pos: field.Pos, Meta: Object{}, node: field.Value}
	n := field.Value
	if n.Form != MapForm {
		r.fault(n, at, "takes a mapping, not %s", n.Form)
		return nil
	}
	own := *n
	own.Fields = nil
	for _, f := range n.Fields {
		meta := k.meta(f.Name)
		if meta == nil {
			own.Fields = append(own.Fields, f)
			continue
		}
		v, toSet := readToSet(r, f.Value, meta.Type, at.Then(f.Name))
		if !toSet {
			v = meta.Type.read(r, f.Value, at.Then(f.Name))
		}
		if v != nil {
			d.Meta[f.Name] = v
		}
	}
	if d.Meta[keepField.Name] == Bool(true) {
		d.Keep = Kept
	}
	r.key = key
	typ := k.Type
	for _, f := range k.MetaFields() {
		typ.beside = append(typ.beside, f.Name)
	}
	d.Fields, _ = typ.read(r, &own, at).(Object)
	if k.Named != nil && r.whole == Whole {
		r.point(n, at, k.Named(key.Name, Overlay(d.Fields, d.Meta)))
	}
	if k.MetaRule.Check != nil && r.whole == Whole {
		r.point(n, at, k.MetaRule.Check(Overlay(d.Fields, d.Meta)))
	}
	return d
}
