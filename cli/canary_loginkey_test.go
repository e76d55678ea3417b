package cli

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"io"
	"io/fs"
	"log"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"authsync/schema/pattern"
)

// privateLines are the lines of a private key in JSON.
var privateLines = pattern.Of(`BEGIN RSA PRIVATE KEY-----(\\n[A-Za-z0-9+/=]+)+`)

// privateKeys are those that a service has shown on the way through a proxy.
type privateKeys struct{ pem []string }

// proxy passes requests on to a sandbox, and learns the private keys of its answers.
func (k *privateKeys) proxy(t *testing.T, sandbox string) string {
	t.Helper()
	target, err := url.Parse(sandbox)
	if err != nil {
		t.Fatal(err)
	}
	proxy := &httputil.ReverseProxy{
		Rewrite:  func(r *httputil.ProxyRequest) { r.SetURL(target); r.Out.Host = r.In.Host },
		ErrorLog: log.New(io.Discard, "", 0), // faults end connections
		ModifyResponse: func(r *http.Response) error {
			text, err := io.ReadAll(r.Body)
			for _, key := range privateLines.FindAllString(string(text), -1) { // also where half of the answer comes
				k.pem = append(k.pem, strings.ReplaceAll(key, `\n`, "\n"))
			}
			r.Body = io.NopCloser(bytes.NewReader(text))
			return err
		},
	}
	server := httptest.NewServer(proxy)
	t.Cleanup(server.Close)
	return server.URL
}

// in says which part of a private key a text holds, in whatever spelling; "" = none.
func (k *privateKeys) in(text string) string {
	for i, key := range k.pem {
		for _, line := range strings.Split(strings.TrimSpace(key), "\n") {
			if strings.HasPrefix(line, "-----") || len(line) < 32 {
				continue
			}
			for _, spelled := range []string{line, url.QueryEscape(line), hex.EncodeToString([]byte(line)), base64.StdEncoding.EncodeToString([]byte(line))[:40]} {
				if strings.Contains(text, spelled) {
					return fmt.Sprintf("a line of private key %d", i+1)
				}
			}
		}
	}
	return ""
}

// A private key is in the vault, sealed, and in the output of the one command that
// opens it: in no other output, file, journal or error, whatever becomes of the call.
func TestNoPrivateKeyIsShown(t *testing.T) {
	secluded(t)
	dir := t.TempDir()
	t.Chdir(dir)
	t.Setenv("XDG_STATE_HOME", filepath.Join(dir, "state"))
	t.Setenv("HOME", dir)
	made := must(t, 0, "secrets", "keygen", "--out", "key.txt")
	public := strings.Fields(made.out + made.err)
	t.Setenv("AUTHSYNC_IDENTITY_FILE", "key.txt")
	head := "apiVersion: authsync/v1\nkind: Environment\nname: prod\nsystems: {cloudbase: {envId: acme-prod}}\n"
	for name, text := range map[string]string{
		"live/prod.yaml": head + "customLoginKey: {}\nlogin: {emailLogin: false}\n",
		"prod.yaml":      head + "recipients: [" + public[len(public)-1] + "]\ncustomLoginKey: {rotateAfter: 180d}\nlogin: {emailLogin: false}\n",
	} {
		if err := os.MkdirAll(filepath.Dir(name), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	sandbox := serve(t, sandboxOptions{seed: "live"})
	keys := new(privateKeys)
	t.Setenv("AUTHSYNC_SANDBOX", keys.proxy(t, sandbox))
	said := strings.Builder{}
	do := func(args ...string) {
		r := run(t, args...)
		said.WriteString(r.out + r.err)
	}
	for _, fault := range []string{"", "lost", "half", "500", "limit"} {
		if fault != "" {
			body := strings.NewReader(fmt.Sprintf(`{"match":"CreateCustomLoginKey","fault":%q}`, fault))
			answer, err := http.Post(sandbox+"/_sandbox/faults", "application/json", body)
			if err != nil {
				t.Fatal(err)
			}
			answer.Body.Close()
		}
		do("apply", "prod.yaml", "--yes", "--allow", "lockout", "--rotate", "customLoginKey", "--verbose", "--format", "json=report.json")
		do("secrets", "rotate", "customLoginKey", "--in", "prod.yaml", "--yes", "--allow", "lockout")
		do("plan", "prod.yaml", "--rotate", "customLoginKey", "--out", "plan.json")
		do("plan", "prod.yaml", "--format", "json", "--format", "markdown=plan.md")
		do("apply", "--plan", "plan.json", "--format", "markdown=report.md")
		do("drift", "prod.yaml", "--format", "json")
		do("diff", "prod.yaml")
		do("export", "prod.yaml", "--dry-run")
		do("secrets", "check", "prod.yaml")
		do("secrets", "rekey", "prod.yaml")
		do("undo", "prod.yaml", "--yes")
	}
	if len(keys.pem) < 5 {
		t.Fatalf("%d keys were shown: %s", len(keys.pem), said.String())
	}
	if part := keys.in(said.String()); part != "" {
		t.Errorf("%s is in what was printed", part)
	}
	err := fs.WalkDir(os.DirFS(dir), ".", func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		text, err := os.ReadFile(filepath.Join(dir, name))
		if part := keys.in(string(text)); part != "" {
			t.Errorf("%s is in %s", part, name)
		}
		return err
	})
	if err != nil {
		t.Error(err)
	}
	if opened := must(t, 0, "secrets", "open", "--in", "prod.yaml", "--vault", "customLoginKey"); keys.in(opened.out) == "" {
		t.Error("the search does not find a key that is shown, or the vault does not have one")
	}
}
