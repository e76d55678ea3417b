package credentials_test

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"authsync/remote/credentials"
	"authsync/remote/officetest"
	"authsync/remote/sandbox"
	"authsync/remote/servertest"
	"authsync/remote/service"
	"authsync/remote/transport"
)

func find(t *testing.T, env vars, o transport.Options) *service.Account {
	t.Helper()
	account, err := credentials.Find(credentials.Surroundings{LookupEnv: env.lookup, Transport: officetest.Carrier(t, o)})
	if err != nil {
		t.Fatal(err)
	}
	return account
}

// Every source whose credentials end gets some, of a service that is as strict as
// the cloud's; a run that only reads as well.
func TestTemporaryCredentials(t *testing.T) {
	server := sandbox.New(sandbox.Options{})
	listening := httptest.NewServer(server)
	t.Cleanup(listening.Close)
	file := filepath.Join(t.TempDir(), "token")
	if err := os.WriteFile(file, []byte(server.WebIdentity(sandbox.WebIdentity{})+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for name, env := range map[string]vars{
		"GitHub":   job.and(github),
		"variable": job.and(vars{"TENCENTCLOUD_ASSUME_ROLE_WEB_IDENTITY_TOKEN": server.WebIdentity(sandbox.WebIdentity{})}),
		"file":     job.and(vars{"TENCENTCLOUD_ASSUME_ROLE_WEB_IDENTITY_TOKEN_FILE": file, "TENCENTCLOUD_ASSUME_ROLE_SESSION_NAME": "a-session", "TENCENTCLOUD_ASSUME_ROLE_SESSION_DURATION": "900"}),
		"pod":      pod.and(vars{"TKE_WEB_IDENTITY_TOKEN_FILE": file}),
		"machine":  cvm,
	} {
		t.Run(name, func(t *testing.T) {
			account := find(t, env, transport.Options{Sandbox: listening.URL, Access: transport.ReadOnly})
			c, err := account.Get(t.Context())
			if err != nil || c.SecretID == "" || c.SecretKey == "" || c.Token == "" {
				t.Errorf("%v, %v", c, err)
			}
		})
	}
	// GitHub is told whom the token is for.
	account := find(t, job.and(github).and(vars{"AUTHSYNC_OIDC_AUDIENCE": "https://github.com/acme"}), transport.Options{Sandbox: listening.URL})
	if _, err := account.Get(t.Context()); err == nil || !strings.Contains(err.Error(), "audience") {
		t.Error(err)
	}
}

// sts answers as the token service, and says what it was asked.
func sts(t *testing.T, answer func(n int, w http.ResponseWriter, body map[string]any)) transport.Options {
	url, _ := servertest.Start(t, func(n int, w http.ResponseWriter, r *http.Request) {
		text, err := io.ReadAll(r.Body)
		var body map[string]any
		if err != nil || json.Unmarshal(text, &body) != nil {
			t.Errorf("%q, %v", text, err)
		}
		if got := r.Host + " " + r.Header.Get("X-TC-Version") + " " + r.Header.Get("Authorization"); got != "sts.tencentcloudapi.com 2018-08-13 SKIP" {
			t.Error(got)
		}
		answer(n, w, body)
	})
	return transport.Options{Sandbox: url}
}

func give(w io.Writer, token string, ends time.Time) {
	fmt.Fprintf(w, `{"Response":{"Credentials":{"TmpSecretId":"id","TmpSecretKey":"key","Token":%q},"ExpiredTime":%d,"RequestId":"r"}}`, token, ends.Unix())
}

// A token is read again for each renewal: it ends long before a long run.
func TestTokenIsReadAgain(t *testing.T) {
	file := filepath.Join(t.TempDir(), "token")
	var seen []string
	options := sts(t, func(_ int, w http.ResponseWriter, body map[string]any) {
		seen = append(seen, fmt.Sprint(body["WebIdentityToken"], " ", body["DurationSeconds"]))
		give(w, "t", time.Now())
	})
	account := find(t, job.and(vars{"TENCENTCLOUD_ASSUME_ROLE_WEB_IDENTITY_TOKEN_FILE": file}), options)
	for _, token := range []string{"first", "second"} {
		if err := os.WriteFile(file, []byte(token+"\n"), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := account.Get(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	officetest.Same(t, "tokens", seen, []string{"first 7200", "second 7200"})
	for _, bad := range []string{"", "\n", "two\nlines"} {
		if err := os.WriteFile(file, []byte(bad), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := account.Get(t.Context()); err == nil || strings.Contains(err.Error(), "two") {
			t.Errorf("%q: %v", bad, err)
		}
	}
}

// Whatever comes back, no token and no key is in the error.
func TestErrorsHoldNoToken(t *testing.T) {
	const token = "canary-web-identity"
	refusal := func(text string) string {
		return fmt.Sprintf(`{"Response":{"Error":{"Code":"InvalidParameter.WebIdentityTokenError","Message":%q},"RequestId":"r"}}`, text)
	}
	for name, answer := range map[string]string{
		"the token":        refusal("bad: " + token),
		"in base64":        refusal(base64.StdEncoding.EncodeToString([]byte(token))),
		"cut short":        refusal("bad: " + token[:12] + "..."),
		"credentials, cut": `{"Response":{"Credentials":{"TmpSecretId":"id","TmpSecretKey":"canary-key","Tok`,
		"no end":           `{"Response":{"Credentials":{"TmpSecretId":"id","TmpSecretKey":"canary-key","Token":"canary"}}}`,
		"no key":           `{"Response":{"Credentials":{"TmpSecretId":"id","Token":"canary"},"ExpiredTime":1}}`,
		"two lines":        `{"Response":{"Credentials":{"TmpSecretId":"id","TmpSecretKey":"canary\nkey","Token":"canary"},"ExpiredTime":1}}`,
		"a list":           `{"Response":{"Credentials":["canary"],"ExpiredTime":1}}`,
		"a page":           `<html>canary</html>`,
	} {
		t.Run(name, func(t *testing.T) {
			options := sts(t, func(_ int, w http.ResponseWriter, _ map[string]any) { io.WriteString(w, answer) })
			account := find(t, job.and(vars{"TENCENTCLOUD_ASSUME_ROLE_WEB_IDENTITY_TOKEN": token}), options)
			c, err := account.Get(t.Context())
			if err == nil || c != (service.Credentials{}) {
				t.Fatal("taken")
			}
			for _, piece := range []string{"canary", "Y2FuYXJ5"} {
				if text := fmt.Sprintf("%v %+v %#v", err, err, err); strings.Contains(text, piece) {
					t.Errorf("%q is left in %s", piece, text)
				}
			}
		})
	}
}

// A job that may not ask, and a machine without the role, are told what is missing.
func TestNobodyGives(t *testing.T) {
	for name, row := range map[string]struct {
		env    vars
		status int
		answer string
		want   string
	}{
		"GitHub refuses":       {job.and(github), http.StatusForbidden, `{"message":"canary"}`, "the permission id-token: write"},
		"GitHub gives nothing": {job.and(github), http.StatusOK, `{"count":0}`, "no token"},
		"no role":              {cvm, http.StatusNotFound, "canary", "no role of this name: machine"},
		"no success":           {cvm, http.StatusOK, `{"Code":"Failed"}`, "gives no credentials"},
	} {
		t.Run(name, func(t *testing.T) {
			env := row.env.and(vars{})
			if env["ACTIONS_ID_TOKEN_REQUEST_TOKEN"] != "" {
				env["ACTIONS_ID_TOKEN_REQUEST_TOKEN"] = "canary-request-token"
			}
			url, _ := servertest.Start(t, func(_ int, w http.ResponseWriter, r *http.Request) {
				w.WriteHeader(row.status)
				io.WriteString(w, row.answer)
			})
			_, err := find(t, env, transport.Options{Sandbox: url}).Get(t.Context())
			if err == nil || !strings.Contains(err.Error(), row.want) || strings.Contains(err.Error(), "canary") {
				t.Errorf("%v, want %s", err, row.want)
			}
		})
	}
}
