package sync_test

import (
	"os"
	"path/filepath"
	"testing"

	"authsync/schema"
	"authsync/sync"
)

// A snapshot that is named is believed as it stands. Any objects in one are an
// error, or a way back that touches no other object than these.
func FuzzSnapshot(f *testing.F) {
	for _, objects := range []string{
		"", "[]", "null", "[{}]", `[{"object":"login","stood":true,"wire":null}]`, `[{"object":"provider","action":"create"}]`,
		`[{"object":"provider/a","action":"delete","stood":true,"presence":"present","id":"a","wire":{"Id":"a","ProviderType":"OAUTH","Config":{"ClientSecret":"***","x":[{}]}},"secrets":["config.clientSecret","config","a.b"]}]`,
		`[{"object":"provider/a","stood":true,"wire":{},"changed":["config.clientId","config","on","x"]},{"object":"provider/a"}]`,
		`[{"object":"record/r","action":"create"},{"object":"apiKey/a","action":"replace","stood":true,"wire":{"Name":"a"}}]`,
		`[{"object":"record/r/a","action":"delete","stood":true,"wire":{"_id":"1","x":{"y":null}},"secrets":["x.y.z","x"]}]`,
		`[{"object":"integration/a","action":"delete","stood":true,"wire":{"Ext":"{\"a\":1}"},"secrets":["ext.a"]}]`,
	} {
		f.Add(objects)
	}
	site := &sync.Site{Env: &schema.Environment{Name: "test", Collections: map[string]*schema.Collection{}}}
	file := filepath.Join(f.TempDir(), "a.snapshot.yaml")
	f.Fuzz(func(t *testing.T, objects string) {
		text := "apiVersion: authsync/v1\nkind: Snapshot\nenvironment: test\nrun: 1\nobjects: " + quoted(objects) + "\n"
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		s, err := sync.OpenSnapshot(site, file)
		if err != nil {
			return
		}
		for _, target := range sync.Undo(site, s).Options.Targets {
			if !schema.KindNamed(target.Kind).IsOne(target.Name) {
				t.Errorf("%s is not one object", target)
			}
		}
	})
}

// quoted spells a text in YAML.
func quoted(text string) string {
	encoded, err := schema.EncodeJSON(schema.Text(text), nil)
	if err != nil {
		panic(err) // a text has a spelling
	}
	return string(encoded)
}
