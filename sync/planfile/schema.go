package planfile

import (
	"bytes"
	"encoding/json"
	"fmt"
	"reflect"
	"strings"
	"time"

	"authsync/diff"
	"authsync/schema"
	"authsync/sync"
)

// SchemaID is the id of the JSON Schema of plans; nothing can be fetched there.
const SchemaID = "urn:authsync:v1:plan"

// keywords is the part of JSON Schema (2020-12) that a plan needs.
type keywords struct {
	Schema      string               `json:"$schema,omitempty"`
	ID          string               `json:"$id,omitempty"`
	Title       string               `json:"title,omitempty"`
	Description string               `json:"description,omitempty"`
	Ref         string               `json:"$ref,omitempty"`
	Type        string               `json:"type,omitempty"`
	Const       int                  `json:"const,omitempty"`
	Enum        []string             `json:"enum,omitempty"`
	Examples    []string             `json:"examples,omitempty"`
	Minimum     *int                 `json:"minimum,omitempty"`
	Format      string               `json:"format,omitempty"`
	Additional  *keywords            `json:"additionalProperties,omitempty"`
	Items       *keywords            `json:"items,omitempty"`
	Required    []string             `json:"required,omitempty"`
	Properties  map[string]*keywords `json:"properties,omitempty"`
	Defs        map[string]*keywords `json:"$defs,omitempty"`
}

// Schema returns the JSON Schema (2020-12) of the JSON plan, made of the types that
// [WriteJSON] writes. The same version always gives the same bytes.
//
// The schema allows unknown names, which may come without a new [FormatVersion].
func Schema() ([]byte, error) {
	return published{
		root: reflect.TypeFor[jsonPlan](), version: FormatVersion, id: SchemaID, title: "authsync plan",
		description: "What authsync plan --format json prints: what would change in each environment, and by which calls. No secret is in it.",
	}.text()
}

// published is a JSON format that has a schema.
type published struct {
	root                   reflect.Type
	version                int
	id, title, description string
}

func (p published) text() ([]byte, error) {
	d := planDescriber{}
	root, err := d.object(p.root)
	if err != nil {
		return nil, err
	}
	root.Schema, root.ID, root.Title = "https://json-schema.org/draft/2020-12/schema", p.id, p.title
	root.Description, root.Defs = p.description, d
	root.Properties["formatVersion"].Const = p.version
	var b bytes.Buffer
	err = schema.WriteJSON(&b, root, "  ")
	return b.Bytes(), err
}

// planDescriber describes the types of a format. It holds the objects in it, by name.
type planDescriber map[string]*keywords

// object describes a struct by its fields' tags.
func (d planDescriber) object(t reflect.Type) (*keywords, error) {
	k := &keywords{Type: "object", Properties: map[string]*keywords{}}
	for _, f := range reflect.VisibleFields(t) {
		name, option, _ := strings.Cut(f.Tag.Get("json"), ",")
		if f.Anonymous || !f.IsExported() || name == "-" {
			continue
		}
		if option == "" {
			k.Required = append(k.Required, name)
		}
		doc, ok := f.Tag.Lookup("doc")
		if !ok {
			return nil, fmt.Errorf("%s.%s: no tag says what it means", t.Name(), f.Name)
		}
		described, err := d.value(f.Type)
		if err != nil {
			return nil, err
		}
		described.Description = doc
		if kind, ok := f.Tag.Lookup("type"); ok {
			described.Type = kind
		}
		k.Properties[name] = described
	}
	return k, nil
}

// defName returns the name of a type's definition: change for jsonChange.
func defName(t reflect.Type) string {
	return strings.ToLower(strings.TrimPrefix(t.Name(), "json"))
}

func (d planDescriber) value(t reflect.Type) (*keywords, error) {
	if words, ok := planWords[t]; ok {
		k := words
		k.Type = "string"
		return &k, nil
	}
	if t == reflect.TypeFor[json.RawMessage]() {
		return new(keywords), nil // any
	}
	if t == reflect.TypeFor[time.Time]() {
		return &keywords{Type: "string", Format: "date-time"}, nil
	}
	switch t.Kind() {
	case reflect.Pointer:
		return d.value(t.Elem())
	case reflect.Map:
		inner, err := d.value(t.Elem())
		return &keywords{Type: "object", Additional: inner}, err
	case reflect.Struct:
		if name := defName(t); d[name] == nil {
			object, err := d.object(t)
			if err != nil {
				return nil, err
			}
			d[name] = object
		}
		return &keywords{Ref: "#/$defs/" + defName(t)}, nil
	case reflect.Slice:
		items, err := d.value(t.Elem())
		return &keywords{Type: "array", Items: items}, err
	case reflect.Int, reflect.Int64:
		return &keywords{Type: "integer", Minimum: new(int)}, nil
	case reflect.Bool:
		return &keywords{Type: "boolean"}, nil
	case reflect.String:
		return &keywords{Type: "string"}, nil
	}
	return nil, fmt.Errorf("%s: a plan has no such type", t)
}

// planWords are the types that are written as texts. Their few values are an enumeration if a reader must
// know all of them to read the plan right, and examples if more may come.
var planWords = map[reflect.Type]keywords{
	reflect.TypeFor[sync.Op]():                {Enum: texts(sync.OpCreate, sync.OpUpdate, sync.OpDelete)},
	reflect.TypeFor[schema.Key]():             {},
	reflect.TypeFor[schema.Path]():            {},
	reflect.TypeFor[diff.Action]():            {Enum: []string{diff.Create.String(), diff.Update.String(), diff.Delete.String(), diff.Replace.String()}},
	reflect.TypeFor[sync.Phase]():             {Enum: texts(sync.Give, sync.Take)},
	reflect.TypeFor[diff.Origin]():            {Enum: texts(diff.OriginGit, diff.OriginLive, diff.OriginBoth, diff.OriginUnknown)},
	reflect.TypeFor[sync.DestinationStatus](): {Enum: texts(sync.Remembered, sync.FirstSeen, sync.Contradicted)},
	reflect.TypeFor[sync.Ending]():            {Enum: texts(sync.NothingToDo, sync.AllDone, sync.PartlyDone, sync.NothingWritten)},
	reflect.TypeFor[sync.Outcome]():           {Enum: texts(sync.Done, sync.Settled, sync.Failed, sync.Refused, sync.Skipped, sync.NotStarted)},
	reflect.TypeFor[sync.ReadBackStatus]():    {Enum: texts(sync.AsWanted, sync.NotVisibleYet, sync.ServerChanged, sync.GoneAgain, sync.NotReadable)},
	reflect.TypeFor[sync.DivergenceKind]():    {Enum: texts(sync.EndsRefused, sync.EndsOtherwise, sync.EndsLost, sync.EndsUnfinished)},
	reflect.TypeFor[sync.GateName]():          {Examples: texts(sync.GateNames()...)},
	reflect.TypeFor[sync.NoteCode](): {Examples: texts(sync.NoteSecret, sync.NoteCredential, sync.NoteRegion, sync.NoteRename, sync.NotePrune, sync.NoteUnmodelled, sync.NoteUnread, sync.NoteRecalled, sync.NoteReplace, sync.NoteOverlap,
		sync.NoteToken, sync.NoteChecked, sync.NoteFresh, sync.NoteLeftOut, sync.NoteHeldBack, sync.NoteRivals, sync.NoteDuplicate, sync.NoteAlike, sync.NoteUnproved, sync.NoteUndone, sync.NoteUnseen, sync.NoteListsNothing, sync.NoteOther, sync.NoteUnlisted, sync.NotePolicy, sync.NoteIdleAck, sync.NoteUnstamped)},
}

func texts[T ~string](values ...T) []string {
	all := make([]string, len(values))
	for i, v := range values {
		all[i] = string(v)
	}
	return all
}
