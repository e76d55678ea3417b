package transport

import (
	"encoding/base64"
	"encoding/json"
	"net/url"
	"strings"
	"testing"
	"unicode/utf8"
)

func TestScrub(t *testing.T) {
	const (
		secret = `p@ss"w/ord<&>+ 密码`
		pem    = "-----BEGIN PRIVATE KEY-----\nMIIEvQIBADANBgkqhkiG9w0BAQEF\n-----END PRIVATE KEY-----\n"
	)
	inJSON, err := json.Marshal(secret)
	if err != nil {
		t.Fatal(err)
	}
	for _, row := range []struct{ name, message, want string }{
		{"nothing to hide", "ClientId is too long", "ClientId is too long"},
		{"in clear", "bad " + secret + " here", "bad (secret) here"},
		{"twice", secret + secret, "(secret)(secret)"},
		{"in JSON", "got " + string(inJSON), `got "(secret)"`},
		{"in JSON with < and >", `got "p@ss\"w/ord<&>+ 密码"`, `got "(secret)"`},
		{"in JSON with \\/", `got "p@ss\"w\/ord\u003c\u0026\u003e+ 密码"`, `got "(secret)"`},
		{"in JSON in ASCII", `got "p@ss\"w/ord<&>+ \u5bc6\u7801"`, `got "(secret)"`},
		{"in a query", "q=" + url.QueryEscape(secret) + "&r", "q=(secret)&r"},
		{"in a path", "/a/" + url.PathEscape(secret) + " z", "/a/(secret) z"},
		{"in base64", "b " + base64.StdEncoding.EncodeToString([]byte(secret)) + " e", "b (secret) e"},
		{"in base64 for URLs", "b " + base64.RawURLEncoding.EncodeToString([]byte(secret)), "b (secret)"},
		{"cut short", "value 'p@ss\"w/ord...' is long", "value '(secret)' is long"},
		{"cut short at the end", `value p@ss"w/ora`, "value (secret)"},
		{"a key of many lines", pem, "(secret)"},
		{"a key in one line", strings.ReplaceAll(pem, "\n", " "), "(secret) (secret) (secret) "},
	} {
		t.Run(row.name, func(t *testing.T) {
			e := &Error{Message: row.message}
			e.scrub([]string{"", secret, pem})
			if e.Message != row.want {
				t.Errorf("got %q, want %q", e.Message, row.want)
			}
		})
	}
}

func TestScrubFindsBasicCredentials(t *testing.T) {
	for _, id := range []string{"", "a", "ab", "abc", "AKIDexample"} {
		e := &Error{Message: "Basic " + base64.StdEncoding.EncodeToString([]byte(id+":canary-secret-key"))}
		e.scrub([]string{"canary-secret-key"})
		decoded, _ := base64.StdEncoding.DecodeString(strings.ReplaceAll(strings.TrimPrefix(e.Message, "Basic "), scrubbed, "AAAA"))
		if strings.Contains(string(decoded), "canary") || !strings.Contains(e.Message, scrubbed) {
			t.Errorf("with the id %q there is left %q", id, e.Message)
		}
	}
}

func FuzzScrub(f *testing.F) {
	f.Add("before ", "p@ss\"w/ord<&>", " after")
	f.Add("", "aaaaaaaaaaaaaaaa", "aaaa")
	f.Add("\xff", "two\nlines and more", "")
	f.Fuzz(func(t *testing.T, before, secret, after string) {
		if len(secret) < leastPrefix || !utf8.ValidString(secret) || strings.ContainsAny(secret, "()") {
			t.Skip() // shorter ones may be a part of "(secret)"
		}
		inJSON, err := json.Marshal(secret)
		if err != nil {
			t.Fatal(err)
		}
		for _, form := range []string{
			secret,
			string(inJSON[1 : len(inJSON)-1]),
			url.QueryEscape(secret),
			base64.StdEncoding.EncodeToString([]byte(secret))[:len(secret)*8/6],
		} {
			e := &Error{Message: before + form + after}
			e.scrub([]string{secret})
			if strings.Contains(e.Message, form) {
				t.Errorf("%q is in %q", form, e.Message)
			}
		}
	})
}

func FuzzOneLine(f *testing.F) {
	f.Add("a\nb\x1b[31m\u202e\xff", 5)
	f.Fuzz(func(t *testing.T, text string, most int) {
		if most < 1 {
			t.Skip()
		}
		got := OneLine(text, most)
		if utf8.RuneCountInString(got) > most || strings.ContainsAny(got, "\n\r\x1b\u202e\u2028") || !utf8.ValidString(got) {
			t.Errorf("%q", got)
		}
	})
}
