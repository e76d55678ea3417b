package schema_test

import (
	"testing"

	"authsync/schema"
	"authsync/secrets"
)

// Any object that a service shows is an object of each kind, or an error; and
// what is one can be sent again.
func FuzzFromWire(f *testing.F) {
	for _, text := range []string{
		`{}`, `{"Id":"a","Name":{"Message":"m"},"ProviderType":"OAUTH","Config":{"ClientId":"c","ClientSecret":"***","RequestParametersMap":{"a":"b"}}}`,
		`{"Config":"x","EmailConfig":[],"Name":null}`, `{"id":"1","type":"Email","config":{"access_key_id":"a","access_key_secret":"b"},"enabled":"true"}`,
		`{"PhoneNumberLogin":true,"MfaConfig":{"On":"TRUE","Sms":[]},"PwdUpdateStrategy":{"FirstLoginUpdate":0}}`, `{"_id":"1","a":{"b":[null,{"c":1e5}]},"extra":1}`,
		`{"provider":{"value":"internal-standalone","text":"x"},"integrationModes":[{"value":"apiServer"},"x",null],"apiServer":{"roleIdList":["1",1]}}`,
		`{"Ext":"{\"a\":1}","AuthTypeCode":"a"}`, `{"KeyId":"a","KeyType":"api_key","ExpireAt":"2026-01-02T03:04:05Z","ExpireIn":-1}`, `{"Id":null,"":{"":""}}`,
	} {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		v, err := schema.ParseJSON(text)
		wire, isObject := v.(schema.Object)
		if err != nil || !isObject {
			return
		}
		for _, k := range schema.Kinds {
			fields, err := k.FromWire(wire)
			if err != nil {
				continue
			}
			body, err := schema.EncodeJSON(k.ToWire(fields), func(secrets.Value) (secrets.Clear, error) { return secrets.NewClear("x"), nil })
			if _, parsed := schema.ParseJSON(body); err != nil || parsed != nil {
				t.Errorf("%s: %v %v: %s is sent as %s", k.Name, err, parsed, text, body)
			}
		}
	})
}
