package sandbox

import (
	"strings"
	"testing"
	"time"
)

func TestSignature(t *testing.T) {
	c := start(t, Options{})
	host := strings.TrimPrefix(c.url, "http://")
	for _, test := range []struct {
		name   string
		change func(*signer)
		code   string
	}{
		{"as the official SDK signs", func(*signer) {}, ""},
		{"host with its port", func(s *signer) { s.signedHost = host }, ""},
		{"action signed too", func(s *signer) { s.signedHeaders = []string{"content-type", "host", "x-tc-action"} }, ""},
		{"content type with a charset", func(s *signer) { s.contentType = "application/json; charset=UTF-8" }, ""},
		{"the sandbox's token", func(s *signer) { s.token = "sandbox" }, ""},
		{"four minutes late", func(s *signer) { s.at = s.at.Add(-4 * time.Minute) }, ""},

		{"another host", func(s *signer) { s.signedHost = "tcb.tencentcloudapi.com" }, "AuthFailure.SignatureFailure"},
		{"wrong key", func(s *signer) { s.key = "Sandbox" }, "AuthFailure.SignatureFailure"},
		{"wrong id", func(s *signer) { s.id = "AKID" }, "AuthFailure.SecretIdNotFound"},
		{"unknown token", func(s *signer) { s.token = "other" }, "AuthFailure.TokenFailure"},
		{"six minutes late", func(s *signer) { s.at = s.at.Add(-6 * time.Minute) }, "AuthFailure.SignatureExpire"},
		{"six minutes early", func(s *signer) { s.at = s.at.Add(6 * time.Minute) }, "AuthFailure.SignatureExpire"},
		{"another service", func(s *signer) { s.service = "scf" }, "AuthFailure.InvalidAuthorization"},
		{"host not signed", func(s *signer) { s.signedHeaders = []string{"content-type"} }, "AuthFailure.InvalidAuthorization"},
		{"content type not signed", func(s *signer) { s.signedHeaders = []string{"host"} }, "AuthFailure.InvalidAuthorization"},
		{"no authorization", func(s *signer) { s.authorization = func(string) string { return "" } }, "AuthFailure.InvalidAuthorization"},
		{"another algorithm", func(s *signer) {
			s.authorization = func(h string) string { return strings.Replace(h, "TC3-", "TC4-", 1) }
		}, "AuthFailure.InvalidAuthorization"},
		{"signature cut off", func(s *signer) {
			s.authorization = func(h string) string { return h[:len(h)-2] }
		}, "AuthFailure.InvalidAuthorization"},
		{"another date in the scope", func(s *signer) {
			s.authorization = func(h string) string {
				return strings.Replace(h, s.at.UTC().Format("2006-01-02"), "2020-01-01", 1)
			}
		}, "AuthFailure.SignatureFailure"},
		{"a header signed and not sent", func(s *signer) {
			s.authorization = func(h string) string { return strings.Replace(h, "content-type;host", "content-type;host;x-a", 1) }
		}, "AuthFailure.SignatureFailure"},

		{"no action", func(s *signer) { s.action = "" }, "MissingParameter"},
		{"no version", func(s *signer) { s.version = "" }, "MissingParameter"},
		{"no region", func(s *signer) { s.region = "" }, "MissingParameter"},
		{"another version", func(s *signer) { s.version = "2021-01-08" }, "NoSuchVersion"},
		{"another action", func(s *signer) { s.action = "DescribeLoginStrategy" }, "InvalidAction"},
		{"GET", func(s *signer) { s.method = "GET" }, "UnsupportedProtocol"},
		{"a form", func(s *signer) { s.contentType = "application/x-www-form-urlencoded" }, "UnsupportedProtocol"},
		{"no content type", func(s *signer) { s.contentType = "" }, "UnsupportedProtocol"},
	} {
		t.Run(test.name, func(t *testing.T) {
			s := newSigner("DescribeLoginConfig")
			test.change(&s)
			c := *c
			c.t = t
			if code := codeOf(c.send(s, `{"EnvId":"e1"}`)); code != test.code {
				t.Errorf("got %q, want %q", code, test.code)
			}
		})
	}
}

func TestSignatureCoversTheBody(t *testing.T) {
	c := start(t, Options{})
	s := newSigner("DescribeLoginConfig")
	other := s.request(t.Context(), c.url, `{"EnvId":"e2"}`).Header.Get("Authorization")
	s.authorization = func(string) string { return other }
	if code := codeOf(c.send(s, `{"EnvId":"e1"}`)); code != "AuthFailure.SignatureFailure" {
		t.Errorf("got %q", code)
	}
}

func TestSignatureBelowAPath(t *testing.T) {
	c := start(t, Options{})
	c.url += "/tcb/v1?a=b"
	c.ok("DescribeLoginConfig", `{}`)
}

func TestSignedHosts(t *testing.T) {
	for _, test := range []struct{ name, sent, bare string }{
		{"name", "tcb.example.com:7070", "tcb.example.com"},
		{"IPv6", "[::1]:7070", "[::1]"},
		{"no port", "tcb.example.com", "tcb.example.com"},
	} {
		t.Run(test.name, func(t *testing.T) {
			hosts := signedHosts(test.sent)
			if hosts[0] != test.sent || hosts[len(hosts)-1] != test.bare {
				t.Errorf("got %q", hosts)
			}
		})
	}
}
