package explain_test

import (
	"strings"
	"testing"

	"gopkg.in/yaml.v3"

	"authsync/schema"
	"authsync/schema/explain"
	"authsync/schema/lang"
)

// Every field of every kind, of its group, of its meta and of every system can be
// explained: it has a meaning, what it takes, a source, and a name on the wire if it
// is sent.
func TestEveryFieldIsExplained(t *testing.T) {
	for _, k := range schema.Kinds {
		place := at(t, k.Name)
		if k.From == "" || len(place.Fields) == 0 || len(explain.WriteLines(place, lang.English)) == 0 || explain.Example(place) == "" {
			t.Errorf("%s: its source, its fields, how it is written or its example is missing", k.Name)
		}
		for _, f := range place.Fields {
			explained(t, k.Collection+"."+f.Name)
		}
		for _, f := range k.Group.Fields {
			explained(t, k.Collection+".some."+f.Name)
		}
	}
	for _, s := range schema.Systems {
		for _, f := range s.Type.Fields {
			explained(t, "systems."+s.Name+"."+f.Name)
		}
	}
	for _, f := range schema.Head {
		explained(t, f.Name)
	}
}

func explained(t *testing.T, path string) {
	t.Helper()
	place := at(t, path)
	if place.Field == nil || place.Doc == "" || !strings.HasSuffix(place.Doc, ".") {
		t.Errorf("%s: its meaning is missing, or is no sentence: %q", path, place.Doc)
		return
	}
	facts := map[string]string{}
	for _, fact := range explain.Facts(place, lang.English) {
		facts[fact.Name] = fact.Text
	}
	if facts["takes"] == "" || place.Kind != nil && facts["source"] == "" {
		t.Errorf("%s: %v", path, facts)
	}
	if sent := place.Whole != ""; sent && facts["wire"] == "" {
		t.Errorf("%s is sent, and nothing says as what", path)
	}
	if strings.Contains(strings.Join(values(facts), " "), "`") {
		t.Errorf("%s: marks of Markdown on a terminal: %v", path, facts)
	}
	offered := false
	for _, next := range explain.Next(path[:strings.LastIndex(path, ".")+1]) {
		offered = offered || next.Name == path
	}
	if !offered && strings.Contains(path, ".") {
		t.Errorf("completion does not offer %s", path)
	}
	for _, f := range place.Fields {
		explained(t, path+"."+f.Name)
	}
}

func at(t *testing.T, path string) explain.Place {
	t.Helper()
	place, err := explain.At(path)
	if err != nil {
		t.Fatalf("%s: %v", path, err)
	}
	return place
}

func values(m map[string]string) []string {
	var list []string
	for _, v := range m {
		list = append(list, v)
	}
	return list
}

// A misspelt name is told a right one of the same object.
func TestMisspeltFieldsAreTold(t *testing.T) {
	for _, path := range []string{"providers.config.redirectUrl", "login.mfaconfg", "clients.accessTokenExpire", "apiKeys.rotatebfore", "systems.cloudbas.envId", "systems.cloudbase.envid"} {
		_, err := explain.At(path)
		if err == nil {
			continue // the name of an object may be any
		}
		_, near, ok := strings.Cut(err.Error(), "did you mean ")
		if !ok {
			t.Errorf("%s: %v", path, err)
			continue
		}
		if _, err := explain.At(strings.TrimSuffix(near, "?")); err != nil {
			t.Errorf("%s is told %s, which there is not either: %v", path, near, err)
		}
	}
}

// What is shown as an example of a field is a piece of YAML that has the field. The
// choices, numbers and spans of fields that no kind's example shows are values that
// the field takes.
func TestExamplesOfFields(t *testing.T) {
	for _, k := range schema.Kinds {
		for _, f := range at(t, k.Name).Fields {
			shows(t, k.Collection+"."+f.Name)
		}
	}
}

func shows(t *testing.T, path string) {
	t.Helper()
	place := at(t, path)
	text := explain.Example(place)
	if text != "" {
		var shown map[string]yaml.Node
		if err := yaml.Unmarshal([]byte(text), &shown); err != nil || len(shown) != 1 {
			t.Errorf("%s: %v in the example\n%s", path, err, text)
		}
		for name := range shown {
			if name != place.Field.Name && !strings.Contains(path, ".NAME.") && name != path[strings.LastIndex(path, ".")+1:] {
				t.Errorf("%s: the example is of %s", path, name)
			}
		}
	}
	if place.Field.Access == schema.ReadOnly && text != "" {
		t.Errorf("%s: nobody writes it, and it has an example", path)
	}
	for _, f := range place.Fields {
		shows(t, path+"."+f.Name)
	}
}

// A field that no kind's example shows has a value that it takes.
func TestExampleOfAType(t *testing.T) {
	for _, row := range []struct {
		takes schema.Type
		want  string
	}{
		{schema.OneOf{"b", "c"}, "f: b"},
		{schema.Choice{"a", "b"}, "f: a"},
		{schema.Boolean{}, "f: true"},
		{schema.Switch{}, "f: true"},
		{schema.Integer{Min: 3, Max: 9}, "f: 3"},
		{schema.Span{Min: 3600}, "f: 1h"},
		{schema.Sealed{}, "f: !env NAME"},
		{schema.ListOf{Item: schema.Choice{"a"}}, "f: [a]"},
		{schema.SetOf{Item: schema.Integer{Min: 1}}, "f: [1]"},
		{schema.SetOf{Item: schema.Open{}}, ""},
		{schema.Open{}, ""},
	} {
		p := explain.Place{Field: &schema.Field{Name: "f", Type: row.takes}}
		if got := explain.Example(p); got != row.want {
			t.Errorf("%T: %q, want %q", row.takes, got, row.want)
		}
	}
}
