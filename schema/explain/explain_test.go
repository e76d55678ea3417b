package explain_test

import (
	"strings"
	"testing"

	"authsync/schema"
	"authsync/schema/explain"
)

// Every field of every kind, of its group, of its meta and of every system can be
// explained: it has a meaning, what it takes, a source, and a name on the wire if it
// is sent.
func TestEveryFieldIsExplained(t *testing.T) {
	for _, k := range schema.Kinds {
		place := at(t, k.Name)
		if k.From == "" || len(place.Fields) == 0 || len(explain.WriteLines(place)) == 0 || explain.Example(place) == "" {
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
	for _, fact := range explain.Facts(place) {
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
