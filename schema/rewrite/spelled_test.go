package rewrite

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"gopkg.in/yaml.v3"

	"authsync/schema"
	"authsync/secrets"
)

// A long line is broken at single blanks, as late as it may be.
func TestWrapped(t *testing.T) {
	for _, row := range []struct {
		line string
		want []string
	}{
		{"one two", []string{"one two"}}, {"one two six", []string{"one two", "six"}}, {"one twos six", []string{"one", "twos", "six"}}, {"sevenis six", []string{"sevenis", "six"}}, {"eightish six", []string{"eightish", "six"}},
		{"one  two six", []string{"one  two", "six"}}, {"one\t two six", []string{"one\t two", "six"}}, {"one \ttwo six", []string{"one \ttwo", "six"}}, {"nineletters", []string{"nineletters"}}, {"a b c d e f g", []string{"a b c d", "e f g"}},
		{"x eightish", []string{"x", "eightish"}}, {"eightish x", []string{"eightish", "x"}}, {"eightish ", []string{"eightish "}},
	} {
		if got := wrapped(row.line, 7); !slices.Equal(got, row.want) {
			t.Errorf("%q: %q, want %q", row.line, got, row.want)
		}
	}
}

// Names and texts have the simplest quotes that they can have.
func TestQuotesOfNamesAndTexts(t *testing.T) {
	long := strings.Repeat("x", 120)
	for text, want := range map[string]string{long: long, long + "x": "'" + long + "x'", "a: b": "'a: b'", "\x01": `"\x01"`, "a\n": `"a\n"`} {
		if got := keyText(&yaml.Node{Kind: yaml.ScalarNode, Tag: "!!str", Value: text}, nameInBlock); got != want {
			t.Errorf("%q: %s, want %s", text, got, want)
		}
	}
	for text, want := range map[string]string{"\x01a": `"\x01a"`, "a\x01": `"a\x01"`, "it's": `"it's"`, `it's "so"`: `'it''s "so"'`, `it's\`: `'it''s\'`, "": "''"} {
		if got := quoted(text); got != want {
			t.Errorf("%q: %s, want %s", text, got, want)
		}
	}
}

// A secret in clear is shown as it is read best: its lines as a block, and what no block
// or quotes can hold in escapes.
func TestHowSecretsAreShown(t *testing.T) {
	const sealed = "!age | # why\n      -----BEGIN AGE ENCRYPTED FILE-----\n      YWdl\n      -----END AGE ENCRYPTED FILE-----"
	const head = "apiVersion: authsync/v1\nkind: Environment\nname: prod\n"
	for clear, want := range map[string]string{
		"one": "!plain 'one' # why", "it's": "!plain 'it''s' # why", "a\nb\n": "!plain | # why\n      a\n      b", "a\nb": "!plain |- # why\n      a\n      b", "a\tb\n\n c\n": "!plain | # why\n      a\tb\n\n       c",
		"验证码\nb": "!plain |- # why\n      验证码\n      b", " a\nb": `!plain " a\nb" # why`, "a\x01": `!plain "a\x01" # why`, "\x01\na": `!plain "\x01\na" # why`, "a\nb\x01": `!plain "a\nb\x01" # why`, "a\n\n": `!plain "a\n\n" # why`, "\x01a": `!plain "\x01a" # why`,
	} {
		for _, nl := range []string{"\n", "\r\n"} {
			text := strings.ReplaceAll(head+"x:\n    a: "+sealed+"\nb: 1\n", "\n", nl)
			u, err := Unseal("prod.yaml", []byte(text), func(secrets.Value) (secrets.Clear, error) { return secrets.NewClear(clear), nil })
			if err != nil || len(u.Shut) > 0 {
				t.Errorf("%q: %v %v", clear, err, u.Shut)
				continue
			}
			if d := cmp.Diff(strings.ReplaceAll(head+"x:\n    a: "+want+"\nb: 1\n", "\n", nl), string(u.Text)); d != "" {
				t.Errorf("%q: -want +got\n%s", clear, d)
			}
		}
	}
}

// A document is of its environment, as a file of its kind says so.
func TestWhoseADocumentIs(t *testing.T) {
	for text, want := range map[string]string{
		"kind: Environment\nname: a\nenvironment: b\n": "Environment a", "kind: Vault\nname: a\nenvironment: b\n": "Vault b", "kind: Base\nname: {}\n": "Base ", "kind: Environment\n": "Environment ", "a: 1\n": " ",
	} {
		d, err := ReadDocument("f.yaml", []byte(text))
		if err != nil {
			t.Fatal(err)
		}
		if got := d.Kind + " " + d.Environment; got != want {
			t.Errorf("%s: %s, want %s", text, got, want)
		}
	}
}

// Several edits are made at once, each as if it were alone.
func TestSeveralEdits(t *testing.T) {
	text := "a:\n  x: 1 # one\n  y: 2 # two\n  z: 3\nb: [1, 2]\nc: 4\n"
	one := &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!int", Value: "9"}
	out, err := Apply("f.yaml", []byte(text), []Edit{{Path: schema.Path{"a", "x"}}, {Path: schema.Path{"a", "y"}}, {Path: schema.Path{"c"}}, {Path: schema.Path{"a", "z"}, Node: one}, {Path: schema.Path{"d"}, Node: one}, {Path: schema.Path{"e"}, Node: one}})
	if want := "a:\n  z: 9\nb: [1, 2]\nd: 9\ne: 9\n"; err != nil || string(out) != want {
		t.Errorf("%v\n%s", err, out)
	}
}

// What stays sealed, since it does not open, stays where it was sealed for.
func TestWhatStaysSealedStaysInItsPlace(t *testing.T) {
	const head = "apiVersion: authsync/v1\nkind: Environment\nname: prod\nsystems: {connectors: {url: \"https://auth.example.com\"}}\nconnectors:\n  dm:\n    config:\n"
	const sealed = "!age |\n        -----BEGIN AGE ENCRYPTED FILE-----\n        YWdl\n        -----END AGE ENCRYPTED FILE-----\n"
	shut := func(secrets.Value) (secrets.Clear, error) { return secrets.NewClear(""), errors.New("shut") }
	text := head + "      a: " + sealed + "      c: 1\n"
	u, err := Unseal("prod.yaml", []byte(text), shut)
	if err != nil || len(u.Shut) != 1 || string(u.Text) != text {
		t.Fatalf("%v %v\n%s", err, u.Shut, u.Text)
	}
	if out, faults := u.Seal([]byte(strings.Replace(text, "c: 1", "c: 2", 1)), nil); len(faults) > 0 || !strings.Contains(string(out.Text), "c: 2") {
		t.Errorf("%v", faults)
	}
	if _, faults := u.Seal([]byte(strings.Replace(text, "a: !age", "b: !age", 1)), nil); len(faults) != 1 || !strings.HasSuffix(faults[0].Error(), "connectors.dm.config.b: stayed sealed and was moved here, where it does not open; put it back where it was") {
		t.Errorf("%v", faults)
	}
}
