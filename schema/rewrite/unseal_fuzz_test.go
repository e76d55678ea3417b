package rewrite_test

import (
	"bytes"
	"testing"

	"authsync/schema/rewrite"
	"authsync/schema/schematest"
	"authsync/secrets"
)

// Whatever the bytes, showing them in clear and sealing them again without an
// edit gives them back, or faults.
func FuzzUnseal(f *testing.F) {
	for _, text := range schematest.Examples(f, "../..") {
		f.Add([]byte(text), "clear")
	}
	const top = "apiVersion: authsync/v1\nkind: Base\nconnectors:\n  dm:\n    type: Email\n    config:\n"
	for _, config := range []string{
		"      a: &x !age |-  # why\n        -----BEGIN AGE ENCRYPTED FILE-----\n\n      b: [!age 'x', !age \"y\"]\r\n",
		"      ? a\n      : !age\n        |\n         x\n      <<: {a: !age x}\n",
		"      ? a\n      <<: {a: !age x}\n",
		"      - - !age >+2\n          x\n\n      !age y: !<!age> z",
	} {
		f.Add([]byte(top+config), "two\nlines")
	}
	f.Fuzz(func(t *testing.T, text []byte, clear string) {
		if bytes.Contains(text, []byte("extends")) {
			t.Skip("may read any file of this machine")
		}
		if clear == "" || !bytes.Equal(bytes.ToValidUTF8([]byte(clear), nil), []byte(clear)) {
			t.Skip("is no secret")
		}
		u, err := rewrite.Unseal("prod.yaml", text, func(secrets.Value) (secrets.Clear, error) { return secrets.NewClear(clear), nil })
		if err != nil {
			return
		}
		again, faults := u.Seal(u.Text, func(secrets.Clear, secrets.Binding, []string) (secrets.Value, error) {
			return secrets.Value{}, secrets.ErrNoRecipients // what stood in clear before
		})
		if len(faults) == 0 && !bytes.Equal(again.Text, text) {
			t.Errorf("%q\nbecame\n%q", text, again.Text)
		}
	})
}
