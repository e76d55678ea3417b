package devices

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"authsync/remote/service"
	"authsync/schema"
	"authsync/schema/list"
	"authsync/sync"
)

// applicationMatcher matches an application by its id if the caller chooses the id. If
// the platform chooses it, the application is found by its name among those of its
// provider, which never changes.
var applicationMatcher = service.Matcher{
	Kind: &schema.Application,
	ID:   "id",
	Made: "createTime",
	Identity: func(o schema.Object) []string {
		name := o.Text("name")
		if chooser(o) != schema.ChosenByPlatform || name == "" {
			return nil
		}
		return []string{nameAmong("", name), nameAmong(providerOf(o), name)}
	},
	Sought: func(w sync.Want) string {
		switch who, _ := schema.ApplicationID(w.Fields); who {
		case schema.ChosenByCaller:
			return ""
		case schema.ChosenByPlatform:
			return nameAmong(w.Fields.Text("provider"), calledIn(w))
		}
		return nameAmong("", calledIn(w))
	},
	Unlike: unlike,
	Name: func(o schema.Object) string {
		if chooser(o) == schema.ChosenByPlatform {
			return o.Text("name")
		}
		return o.Text("id")
	},
}

func nameAmong(provider, name string) string { return provider + ":" + name }

// calledIn returns the name that the platform shows for a wanted application.
func calledIn(w sync.Want) string { return cmp.Or(w.Fields.Text("name"), w.Name) }

// unlike returns an error if another object has the name of a wanted application: a
// for the application, and another may have that for its id.
func unlike(w sync.Want, o schema.Object, named []string) error {
	if who, _ := schema.ApplicationID(w.Fields); who != schema.ChosenByPlatform {
		return nil
	}
	id := o.Text("id")
	if len(named) > 0 && !slices.Contains(named, id) {
		return fmt.Errorf("live has %s, whose id is the name in the manifest, and %s, which is called so; say with id: which is meant", id, strings.Join(named, " and "))
	}
	alike := chooser(o) == schema.ChosenByPlatform && providerOf(o) == w.Fields.Text("provider")
	if alike || o.Text("name") == calledIn(w) {
		return nil
	}
	return fmt.Errorf("live has an application of this id, %s of the provider %s, and what the manifest states gets an id from the platform; "+
		"if that one is meant, say so with id: %s, else give this one another name in the manifest", o.Text("name"), providerOf(o), id)
}

// fieldsOf returns the fields of an answer that tell who chooses the application's id.
func fieldsOf(o schema.Object) schema.Object {
	fields, err := schema.Application.FromWire(schema.Object{
		"provider": o["provider"], "integrationModes": o["integrationModes"], "apiClient": o["apiClient"],
	})
	if err != nil {
		return nil // and reading it as a whole says why
	}
	return fields
}

func chooser(o schema.Object) schema.IDChoice {
	who, _ := schema.ApplicationID(fieldsOf(o))
	return who
}

func providerOf(o schema.Object) string { return fieldsOf(o).Text("provider") }

// matched returns the applications of an answer, the wanted ones under their names in
// the manifest. A remembered id counts more than a name: names need not be unique.
func matched(all []schema.Object, wants []sync.Want) ([]sync.WireObject, error) {
	wants = slices.Clone(wants)
	for i, w := range wants {
		wants[i].Remembered = w.ID != ""
	}
	live, err := applicationMatcher.Match(all, wants)
	if err == nil {
		err = toldApart(live, wants)
	}
	for i, l := range live {
		one := liveOf(l.Name, l.Wire)
		one.Made, one.DuplicateOf = l.Made, l.DuplicateOf
		live[i] = one
	}
	return live, err
}

// toldApart refuses to create an application that could not be distinguished from
// another one of the manifest once both exist.
func toldApart(live []sync.WireObject, wants []sync.Want) error {
	stands := list.Set(live, func(l sync.WireObject) string { return l.Name })
	first := map[string]string{} // the names in the manifest, by the names at the platform
	for _, w := range wants {
		called := applicationMatcher.Sought(w)
		other, again := first[called]
		if again && !(stands[w.Name] && stands[other]) {
			return fmt.Errorf("%s: application/%s has the name of application/%s at the platform, and an application whose id that chooses is told by its name; give each a name of its own",
				schema.Devices, w.Name, other)
		}
		if called != "" {
			first[called] = w.Name
		}
	}
	return nil
}

// liveOf returns an application of an answer. Answers leave out an appId that equals
// the id; it is added.
func liveOf(name string, o schema.Object) sync.WireObject {
	l := sync.WireObject{Name: name, ID: o.Text("id"), Wire: o}
	who, at := schema.ApplicationID(fieldsOf(o))
	if l.ID == name && who != schema.ChosenByPlatform {
		l.ID = "" // the name says it
	}
	server, ok := o["apiServer"].(schema.Object)
	if ok && who == schema.ChosenByCaller && at[0] == "apiServer" {
		l.Wire = o.Clone()
		l.Wire["apiServer"] = withAppID(server, o.Text("id"))
	}
	return l
}

func withAppID(server schema.Object, id string) schema.Object {
	return schema.Overlay(schema.Object{"appId": schema.Text(id)}, server)
}

// withID adds the id to the body that creates an application, if the caller chooses
// the id: platforms of this family take it from the settings of a mode.
func withID(body schema.Object, id string) schema.Object {
	who, at := schema.ApplicationID(body)
	if who == schema.ChosenByPlatform {
		return body
	}
	body = schema.Overlay(body, schema.Object{"id": schema.Text(id)})
	if len(at) == 0 {
		return body
	}
	if around, ok := body[at[0]].(schema.Object); ok {
		body[at[0]] = schema.Overlay(schema.Lone(at[1:], schema.Text(id)), around)
	}
	return body
}
