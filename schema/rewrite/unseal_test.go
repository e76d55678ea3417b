package rewrite_test

import (
	"fmt"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"authsync/schema/rewrite"
	"authsync/schema/schematest"
	"authsync/secrets"
)

var sealedPart = regexp.MustCompile(`(?s)-----BEGIN AGE ENCRYPTED FILE-----.*?-----END AGE ENCRYPTED FILE-----(\\n)?`)

// headOf begins the manifests of these tests; SEALED(path) in what follows stands
// for a value that is sealed for that path.
func headOf(kind string) string {
	return "apiVersion: authsync/v1\n" + kind + "recipients: [" + schematest.Identity().Recipient().String() + "]\n" +
		"systems: {connectors: {url: \"https://auth.example.com\"}}\nconnectors:\n  dm:\n    type: Email\n    config:\n"
}

var sealedFor = regexp.MustCompile(`SEALED\(([a-z0-9.]+)\)`)

func planted(t *testing.T, env, text string) string {
	return sealedFor.ReplaceAllStringFunc(text, func(mark string) string {
		path := "connectors.dm.config." + sealedFor.FindStringSubmatch(mark)[1]
		v, err := sealedTo(secrets.NewClear("secret of "+path), secrets.Binding{Env: env, Path: path}, []string{schematest.Identity().Recipient().String()})
		if err != nil {
			t.Fatal(err)
		}
		return "!age " + fmt.Sprintf("%q", v.Armored())
	})
}

func TestSealEdited(t *testing.T) {
	const env, base = "kind: Environment\nname: prod\n", "kind: Base\n"
	for _, tt := range []struct {
		name, kind, text, from, to string
		sealed                     string // the paths below config that are sealed again
		fault                      string // the end of the one fault
	}{
		{name: "an item before others in a list", kind: env, text: "      a: [SEALED(a.0), SEALED(a.1)]\n", from: "a: [", to: "a: [x, ", sealed: "a.1 a.2"},
		{name: "two items swapped", kind: env, text: "      a: [SEALED(a.0), SEALED(a.1)]\n",
			from: "'secret of connectors.dm.config.a.0', !plain 'secret of connectors.dm.config.a.1'",
			to:   "'secret of connectors.dm.config.a.1', !plain 'secret of connectors.dm.config.a.0'", sealed: "a.0 a.1"},
		{name: "another environment", kind: env, text: "      a: SEALED(a)\n      b: SEALED(b)\n", from: "name: prod", to: "name: test", sealed: "a b"},
		{name: "a Base", kind: base, text: "      a: SEALED(a)\n      b: SEALED(b)\n", from: "'secret of connectors.dm.config.b'", to: "new", sealed: "b"},
		{name: "a field that is no secret by its name", kind: env, text: "      a: SEALED(a)\n      b: clear\n", from: "b: clear", to: "b: !plain clear", sealed: "b"},
		{name: "quotes alone", kind: env, text: "      a: SEALED(a)\n", from: "'secret of connectors.dm.config.a'", to: "\"secret of connectors.dm.config.a\""},
		{name: "a comment", kind: env, text: "      a: SEALED(a) # old\n", from: "# old", to: "# new"},
		{name: "a variable instead", kind: env, text: "      a: SEALED(a)\n", from: "!plain 'secret of connectors.dm.config.a'", to: "!env A"},
		{name: "taken out", kind: env, text: "      b: x\n      a: SEALED(a)\n", from: "      a: !plain 'secret of connectors.dm.config.a'\n", to: ""},
		{name: "an anchor that is used again", kind: env, text: "      a: &s SEALED(a)\n      b: {}\n", from: "b: {}", to: "b: *s",
			fault: "is used in several places through an alias, and a sealed value opens in one; write the secret in each"},
		{name: "an anchor that is used again already", kind: env, text: "      a: &s SEALED(a)\n      b: *s\n      c: x\n", from: "c: x", to: "c: y"},
		{name: "one that nothing reads", kind: env, text: "      a: b\n      <<: {a: SEALED(a)}\n      c: x\n", from: "c: x", to: "c: y",
			fault: "is in clear, and is not sealed, since nothing reads it: a field beside << has its name; take one of them out"},
		{name: "a new anchor that is used again", kind: env, text: "      b: {}\n", from: "b: {}", to: "b: &s !plain x\n      c: *s",
			fault: "is used in several places through an alias, and a sealed value opens in one; write the secret in each"},
		{name: "nothing left of it", kind: env, text: "      a: SEALED(a)\n", from: "'secret of connectors.dm.config.a'", to: "''",
			fault: "is an empty secret; give it a value, or take the field out"},
		{name: "a secret over two lines without quotes", kind: env, text: "      b: x\n", from: "b: x", to: "b: !plain x\n        y",
			fault: "cannot be sealed in place; put it on a line of its own, in quotes"},
		{name: "a field that is none", kind: env, text: "      a: SEALED(a)\n", from: "type: Email", to: "type: Email\n    nonsense: 1",
			fault: "connectors.dm.nonsense: unknown field; known are connectorId, type, enabled, config, keep, id, extra"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			name := "prod"
			if tt.kind == base {
				name = ""
			}
			text := headOf(tt.kind) + planted(t, name, tt.text)
			u, err := rewrite.Unseal("prod.yaml", []byte(text), testKeys().Open)
			if err != nil || len(u.Shut) > 0 {
				t.Fatalf("%v %v", err, u.Shut)
			}
			edited := strings.Replace(string(u.Text), tt.from, tt.to, 1)
			if edited == string(u.Text) {
				t.Fatalf("the test's edit does nothing to\n%s", edited)
			}
			out, faults := u.Seal([]byte(edited), sealedTo)
			if tt.fault != "" {
				if len(faults) != 1 || !strings.HasSuffix(faults[0].Error(), tt.fault) {
					t.Errorf("got %v, want %s", faults, tt.fault)
				}
				return
			}
			if len(faults) > 0 {
				t.Fatalf("%v\n%s", faults, edited)
			}
			var sealed []string
			for _, path := range out.Sealed {
				sealed = append(sealed, strings.TrimPrefix(path.String(), "connectors.dm.config."))
			}
			if diff := cmp.Diff(tt.sealed, strings.Join(sealed, " ")); diff != "" {
				t.Errorf("sealed (-want +got)\n%s", diff)
			}
			before := sealedPart.FindAllString(text, -1)
			after := sealedPart.FindAllString(string(out.Text), -1)
			if tt.sealed == "" && len(after) > 0 {
				if diff := cmp.Diff(before, after); diff != "" {
					t.Errorf("sealed text (-before +after)\n%s", diff)
				}
			}
			again, err := rewrite.Unseal("prod.yaml", out.Text, testKeys().Open)
			if err != nil || len(again.Shut) > 0 {
				t.Errorf("what was sealed does not open: %v %v", err, again.Shut)
			}
		})
	}
}

// A file of another kind has nothing to seal, and that is said.
func TestWhatIsNoManifestIsNotSealed(t *testing.T) {
	for _, text := range []string{
		"apiVersion: authsync/v1\nkind: Quirks\nsystems: {cloudbase: {sandbox: {provider-config: merge}}}\n",
		"apiVersion: authsync/v1\nkind: Policy\nrules: {a: {field: login.emailLogin, equals: true}}\n",
	} {
		u, err := rewrite.Unseal("quirks.yaml", []byte(text), nil)
		if err != nil {
			t.Fatal(err)
		}
		if _, faults := u.Seal(append(u.Text, "# edited\n"...), nil); len(faults) != 1 || !strings.Contains(faults[0].Text, "is no manifest") {
			t.Errorf("%s: %v", text, faults)
		}
	}
}
