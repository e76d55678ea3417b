package render

import "testing"

func TestHarmless(t *testing.T) {
	for _, row := range []struct{ name, text, want string }{
		{"plain", "prod: 企业微信 login", "prod: 企业微信 login"},
		{"escape sequence", "a\x1b[2Jb", `a\x1b[2Jb`},
		{"lines", "a\r\n::error::b", `a\r\n::error::b`},
		{"another order", "a\u202eb", `a\u202eb`},
		{"not UTF-8", "a\xffb", "a\uFFFDb"},
		{"control of eight bits", "a\u009bb", `a\u009bb`},
	} {
		t.Run(row.name, func(t *testing.T) {
			if got := Harmless(row.text); got != row.want {
				t.Errorf("%q, want %q", got, row.want)
			}
		})
	}
}
