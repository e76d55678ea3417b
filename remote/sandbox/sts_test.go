package sandbox

import (
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"authsync/schema"
)

// unsigned makes a request of the token service one that nobody signs.
func unsigned(s *signer) { s.authorization = func(string) string { return "SKIP" } }

func stsSigner(action string, change ...func(*signer)) signer {
	s := newSigner(action)
	s.service, s.version = "sts", stsVersion
	for _, c := range change {
		c(&s)
	}
	return s
}

func assumeBody(token, role string) string {
	return fmt.Sprintf(`{"ProviderId":"github","WebIdentityToken":%q,"RoleArn":%q,"RoleSessionName":"authsync"}`, token, role)
}

func TestAssumeRoleWithWebIdentity(t *testing.T) {
	c := start(t, Options{})
	for _, row := range []struct {
		name   string
		token  WebIdentity
		role   string
		change func(*signer)
		code   string
	}{
		{"a job of the organization", WebIdentity{}, WebIdentityRole, unsigned, ""},
		{"a job of GitLab", WebIdentity{Subject: "project_path:acme/auth:ref_type:branch:ref:main"}, WebIdentityRole, unsigned, ""},
		{"another role of the account", WebIdentity{}, "qcs::cam::uin/" + Account + ":roleName/reader", unsigned, ""},
		{"signed as well", WebIdentity{}, WebIdentityRole, func(*signer) {}, ""},
		{"another audience", WebIdentity{Audience: "https://github.com/acme"}, WebIdentityRole, unsigned, "InvalidParameter.WebIdentityTokenError"},
		{"another issuer", WebIdentity{Issuer: "https://issuer.example"}, WebIdentityRole, unsigned, "InvalidParameter.WebIdentityTokenError"},
		{"another key", WebIdentity{Key: "other"}, WebIdentityRole, unsigned, "InvalidParameter.WebIdentityTokenError"},
		{"expired", WebIdentity{Seconds: -1}, WebIdentityRole, unsigned, "InvalidParameter.WebIdentityTokenError"},
		{"another organization", WebIdentity{Subject: "repo:acme2/auth:ref:refs/heads/main"}, WebIdentityRole, unsigned, "UnauthorizedOperation"},
		{"a role of another account", WebIdentity{}, "qcs::cam::uin/2:roleName/authsync", unsigned, "ResourceNotFound.RoleNotFound"},
		{"no role", WebIdentity{}, "authsync", unsigned, "InvalidParameter.ParamError"},
		{"no authorization", WebIdentity{}, WebIdentityRole, func(s *signer) { s.authorization = func(string) string { return "" } }, "AuthFailure.InvalidAuthorization"},
		{"signed for another product", WebIdentity{}, WebIdentityRole, func(s *signer) { s.service = "tcb" }, "AuthFailure.InvalidAuthorization"},
		{"another version", WebIdentity{}, WebIdentityRole, func(s *signer) { unsigned(s); s.version = tcbVersion }, "AuthFailure.InvalidAuthorization"},
		{"no region", WebIdentity{}, WebIdentityRole, func(s *signer) { unsigned(s); s.region = "" }, "MissingParameter"},
	} {
		t.Run(row.name, func(t *testing.T) {
			response := c.send(stsSigner("AssumeRoleWithWebIdentity", row.change), assumeBody(c.server.WebIdentity(row.token), row.role))
			if code := codeOf(response); code != row.code {
				t.Errorf("got %q, want %q", code, row.code)
			}
		})
	}
	forged := strings.Split(c.server.WebIdentity(WebIdentity{}), ".")
	for _, token := range []string{"", "x", "..", forged[0] + "." + forged[1] + ".", "e30." + forged[1] + "." + forged[2]} {
		code := codeOf(c.send(stsSigner("AssumeRoleWithWebIdentity", unsigned), assumeBody(token, WebIdentityRole)))
		if code != "InvalidParameter.WebIdentityTokenError" {
			t.Errorf("token %q: %q", token, code)
		}
	}
	for seconds, code := range map[string]string{"0": "InvalidParameter.OverLimit", "43201": "InvalidParameter.OverLimit", "43200": "", `"x"`: "InvalidParameter"} {
		body := strings.TrimSuffix(assumeBody(c.server.WebIdentity(WebIdentity{}), WebIdentityRole), "}") + `,"DurationSeconds":` + seconds + "}"
		if got := codeOf(c.send(stsSigner("AssumeRoleWithWebIdentity", unsigned), body)); got != code {
			t.Errorf("%s seconds: %q, want %q", seconds, got, code)
		}
	}
}

// temporary signs with a temporary key.
func temporary(credentials schema.Object) func(*signer) {
	return func(s *signer) {
		s.id, s.key, s.token = credentials.Text("TmpSecretId"), credentials.Text("TmpSecretKey"), credentials.Text("Token")
	}
}

func TestTemporaryKey(t *testing.T) {
	c := start(t, Options{})
	now := time.Now()
	c.server.cloudbase.clock = func() time.Time { return now }
	answer := c.send(stsSigner("AssumeRoleWithWebIdentity", unsigned), assumeBody(c.server.WebIdentity(WebIdentity{}), WebIdentityRole))
	credentials := answer["Credentials"].(schema.Object)
	same(t, "ends", answer["ExpiredTime"], fmt.Sprint(now.Unix()+usualSession))

	who := c.send(stsSigner("GetCallerIdentity", temporary(credentials)), `{}`)
	if got := who.Text("Arn") + " " + who.Text("UserId"); got != "qcs::sts:"+Account+":assumed-role/"+roleID+" "+roleID+":authsync" {
		t.Error(got)
	}
	read := func(change ...func(*signer)) string {
		s := newSigner("DescribeLoginConfig")
		s.at = now
		for _, f := range change {
			f(&s)
		}
		return codeOf(c.send(s, `{"EnvId":"e1"}`))
	}
	as := temporary(credentials)
	if code := read(as); code != "" {
		t.Error(code)
	}
	for what, code := range map[string]string{
		"without its token":      read(as, func(s *signer) { s.token = "" }),
		"with another's token":   read(as, func(s *signer) { s.token = Token }),
		"the account's, with it": read(func(s *signer) { s.token = credentials.Text("Token") }),
	} {
		if code != "AuthFailure.TokenFailure" {
			t.Errorf("%s: %q", what, code)
		}
	}
	c.fault(`{"match":"DescribeLoginConfig","nth":1,"fault":"expired"}`)
	for range 2 {
		if code := read(as); code != "AuthFailure.TokenFailure" {
			t.Error(code)
		}
	}
	answer = c.send(stsSigner("AssumeRoleWithWebIdentity", unsigned), assumeBody(c.server.WebIdentity(WebIdentity{}), WebIdentityRole))
	as = temporary(answer["Credentials"].(schema.Object))
	now = now.Add(usualSession * time.Second)
	if code := read(as); code != "AuthFailure.TokenFailure" {
		t.Errorf("past its end: %q", code)
	}
}

func TestCallerIdentity(t *testing.T) {
	c := start(t, Options{})
	if who := c.send(stsSigner("GetCallerIdentity"), `{}`); who.Text("AccountId") != Account {
		t.Error(who)
	}
	if code := codeOf(c.send(stsSigner("GetCallerIdentity", unsigned), `{}`)); code != "AuthFailure.InvalidAuthorization" {
		t.Error(code)
	}
}

// A job asks where GitHub says, with what GitHub gave it.
func TestIssuer(t *testing.T) {
	c := start(t, Options{})
	ask := func(host, path, authorization string) (int, schema.Object) {
		q, err := http.NewRequest(http.MethodGet, c.url+path, nil)
		if err != nil {
			t.Fatal(err)
		}
		q.Host = host
		q.Header.Set("Authorization", authorization)
		a, err := http.DefaultClient.Do(q)
		if err != nil {
			t.Fatal(err)
		}
		defer a.Body.Close()
		text, err := io.ReadAll(a.Body)
		if err != nil {
			t.Fatal(err)
		}
		return a.StatusCode, parse(t, string(text))
	}
	const host = "pipelines.actions.githubusercontent.com"
	status, answer := ask(host, "/x/idtoken?api-version=2.0&audience="+WebIdentityAudience, "Bearer "+Token)
	claims, ok := c.server.issuer.read(answer.Text("value"))
	if status != http.StatusOK || !ok || claims.Audience != WebIdentityAudience || claims.Subject != WebIdentitySubject {
		t.Error(status, claims, ok)
	}
	if status, _ := ask(host, "/x", "Bearer other"); status != http.StatusUnauthorized {
		t.Error(status)
	}
	metadata := c.visit("metadata.tencentyun.com", "Accept", "*/*")
	metadata.refuses(http.StatusNotFound, http.MethodGet, machineRolesPath, "", "<html>")
	metadata.refuses(http.StatusNotFound, http.MethodGet, "/latest/meta-data/instance-id", "", "<html>")
	metadata.refuses(http.StatusNotFound, http.MethodPost, machineRolesPath+"machine", "", "<html>")
	status, answer = ask("metadata.tencentyun.com", machineRolesPath+"machine", "")
	if status != http.StatusOK || answer.Text("Code") != "Success" || answer.Text("TmpSecretKey") == "" {
		t.Error(status, answer)
	}
}
