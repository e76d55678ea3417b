package custody_test

import (
	"strings"
	"testing"

	"authsync/custody"
	"authsync/schema/rewrite"
	"authsync/secrets"
)

// What a sealed text is bound to follows from the kind of its file and from its place.
func TestWhereASealedTextMayBe(t *testing.T) {
	for _, row := range []struct{ text, path, fault string }{
		{"kind: Vault\nenvironment: prod\ntokens: {server: {key: !age \"-----BEGIN AGE ENCRYPTED FILE-----\"}}", "tokens.apiKey/server", ""},
		{"kind: Vault\nenvironment: prod\ntokens: {server: !age \"-----BEGIN AGE ENCRYPTED FILE-----\"}", "", "is at a place where authsync puts nothing"},
		{"kind: Vault\nenvironment: prod\nothers: {server: {key: !age \"-----BEGIN AGE ENCRYPTED FILE-----\"}}", "", "is at a place where authsync puts nothing"},
		{"kind: Lock\nenvironment: prod\na: {b: !age \"-----BEGIN AGE ENCRYPTED FILE-----\"}", "lock.a.b", ""},
		{"kind: Snapshot\nenvironment: prod\na: {b: !age \"-----BEGIN AGE ENCRYPTED FILE-----\"}", "snapshot.a.b", ""},
		{"kind: Environment\nname: prod\na: {b: !age \"-----BEGIN AGE ENCRYPTED FILE-----\"}", "a.b", ""},
		{"kind: Unheard\na: {b: !age \"-----BEGIN AGE ENCRYPTED FILE-----\"}", "a.b", ""},
	} {
		d, err := rewrite.ReadDocument("prod.yaml", []byte(row.text))
		if err != nil || len(d.Sealed) != 1 {
			t.Fatalf("%s: %v %+v", row.text, err, d)
		}
		_, bound, err := custody.Open(&secrets.Keyring{}, d, d.Sealed[0])
		if err == nil || !strings.Contains(err.Error(), row.fault) || row.fault == "" && strings.Contains(err.Error(), "puts nothing") {
			t.Errorf("%s: %v", row.text, err)
		}
		if row.path != "" && !strings.HasPrefix(row.path, "tokens") && bound.Path != row.path || row.fault != "" && bound.Path != "" {
			t.Errorf("%s: bound to %q, want %q", row.text, bound.Path, row.path)
		}
	}
}
