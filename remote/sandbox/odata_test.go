package sandbox

import (
	"strings"
	"testing"
)

func TestFilter(t *testing.T) {
	c := start(t, Options{})
	for _, record := range []string{
		`{"_id":"r1","code":"admin","rank":10,"name":"it's","on":true}`,
		`{"_id":"r2","code":"guest","rank":9,"name":"a or b","on":false}`,
		`{"_id":"r3","code":"user","rank":9.0}`,
		`{"_id":"r4","code":"员工","rank":100,"name":""}`,
	} {
		must(t, c.server.SeedRecord(recordEnv, "prod", "sys_role", wire(t, record)))
	}
	for _, test := range []struct{ filter, ids string }{
		{"code eq 'user'", "r3"},
		{"code eq '员工'", "r4"},
		{"name eq 'it''s'", "r1"},
		{"name eq 'a or b'", "r2"},
		{"name eq ''''", ""},
		{"code ne 'user'", "r1 r2 r4"},
		{"name ne 'it''s'", "r2 r3 r4"},
		{"name eq null", "r3 r4"},
		{"name ne null", "r1 r2"},
		{"on eq true", "r1"},
		{"on eq false", "r2"},
		{"rank eq 9", "r2 r3"},
		{"(rank gt 9)", "r1 r4"},
		{"rank ge 10 and rank lt 100", "r1"},
		{"rank le 9.5", "r2 r3"},
		{"rank eq '9'", ""},
		{"contains(code,'min')", "r1"},
		{"contains( name , '''' )", "r1"},
		{"startswith(code,'u') or endswith(code,'t')", "r2 r3"},
		{"not contains(code,'e')", "r1 r4"},
		{"code eq 'admin' or rank eq 9 and code eq 'user'", "r1 r3"},
		{"(code eq 'admin' or rank eq 9) and code eq 'user'", "r3"},
		{"((code eq 'admin') or (code eq 'guest'))", "r1 r2"},
		{"contains eq 'x'", ""},
		{"none eq 'x'", ""},
	} {
		t.Run(test.filter, func(t *testing.T) {
			if got := c.openapi().ids("$orderby=_id&$filter=" + strings.ReplaceAll(test.filter, "+", "%2B")); got != test.ids {
				t.Errorf("got %q, want %q", got, test.ids)
			}
		})
	}
	for _, filter := range []string{
		"code", "code eq", "code eq 'a", "code eq a", "code is 'a'", "eq 'a'", "(code eq 'a'", "code eq 'a')", "code eq 'a' and",
		"code eq 'a' code eq 'b'", "contains(code)", "contains(code,'a'", "contains('a',code)", "'a' eq 'a'", "not", ")", "code eq 'a'b'",
		"code eq \"a\"", "1 eq 1", "and eq 'a'",
	} {
		t.Run(filter, func(t *testing.T) {
			if _, err := parseFilter(filter); err == nil {
				t.Error("no error")
			}
		})
	}
}

func FuzzFilter(f *testing.F) {
	for _, text := range []string{"code eq 'it''s' and (rank gt 9 or not contains(name,'x'))", "((((", "not not", "''"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if strings.Count(text, "(") > 1000 || strings.Count(text, "not") > 1000 {
			t.Skip("deeper than an URL can be")
		}
		filter, err := parseFilter(text)
		if err != nil {
			return
		}
		record := wire(t, `{"code":"it's","rank":10}`)
		if filter(record) != filter(record.Clone()) {
			t.Error("a filter that changes its mind")
		}
	})
}
