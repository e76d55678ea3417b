package sync

import "testing"

func TestDifference(t *testing.T) {
	for _, c := range []struct{ a, b, want string }{
		{"github", "github", ""},
		{"github", "gitlab", ""},
		{"github", "GitHub", "case"},
		{"strasse", "straße", "case"},
		{"ſecret", "SECRET", "case"},
		{"Σίσυφος", "ΣΊΣΥΦΟΣ", "case"},
		{"my key", "mykey", "blanks"},
		{"my key", "my\u00a0key", "blanks"},
		{"key", "key ", "blanks"},
		{"key", "k\u200bey", "blanks"},
		{"café", "cafe\u0301", "the form of a letter"},
		{"key１", "key1", "the form of a letter"},
		{"My Key", "mykey", "case and blanks"},
		{"Café", "cafe\u0301", "case and the form of a letter"},
		{"名称", "名 称", "blanks"},
	} {
		if got := difference(c.a, c.b); got != c.want {
			t.Errorf("%q and %q differ in %q, want %q", c.a, c.b, got, c.want)
		}
		if got := difference(c.b, c.a); got != c.want {
			t.Errorf("%q and %q differ in %q, want %q", c.b, c.a, got, c.want)
		}
	}
}
