package sandbox

import (
	"strings"
	"testing"

	"authsync/schema"
	"authsync/secrets"
)

// A seed with a secret that nobody here can open says where it stands.
func TestASealedSeedIsRefusedByItsField(t *testing.T) {
	err := New(Options{}).SeedProvider("prod", schema.Object{"Id": schema.Text("idp"), "Config": schema.Object{"ClientSecret": schema.Secret{Value: secrets.Env("PATH")}}})
	if err == nil || !strings.HasPrefix(err.Error(), "sandbox: seed provider idp: Config.ClientSecret: ") {
		t.Errorf("%v", err)
	}
}
