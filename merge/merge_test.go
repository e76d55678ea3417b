package merge_test

import (
	"strings"
	"testing"

	"authsync/merge"
)

// byNobody has nothing merged by lines.
func byNobody(_, ours, _ []byte) ([]byte, merge.Outcome, error) {
	return ours, merge.Contradictory, nil
}

func TestTexts(t *testing.T) {
	const lock = "kind: Lock\nobjects:\n  login:\n    applied: %s\n    fields: {emailLogin: '%s'}\n"
	at := func(time, value string) string {
		return strings.NewReplacer("%s\n", time+"\n", "'%s'", value).Replace(lock)
	}
	vault := func(tokens string) string { return "kind: Vault\ntokens: {" + tokens + "}\n" }
	tests := []struct {
		name               string
		base, ours, theirs string
		want               string   // "" = ours
		contradictory      []string // places
	}{
		{"the later entry of a lock", at("2026-01-01T00:00:00Z", "1"), at("2026-01-02T00:00:00Z", "2"), at("2026-01-03T00:00:00Z", "3"), at("2026-01-03T00:00:00Z", "3"), nil},
		{"the later entry is ours", at("2026-01-01T00:00:00Z", "1"), at("2026-01-04T00:00:00Z", "2"), at("2026-01-03T00:00:00Z", "3"), "", nil},
		{"two entries of one time", at("2026-01-01T00:00:00Z", "1"), at("2026-01-02T00:00:00Z", "2"), at("2026-01-02T00:00:00Z", "3"), "", []string{"objects.login"}},
		{"an entry that is gone", at("2026-01-01T00:00:00Z", "1"), "kind: Lock\nobjects: {}\n", at("2026-01-02T00:00:00Z", "3"), "", []string{"objects.login"}},
		{"another token each", vault("a: {id: 1}"), vault("a: {id: 1}, b: {id: 2}"), vault("a: {id: 1}, c: {id: 3}"), vault("a: {id: 1}, b: {id: 2}, c: {id: 3}"), nil},
		{"two tokens of one key", vault("a: {id: 1, token: !age x}"), vault("a: {id: 2, token: !age x}"), vault("a: {id: 1, token: !age y}"), "", []string{"tokens.a"}},
		{"both have made the file", "", "kind: Base\nlogin: {emailLogin: true}\n", "kind: Base\nlogin: {userNameLogin: true}\n", "kind: Base\nlogin: {emailLogin: true, userNameLogin: true}\n", nil},
		{"other line ends", "kind: Base\r\nlogin:\r\n  a: 1\r\n  b: 1\r\n", "kind: Base\r\nlogin:\r\n  a: 2\r\n  b: 1\r\n", "kind: Base\nlogin:\n  a: 1\n  b: 2\n", "kind: Base\r\nlogin:\r\n  a: 2\r\n  b: 2\r\n", nil},
		{"a list whose order means nothing", "kind: Base\nrecipients: [a, b]\n", "kind: Base\nrecipients: [c, a, b]\n", "kind: Base\nrecipients: [b, d]\n", "kind: Base\nrecipients: [c, b, d]\n", nil},
		{"a list whose order means something", "kind: Base\nextends: [a]\n", "kind: Base\nextends: [a, b]\n", "kind: Base\nextends: [a, c]\n", "", []string{"extends"}},
		{"a set of a kind", "kind: Base\napplications: {x: {integrationModes: [page]}}\n", "kind: Base\napplications: {x: {integrationModes: [page, apiServer]}}\n", "kind: Base\napplications: {x: {integrationModes: [ssoClient, page]}}\n",
			"kind: Base\napplications: {x: {integrationModes: [page, apiServer, ssoClient]}}\n", nil},
		{"behind an anchor", "kind: Base\nlogin: {a: &x {v: 1}, b: *x}\n", "kind: Base\nlogin: {a: &x {v: 1, w: 2}, b: *x}\n", "kind: Base\nlogin: {a: &x {v: 1}, b: {v: 3}}\n",
			"kind: Base\nlogin: {a: &x {v: 1, w: 2}, b: {v: 3, w: 2}}\n", nil},
		{"another kind of file", "kind: Policy\nrules: {a: {max: 1}}\n", "kind: Policy\nrules: {a: {max: 1}, b: {max: 2}}\n", "kind: Policy\nrules: {a: {max: 3}}\n", "kind: Policy\nrules: {a: {max: 3}, b: {max: 2}}\n", nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			result, err := merge.Texts("x", []byte(tt.base), []byte(tt.ours), []byte(tt.theirs), byNobody)
			if err != nil || result.Why != nil {
				t.Fatal(err, result.Why)
			}
			var places []string
			for _, c := range result.Contradictions {
				places = append(places, c.Path.String())
			}
			if strings.Join(places, " ") != strings.Join(tt.contradictory, " ") {
				t.Errorf("%v", places)
			}
			want := tt.want
			if want == "" {
				want = tt.ours
			}
			if len(places) == 0 && string(result.Text) != want {
				t.Errorf("%s", result.Text)
			}
			if marked := strings.Contains(string(result.Text), "<<<<<<< ours\n"); marked != (len(places) > 0) {
				t.Errorf("%s", result.Text)
			}
		})
	}
}
