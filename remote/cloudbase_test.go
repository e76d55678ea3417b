package remote

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"authsync/schema"
	"authsync/secrets"

	"github.com/google/go-cmp/cmp"
)

var testCredentials = Credentials{"AKIDexample", "canary-secret-key", "canary-session-token"}

func newTestCloudBase(t *testing.T, transport *Transport, url string) *CloudBase {
	t.Helper()
	c, err := NewCloudBase(transport, CloudBaseConfig{URL: url, EnvID: "prod-7gk2x9", Credentials: testCredentials})
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func openPlain(v secrets.Value) (secrets.Clear, error) { return (&secrets.Keyring{}).Open(v) }

func TestCloudBaseRequest(t *testing.T) {
	var got http.Header
	var host, path, body string
	transport, _, _ := serve(t, Options{}, nil)
	_, url, _ := serve(t, Options{}, func(_ int, w http.ResponseWriter, r *http.Request) {
		b, err := io.ReadAll(r.Body)
		if err != nil {
			t.Error(err)
		}
		got, host, path, body = r.Header, r.Host, r.URL.Path, string(b)
		io.WriteString(w, `{"Response":{"RequestId":"abc"}}`)
	})
	for _, row := range []struct {
		name string
		body schema.Object
		want string
	}{
		{"EnvId is added", schema.Object{"Id": schema.Text("github"), "MaxDevice": schema.Number("0"), "Config": schema.Object{
			"ClientSecret": schema.Secret{Value: secrets.Plain(`s"ecret`)},
		}}, `{"Config":{"ClientSecret":"s\"ecret"},"EnvId":"prod-7gk2x9","Id":"github","MaxDevice":0}`},
		{"EnvId is given", schema.Object{"EnvId": schema.Text("other")}, `{"EnvId":"other"}`},
		{"no body", nil, `{"EnvId":"prod-7gk2x9"}`},
	} {
		t.Run(row.name, func(t *testing.T) {
			before := row.body.Clone()
			answer, err := newTestCloudBase(t, transport, url).Call(t.Context(), Write, "ModifyProvider", row.body, openPlain)
			if err != nil || len(answer) != 0 {
				t.Fatalf("%v, %v", answer, err)
			}
			if body != row.want {
				t.Errorf("the body is %s, want %s", body, row.want)
			}
			if diff := cmp.Diff(before, row.body.Clone()); diff != "" {
				t.Errorf("the caller's body was changed: %s", diff)
			}
		})
	}
	for name, want := range map[string]string{
		"Content-Type": "application/json",
		"X-TC-Action":  "ModifyProvider",
		"X-TC-Version": "2018-06-08",
		"X-TC-Region":  "ap-shanghai",
		"X-TC-Token":   "canary-session-token",
	} {
		if diff := cmp.Diff([]string{want}, got.Values(name)); diff != "" {
			t.Errorf("%s (-want +got)\n%s", name, diff)
		}
	}
	if path != "/" || host == "" {
		t.Errorf("host %q, path %q", host, path)
	}
	if a := got.Get("Authorization"); !strings.HasPrefix(a, "TC3-HMAC-SHA256 Credential=AKIDexample/") {
		t.Errorf("Authorization: %s", a)
	}
}

func TestCloudBaseAnswer(t *testing.T) {
	for _, row := range []struct {
		name   string
		status int
		body   string
		want   schema.Object
		err    string
	}{
		{"a success", 200, `{"Response":{"Total":1,"RequestId":"abc"}}`, schema.Object{"Total": schema.Number("1")}, ""},
		{"a byte order mark", 200, "\ufeff" + `{"Response":{"RequestId":"abc"}}`, schema.Object{}, ""},
		{"an Error of null", 200, `{"Response":{"Error":null}}`, schema.Object{"Error": schema.Null{}}, ""},
		{"an error", 200, `{"Response":{"Error":{"Code":"InvalidParameterValue","Message":"the text"},"RequestId":"abc"}}`, nil,
			"cloudbase: GetProviders: InvalidParameterValue: the text (request id abc)"},
		{"an error with its status", 400, `{"Response":{"Error":{"Code":"InvalidParameterValue","Message":"the text"},"RequestId":"abc"}}`, nil,
			"cloudbase: GetProviders: InvalidParameterValue: the text (request id abc)"},
		{"an error of wrong types", 200, `{"Response":{"Error":{"Code":7,"Message":[]},"RequestId":{}}}`, nil,
			"cloudbase: GetProviders"},
		{"an Error that is a text", 200, `{"Response":{"Error":"canary"}}`, nil, "cloudbase: GetProviders: an Error of an unknown form"},
		{"a status alone", 403, `{"Response":{"RequestId":"abc"}}`, nil, "cloudbase: GetProviders: status 403 (request id abc)"},
		{"no Response", 200, `{"canary":1}`, nil, "cloudbase: GetProviders: JSON without a Response"},
		{"a Response that is a list", 200, `{"Response":["canary"]}`, nil, "cloudbase: GetProviders: JSON without a Response"},
		{"a list", 200, `["canary"]`, nil, "cloudbase: GetProviders: JSON of another kind instead of an object"},
	} {
		t.Run(row.name, func(t *testing.T) {
			transport, url, server := serve(t, Options{}, func(_ int, w http.ResponseWriter, _ *http.Request) {
				w.WriteHeader(row.status)
				io.WriteString(w, row.body)
			})
			got, err := newTestCloudBase(t, transport, url).Call(t.Context(), Read, "GetProviders", nil, nil)
			text := ""
			if err != nil {
				text = err.Error()
			}
			if diff := cmp.Diff(row.want, got); diff != "" || text != row.err {
				t.Errorf("%v (-want +got)\n%s", err, diff)
			}
			if server.count() != 1 {
				t.Errorf("%d requests", server.count())
			}
		})
	}
}

func TestCloudBaseRetriesByCode(t *testing.T) {
	for _, row := range []struct {
		code  string
		class Class
		want  int
	}{
		{"RequestLimitExceeded", Write, 2},
		{"RequestLimitExceeded.IPLimitExceeded", Read, 2},
		{"InternalError", Read, 2},
		{"InternalError", Write, 1},
		{"FailedOperation", Read, 1},
		{"InvalidParameter", Write, 1},
	} {
		t.Run(fmt.Sprintf("%s/%d", row.code, row.class), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				timestamps := map[string]bool{}
				var codes []string
				transport, server := serveInBubble(t, Options{Trace: func(x Exchange) { codes = append(codes, x.Code+" "+x.RequestID) }},
					func(n int, w http.ResponseWriter, r *http.Request) {
						timestamps[r.Header.Get("X-TC-Timestamp")] = true
						time.Sleep(time.Second) // so that every attempt has a time of its own
						if n == 1 {
							fmt.Fprintf(w, `{"Response":{"Error":{"Code":%q,"Message":"m"},"RequestId":"one"}}`, row.code)
							return
						}
						io.WriteString(w, `{"Response":{"RequestId":"two"}}`)
					})
				_, err := newTestCloudBase(t, transport, "http://host").Call(t.Context(), row.class, "ModifyProvider", nil, nil)
				if (err == nil) != (row.want == 2) || server.requests != row.want {
					t.Errorf("%v after %d requests", err, server.requests)
				}
				if len(timestamps) != row.want {
					t.Errorf("%d attempts are signed with %d times", row.want, len(timestamps))
				}
				if diff := cmp.Diff([]string{row.code + " one", " two"}[:row.want], codes); diff != "" {
					t.Errorf("traced (-want +got)\n%s", diff)
				}
			})
		})
	}
}

// Whatever a service says back, no secret of the request is in the error.
func TestCloudBaseErrorHoldsNoSecret(t *testing.T) {
	const secret = "canary <s>\"e/c&ret\nof two lines 密"
	inJSON, err := json.Marshal(secret)
	if err != nil {
		t.Fatal(err)
	}
	for name, echo := range map[string]string{
		"in clear":      secret,
		"in JSON":       string(inJSON[1 : len(inJSON)-1]),
		"in a query":    url.QueryEscape(secret),
		"in base64":     base64.StdEncoding.EncodeToString([]byte("id:" + secret)),
		"cut short":     secret[:20] + "...",
		"in one line":   strings.ReplaceAll(secret, "\n", " "),
		"the key":       testCredentials.SecretKey,
		"the token":     testCredentials.Token,
		"the token b64": base64.StdEncoding.EncodeToString([]byte(testCredentials.Token)),
	} {
		for _, place := range []string{"Code", "Message", "RequestId"} {
			t.Run(name+"/"+place, func(t *testing.T) {
				answer := map[string]any{"Error": map[string]string{"Code": "C", "Message": "m"}, "RequestId": "r"}
				if place == "RequestId" {
					answer[place] = "bad: " + echo
				} else {
					answer["Error"].(map[string]string)[place] = "bad: " + echo
				}
				transport, url, _ := serve(t, Options{}, func(_ int, w http.ResponseWriter, _ *http.Request) {
					if err := json.NewEncoder(w).Encode(map[string]any{"Response": answer}); err != nil {
						t.Error(err)
					}
				})
				body := schema.Object{"Config": schema.Object{"ClientSecret": schema.Secret{Value: secrets.Plain(secret)}}}
				_, err := newTestCloudBase(t, transport, url).Call(t.Context(), Write, "ModifyProvider", body, openPlain)
				var e *Error
				if !errors.As(err, &e) {
					t.Fatalf("got %v", err)
				}
				text := fmt.Sprintf("%v %+v %#v %s", err, err, *e, e.Message)
				for _, piece := range []string{"canary", "two lines", "Y2FuYXJ5", "NhbmFyeS", "jYW5hcn"} {
					if strings.Contains(text, piece) {
						t.Errorf("%q is left in %s", piece, text)
					}
				}
				if !strings.Contains(err.Error(), "bad: (secret)") && name != "in base64" {
					t.Errorf("got %v", err)
				}
			})
		}
	}
}

func TestCloudBaseSecretsThatDoNotOpen(t *testing.T) {
	transport, url, server := serve(t, Options{}, func(int, http.ResponseWriter, *http.Request) {})
	c := newTestCloudBase(t, transport, url)
	body := schema.Object{"ClientSecret": schema.Secret{Value: secrets.Env("UNSET")}}
	cause := errors.New("no")
	for name, reveal := range map[string]schema.Reveal{
		"nothing to open it with": nil,
		"no":                      func(secrets.Value) (secrets.Clear, error) { return secrets.Clear{}, cause },
	} {
		_, err := c.Call(t.Context(), Write, "ModifyProvider", body, reveal)
		var e *Error
		if !errors.As(err, &e) || e.Outcome != NotDone || !strings.Contains(err.Error(), name) || e.Advice() != "" {
			t.Errorf("%s: %v", name, err)
		}
		if reveal != nil && !errors.Is(err, cause) {
			t.Errorf("the cause is lost: %v", err)
		}
	}
	if server.count() != 0 {
		t.Errorf("%d requests", server.count())
	}
}

func TestNewCloudBase(t *testing.T) {
	transport, _, _ := serve(t, Options{}, nil)
	for _, row := range []struct {
		name string
		c    CloudBaseConfig
		err  string
	}{
		{"defaults", CloudBaseConfig{EnvID: "e", Credentials: testCredentials}, ""},
		{"no environment", CloudBaseConfig{Credentials: testCredentials}, "no envId"},
		{"no credentials", CloudBaseConfig{EnvID: "e"}, ErrNoCredentials.Error()},
		{"half a pair", CloudBaseConfig{EnvID: "e", Credentials: Credentials{SecretID: "i"}}, ErrNoCredentials.Error()},
		{"no url", CloudBaseConfig{EnvID: "e", URL: "tcb", Credentials: testCredentials}, "the url does not begin with http:// or https://"},
	} {
		t.Run(row.name, func(t *testing.T) {
			text := ""
			if _, err := NewCloudBase(transport, row.c); err != nil {
				text = err.Error()
			}
			if text != row.err {
				t.Errorf("got %q, want %q", text, row.err)
			}
		})
	}
}
