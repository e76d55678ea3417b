package cli

import (
	"bytes"
	"strings"
	"testing"

	"authsync/schema/rewrite"
	"authsync/secrets"
)

// FuzzTextconv prints whatever git may hand over: the same each time, and as it
// is where nothing is sealed.
func FuzzTextconv(f *testing.F) {
	recipients, err := secrets.ParseRecipients([]string{lowRecipient})
	if err != nil {
		f.Fatal(err)
	}
	sealed, err := secrets.Seal(secrets.NewClear("4711"), secrets.Binding{Env: "low", Path: "a.b"}, recipients)
	if err != nil {
		f.Fatal(err)
	}
	head := "kind: Environment\nname: low\n"
	block := strings.ReplaceAll(strings.TrimSpace(sealed.Armored()), "\n", "\n    ")
	for _, text := range []string{
		"", "\x00", "a: *x", "- 1\n- 2", head + "a: {b: " + rewrite.SealedScalar(sealed.Armored()) + "}",
		head + "a:\n  b: !age |\n    " + block, head + "a:\n  b: !age >-\n    " + block + "\n\n# end\n",
		head + "a:\n  b: &x !age |2 # why\n    " + block + "\n  c: *x\n", "<<<<<<< ours\na: 1\n=======\n",
		"? !age '" + block + "'\n: x\n", "\ufeff" + head + "a: {b: " + rewrite.SealedScalar(sealed.Armored()) + "}\n",
		strings.ReplaceAll(head+"a:\n  b: !age |\n    "+block+"\n", "\n", "\r\n"),
	} {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		t.Setenv("AUTHSYNC_IDENTITY_FILE", "")
		t.Setenv("AUTHSYNC_IDENTITY", lowIdentity)
		shown := converted("f", text, nil)
		if !bytes.Equal(shown, converted("g", text, nil)) {
			t.Errorf("not the same twice:\n%s", text)
		}
		if !strings.Contains(string(text), "!age") && !bytes.Equal(shown, text) {
			t.Errorf("%q was shown as %q", text, shown)
		}
	})
}
