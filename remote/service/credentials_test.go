package service

import (
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"testing"
)

func TestCredentialsFromEnv(t *testing.T) {
	for _, row := range []struct {
		name string
		env  map[string]string
		want Credentials
		err  string
	}{
		{"the command line's names", map[string]string{
			"TENCENTCLOUD_SECRETID": "i", "TENCENTCLOUD_SECRETKEY": "k", "TENCENTCLOUD_SESSIONTOKEN": "t",
		}, Credentials{"i", "k", "t"}, ""},
		{"the SDKs' names", map[string]string{
			"TENCENTCLOUD_SECRET_ID": "i", "TENCENTCLOUD_SECRET_KEY": "k", "TENCENTCLOUD_SECURITY_TOKEN": "t",
		}, Credentials{"i", "k", "t"}, ""},
		{"both, the command line's first", map[string]string{
			"TENCENTCLOUD_SECRET_ID": "i2", "TENCENTCLOUD_SECRET_KEY": "k2",
			"TENCENTCLOUD_SECRETID": "i", "TENCENTCLOUD_SECRETKEY": "k",
		}, Credentials{"i", "k", ""}, ""},
		{"an empty token", map[string]string{
			"TENCENTCLOUD_SECRETID": "i", "TENCENTCLOUD_SECRETKEY": "k", "TENCENTCLOUD_SESSIONTOKEN": "", "TENCENTCLOUD_TOKEN": "t",
		}, Credentials{"i", "k", "t"}, ""},
		{"no key", map[string]string{"TENCENTCLOUD_SECRETID": "i"},
			Credentials{}, "TENCENTCLOUD_SECRETID is set and TENCENTCLOUD_SECRETKEY is not"},
		{"no id", map[string]string{"TENCENTCLOUD_SECRET_KEY": "k"},
			Credentials{}, "TENCENTCLOUD_SECRET_KEY is set and TENCENTCLOUD_SECRET_ID is not"},
		{"half of one and all of the other", map[string]string{
			"TENCENTCLOUD_SECRETID": "i", "TENCENTCLOUD_SECRETKEY": "k", "TENCENTCLOUD_SECRET_ID": "i2",
		}, Credentials{}, "TENCENTCLOUD_SECRET_ID is set and TENCENTCLOUD_SECRET_KEY is not"},
		{"a token alone", map[string]string{"TENCENTCLOUD_TOKEN": "t"}, Credentials{}, ErrNoCredentials.Error()},
		{"nothing", nil, Credentials{}, ErrNoCredentials.Error()},
	} {
		t.Run(row.name, func(t *testing.T) {
			got, err := credentialsIn(func(name string) (string, bool) {
				value, ok := row.env[name]
				return value, ok
			})
			text := ""
			if err != nil {
				text = err.Error()
			}
			if got != row.want || text != row.err {
				t.Errorf("got id %q, %v; want id %q, %s", got.SecretID, err, row.want.SecretID, row.err)
			}
			if text == ErrNoCredentials.Error() && !errors.Is(err, ErrNoCredentials) {
				t.Error("not ErrNoCredentials")
			}
		})
	}
}

func TestCredentialsDoNotPrint(t *testing.T) {
	c := Credentials{"canary-id", "canary-key", "canary-token"}
	for _, v := range []any{c, &c, struct{ C Credentials }{c}, Fallback{Account: c}} {
		for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%d"} {
			if text := fmt.Sprintf(verb, v); strings.Contains(text, "canary") || strings.Contains(text, "63616e617279") {
				t.Errorf("%T prints itself with %s", v, verb)
			}
		}
		if text, err := json.Marshal(v); err != nil || strings.Contains(string(text), "canary") {
			t.Errorf("%T prints itself in JSON (%v)", v, err)
		}
		var b strings.Builder
		slog.New(slog.NewTextHandler(&b, nil)).Info("x", "v", v)
		if strings.Contains(b.String(), "canary") {
			t.Errorf("%T prints itself to slog", v)
		}
	}
}
