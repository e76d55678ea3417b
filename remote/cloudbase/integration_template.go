package cloudbase

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	"authsync/remote/service"
	"authsync/schema"
	"authsync/schema/list"
	"authsync/sync"
)

// extTemplate has the fields of a type of integration. A template without fields
// accepts any.
type extTemplate struct {
	code   string
	signIn bool // with a third party, in a browser
	fields []extField
	err    error // its fields are unknown
}

// extField is a field of a template. The official client treats only the type
// "password" in a special way (wire facts 2.3).
type extField struct {
	name               string
	password, required bool
}

func (t extTemplate) field(name string) *extField {
	for i := range t.fields {
		if t.fields[i].name == name {
			return &t.fields[i]
		}
	}
	return nil
}

// signInTypes are created with a ticket from signing in with the third party (cloud
// docs 139855), besides the types whose template names a place to do so.
var signInTypes = []string{"github", "gitlab", "gitee", "meeting"}

// readTemplates reads the templates, once in a run.
func (s *integrationService) readTemplates(ctx context.Context) error {
	s.mu.Lock()
	read := s.templates != nil
	s.mu.Unlock()
	if read {
		return nil
	}
	list, err := s.list(ctx, "GetUserKeyTemplateList", &service.Paged{Name: "KeyTemplateList", ID: "AuthTypeCode", Size: 100})
	if err != nil {
		return err
	}
	templates := map[string]extTemplate{}
	for _, wire := range list {
		t := newExtTemplate(wire)
		templates[t.code] = t
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.templates = templates
	return nil
}

// template returns the template of a type; a missing one is an error in it.
func (s *integrationService) template(code string) extTemplate {
	s.mu.Lock()
	defer s.mu.Unlock()
	if t, ok := s.templates[code]; ok {
		return t
	}
	return extTemplate{code: code, err: errNoTemplate}
}

// newExtTemplate reads a template: {"fields": [{"name", "type", "required"}]} is JSON
// in a string. An unreadable one matters only if it is used.
func newExtTemplate(wire schema.Object) extTemplate {
	code := wire.Text("AuthTypeCode")
	t := extTemplate{code: code, signIn: wire.Text("AuthURL") != "" || slices.Contains(signInTypes, code)}
	if schema.IsUnset(wire["Ext"]) {
		return t
	}
	ext, err := parseExt(wire["Ext"])
	if err != nil {
		t.err = errBrokenFields
		return t
	}
	fields, err := service.Items(ext, "fields")
	for _, f := range fields {
		field := extField{name: f.Text("name"), password: f.Text("type") == "password", required: f["required"] == schema.Bool(true)}
		if field.name == "" || t.field(field.name) != nil {
			err = errBrokenFields
		}
		t.fields = append(t.fields, field)
	}
	if err != nil {
		t.err = errBrokenFields
	}
	return t
}

// Check checks an integration by the template of its type, and by what a create needs
// if it would be created.
func (s *integrationService) Check(_ context.Context, w sync.Want, live schema.Object) ([]schema.Problem, error) {
	was, code := live.Text("authTypeCode"), w.Fields.Text("authTypeCode")
	created := live == nil || code != "" && code != was
	code = cmp.Or(code, was)
	if code == "" {
		return nil, nil // a create needs them
	}
	s.mu.Lock()
	t, known := s.templates[code]
	codes := make([]string, 0, len(s.templates))
	for c := range s.templates {
		codes = append(codes, c)
	}
	s.mu.Unlock()
	ext, managed := w.Fields["ext"].(schema.Object)
	switch {
	case !known && created:
		return []schema.Problem{{At: schema.Path{"authTypeCode"}, Text: unknownType(code, codes)}}, nil
	case !known && managed:
		return []schema.Problem{{At: schema.Path{"ext"}, Severity: schema.Doubtful, Text: "cannot be written: " + errNoTemplate.Error()}}, nil
	case !known:
		return nil, nil
	case t.signIn && created:
		return []schema.Problem{{At: schema.Path{"authTypeCode"}, Text: code + " takes a ticket from signing in there, which only the console gets: create it in the console once, then export"}}, nil
	case t.err != nil && managed:
		return []schema.Problem{{At: schema.Path{"ext"}, Severity: schema.Doubtful, Text: "cannot be written: " + t.err.Error()}}, nil
	}
	lacking := t.cleared
	if created {
		lacking = t.missing
	}
	problems := append(lacking(ext), t.misfits(ext)...)
	return append(problems, s.uncompared(t, ext, live)...), nil
}

func unknownType(code string, codes []string) string {
	slices.Sort(codes)
	text := fmt.Sprintf("%q is no type that the environment has a template of", code)
	if near := schema.Nearest(code, codes); near != "" {
		return text + ", did you mean " + near + "?"
	}
	return text + "; there are " + strings.Join(codes, ", ")
}

// missing returns the fields that the type requires and a new integration lacks.
func (t extTemplate) missing(ext schema.Object) []schema.Problem {
	var problems []schema.Problem
	for _, f := range t.fields {
		if f.required && schema.IsUnset(ext[f.name]) {
			problems = append(problems, schema.Problem{At: schema.Path{"ext", f.name}, Text: "is missing, and " + t.code + " needs it"})
		}
	}
	return problems
}

// cleared returns the fields that the type requires and an update would clear.
func (t extTemplate) cleared(ext schema.Object) []schema.Problem {
	var problems []schema.Problem
	for _, f := range t.fields {
		if v, stated := ext[f.name]; f.required && stated && schema.IsUnset(v) {
			problems = append(problems, schema.Problem{At: schema.Path{"ext", f.name}, Text: "cannot be cleared: " + t.code + " needs it"})
		}
	}
	return problems
}

// misfits returns the fields that do not fit the template.
func (t extTemplate) misfits(ext schema.Object) []schema.Problem {
	var problems []schema.Problem
	if len(t.fields) == 0 {
		return nil
	}
	for _, name := range ext.Names() {
		p := schema.Problem{At: schema.Path{"ext", name}, Severity: schema.Doubtful}
		_, secret := ext[name].(schema.Secret)
		f := t.field(name)
		switch {
		case f == nil:
			p.Text = "is no field of " + t.code
			names := list.Each(t.fields, func(f extField) string { return f.name })
			if near := schema.Nearest(name, names); near != "" {
				p.Text += ", did you mean " + near + "?"
			}
		case f.password && !secret && !schema.IsUnset(ext[name]):
			p.Severity, p.Text = schema.Wrong, errInClear.Error()
		case !f.password && secret:
			p.Text = "is no password of " + t.code + ": the service keeps and shows it in clear"
		default:
			continue
		}
		problems = append(problems, p)
	}
	return problems
}

// uncompared says why passwords are hidden that the service does show.
func (s *integrationService) uncompared(t extTemplate, ext, live schema.Object) []schema.Problem {
	key, err := s.key.open()
	if err != nil || key.absent == nil || live == nil {
		return nil
	}
	for _, f := range t.fields {
		if _, stated := ext[f.name]; stated && f.password {
			return []schema.Problem{{At: schema.Path{"ext"}, Severity: schema.Doubtful, Text: fmt.Sprintf(
				"has passwords that cannot be opened here: %s", key.absent)}}
		}
	}
	return nil
}
