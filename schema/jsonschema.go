package schema

import (
	"bytes"
	"encoding/json"
	"fmt"
)

// The names of the schema of manifests.
const (
	dialect = "https://json-schema.org/draft/2020-12/schema"
	// SchemaID names it; there is nothing to fetch.
	SchemaID = "urn:authsync:v1:manifest"
)

// JSONSchema is the JSON Schema (2020-12) of manifests, generated from the
// kinds and the systems. The same version always gives the same bytes.
//
// It judges one file by itself, as an editor does. What is only right or wrong
// together with other fields, objects or files, and what a tag says, is for
// [Load]; the test of this file lists it.
func JSONSchema() ([]byte, error) {
	return describeManifest().published(SchemaID, "authsync manifest", "What an environment's authentication configuration should be, or a part of it that environments extend. "+
		"A field that is absent is not managed: never compared, never sent. null clears a field, where the service can.")
}

// published returns the text of a schema with its name.
func (k *keywords) published(id, title, description string) ([]byte, error) {
	k.Schema, k.ID, k.Title, k.Description = dialect, id, title, description
	text, err := marshal(k)
	if err != nil {
		return nil, err
	}
	var b bytes.Buffer
	err = json.Indent(&b, text, "", "  ")
	b.WriteByte('\n')
	return b.Bytes(), err
}

func describeManifest() *keywords {
	d := new(describer)
	root := &keywords{
		Type: typeNames{"object"}, Required: []string{"apiVersion", "kind"},
		AdditionalProperties: nothing,
	}
	for _, f := range Head {
		*root.Properties.get(f.Name) = *f.describe(d)
	}
	for _, name := range []string{labels, expires} {
		root.Properties.get(name).PatternProperties = nil // their names are labels and paths, and no secrets'
	}
	*root.Properties.get("systems") = *d.systems()
	for _, k := range Kinds {
		*root.Properties.get(k.Collection) = *k.describeCollection(d)
	}
	isEnvironment := new(keywords)
	isEnvironment.demand(Demand{At: Path{"kind"}, Values: []Value{Text(EnvironmentFile)}})
	extends := &keywords{Required: []string{"extends"}, Properties: members{{"extends", &keywords{MinItems: 1}}}}
	root.If = isEnvironment
	root.Then = &keywords{Required: []string{"name"}, If: &keywords{Not: extends}, Then: &keywords{Ref: "#/$defs/whole"}}
	*d.defs.get("whole") = *wholeManifest()
	root.Defs = d.defs
	return root
}

// Head are the fields that say what a file is, and what goes with it.
var Head = []Field{
	{Name: "apiVersion", Type: OneOf{APIVersion}, Need: Required, Doc: "Version of the format."},
	{Name: "kind", Type: OneOf{EnvironmentFile, BaseFile}, Need: Required, Doc: "An Environment, or a Base that only extends brings in."},
	{Name: "name", Type: String{Pattern: namePattern, Form: nameForm}, Doc: "Name of the environment."},
	{Name: "extends", Type: ListOf{String{}}, Doc: "Bases, by their paths from this file. They are merged field by field, the later over the earlier, and this file over all of them."},
	{Name: "recipients", Type: ListOf{String{}}, Doc: "age recipients that can open the environment's secrets."},
	{Name: secretPaths, Type: ListOf{String{}}, Doc: "Paths, such as connectors.sms.config.sender, of what is a secret though its name does not tell. * stands for any one name; all below a path is meant too."},
	{Name: notSecretPaths, Type: ListOf{String{}}, Doc: "Paths of what is no secret though its name looks like one, and may stand in clear. What live has there is printed only where git has the same."},
	{Name: ownPaths, Type: ListOf{String{}}, Doc: "Paths of what belongs to this environment, beside addresses, ids and secrets, which always do: promote leaves it as it is, and compare lists it apart. * stands for any one name; all below a path is meant too."},
	{Name: labels, Type: labelType, Doc: "The environment's place in a fleet, such as tier: prod; policies choose by it."},
	{Name: expires, Type: expiryType, Doc: "The last day on which a secret is good, by its path: providers.github.config.clientSecret: 2027-03-31. It is told before it ends, and nothing is sent of it."},
	{Name: acks, Type: ackType, Doc: "Why something that is told again and again is as it should be, by the path that it is about; all below a path is meant too. It silences a note, never a gate: login.anonymousLogin: for the demo."},
}

func (d *describer) systems() *keywords {
	k := &keywords{Description: "Where the services are.", Type: typeNames{"object"}, AdditionalProperties: nothing}
	for _, s := range Systems {
		settings := s.Type.describe(d)
		settings.Description = s.Doc
		*k.Properties.get(s.Name) = *settings
	}
	return k
}

// describeCollection is what stands under a kind's collection.
func (k *Kind) describeCollection(d *describer) *keywords {
	object := k.describeObject(d)
	switch {
	case k.Notation == NamesOnly:
		return &keywords{
			Description: fmt.Sprintf("%s Each is %s.", k.Doc, k.Key.Form), Type: typeNames{"array"}, UniqueItems: true,
			Items: &keywords{Type: typeNames{"string"}, Pattern: ecma(k.Key.Pattern)},
		}
	case k.Arity == One:
		object.Description = k.Doc
		return object
	case k.Arity == Groups:
		rows := k.Key.describe(object)
		rows.Description = "The objects, by name: " + k.Key.Form + "."
		group := k.group().describe(d)
		*group.Properties.get(Rows) = *rows
		out := k.GroupKey.describe(group)
		out.Description = k.Doc
		return out
	}
	*d.defs.get(k.Name) = *object
	out := k.Key.describe(&keywords{Ref: "#/$defs/" + k.Name})
	out.Description = fmt.Sprintf("%s Here by name: %s.", k.Doc, k.Key.Form)
	out.MaxProperties = k.most()
	return out
}

// group are the settings of a group, and its rows: a misspelt one is told its
// right name.
func (k *Kind) group() Struct {
	group := k.Group
	group.Fields = append(group.Fields[:len(group.Fields):len(group.Fields)], Field{Name: Rows, Type: Open{}})
	return group
}

func (r KeyRule) describe(object *keywords) *keywords {
	k := &keywords{Type: typeNames{"object"}, PropertyNames: &keywords{Pattern: ecma(r.Pattern)}, AdditionalProperties: object}
	// Editors propose what is named.
	for _, alias := range r.Aliases {
		k.Properties = append(k.Properties, member{alias, object})
	}
	return k
}

// most is how many objects an environment may have of all classes; 0 = any
// number.
func (k *Kind) most() int {
	most := k.Max
	for _, limit := range k.Class.Max {
		most += limit
	}
	return most
}

func (k *Kind) describeObject(d *describer) *keywords {
	own := k.Type.describe(d)
	out := *own
	out.Properties = nil
	for _, f := range k.MetaFields() {
		*out.Properties.get(f.Name) = *f.describe(d)
	}
	for _, m := range own.Properties {
		if k.meta(m.name) == nil {
			out.Properties = append(out.Properties, m)
		}
	}
	return &out
}

// wholeManifest is what is asked of an environment that extends nothing.
func wholeManifest() *keywords {
	root := new(keywords)
	systems := new(keywords)
	for _, s := range Systems {
		if k := s.Type.whole(); k != nil {
			*systems.Properties.get(s.Name) = *k
		}
	}
	*root.Properties.get("systems") = *systems
	for _, k := range Kinds {
		if whole := k.wholeCollection(); whole != nil {
			*root.Properties.get(k.Collection) = *whole
		}
		root.AllOf = append(root.AllOf, k.needsSystem())
	}
	return root
}

func (k *Kind) wholeCollection() *keywords {
	object := k.Type.whole()
	if meta := k.MetaRule.demands(); meta != nil {
		if object == nil {
			object = new(keywords)
		}
		object.AllOf = append(object.AllOf, meta...)
	}
	switch {
	case k.Arity == One:
		return object
	case k.Arity == Many && object != nil:
		return &keywords{AdditionalProperties: object}
	case k.Arity == Groups:
		group := k.Group.whole()
		if object != nil {
			*group.Properties.get(Rows) = keywords{AdditionalProperties: object}
		}
		return &keywords{AdditionalProperties: group}
	}
	return nil
}

// needsSystem asks for the settings of the system whose objects are named.
func (k *Kind) needsSystem() *keywords {
	var either []*keywords
	for name := k.System; name != ""; name = systemNamed(name).Follows {
		either = append(either, &keywords{Required: []string{name}})
	}
	return &keywords{
		If: &keywords{Required: []string{k.Collection}},
		Then: &keywords{Required: []string{"systems"},
			Properties: members{{"systems", anyOf(either)}}},
	}
}
