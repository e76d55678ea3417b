package schema

import "testing"

// What is printed of a key can be given to a command again, whatever its name is.
func TestSpelledKeysAreReadAgain(t *testing.T) {
	for _, name := range []string{"admin", "a b", "a.b", `"q"`, `q"q`, " lead", "trail ", "x\ny", "\t", `a\b`, "a/b", "\u202eabc", "::error::x", `"`, "中"} {
		for _, key := range []Key{{"record", "sys_role/" + name}, {"connector", name}} {
			if again, err := ParseSpelledKey(key.Spelled()); err != nil || again != key {
				t.Errorf("%s: %q is read as %q: %v", key.Spelled(), key, again, err)
			}
		}
	}
	for text, want := range map[string]Key{
		`authDomain/"app.example.com"`: {"authDomain", "app.example.com"}, // as export names it, where a field may follow
		`record/sys_role/"a.b"`:        {"record", "sys_role/a.b"},
		`record/sys_role`:              {"record", "sys_role"},
		`record/sys_role/"open`:        {"record", `sys_role/"open`},
		`login`:                        {"login", ""},
	} {
		if key, err := ParseSpelledKey(text); err != nil || key != want {
			t.Errorf("%s is read as %q: %v", text, key, err)
		}
	}
}
