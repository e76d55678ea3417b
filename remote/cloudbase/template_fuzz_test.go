package cloudbase

import (
	"strings"
	"testing"

	"authsync/schema"
	"authsync/secrets"
)

// A template says which fields of an integration are passwords. Whatever it and
// the integration hold, what it calls a password is shown as no text, and sent in
// no clear one.
func FuzzTemplate(f *testing.F) {
	const fields = `{"fields":[{"name":"a","type":"password","required":true},{"name":"b","type":"text"}]}`
	for _, row := range [][2]string{
		{fields, `{"a":"x","b":"y"}`}, {fields, `{"a":null,"b":{"c":[1]}}`}, {fields, `{"a":1}`}, {fields, `{"a":["x"]}`},
		{`{"fields":[{"name":"a"},{"name":"a","type":"password"}]}`, `{"a":"x"}`}, {`{"fields":[{"name":"a","type":"Password"}]}`, `{"a":"x"}`},
		{`{"fields":[{"type":"password"}]}`, `{"":"x"}`}, {`{"fields":{}}`, `{}`}, {`{"fields":null}`, `{"a":"x"}`}, {"", "{}"}, {"[", "]"},
		{fields, `{"a":"AAAAAAAAAAAAAAAAAAAAAA==AAAAAAAAAAAAAAAAAAAAAA=="}`},
	} {
		f.Add(row[0], row[1])
	}
	key := foundKey{text: func() string { return strings.Repeat("k", extKeySize) }}
	f.Fuzz(func(t *testing.T, template, text string) {
		made := newExtTemplate(schema.Object{"AuthTypeCode": schema.Text("a"), "Ext": schema.Text(template)})
		ext, err := parseExt(schema.Text(text))
		if err != nil {
			return
		}
		made.missing(ext)
		made.cleared(ext)
		made.misfits(ext)
		reveal := func(secrets.Value) (secrets.Clear, error) { return secrets.NewClear("clear"), nil }
		for _, k := range []foundKey{key, {absent: errNoIntegrationKey}} {
			shown, err := made.open(ext, k)
			if err != nil {
				shown = nil
			}
			for _, out := range []schema.Object{ext, shown} {
				sent, err := made.seal(out, k, reveal)
				if err == nil {
					closed(t, made, sent)
				}
			}
			closed(t, made, shown)
		}
	})
}

// closed fails if a password of a template stands in an object as anything but a
// secret.
func closed(t *testing.T, made extTemplate, ext schema.Object) {
	for _, f := range made.fields {
		v := ext[f.name]
		if _, secret := v.(schema.Secret); made.err == nil && f.password && !secret && !schema.IsUnset(v) {
			t.Errorf("%s is a password and %T", f.name, v)
		}
	}
}
