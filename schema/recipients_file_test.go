package schema

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"authsync/secrets"
)

// A file of recipients has one a line, with comments and empty lines between them. What
// is none is told by its line.
func TestRecipientsFile(t *testing.T) {
	const one, other = "age1n4jkj5grdlgrpffkytru5umezddty8ywfa3k45795vm47suq5eeqy0vfyg", "age1auka7ayqus9s333cfraryfs99s5gn9ya2nuvl0f52tdfkd589vvscf27ud"
	for name, row := range map[string]struct {
		text string
		want []string
		says string
	}{
		"two":         {"# the pipeline\n" + one + "\n\n \t\n  " + other + "\r\n", []string{one, other}, ""},
		"a wrong one": {"\n" + one + "\nage1x\n", []string{one}, "keys.txt:3:1: "},
		"empty":       {"# nobody yet\n\n", nil, "\"keys.txt\" names no recipient"},
		"missing":     {"", nil, "\"keys.txt\" cannot be read: "},
	} {
		dir := t.TempDir()
		file := filepath.Join(dir, "prod.yaml")
		if row.text != "" {
			if err := os.WriteFile(filepath.Join(dir, "keys.txt"), []byte(row.text), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		loaded := LoadText(file, []byte("apiVersion: authsync/v1\nkind: Environment\nname: prod\nrecipients: ["+fromFile+"keys.txt]\nsystems: {cloudbase: {envId: a-1}}\n"), SecretsSealed)
		var said string
		if err := loaded.Faults.Err(); err != nil {
			said = err.Error()
		}
		if (said == "") != (row.says == "") || !strings.Contains(said, row.says) {
			t.Errorf("%s: it is told %q, want %q", name, said, row.says)
		}
		if got := loaded.Environments; len(got) != 1 || !slices.Equal(got[0].Recipients, row.want) {
			t.Errorf("%s: %+v", name, got)
		}
	}
}

// A secret that the service leaves out where its companion is set is a hidden one; so
// is a field that it never shows. Nothing else is made up.
func TestWhatIsLeftOutIsHidden(t *testing.T) {
	s := Struct{Fields: []Field{
		{Name: "key", Type: Sealed{With: "companion"}}, {Name: "alone", Type: Sealed{}},
		{Name: "never", Type: String{}, Sight: WriteOnly}, {Name: "plain", Type: String{}}, {Name: "companion", Type: String{}},
	}}
	hidden := func(o Object, name string) bool {
		secret, is := o[name].(Secret)
		return is && secret.Form() == secrets.HiddenForm
	}
	for _, row := range []struct {
		o    Object
		want []string
	}{
		{Object{"companion": Text("a")}, []string{"key", "never"}},
		{Object{"companion": Text("")}, []string{"never"}},
		{Object{}, []string{"never"}},
		{Object{"companion": Text("a"), "key": Secret{secrets.Plain("x")}, "never": Text("y")}, nil},
	} {
		s.markHiddenIn(row.o)
		for _, f := range s.Fields {
			if hidden(row.o, f.Name) != slices.Contains(row.want, f.Name) {
				t.Errorf("%v: %s", row.o, f.Name)
			}
		}
	}
}

// A value in a fault is cut where it is longer than a line takes, and only there.
func TestQuote(t *testing.T) {
	for text, want := range map[string]string{
		strings.Repeat("é", 60): `"` + strings.Repeat("é", 60) + `"`,
		strings.Repeat("é", 61): `"` + strings.Repeat("é", 60) + `..."`,
		"a \n\t b":              `"a b"`,
	} {
		if got := quote(text); got != want {
			t.Errorf("%s, want %s", got, want)
		}
	}
}
