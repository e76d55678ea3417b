package schema_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"authsync/schema"
)

// faultsOf are the faults of a manifest with these lines below its systems.
func faultsOf(t *testing.T, lines string) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "env.yaml")
	text := "apiVersion: authsync/v1\nkind: Environment\nname: prod\nsystems: {cloudbase: {envId: acme-prod}, connectors: {url: https://auth.acme.example}}\n" + lines
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	agree(t, filepath.Dir(file))
	var all []string
	for _, f := range schema.Load([]string{file}, schema.SecretsSealed).Faults.Wrong() {
		all = append(all, fmt.Sprintf("%d: %s: %s", f.Pos.Line-4, f.Path, f.Text))
	}
	return strings.Join(all, "\n")
}

func TestAPIKeyLimits(t *testing.T) {
	six := ""
	for i := range 6 {
		six += fmt.Sprintf("  k%d: {keyType: api_key}\n", i)
	}
	for _, row := range []struct{ name, lines, want string }{
		{"right", "apiKeys:\n  server-1.a: {keyType: api_key, expireIn: 90d, rotateBefore: 14d, keep: true, id: x}\n  web: {keyType: publish_key}\n  ever: {keyType: api_key, expireIn: 0}\n", ""},
		{"none", "apiKeys: {}\n", ""},
		{"five of each would be right", "apiKeys:\n" + strings.Replace(six, "api_key", "publish_key", 1), ""},
		{"six", "apiKeys:\n" + six, "1: apiKeys: holds 6 of api_key; an environment has at most 5"},
		{"two for front ends", "apiKeys:\n  a: {keyType: publish_key}\n  b: {keyType: publish_key}\n", "1: apiKeys: holds 2 of publish_key; an environment has at most 1"},
		{"no type", "apiKeys:\n  a: {}\n", "2: apiKeys.a: keyType is missing"},
		{"unknown type", "apiKeys:\n  a: {keyType: apikey}\n", `2: apiKeys.a.keyType: "apikey" is unknown, did you mean api_key? (api_key, publish_key)`},
		{"short life", "apiKeys:\n  a: {keyType: api_key, expireIn: 7199}\n", "2: apiKeys.a.expireIn: 7199s (7199 seconds) is out of range; it takes 2h to 36500d, or 0s"},
		{"just long enough", "apiKeys:\n  a: {keyType: api_key, expireIn: 7200}\n", ""},
		{"below zero", "apiKeys:\n  a: {keyType: api_key, expireIn: -1}\n", "2: apiKeys.a.expireIn: -1s (-1 seconds) is out of range; it takes 2h to 36500d, or 0s"},
		{"life of a publish_key", "apiKeys:\n  a: {keyType: publish_key, expireIn: 90d}\n", "2: apiKeys.a.expireIn: the life of a publish_key is fixed; leave it out"},
		{"rotated though it never ends", "apiKeys:\n  a: {keyType: api_key, rotateBefore: 14d}\n", "2: apiKeys.a.rotateBefore: needs expireIn: a key without it never ends"},
		{"rotated by each apply", "apiKeys:\n  a: {keyType: api_key, expireIn: 14d, rotateBefore: 14d}\n", "2: apiKeys.a.rotateBefore: is not shorter than expireIn: each apply would make a new key"},
		{"what only the service sets", "apiKeys:\n  a:\n    keyType: api_key\n    apiKey: x\n    expireAt: x\n    KeyId: x\n",
			"4: apiKeys.a.apiKey: is set by the service and cannot be managed\n5: apiKeys.a.expireAt: is set by the service and cannot be managed\n6: apiKeys.a.KeyId: is set by the service and cannot be managed"},
		{"misspelt", "apiKeys:\n  a: {keyType: api_key, expiresIn: 90d}\n", "2: apiKeys.a.expiresIn: unknown field, did you mean expireIn?"},
		{"cleared", "apiKeys:\n  a: {keyType: api_key, expireIn: null}\n", "2: apiKeys.a.expireIn: cannot be cleared; leave the name out to leave the field alone"},
		{"a name with a slash", "apiKeys:\n  a/b: {keyType: api_key}\n", `2: apiKeys.a/b: "a/b" is not a name of letters, digits, -, _ and . (at most 64)`},
	} {
		t.Run(row.name, func(t *testing.T) {
			if got := faultsOf(t, row.lines); got != row.want {
				t.Errorf("got\n%s\nwant\n%s", got, row.want)
			}
		})
	}
}
