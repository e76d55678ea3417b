package sandbox

import (
	"context"
	"errors"
	"io"
	"net/http"
	"strings"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"authsync/schema"
)

// attempt makes one AddProvider request on a connection of its own.
func (c *client) attempt(ctx context.Context) (*http.Response, string, error) {
	transport := &http.Transport{}
	defer transport.CloseIdleConnections()
	resp, err := transport.RoundTrip(newSigner("AddProvider").request(ctx, c.url+"/", withEnv(oauth)))
	if err != nil {
		return nil, "", err
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	return resp, string(body), err
}

func TestFaults(t *testing.T) {
	for _, test := range []struct {
		fault string
		done  bool
		code  string // in the log
		check func(t *testing.T, resp *http.Response, body string, err error)
	}{
		{"limit", false, "RequestLimitExceeded", func(t *testing.T, resp *http.Response, body string, err error) {
			if err != nil || resp.StatusCode != 200 || !strings.Contains(body, `"Code":"RequestLimitExceeded"`) {
				t.Errorf("%v %q %v", resp, body, err)
			}
		}},
		{"500", false, "", func(t *testing.T, resp *http.Response, body string, err error) {
			if err != nil || resp.StatusCode != 500 || !strings.HasPrefix(body, "<html>") {
				t.Errorf("%v %q %v", resp, body, err)
			}
		}},
		{"reset", false, "", func(t *testing.T, resp *http.Response, body string, err error) {
			if !errors.Is(err, syscall.ECONNRESET) {
				t.Errorf("%v", err)
			}
		}},
		{"half", true, "", func(t *testing.T, resp *http.Response, body string, err error) {
			if !errors.Is(err, io.ErrUnexpectedEOF) || int64(len(body)) != resp.ContentLength/2 {
				t.Errorf("%d of %d bytes, %v", len(body), resp.ContentLength, err)
			}
		}},
		{"lost", true, "", func(t *testing.T, resp *http.Response, body string, err error) {
			if !errors.Is(err, io.EOF) {
				t.Errorf("%v", err)
			}
		}},
	} {
		t.Run(test.fault, func(t *testing.T) {
			c := start(t, Options{})
			c.fault(`{"match":"AddProvider","nth":1,"fault":"` + test.fault + `"}`)
			resp, body, err := c.attempt(t.Context())
			test.check(t, resp, body, err)
			held := c.server.cloudbase.state().At("e1", "providers", "gh") != nil
			if held != test.done {
				t.Errorf("the work was done: %t", held)
			}
			last := c.log()[0]
			if last.Fault != test.fault || last.Code != test.code {
				t.Errorf("logged %+v", last)
			}
			c.ok("GetProviders", `{}`)
		})
	}
}

func TestTimeoutFault(t *testing.T) {
	c := start(t, Options{})
	c.fault(`{"match":"AddProvider","fault":"timeout"}`)
	ctx, cancel := context.WithCancel(t.Context())
	failed := make(chan error)
	go func() {
		_, _, err := c.attempt(ctx)
		failed <- err
	}()
	for len(c.log()) == 0 {
	}
	select {
	case err := <-failed:
		t.Fatalf("an answer: %v", err)
	default:
	}
	cancel()
	if err := <-failed; !errors.Is(err, context.Canceled) {
		t.Error(err)
	}

	c.fault(`{"match":"AddProvider","fault":"timeout"}`)
	go func() {
		_, _, err := c.attempt(t.Context())
		failed <- err
	}()
	for len(c.log()) < 2 {
	}
	c.server.Close()
	if err := <-failed; !errors.Is(err, io.EOF) {
		t.Errorf("after Close: %v", err)
	}
	same(t, "nothing done", c.server.cloudbase.state(), `{}`)
}

func TestFaultsAreCountedFromTheirPosting(t *testing.T) {
	c := start(t, Options{})
	read := func(action string) string { return codeOf(c.call(action, `{}`)) }
	read("GetProviders")
	c.fault(`{"match":"GetProviders","nth":2,"times":2,"fault":"limit"}`)
	c.fault(`{"match":"POST /","nth":6,"fault":"limit"}`)
	var got []string
	for _, action := range []string{"GetProviders", "DescribeLoginConfig", "GetProviders", "GetProviders", "GetProviders", "DescribeLoginConfig", "GetProviders"} {
		got = append(got, action+" "+read(action))
	}
	want := []string{
		"GetProviders ", "DescribeLoginConfig ",
		"GetProviders RequestLimitExceeded", "GetProviders RequestLimitExceeded", "GetProviders ",
		"DescribeLoginConfig RequestLimitExceeded", "GetProviders ",
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
}

func TestTwoFaultsForOneRequest(t *testing.T) {
	c := start(t, Options{})
	c.fault(`{"match":"AddProvider","fault":"500"}`)
	c.fault(`{"match":"AddProvider","fault":"limit"}`)
	resp, _, err := c.attempt(t.Context())
	if err != nil || resp.StatusCode != 500 {
		t.Errorf("first: %v, %v", resp, err)
	}
	c.refused("AddProvider", oauth, "RequestLimitExceeded", "")
	c.ok("AddProvider", oauth)
}

func TestFaultEndpoint(t *testing.T) {
	c := start(t, Options{})
	for _, test := range []struct{ name, body, message string }{
		{"not JSON", `limit`, "one JSON object"},
		{"unknown field", `{"match":"a","fault":"limit","when":1}`, "when"},
		{"no match", `{"fault":"limit"}`, "match"},
		{"no fault", `{"match":"a"}`, "500, back, expired, half, limit, lost, reset, still, timeout"},
		{"unknown fault", `{"match":"a","fault":"slow"}`, "slow"},
		{"nth is zero", `{"match":"a","fault":"limit","nth":0}`, "nth"},
		{"times is negative", `{"match":"a","fault":"limit","times":-1}`, "times"},
	} {
		t.Run(test.name, func(t *testing.T) {
			status, text := c.inspect("POST", "/_sandbox/faults", test.body)
			if status != 400 || !strings.Contains(parse(t, text).Text("error"), test.message) {
				t.Errorf("%d %s", status, text)
			}
		})
	}
	c.fault(`{"match":"GetProviders","fault":"lost"}`)
	if _, got := c.inspect("GET", "/_sandbox/faults", ""); got != `[{"match":"GetProviders","nth":1,"fault":"lost","times":1}]`+"\n" {
		t.Errorf("pending: %s", got)
	}
	if status, _ := c.inspect("DELETE", "/_sandbox/faults", ""); status != 204 {
		t.Errorf("DELETE: %d", status)
	}
	if _, got := c.inspect("GET", "/_sandbox/faults", ""); got != "[]\n" {
		t.Errorf("pending: %s", got)
	}
	c.ok("GetProviders", `{}`)
}

func TestRequestLog(t *testing.T) {
	c := start(t, Options{})
	c.call("ModifyProvider", `{"EnvId":"e1","Id":"custom","Config":{"ClientSecret":"<s>"}}`)
	c.call("DescribeClient", `{"Id":"e1"}`)
	c.send(newSigner("ModifyClient"), `broken`)
	_, got := c.inspect("GET", "/_sandbox/requests", "")
	want := `{"n":1,"system":"cloudbase","action":"ModifyProvider","method":"POST","path":"/","tenant":"e1","body":{"Config":{"ClientSecret":"<s>"},"EnvId":"e1","Id":"custom"},"write":true,"code":"","fault":""}
{"n":2,"system":"cloudbase","action":"DescribeClient","method":"POST","path":"/","tenant":"e1","body":{"EnvId":"e1","Id":"e1"},"write":false,"code":"ResourceNotFound","fault":""}
{"n":3,"system":"cloudbase","action":"ModifyClient","method":"POST","path":"/","tenant":"","body":null,"write":true,"code":"InvalidParameter","fault":""}
`
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
	if status, _ := c.inspect("DELETE", "/_sandbox/requests", ""); status != 204 {
		t.Errorf("DELETE: %d", status)
	}
	if got := c.log(); len(got) != 0 {
		t.Errorf("after DELETE: %+v", got)
	}
	c.call("GetProviders", `{}`)
	if got := c.log(); len(got) != 1 || got[0].N != 1 {
		t.Errorf("afterwards: %+v", got)
	}
}

func TestInspectionIsStrict(t *testing.T) {
	c := start(t, Options{})
	for _, test := range []struct {
		name, method, path string
		status             int
	}{
		{"unknown path", "GET", "/_sandbox/requests/1", 404},
		{"wrong method", "POST", "/_sandbox/state", 405},
	} {
		t.Run(test.name, func(t *testing.T) {
			if status, _ := c.inspect(test.method, test.path, ""); status != test.status {
				t.Errorf("got %d, want %d", status, test.status)
			}
		})
	}
}

// A client that leaves before its answer is due leaves nothing behind.
func TestLatencyEndsWithTheClient(t *testing.T) {
	c := start(t, Options{Latency: time.Hour})
	ctx, cancel := context.WithCancel(t.Context())
	failed := make(chan error)
	go func() {
		_, _, err := c.attempt(ctx)
		failed <- err
	}()
	for len(c.log()) == 0 { // inspection is not delayed
	}
	cancel()
	if err := <-failed; !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
	same(t, "state", c.server.cloudbase.state(), `{}`)
}

func TestWaitUntil(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		began := time.Now()
		if !waitUntil(t.Context(), began.Add(20*time.Millisecond)) || time.Since(began) != 20*time.Millisecond {
			t.Errorf("waited %v", time.Since(began))
		}
		if !waitUntil(t.Context(), began) || time.Since(began) != 20*time.Millisecond {
			t.Errorf("what is due is not waited for: %v", time.Since(began))
		}
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		if waitUntil(ctx, time.Now().Add(time.Hour)) {
			t.Error("waited for a client that left")
		}
	})
}

func TestLatencyIsServed(t *testing.T) {
	c := start(t, Options{Latency: time.Millisecond})
	c.ok("AddProvider", oauth)
	if c.provider("gh") == nil {
		t.Error("not added")
	}
}

func TestStart(t *testing.T) {
	l, err := Start("127.0.0.1:0", New(Options{Now: fixed}))
	if err != nil {
		t.Fatal(err)
	}
	c := &client{t: t, url: l.URL}
	c.ok("GetProviders", `{}`)
	if _, err := Start(strings.TrimPrefix(l.URL, "http://"), http.NotFoundHandler()); !errors.Is(err, syscall.EADDRINUSE) {
		t.Errorf("the same address again: %v", err)
	}
	if err := l.Close(); err != nil {
		t.Error(err)
	}
	if _, err := http.Get(l.URL); !errors.Is(err, syscall.ECONNREFUSED) {
		t.Errorf("after Close: %v", err)
	}
}

// A service may change an object and leave its stamp as it was, or set it back.
func TestFaultsOfStamps(t *testing.T) {
	now := fixed()
	c := start(t, Options{Now: func() time.Time { return now }})
	v := c.connectors()
	v.object(200, "POST", connectorPath, `{"connector_id":"gh","type":"Social","config":{}}`)
	for _, step := range []struct{ fault, want string }{
		{"", "2026-03-01T12:01:00Z"}, {"still", "2026-03-01T12:01:00Z"}, {"back", "2026-03-01T11:01:00Z"}, {"", "2026-03-01T12:04:00Z"},
	} {
		now = now.Add(time.Minute)
		if step.fault != "" {
			c.fault(`{"match":"PATCH","fault":"` + step.fault + `"}`)
		}
		got := v.object(200, "PATCH", connectorPath+"/conn_001", `{"enabled":true}`)["result"].(schema.Object)
		if text := got.Text("updated_at"); text != step.want {
			t.Errorf("%q: %s, want %s", step.fault, text, step.want)
		}
	}
}
