package remote_test

import (
	"strings"
	"testing"

	"authsync/remote"
	"authsync/remote/service"
	"authsync/remote/transport"
	"authsync/schema"
	"authsync/secrets"
	"authsync/sync"
)

// A system whose settings are not there is neither read nor written, with an error that
// says what is missing; a site with it is made, so that the other systems go on.
func TestASystemThatIsNotConnected(t *testing.T) {
	loaded := schema.LoadText("prod.yaml", []byte(`apiVersion: authsync/v1
kind: Environment
name: prod
systems: {connectors: {url: "https://auth.example.com", token: !env CONNECTORS_TOKEN}}
connectors: {}
`), schema.SecretsSealed)
	if err := loaded.Faults.Err(); err != nil {
		t.Fatal(err)
	}
	carrier, err := transport.New(transport.Options{})
	if err != nil {
		t.Fatal(err)
	}
	nothing := func(string) (string, bool) { return "", false }
	site, err := remote.NewSite(loaded.Environments[0], remote.SiteConfig{Config: service.Config{
		Transport: carrier, LookupEnv: nothing, Keys: &secrets.Keyring{LookupEnv: nothing},
	}})
	if err != nil {
		t.Fatal(err)
	}
	connectors := site.Services[schema.Connector.Name]
	live, errRead := connectors.Read(t.Context(), sync.Query{})
	_, errMake := connectors.Make(t.Context(), sync.Call{}, nil)
	for what, err := range map[string]error{"read": errRead, "make": errMake} {
		if err == nil || !strings.Contains(err.Error(), "systems.connectors") || !strings.Contains(err.Error(), "CONNECTORS_TOKEN") {
			t.Errorf("%s: %v", what, err)
		}
	}
	if calls := connectors.Describe(sync.OpCreate, sync.Target{}, nil); len(live)+len(calls) > 0 {
		t.Errorf("%v, %v", live, calls)
	}
}
