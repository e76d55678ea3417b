package schema

import "testing"

// What discovery says of a field is found by the field, and of the others it says nothing.
func TestClaimsOfFields(t *testing.T) {
	for field, name := range map[string]string{
		"config.issuer":                  "issuer",
		"config.tokenEndpointAuthMethod": "token_endpoint_auth_methods_supported",
		"config.clientId":                "",
		"config.samlMetadata":            "",
		"issuer":                         "",
	} {
		path, err := ParsePath(field)
		if err != nil {
			t.Fatal(err)
		}
		if claim, ok := Provider.Online.Claimed(path); claim.Name != name || ok != (name != "") {
			t.Errorf("%s: %q, %v", field, claim.Name, ok)
		}
	}
}
