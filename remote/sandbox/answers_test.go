package sandbox

import (
	"cmp"
	"maps"
	"slices"
	"testing"

	"authsync/schema"
)

// full is an object with every field that a transcription has.
func full(params []param) schema.Object {
	o := schema.Object{}
	for _, p := range params {
		switch p.form {
		case text:
			o[p.name] = schema.Text("x")
			if p.oneOf != nil {
				o[p.name] = schema.Text(p.oneOf[0])
			}
		case boolean:
			o[p.name] = schema.Bool(true)
		case integer:
			o[p.name] = schema.Number("7200")
		case object:
			o[p.name] = full(p.fields)
		case objects:
			o[p.name] = schema.List{full(p.fields)}
		case textList:
			o[p.name] = schema.List{schema.Text("x")}
		}
	}
	return o
}

// required are the parameters without which there is no answer.
func required(params []param) schema.Object {
	return full(slices.DeleteFunc(slices.Clone(params), func(p param) bool { return !p.required }))
}

// ofValue are the names of a JSON value.
func ofValue(o schema.Object) names {
	n := names{}
	for name, v := range o {
		l, inside := leaf{}, names(nil)
		switch v := v.(type) {
		case schema.Text:
			l.form = "string"
		case schema.Bool:
			l.form = "boolean"
		case schema.Number:
			l.form = "number"
		case schema.Object:
			l.form, inside = "object", ofValue(v)
		case schema.List:
			l.form = "string[]"
			if len(v) > 0 {
				if first, ok := v[0].(schema.Object); ok {
					l.form, inside = "object[]", ofValue(first)
				}
			}
		}
		n.under(name, l, inside)
	}
	return n
}

func btoi(b bool) int {
	if b {
		return 1
	}
	return 0
}

// What an action answers about an object that has every field is what the
// sandbox's transcription says, name by name: no more, and no less.
func TestAnswersAreAsTranscribed(t *testing.T) {
	s := New(Options{})
	defer s.Close()
	key := full(userKeyFields)
	maps.Copy(key, schema.Object{"AuthTypeCode": schema.Text("custom"), "Ext": schema.Text("{}")})
	token := full(apiKeyFields)
	token["KeyType"] = schema.Text("api_key")
	for what, err := range map[string]error{
		"login":       s.SeedLogin("e1", full(loginFields)),
		"client":      s.SeedClient("e1", "e1", full(clientStored)),
		"provider":    s.SeedProvider("e1", full(modifyFields)),
		"apiKey":      s.SeedAPIKey("e1", token),
		"integration": s.SeedIntegration("e1", key),
	} {
		if err != nil {
			t.Fatalf("%s: %v", what, err)
		}
	}
	seeded := []string{"login", "client", "provider", "apiKey", "integration"}
	for _, k := range schema.Kinds {
		if p := plays[k.Name]; p.actions != nil && !slices.Contains(seeded, k.Name) {
			env := &schema.Environment{Systems: map[string]schema.Object{k.System: {"envId": schema.Text("e1")}}}
			if err := p.seed(s, env, "x", full(p.stored)); err != nil {
				t.Fatalf("%s: %v", k.Name, err)
			}
		}
	}
	if env, err := s.cloudbase.environment("e1"); err != nil {
		t.Fatal(err)
	} else {
		for _, reserved := range []string{"custom", "email"} { // which would be shown with less
			env.providers.put(reserved, full(modifyFields))
		}
	}
	asked := map[string]schema.Object{
		"DescribeClient": {"Id": schema.Text("e1")},
		"CreateApiKey":   {"KeyType": schema.Text("api_key"), "ExpireIn": schema.Number("7200")},
		"GetUserKeyList": {"Business": schema.Text("integration"), "Offset": schema.Number("0"), "Limit": schema.Number("10")},
		"GetOneUserKey":  {"Business": schema.Text("integration"), "KeyID": schema.Text("x")},
	}
	count := 0
	// What writes comes first: a key that another one took the place of has an end.
	names := slices.SortedFunc(maps.Keys(actions()), func(a, b string) int {
		return cmp.Or(cmp.Compare(btoi(actions()[b].writes), btoi(actions()[a].writes)), cmp.Compare(a, b))
	})
	for _, name := range names {
		a := actions()[name]
		if a.answers == nil {
			continue
		}
		count++
		answer, err := s.cloudbase.do(a, schema.Overlay(schema.Overlay(required(a.params), asked[name]), schema.Object{"EnvId": schema.Text("e1")}), new(stampManner))
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		for _, d := range differences("the answer", "the transcription", ofValue(answer), withoutOpen(ofSandbox(a.answers), ofValue(answer)), aspect{}) {
			t.Errorf("%s: %s", name, d)
		}
	}
	if count < 7 {
		t.Errorf("%d actions have a transcription of their answers", count)
	}
}

// The same for the services of paths, whose enumerations come as {value, text}.
func TestRESTAnswersAreAsTranscribed(t *testing.T) {
	application, connector := applicationFields, connectorStored
	for kind, answer := range map[string]schema.Object{
		"application": flattened((&deviceCall{}).view(full(application))),
		"connector":   shownConnector(full(connector), maskSecrets),
	} {
		got := ofValue(answer)
		for _, d := range differences("the answer", "the transcription", got, withoutOpen(visible(plays[kind].stored), got), aspect{}) {
			t.Errorf("%s: %s", kind, d)
		}
	}
}

// withoutOpen takes over what is inside of objects of which a transcription says
// nothing.
func withoutOpen(declared, found names) names {
	all := maps.Clone(declared)
	for path, l := range declared {
		if l.form != "object" {
			continue
		}
		if inside := below(declared, path); len(inside) == 0 {
			maps.Copy(all, below(found, path))
		}
	}
	return all
}

func below(n names, path string) names {
	inside := names{}
	for at, l := range n {
		if len(at) > len(path)+1 && at[:len(path)+1] == path+"." {
			inside[at] = l
		}
	}
	return inside
}
