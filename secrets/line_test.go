package secrets_test

import (
	"errors"
	"testing"

	"authsync/secrets"
)

func TestCredentialsAreOneLine(t *testing.T) {
	for _, row := range []struct{ name, text, want string }{
		{"one line", "AKIDz8krbsJ5yKBZQpn74WFkmLPx3 ü企", ""},
		{"from a file", "token\n", "environment variable TOKEN ends a line, which no credential may: give it as one line, without a line break at its end"},
		{"from a file of Windows", "token\r\n", "environment variable TOKEN ends a line, which no credential may: give it as one line, without a line break at its end"},
		{"several line ends", "token\n\n", "environment variable TOKEN ends a line, which no credential may: give it as one line, without a line break at its end"},
		{"two lines", "token\nother", "environment variable TOKEN holds a line break, which no credential may: give it as one line, without a line break at its end"},
		{"a byte order mark", "\ufefftoken", "environment variable TOKEN holds a character that does not print, which no credential may: give it as one line, without a line break at its end"},
		{"a blank at the end", "token ", "environment variable TOKEN begins or ends with a blank, which no credential may: give it as one line, without a line break at its end"},
		{"a blank at the beginning", " token", "environment variable TOKEN begins or ends with a blank, which no credential may: give it as one line, without a line break at its end"},
		{"a tab", "to\tken", "environment variable TOKEN holds a character that does not print, which no credential may: give it as one line, without a line break at its end"},
	} {
		t.Run(row.name, func(t *testing.T) {
			keys := &secrets.Keyring{LookupEnv: func(string) (string, bool) { return row.text, true }}
			got := ""
			if _, err := keys.OpenLine(secrets.Env("TOKEN")); err != nil {
				var broken *secrets.NotLineError
				if got = err.Error(); !errors.As(err, &broken) {
					t.Errorf("%T", err)
				}
			}
			if got != row.want {
				t.Errorf("%q, want %q", got, row.want)
			}
		})
	}
}

// A secret in a variable is what sealing the same text would have made of it.
func TestVariablesLoseOneLineEnd(t *testing.T) {
	for _, row := range []struct{ text, want string }{
		{"secret", "secret"}, {"secret\n", "secret"}, {"secret\r\n", "secret"}, {"secret\n\n", "secret\n"}, {"\ufeffsecret\n", "secret"}, {"a\nb\n", "a\nb"}, {" secret ", " secret "},
	} {
		keys := &secrets.Keyring{LookupEnv: func(string) (string, bool) { return row.text, true }}
		clear, err := keys.Open(secrets.Env("SECRET"))
		if err != nil || clear.Reveal() != row.want || secrets.WithoutFileMarks(row.text) != row.want {
			t.Errorf("%q opens as %q, %v, want %q", row.text, clear.Reveal(), err, row.want)
		}
	}
	keys := &secrets.Keyring{LookupEnv: func(string) (string, bool) { return "\n", true }}
	var unset *secrets.UnsetEnvError
	if _, err := keys.Open(secrets.Env("SECRET")); !errors.As(err, &unset) {
		t.Errorf("a line end alone: %v", err)
	}
}
