package lock

import (
	"reflect"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"gopkg.in/yaml.v3"

	"authsync/schema/schematest"
	"authsync/secrets"
)

// A copy of a lock spells the same file, whatever of it the lock has.
func TestACopyKnowsWhatALockKnows(t *testing.T) {
	recipient := schematest.Identity().Recipient().String()
	recipients, err := secrets.ParseRecipients([]string{recipient})
	if err != nil {
		t.Fatal(err)
	}
	owner := Owner{Env: "prod", Recipients: []string{recipient}}
	l := newLock(File{Path: "prod.lock.yaml"}, owner)
	key, err := NewMACKey(l.keyBinding(), recipients)
	if err != nil {
		t.Fatal(err)
	}
	text := `apiVersion: authsync/v1
kind: Lock
environment: prod
systems:
  connectors: {address: "https://auth.acme.example"}
recipients: [` + recipient + `]
run: 7
key: !age |
` + string(indented([]byte(strings.TrimSpace(key.Sealed().Armored())+"\n"))) + `listed: [connector]
apart: [connector]
unmanaged: [connector/other]
making: [connector/next]
objects:
  connector/github: {id: conn_1, fields: {enabled: "true"}}
`
	var file lockFile
	if err := yaml.Unmarshal([]byte(text), &file); err != nil {
		t.Fatal(err)
	}
	for i, v := 0, reflect.ValueOf(file); i < v.NumField(); i++ {
		if v.Field(i).IsZero() {
			t.Errorf("this test wants a file that has %s", v.Type().Field(i).Tag.Get("yaml"))
		}
	}
	if err := l.read([]byte(text)); err != nil {
		t.Fatal(err)
	}
	spelled := func(l *Lock) string {
		text, err := l.spell()
		if err != nil {
			t.Fatal(err)
		}
		return string(text)
	}
	if diff := cmp.Diff(spelled(l), spelled(l.Copy())); diff != "" || !strings.Contains(spelled(l), "apart:") {
		t.Errorf("(-lock +copy)\n%s", diff)
	}
}
