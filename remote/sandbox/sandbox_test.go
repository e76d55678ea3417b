package sandbox

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"authsync/schema"
)

// noon is the time of everything that the sandboxes of these tests store.
var noon = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

func fixed() time.Time { return noon }

// client calls a sandbox over HTTP, signing as the official SDK does: only
// content-type and host, the host without its port.
type client struct {
	t      *testing.T
	server *Server
	url    string
}

func start(t *testing.T, o Options) *client {
	t.Helper()
	if o.Now == nil {
		o.Now = fixed
	}
	s := New(o)
	h := httptest.NewServer(s)
	t.Cleanup(func() {
		s.Close()
		h.CloseClientConnections()
		h.Close()
	})
	return &client{t: t, server: s, url: h.URL}
}

// signer holds what goes into a request; a test changes what it wants wrong.
type signer struct {
	id, key, token string
	at             time.Time
	service        string
	action         string
	version        string
	region         string
	method         string
	contentType    string
	signedHeaders  []string
	signedHost     string // "" = the URL's, without its port
	authorization  func(string) string
}

func newSigner(action string) signer {
	return signer{
		id: "sandbox", key: "sandbox", at: time.Now(), service: "tcb",
		action: action, version: "2018-06-08", region: "ap-shanghai",
		method: http.MethodPost, contentType: "application/json",
		signedHeaders: []string{"content-type", "host"},
		authorization: func(header string) string { return header },
	}
}

func (s signer) request(ctx context.Context, url, body string) *http.Request {
	r, err := http.NewRequestWithContext(ctx, s.method, url, strings.NewReader(body))
	if err != nil {
		panic(err)
	}
	for name, value := range map[string]string{
		"Content-Type":   s.contentType,
		"X-TC-Action":    s.action,
		"X-TC-Version":   s.version,
		"X-TC-Region":    s.region,
		"X-TC-Timestamp": fmt.Sprint(s.at.Unix()),
		"X-TC-Token":     s.token,
	} {
		if value != "" {
			r.Header.Set(name, value)
		}
	}
	host := s.signedHost
	if host == "" {
		host = r.URL.Hostname()
	}
	path := r.URL.EscapedPath()
	if path == "" {
		path = "/"
	}
	canonical := s.method + "\n" + path + "\n" + r.URL.RawQuery + "\n"
	for _, name := range s.signedHeaders {
		value := host
		if name != "host" {
			value = strings.ToLower(r.Header.Get(name))
		}
		canonical += name + ":" + value + "\n"
	}
	signed := strings.Join(s.signedHeaders, ";")
	canonical += "\n" + signed + "\n" + digest(body)
	date := s.at.UTC().Format("2006-01-02")
	scope := date + "/" + s.service + "/tc3_request"
	toSign := fmt.Sprintf("TC3-HMAC-SHA256\n%d\n%s\n%s", s.at.Unix(), scope, digest(canonical))
	key := mac(mac(mac([]byte("TC3"+s.key), date), s.service), "tc3_request")
	r.Header.Set("Authorization", s.authorization(fmt.Sprintf(
		"TC3-HMAC-SHA256 Credential=%s/%s, SignedHeaders=%s, Signature=%x", s.id, scope, signed, mac(key, toSign))))
	return r
}

func digest(text string) string {
	sum := sha256.Sum256([]byte(text))
	return hex.EncodeToString(sum[:])
}

func mac(key []byte, text string) []byte {
	h := hmac.New(sha256.New, key)
	io.WriteString(h, text)
	return h.Sum(nil)
}

// send makes a request and returns the Response object of the answer.
func (c *client) send(s signer, body string) schema.Object {
	c.t.Helper()
	resp, err := http.DefaultClient.Do(s.request(c.t.Context(), c.url, body))
	if err != nil {
		c.t.Fatal(err)
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		c.t.Fatalf("%s: HTTP %d", s.action, resp.StatusCode)
	}
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		c.t.Fatal(err)
	}
	response, ok := parse(c.t, string(text))["Response"].(schema.Object)
	if !ok {
		c.t.Fatalf("%s: no Response in %s", s.action, text)
	}
	return response
}

// call makes a well-signed request for an action, of the environment "e1"
// unless the body names another.
func (c *client) call(action, body string) schema.Object {
	c.t.Helper()
	return c.send(newSigner(action), withEnv(body))
}

func withEnv(body string) string {
	if strings.Contains(body, `"EnvId"`) {
		return body
	}
	if rest := strings.TrimPrefix(body, "{"); rest != "}" {
		return `{"EnvId":"e1",` + rest
	}
	return `{"EnvId":"e1"}`
}

// ok makes a call that must succeed, and returns the answer without RequestId.
func (c *client) ok(action, body string) schema.Object {
	c.t.Helper()
	response := c.call(action, body)
	if code := codeOf(response); code != "" {
		c.t.Fatalf("%s %s: %s", action, body, schema.Show(response["Error"]))
	}
	delete(response, "RequestId")
	return response
}

// refused makes a call that must fail with the code; the message must hold the
// text.
func (c *client) refused(action, body, code, message string) {
	c.t.Helper()
	response := c.call(action, body)
	e, _ := response["Error"].(schema.Object)
	if e.Text("Code") != code || !strings.Contains(e.Text("Message"), message) {
		c.t.Errorf("%s %s: got %s, want %s with %q", action, body, schema.Show(response), code, message)
	}
}

func codeOf(response schema.Object) string {
	e, _ := response["Error"].(schema.Object)
	return e.Text("Code")
}

// provider returns the provider as GetProviders shows it.
func (c *client) provider(id string) schema.Object {
	c.t.Helper()
	for _, p := range c.ok("GetProviders", `{}`)["Data"].(schema.List) {
		if p.(schema.Object).Text("Id") == id {
			return p.(schema.Object)
		}
	}
	c.t.Fatalf("no provider %s", id)
	return nil
}

// inspect calls one of the sandbox's own endpoints.
func (c *client) inspect(method, path, body string) (int, string) {
	c.t.Helper()
	r, err := http.NewRequestWithContext(c.t.Context(), method, c.url+path, strings.NewReader(body))
	if err != nil {
		c.t.Fatal(err)
	}
	resp, err := http.DefaultClient.Do(r)
	if err != nil {
		c.t.Fatal(err)
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		c.t.Fatal(err)
	}
	return resp.StatusCode, string(text)
}

// log returns the request log.
func (c *client) log() []entry {
	c.t.Helper()
	_, text := c.inspect("GET", "/_sandbox/requests", "")
	var entries []entry
	for line := range strings.Lines(text) {
		var e entry
		d := json.NewDecoder(bytes.NewBufferString(line))
		d.DisallowUnknownFields()
		if err := d.Decode(&e); err != nil {
			c.t.Fatalf("%q: %v", line, err)
		}
		entries = append(entries, e)
	}
	return entries
}

func (c *client) fault(body string) {
	c.t.Helper()
	if status, text := c.inspect("POST", "/_sandbox/faults", body); status != http.StatusCreated {
		c.t.Fatalf("POST fault: %d %s", status, text)
	}
}

func parse(t *testing.T, text string) schema.Object {
	t.Helper()
	v, err := schema.ParseJSON([]byte(text))
	if err != nil {
		t.Fatalf("%q: %v", text, err)
	}
	return v.(schema.Object)
}

// same compares against JSON.
func same(t *testing.T, what string, got schema.Value, want string) {
	t.Helper()
	v, err := schema.ParseJSON([]byte(want))
	if err != nil {
		t.Fatal(err)
	}
	if got == nil || !schema.Same(got, v) {
		t.Errorf("%s:\n got %s\nwant %s", what, schema.Show(got), schema.Show(v))
	}
}
