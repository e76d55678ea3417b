package torture

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"gopkg.in/yaml.v3"
	"pgregory.net/rapid"
)

// field is something that a manifest may say of an object, and the values that
// it may have there, as YAML. One that begins with a $ is a secret.
type field struct {
	path   string
	always bool // in every object
	values []string
}

// kind is what the model knows of a kind: few objects and few fields, so that
// both hands meet on them.
type kind struct {
	name       string
	collection string
	below      string // between the collection and the objects
	settings   map[string]string
	objects    []string
	fields     []field
}

var kinds = []kind{
	{name: "login", collection: "login", objects: []string{""}, fields: []field{
		{"userNameLogin", true, []string{"true"}},
		{"phoneNumberLogin", false, bools},
		{"emailLogin", false, bools},
		{"anonymousLogin", false, bools},
		{"mfaConfig.on", false, bools},
		{"mfaConfig.sms", false, bools},
	}},
	{name: "client", collection: "clients", objects: []string{"default"}, fields: []field{
		{"accessTokenExpiresIn", false, []string{"1h", "2h"}},
		{"refreshTokenExpiresIn", false, []string{"7d", "30d"}},
		{"maxDevice", true, []string{"1", "2", "-1"}},
	}},
	{name: "provider", collection: "providers", objects: []string{"github", "corp", "gitlab"}, fields: []field{
		{"providerType", true, []string{"OAUTH"}},
		{"name.message", true, []string{"A", "B"}},
		{"on", false, bools},
		{"autoSignUpWithProviderUser", false, bools},
		{"config.clientId", true, []string{"a", "b"}},
		{"config.clientSecret", false, secretValues},
		{"config.scope", false, []string{"x", "y"}},
	}},
	{name: "apiKey", collection: "apiKeys", objects: []string{"server", "worker"}, fields: []field{
		{"keyType", true, []string{"api_key"}},
		{"expireIn", false, []string{"30d", "90d"}},
	}},
	{name: "integration", collection: "integrations", objects: []string{"tools", "mail", "pay"}, fields: []field{
		{"authTypeCode", true, []string{"custom"}},
		{"description", false, []string{"a", "b"}},
		{"ext.COLOUR", true, []string{"red", "blue"}},
		{"ext.TOKEN", false, secretValues},
	}},
	{name: "connector", collection: "connectors", objects: []string{"mail", "sms", "github"}, fields: []field{
		{"type", true, []string{"Email", "Sms"}},
		{"enabled", false, bools},
		{"config.access_key_id", true, []string{"a", "b"}},
		{"config.access_key_secret", false, secretValues},
	}},
	{name: "application", collection: "applications", objects: []string{"orders", "reports"}, fields: []field{
		{"name", true, []string{"A", "B"}},
		{"provider", true, []string{"internal-standalone"}},
		{"integrationModes", true, []string{"[apiServer]"}},
		{"description", false, []string{"a", "b"}},
		{"apiServer.roleIdList", true, []string{`["1601"]`, `["1602"]`, `["1601", "1602"]`}},
		{"apiServer.secureKey", true, secretValues},
		{"apiServer.redirectUri", false, []string{"null"}},
	}},
	{name: "record", collection: "records", below: "sys_role", settings: map[string]string{"envType": "prod", "key": "code"},
		objects: []string{"sys_role/admin", "sys_role/guest", "sys_role/trial"}, fields: []field{
			{"name", true, []string{"A", "B"}},
			{"menus", false, []string{"[users]", "[users, roles]", "[]"}},
		}},
}

var (
	bools        = []string{"true", "false"}
	secretValues = []string{"$S_ONE", "$S_TWO", "$S_THREE"}
)

// wants is what a manifest says: values by the path of a field, by the key of
// an object; and which collections it has.
type wants struct {
	objects     map[string]map[string]string
	collections map[string]bool
}

func newWants() *wants {
	return &wants{map[string]map[string]string{}, map[string]bool{}}
}

func (k kind) key(object string) string {
	if object == "" {
		return k.name
	}
	return k.name + "/" + object
}

// draw draws an object again.
func (k kind) draw(t *rapid.T) map[string]string {
	object := map[string]string{}
	for _, f := range k.fields {
		if f.always || rapid.Bool().Draw(t, f.path) {
			object[f.path] = rapid.SampledFrom(f.values).Draw(t, f.path+" is")
		}
	}
	return object
}

// edit changes what is wanted in one place.
func (w *wants) edit(t *rapid.T) {
	k := rapid.SampledFrom(kinds).Draw(t, "kind")
	key := k.key(rapid.SampledFrom(k.objects).Draw(t, "object"))
	object := w.objects[key]
	f := rapid.SampledFrom(k.fields).Draw(t, "field")
	w.collections[k.name] = true
	switch rapid.SampledFrom([]string{"set", "set", "set", "leave out", "remove", "draw", "drop collection"}).Draw(t, "edit") {
	case "set":
		if object == nil {
			object = k.draw(t)
			w.objects[key] = object
		}
		object[f.path] = rapid.SampledFrom(f.values).Draw(t, "value")
	case "leave out":
		if !f.always {
			delete(object, f.path)
		}
	case "remove":
		delete(w.objects, key)
	case "draw":
		w.objects[key] = k.draw(t)
	case "drop collection":
		w.collections[k.name] = false
	}
}

// drawAll draws a whole manifest.
func (w *wants) drawAll(t *rapid.T) {
	for _, k := range kinds {
		w.collections[k.name] = rapid.IntRange(0, 3).Draw(t, k.collection) > 0
		for _, name := range k.objects {
			if rapid.Bool().Draw(t, k.key(name)) {
				w.objects[k.key(name)] = k.draw(t)
			}
		}
	}
}

// has reports whether the manifest states a field of an object.
func (w *wants) has(key, path string) bool {
	_, ok := w.objects[key][path]
	return ok
}

// secretForm is how a manifest spells a secret: !env in git, !plain in a seed.
type secretForm func(name string) *yaml.Node

func inVariable(name string) *yaml.Node {
	return &yaml.Node{Kind: yaml.ScalarNode, Tag: "!env", Value: name}
}

func inClear(name string) *yaml.Node {
	return &yaml.Node{Kind: yaml.ScalarNode, Tag: "!plain", Value: variables[name]}
}

// spell writes the manifest.
func (w *wants) spell(recipient string, secret secretForm) ([]byte, error) {
	root := map[string]any{
		"apiVersion": "authsync/v1", "kind": "Environment", "name": "prod", "recipients": []string{recipient},
		"systems": map[string]any{
			"cloudbase":  map[string]any{"envId": "acme-prod-7gk2x9", "integrationKey": secret("INTEGRATION_KEY")},
			"connectors": map[string]any{"url": "https://auth.acme.example"},
			"devices":    map[string]any{"url": "https://iot.acme.example"},
		},
	}
	for _, k := range kinds {
		if !w.collections[k.name] {
			continue
		}
		all := map[string]any{}
		for _, name := range k.objects {
			fields := w.objects[k.key(name)]
			if fields == nil {
				continue
			}
			object, err := nested(fields, secret)
			if err != nil {
				return nil, fmt.Errorf("%s: %w", k.key(name), err)
			}
			all[name[strings.LastIndex(name, "/")+1:]] = object
			if name == "" {
				all = object
			}
		}
		switch {
		case k.below != "":
			group := map[string]any{"rows": all}
			for name, text := range k.settings {
				group[name] = text
			}
			root[k.collection] = map[string]any{k.below: group}
		case k.objects[0] != "" || len(all) > 0:
			root[k.collection] = all
		}
	}
	return yaml.Marshal(root)
}

// nested puts values at the paths of their fields.
func nested(fields map[string]string, secret secretForm) (map[string]any, error) {
	object := map[string]any{}
	for _, path := range slices.Sorted(maps.Keys(fields)) {
		at := object
		names := strings.Split(path, ".")
		for _, name := range names[:len(names)-1] {
			inner, ok := at[name].(map[string]any)
			if !ok {
				inner = map[string]any{}
				at[name] = inner
			}
			at = inner
		}
		last := names[len(names)-1]
		if name, ok := strings.CutPrefix(fields[path], "$"); ok {
			at[last] = secret(name)
			continue
		}
		var value any
		if err := yaml.Unmarshal([]byte(fields[path]), &value); err != nil {
			return nil, err
		}
		at[last] = value
	}
	return object, nil
}
