package sandbox

import (
	"encoding/json"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"

	"authsync/remote/sandbox/official"
	"authsync/schema"
	"authsync/schema/quirk"
)

// asInExamples are the readings of what is not known under which the examples of
// CloudBase were written.
var asInExamples = quirk.Set{
	quirk.ReservedProviders: quirk.Unlisted, quirk.ProviderUnset: quirk.Absent,
	quirk.WXOpen: quirk.Permanent, quirk.ProviderUpsert: quirk.Creates,
}

func officialCalls(t *testing.T, system string) []official.Call {
	t.Helper()
	book, err := official.Examples()
	if err != nil {
		t.Fatal(err)
	}
	var calls []official.Call
	for _, call := range book.Calls {
		if _, ok := book.Sources[call.Source]; !ok {
			t.Errorf("%s, %s: no source %q", call.Call, call.Title, call.Source)
		}
		if call.System == system {
			calls = append(calls, call)
		}
	}
	return calls
}

// Every request that an example shows is taken, by an environment as the examples
// show it.
func TestOfficialRequestsAreTaken(t *testing.T) {
	for _, call := range officialCalls(t, "cloudbase") {
		t.Run(call.Call+"/"+call.Title, func(t *testing.T) {
			c := start(t, Options{Quirks: asInExamples})
			envID := parse(t, string(call.Request)).Text("EnvId")
			if err := call.Prepare(c.server, envID); err != nil {
				t.Fatal(err)
			}
			response := c.send(newSigner(call.Call), string(call.Request))
			if code := codeOf(response); code != "" {
				t.Errorf("%s: %s", code, schema.Show(response))
			}
			if call.Answer != nil {
				sameForm(t, response, parse(t, string(call.Answer))["Response"].(schema.Object))
			}
		})
	}
}

// What an example shows of an environment, the sandbox shows so, to the letter;
// what it shows besides is unset.
func TestOfficialAnswersAreShown(t *testing.T) {
	shown := 0
	for _, call := range officialCalls(t, "cloudbase") {
		if call.Answer == nil || !slices.Contains([]string{"DescribeLoginConfig", "DescribeClient", "GetProviders", "DescribeApiKeyList", "DescribeAuthDomains"}, call.Call) {
			continue
		}
		shown++
		t.Run(call.Call, func(t *testing.T) {
			c := start(t, Options{Quirks: asInExamples})
			request := string(call.Request)
			if err := official.Seed(c.server, parse(t, request).Text("EnvId")); err != nil {
				t.Fatal(err)
			}
			got := c.send(newSigner(call.Call), request)
			delete(got, "RequestId")
			if domains, ok := got["Domains"].(schema.List); ok { // the platform's own are inferred
				got["Domains"] = slices.DeleteFunc(domains, func(v schema.Value) bool { return v.(schema.Object).Text("Type") == "SYSTEM" })
			}
			want, err := call.Response()
			if err != nil {
				t.Fatal(err)
			}
			if !schema.Same(got, want) {
				t.Errorf("got  %s\nwant %s", schema.Show(got), schema.Show(want))
			}
		})
	}
	if shown != 5 {
		t.Errorf("%d answers were looked at", shown)
	}
}

// sameForm wants every name of an example in an answer, with the same form.
func sameForm(t *testing.T, got, want schema.Object) {
	t.Helper()
	has := ofValue(got)
	for path, l := range ofValue(want) {
		own, ok := has[path]
		switch {
		case !ok && alone(path, has):
			t.Errorf("%s is not in the answer", path)
		case ok && own.form != l.form && own.form != "" && !strings.HasSuffix(l.form+own.form, "[]"):
			t.Errorf("%s is %s, and %s in the example", path, own.form, l.form)
		}
	}
}

// alone reports whether what a name is in is among others; of a list that is empty
// nothing is known.
func alone(path string, others names) bool {
	at := strings.LastIndexByte(path, '.')
	if at < 0 {
		return true
	}
	if _, known := others[path[:at]]; known {
		return true
	}
	for other := range others {
		if strings.HasSuffix(path[:at], "[]") && strings.HasPrefix(other, path[:at+1]) {
			return true
		}
	}
	return false
}

// The services that have paths are asked as the examples ask, in their order, and
// answer in the same form.
func TestOfficialCallsOfOtherSystems(t *testing.T) {
	for system, prepare := range map[string]func(*Server, string) error{
		"devices": func(*Server, string) error { return nil },
		"connectors": func(s *Server, host string) error {
			wire := schema.Object{"id": schema.Text("conn_001"), "connector_id": schema.Text("aliyun-dm"), "type": schema.Text("Email"), "config": schema.Object{}}
			for _, name := range []string{"access_key_id", "access_key_secret", "account_name", "region"} {
				wire["config"].(schema.Object)[name] = schema.Text("x")
			}
			return s.SeedConnector(host, wire)
		},
	} {
		t.Run(system, func(t *testing.T) {
			c := start(t, Options{})
			host := system + ".example.com"
			if err := prepare(c.server, host); err != nil {
				t.Fatal(err)
			}
			ids := strings.NewReplacer()
			for _, call := range officialCalls(t, system) {
				method, path, _ := strings.Cut(call.Call, " ")
				status, answer := askOther(t, c.url, host, method, ids.Replace(path), call.Request)
				if status >= 300 {
					t.Fatalf("%s, %s: HTTP %d %s", call.Call, call.Title, status, schema.Show(answer))
				}
				if call.Answer == nil {
					continue
				}
				sameForm(t, answer, parse(t, string(call.Answer)))
				if id, ok := answer.At("result", "id").(schema.Text); ok && method == http.MethodPost {
					ids = strings.NewReplacer("conn_003", string(id)) // the service chooses it
				}
			}
		})
	}
}

func askOther(t *testing.T, url, host, method, path string, body json.RawMessage) (int, schema.Object) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), method, url+path, strings.NewReader(string(body)))
	if err != nil {
		t.Fatal(err)
	}
	r.Host = host
	r.Header = http.Header{"Content-Type": {"application/json"}, "Authorization": {"Bearer " + Token}, "X-Access-Token": {Token}}
	resp, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return resp.StatusCode, parse(t, string(text))
}
