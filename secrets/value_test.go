package secrets_test

import (
	"strings"
	"testing"

	"authsync/secrets"

	"github.com/google/go-cmp/cmp"
)

var somewhere = secrets.Binding{Env: "prod", Path: "providers.github.config.clientSecret"}

func TestForms(t *testing.T) {
	type facts struct {
		Form                      secrets.Form
		IsZero                    bool
		Shown                     string
		Armored, EnvName, Visible string
		Binding                   secrets.Binding
	}
	tests := []struct {
		name  string
		value secrets.Value
		want  facts
	}{
		{"zero", secrets.Value{}, facts{Form: secrets.None, IsZero: true}},
		{"sealed", secrets.Sealed("text", somewhere), facts{Form: secrets.SealedForm, Shown: "(sealed)", Armored: "text\n", Binding: somewhere}},
		{"sealed, empty", secrets.Sealed(" \n", somewhere), facts{Form: secrets.SealedForm, Shown: "(sealed)", Binding: somewhere}},
		{"env", secrets.Env("TOKEN"), facts{Form: secrets.EnvForm, Shown: "(env TOKEN)", EnvName: "TOKEN"}},
		{"plain", secrets.Plain("hunter2"), facts{Form: secrets.PlainForm, Shown: "(in clear)"}},
		{"plain, empty", secrets.Plain(""), facts{Form: secrets.PlainForm, Shown: "(in clear)"}},
		{"hidden", secrets.Hidden("LTAI5t***"), facts{Form: secrets.HiddenForm, Shown: "(hidden)", Visible: "LTAI5t***"}},
		{"hidden, nothing shown", secrets.Hidden(""), facts{Form: secrets.HiddenForm, Shown: "(hidden)"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			v := tt.value
			got := facts{v.Form(), v.IsZero(), v.String(), v.Armored(), v.EnvName(), v.Visible(), v.Binding()}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
		})
	}
}

// TestEqual compares every value of a list with every other: equal are those of one row.
func TestEqual(t *testing.T) {
	rows := [][]secrets.Value{
		{{}, {}},
		{secrets.Sealed("a", somewhere), secrets.Sealed("a", secrets.Binding{Path: "elsewhere"})},
		{secrets.Sealed("b", somewhere)},
		{secrets.Sealed("", somewhere)},
		{secrets.Env("a"), secrets.Env("a")},
		{secrets.Env("b")},
		{secrets.Plain("a"), secrets.Plain("a")},
		{secrets.Plain("b")},
		{secrets.Plain("")},
		{secrets.Hidden("a"), secrets.Hidden("a")},
		{secrets.Hidden("")},
	}
	for i, row := range rows {
		for _, a := range row {
			for j, other := range rows {
				for _, b := range other {
					if got, want := a.Equal(b), i == j; got != want {
						t.Errorf("row %d %v, row %d %v: Equal is %t", i, a, j, b, got)
					}
					if got, want := cmp.Equal(a, b), i == j; got != want {
						t.Errorf("row %d %v, row %d %v: cmp.Equal is %t", i, a, j, b, got)
					}
				}
			}
		}
	}
}

// TestSealedIgnoresScalarStyle gives one sealed text as the styles of YAML do.
func TestSealedIgnoresScalarStyle(t *testing.T) {
	const text = "-----BEGIN AGE ENCRYPTED FILE-----\nAAAA\n-----END AGE ENCRYPTED FILE-----\n"
	for name, written := range map[string]string{
		"as age writes it":   text,
		"no line end":        strings.TrimSpace(text),
		"spare line ends":    "\n" + text + "\n\n",
		"windows line ends":  strings.ReplaceAll(text, "\n", "\r\n"),
		"spaces at the ends": "  " + text + "  ",
	} {
		if got := secrets.Sealed(written, somewhere).Armored(); got != text {
			t.Errorf("%s: armored is %q", name, got)
		}
	}
}

func TestLooksSealed(t *testing.T) {
	tests := []struct {
		text string
		want bool
	}{
		{"-----BEGIN AGE ENCRYPTED FILE-----\nAAAA\n-----END AGE ENCRYPTED FILE-----\n", true},
		{"\n  -----BEGIN AGE ENCRYPTED FILE-----", true},
		{"", false},
		{"hunter2", false},
		{"-----BEGIN OPENSSH PRIVATE KEY-----", false},
		{"x -----BEGIN AGE ENCRYPTED FILE-----", false},
	}
	for _, tt := range tests {
		if got := secrets.LooksSealed(tt.text); got != tt.want {
			t.Errorf("LooksSealed(%q) is %t", tt.text, got)
		}
	}
}

func TestClear(t *testing.T) {
	if got := secrets.NewClear("hunter2").Reveal(); got != "hunter2" {
		t.Error("Reveal does not give the secret back")
	}
	var zero secrets.Clear
	if zero.Reveal() != "" || !zero.IsZero() || !zero.Equal(secrets.NewClear("")) {
		t.Error("the zero Clear is not an empty one")
	}
	a := secrets.NewClear("a")
	if a.IsZero() || !a.Equal(secrets.NewClear("a")) || a.Equal(secrets.NewClear("b")) || a.Equal(zero) {
		t.Error("Equal is not equality of the texts")
	}
	if !cmp.Equal(a, secrets.NewClear("a")) || cmp.Equal(a, zero) {
		t.Error("go-cmp does not use Equal")
	}
}
