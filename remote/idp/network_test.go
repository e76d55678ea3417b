package idp_test

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/pem"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"authsync/remote"
	"authsync/remote/idp"
	"authsync/remote/service"
	"authsync/remote/transport"
	"authsync/schema"
	"authsync/secrets"
	"authsync/sync"
)

// This process trusts the certificate of httptest's servers, as a run trusts that of
// SSL_CERT_FILE.
func TestMain(m *testing.M) {
	server := httptest.NewTLSServer(http.NotFoundHandler())
	text := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: server.Certificate().Raw})
	server.Close()
	dir, err := os.MkdirTemp("", "idp")
	if err != nil {
		panic(err)
	}
	file := filepath.Join(dir, "trusted.pem")
	if err := os.WriteFile(file, text, 0o600); err != nil {
		panic(err)
	}
	os.Setenv("SSL_CERT_FILE", file)
	code := m.Run()
	os.RemoveAll(dir)
	os.Exit(code)
}

const theSecret = "the-client-secret-of-corp"

// manifest has one provider of type OAUTH, whose every endpoint is at one address, and
// of which a field may be another.
func manifest(address, more string) string {
	return "apiVersion: authsync/v1\nkind: Environment\nname: NAME\nsystems: {cloudbase: {envId: acme-NAME}}\nproviders:\n  corp:\n" +
		"    providerType: OIDC\n    name: {message: Corp}\n    on: true\n    config:\n" +
		"      issuer: " + address + "\n      tokenEndpoint: " + address + "/token\n      clientId: corp\n" +
		"      clientSecret: !env CORP_SECRET\n      redirectUri: https://app.example/callback\n      scope: openid\n" + more
}

// sites are the environments of a manifest, by the names given.
func sites(t *testing.T, text string, names ...string) []*sync.Site {
	t.Helper()
	dir := t.TempDir()
	for _, name := range names {
		if err := os.WriteFile(filepath.Join(dir, name+".yaml"), []byte(strings.ReplaceAll(text, "NAME", name)), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	loaded := schema.Load([]string{dir}, schema.SecretsSealed)
	if err := loaded.Faults.Err(); err != nil {
		t.Fatal(err)
	}
	carrier, err := transport.New(transport.Options{})
	if err != nil {
		t.Fatal(err)
	}
	lookup := func(name string) (string, bool) {
		value, ok := map[string]string{
			"CORP_SECRET": theSecret, "OTHER_SECRET": "another-secret",
			"TENCENTCLOUD_SECRETID": "nobody", "TENCENTCLOUD_SECRETKEY": "nothing", // no call is made with them
		}[name]
		return value, ok
	}
	var all []*sync.Site
	for _, env := range loaded.Environments {
		site, err := remote.NewSite(env, remote.SiteConfig{Config: service.Config{
			Transport: carrier, LookupEnv: lookup, Keys: &secrets.Keyring{LookupEnv: lookup},
		}})
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, site)
	}
	return all
}

// check asks about environments, and returns all that was found as one text.
func check(t *testing.T, c idp.Config, all ...*sync.Site) string {
	t.Helper()
	client, err := idp.New(c)
	if err != nil {
		t.Fatal(err)
	}
	var text strings.Builder
	for _, site := range all {
		report := client.Check(t.Context(), site)
		for _, f := range report.Faults {
			fmt.Fprintf(&text, "%v %v: %s\n", f.Severity, f.Path, f.Text)
		}
		for _, told := range report.Told {
			fmt.Fprintln(&text, told)
		}
		for _, err := range report.Errs {
			fmt.Fprintln(&text, "error:", err)
		}
	}
	if strings.Contains(text.String(), theSecret) {
		t.Errorf("the secret is shown:\n%s", &text)
	}
	return text.String()
}

func allowing(t *testing.T, address string) service.Hosts {
	t.Helper()
	hosts, err := service.ParseHosts("", []string{strings.TrimPrefix(address, "https://")})
	if err != nil {
		t.Fatal(err)
	}
	return hosts
}

// A name or an address of this machine or of its network is asked only if the run
// allows it, whatever the manifest says.
func TestNothingPrivateIsAsked(t *testing.T) {
	var asked atomic.Int64
	server := httptest.NewTLSServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { asked.Add(1) }))
	defer server.Close()
	port := server.URL[strings.LastIndex(server.URL, ":"):]
	for _, host := range []string{"127.0.0.1", "localhost", "[::1]", "[::ffff:127.0.0.1]", "0.0.0.0", "[::]", "169.254.169.254", "10.0.0.1", "100.100.100.200", "[fe80::1]", "[64:ff9b::7f00:1]"} {
		text := check(t, idp.Config{Secrets: idp.TrySecrets}, sites(t, manifest("https://"+host+port, ""), "prod")...)
		if !strings.Contains(text, "is at a private address, and is asked nothing; allow the host if it should be: --allow-host") {
			t.Errorf("%s: %s", host, text)
		}
	}
	if asked.Load() > 0 {
		t.Errorf("%d requests", asked.Load())
	}
}

// What an identity provider answers costs a run no more than its bounds.
func TestAnswersAreBounded(t *testing.T) {
	tests := []struct {
		name, told string
		answer     http.HandlerFunc
	}{
		{"huge", "answers with more than 256 KiB", func(w http.ResponseWriter, r *http.Request) {
			w.Write(bytes.Repeat([]byte(" "), 1<<20))
		}},
		{"endless", "answers with more than 256 KiB", func(w http.ResponseWriter, r *http.Request) {
			for r.Context().Err() == nil {
				if _, err := w.Write([]byte(`{"issuer": `)); err != nil {
					return
				}
			}
		}},
		{"a gzip bomb", "answers compressed, though nobody said that it may", func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Encoding", "gzip")
			z := gzip.NewWriter(w)
			z.Write(make([]byte, 10<<20))
			z.Close()
		}},
		{"slow", "gives no whole answer within 100ms", func(w http.ResponseWriter, r *http.Request) {
			w.Write([]byte("{"))
			w.(http.Flusher).Flush()
			<-r.Context().Done()
		}},
		{"endless headers", "the connection broke, or did not carry HTTP", func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("X-Long", strings.Repeat("x", 1<<20))
		}},
		{"deep", "answers with ", func(w http.ResponseWriter, r *http.Request) {
			w.Write(bytes.Repeat([]byte("["), 200<<10))
		}},
		{"broken off", "the connection closed before the answer was whole", func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Length", "1000")
			w.Write([]byte("{"))
		}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			server := httptest.NewTLSServer(tt.answer)
			defer server.Close()
			c := idp.Config{Hosts: allowing(t, server.URL), Timeout: 5 * time.Second}
			if tt.name == "slow" {
				c.Timeout = 100 * time.Millisecond
			}
			if text := check(t, c, sites(t, manifest(server.URL, ""), "prod")...); !strings.Contains(text, tt.told) {
				t.Errorf("%s, want %s", text, tt.told)
			}
		})
	}
}

// A certificate that this machine does not trust ends it, before anything is sent.
func TestCertificatesAreJudged(t *testing.T) {
	server := httptest.NewTLSServer(http.NotFoundHandler())
	defer server.Close()
	address := strings.Replace(server.URL, "127.0.0.1", "localhost", 1) // which it is not for
	text := check(t, idp.Config{Hosts: allowing(t, address), Secrets: idp.TrySecrets}, sites(t, manifest(address, ""), "prod")...)
	if !strings.Contains(text, "cannot reach localhost") || !strings.Contains(text, "certificate is valid for example.com") {
		t.Error(text)
	}
}

// corp is an identity provider, as a test needs it.
type corp struct {
	*httptest.Server
	gets, posts atomic.Int64
	post        http.HandlerFunc
}

func newCorp(t *testing.T, post http.HandlerFunc) *corp {
	c := &corp{post: post}
	c.Server = httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodPost {
			c.posts.Add(1)
			c.post(w, r)
			return
		}
		c.gets.Add(1)
		if strings.HasSuffix(r.URL.Path, "/openid-configuration") {
			fmt.Fprintf(w, `{"issuer": %q, "token_endpoint": %q}`, c.URL, c.URL+"/token")
		}
	}))
	t.Cleanup(c.Close)
	return c
}

// One secret is sent once in a run, even if the answer is lost or the machine is told to
// ask again, and one issuer is asked once for all environments.
func TestASecretIsTriedOnce(t *testing.T) {
	for name, post := range map[string]http.HandlerFunc{
		"refused": func(w http.ResponseWriter, r *http.Request) {
			w.WriteHeader(401)
			fmt.Fprint(w, `{"error": "invalid_client"}`)
		},
		"busy": func(w http.ResponseWriter, r *http.Request) { w.Header().Set("Retry-After", "0"); w.WriteHeader(503) },
		"lost": func(w http.ResponseWriter, r *http.Request) { panic(http.ErrAbortHandler) },
		"redirected": func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, "/token", http.StatusTemporaryRedirect)
		},
	} {
		t.Run(name, func(t *testing.T) {
			c := newCorp(t, post)
			all := append(sites(t, manifest(c.URL, ""), "dev", "prod"), sites(t, strings.Replace(manifest(c.URL, ""), "clientId: corp", "clientId: other", 1), "staging")...)
			text := check(t, idp.Config{Hosts: allowing(t, c.URL), Secrets: idp.TrySecrets}, all...)
			if c.posts.Load() != 1 || !strings.Contains(text, "is not tried: it is that of dev: provider/corp too, and a secret is tried once in a run") {
				t.Errorf("%d tries: %s", c.posts.Load(), text)
			}
			if name == "refused" && strings.Count(text, "invalid_client: ") != 2 {
				t.Errorf("what is tried for one is not told of the other: %s", text)
			}
			if c.gets.Load() != 2 { // discovery, and a look at the token endpoint where nothing is tried
				t.Errorf("%d requests beside it", c.gets.Load())
			}
		})
	}
}

// Two secrets of one client are two.
func TestEachSecretIsTried(t *testing.T) {
	c := newCorp(t, func(w http.ResponseWriter, r *http.Request) {
		fmt.Fprintf(w, `{"error": %q}`, map[bool]string{true: "invalid_grant", false: "invalid_client"}[r.FormValue("client_secret") == theSecret])
	})
	other := strings.Replace(manifest(c.URL, ""), "!env CORP_SECRET", "!env OTHER_SECRET", 1)
	text := check(t, idp.Config{Hosts: allowing(t, c.URL), Secrets: idp.TrySecrets}, append(sites(t, manifest(c.URL, ""), "dev"), sites(t, other, "prod")...)...)
	if c.posts.Load() != 2 || strings.Count(text, "invalid_client: ") != 1 || strings.Count(text, "(invalid_grant for a wrong code)") != 1 {
		t.Errorf("%d tries: %s", c.posts.Load(), text)
	}
}

// The secret goes where the manifest says that the client shows it.
func TestHowASecretIsTried(t *testing.T) {
	tests := []struct {
		more, told string
		form       string // client_secret
		basic      string
	}{
		{"", "client secret (invalid_grant for a wrong code)", theSecret, ""},
		{"      tokenEndpointAuthMethod: CLIENT_SECRET_BASIC\n", "client secret (invalid_grant", "", theSecret},
		{"      requestParametersMap: {clientSecret: app_secret}\n", "client secret (invalid_grant", "", ""},
	}
	for _, tt := range tests {
		t.Run(tt.more, func(t *testing.T) {
			var form, basic, code string
			c := newCorp(t, func(w http.ResponseWriter, r *http.Request) {
				form, code = r.FormValue("client_secret"), r.FormValue("code")
				_, basic, _ = r.BasicAuth()
				w.WriteHeader(400)
				fmt.Fprint(w, `{"error": "invalid_grant"}`)
			})
			text := check(t, idp.Config{Hosts: allowing(t, c.URL), Secrets: idp.TrySecrets}, sites(t, manifest(c.URL, tt.more), "prod")...)
			if !strings.Contains(text, tt.told) || form != tt.form || basic != tt.basic || code == "" {
				t.Errorf("%s; form %q, basic %q, code %q", text, form, basic, code)
			}
		})
	}
}

// Where a secret may not go, it does not.
func TestWhereASecretIsNotTried(t *testing.T) {
	c := newCorp(t, func(w http.ResponseWriter, r *http.Request) { fmt.Fprint(w, `{"error": "invalid_grant"}`) })
	elsewhere := strings.Replace(manifest(c.URL, ""), "tokenEndpoint: "+c.URL+"/token", "tokenEndpoint: https://192.0.2.1/token", 1)
	listed, err := service.ParseHosts("login.other.example", []string{strings.TrimPrefix(c.URL, "https://")})
	if err != nil {
		t.Fatal(err)
	}
	tests := []struct {
		name, manifest, told string
		hosts                service.Hosts
	}{
		{"not asked for", manifest(c.URL, ""), "as it should be", allowing(t, c.URL)},
		{"another than discovery's", elsewhere, "is not tried: the issuer names another token endpoint", allowing(t, c.URL)},
		{"none in the manifest", strings.Replace(manifest(c.URL, ""), "      tokenEndpoint: "+c.URL+"/token\n", "", 1), "is not tried: a secret goes to a token endpoint that the manifest itself names", allowing(t, c.URL)},
		{"in clear", strings.Replace(manifest(c.URL, ""), "tokenEndpoint: https", "tokenEndpoint: http", 1), "is not https, and is asked nothing", allowing(t, c.URL)},
		{"in the URL", manifest(c.URL, "      requestParametersMap: {authPosition: URL}\n"), "is not tried: config.requestParametersMap.authPosition puts it where logs keep it", allowing(t, c.URL)},
		{"a host that is not listed", manifest("https://login.corp.example", ""), "cannot reach login.corp.example", listed},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			trial := idp.TrySecrets
			if tt.name == "not asked for" {
				trial = idp.LeaveSecrets
			}
			text := check(t, idp.Config{Hosts: tt.hosts, Secrets: trial}, sites(t, tt.manifest, "prod")...)
			if !strings.Contains(text, tt.told) {
				t.Errorf("%s, want %s", text, tt.told)
			}
		})
	}
	if c.posts.Load() != 0 {
		t.Errorf("%d tries", c.posts.Load())
	}
}

// A run that is stopped asks nothing more.
func TestAStoppedRun(t *testing.T) {
	c := newCorp(t, nil)
	ctx, stop := context.WithCancel(t.Context())
	stop()
	client, err := idp.New(idp.Config{Hosts: allowing(t, c.URL)})
	if err != nil {
		t.Fatal(err)
	}
	if report := client.Check(ctx, sites(t, manifest(c.URL, ""), "prod")[0]); len(report.Errs) == 0 || c.gets.Load() > 0 {
		t.Errorf("%+v, after %d requests", report, c.gets.Load())
	}
}
