package schema_test

import (
	"testing"

	"authsync/schema"
)

// A sandbox's seed may say a secret in clear, with !plain or without, wherever a
// manifest must seal it.
func TestSecretsOfASeedMayBeClear(t *testing.T) {
	for _, tag := range []string{"", "!plain "} {
		text := "apiVersion: authsync/v1\nkind: Environment\nname: a\nsystems: {cloudbase: {envId: a-1}, devices: {url: https://d.example}, connectors: {url: https://c.example}}\n" +
			"providers: {github: {providerType: OAUTH, config: {clientId: x, clientSecret: " + tag + "abc}}}\n" +
			"connectors: {m: {type: Email, config: {access_key_secret: " + tag + "abc}}}\n" +
			"applications: {app1: {name: A, provider: third-party, integrationModes: [apiClient], apiClient: {authConfig: {type: bearer, bearer: {token: " + tag + "abc}}}}}\n"
		if faults := schema.LoadText("m.yaml", []byte(text), schema.SecretsPlain).Faults.Wrong(); len(faults) > 0 {
			t.Errorf("%q: %v", tag, faults)
		}
		if faults := schema.LoadText("m.yaml", []byte(text), schema.SecretsSealed).Faults.Wrong(); len(faults) != 3 {
			t.Errorf("%q in a manifest: %v", tag, faults)
		}
	}
}
