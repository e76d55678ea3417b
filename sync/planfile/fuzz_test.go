package planfile

import (
	"bytes"
	"encoding/json"
	"errors"
	"testing"
	"time"

	"authsync/schema"
	"authsync/sync"
)

// A digest finds an accident, and whoever writes a saved plan makes a new one. So
// any JSON is given the right digest here. It is refused, or it is what it was
// written as, and all that is asked of it before anything is read has an answer.
func FuzzReadSaved(f *testing.F) {
	const head = `{"formatVersion":1,"tool":"authsync","version":"1.2.3",`
	for _, text := range []string{
		"", "null", "[]", head + `"saved":null}`, head + `"saved":{}}`, head + `"saved":{"made":"2026-01-02T03:04:05Z"},"digest":"x"}`,
		head + `"saved":{"apiVersion":"authsync/v1","made":"2026-01-02T03:04:05Z","expires":"2026-01-03T03:04:05Z","request":{"paths":["a"],"targets":["provider/a","login"],` +
			`"prune":true,"rotate":["apiKey/"],"overlap":3600,"allow":["delete=1"]},"environments":[{"name":"prod","systems":{"cloudbase":"a"},"manifest":[{"path":"a","sha256":"b"}],` +
			`"places":{"cloudbase":{"address":"https://a"}},"unopened":["login.x"],"key":"x","live":[{"object":"provider/a","fields":{"a.b":"1"}},{"object":"x","absent":true}]}]},` +
			`"environments":[{"name":"prod","gates":[{"gate":"weaken","allow":"weaken","object":"login","fields":["a.\"b"]}],"changes":[{"object":"provider/a"}]}]}`,
	} {
		f.Add([]byte(text))
	}
	now := time.Date(2026, 1, 2, 4, 0, 0, 0, time.UTC)
	env := &schema.Environment{Name: "prod"}
	f.Fuzz(func(t *testing.T, text []byte) {
		if _, err := ReadSaved(text, "1.2.3", now); err == nil && !bytes.Contains(text, []byte("sha256:")) {
			t.Error("taken without a digest")
		}
		var plan jsonPlan
		if json.Unmarshal(text, &plan) != nil {
			return
		}
		text, digest, err := sealed(plan)
		if err != nil {
			return
		}
		s, err := ReadSaved(text, "1.2.3", now)
		if err != nil {
			return
		}
		if again, _, err := sealed(s.plan); err != nil || s.Digest != digest || !bytes.Equal(again, text) {
			t.Errorf("%v: %s\nis read as\n%s", err, text, again)
		}
		s.ask(t, env)
	})
}

// ask asks a plan what is asked before anything is read, and tells what moved.
func (s *SavedPlan) ask(t *testing.T, env *schema.Environment) {
	s.Options()
	for _, name := range append(s.Names(), env.Name) {
		s.Knew(name)
		gates(s.environment(name).Gates, name, []string{"weaken"})
		for _, fact := range s.foundation(name).Live {
			fact.moves(jsonFact{Key: fact.Key, ID: fact.ID, Fields: map[string]string{"a": "1", "a.b": unspoken}})
		}
	}
	var refused *StaleError
	if err := s.Bound(schema.OutlineOf(env)); err != nil && !errors.As(err, &refused) {
		t.Error(err)
	}
	if err := s.Placed(&sync.Site{Env: env}); err != nil && !errors.As(err, &refused) {
		t.Error(err)
	}
}
