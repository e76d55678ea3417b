package cloudbase_test

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

	"authsync/remote/cloudbase"
	"authsync/remote/officetest"
	"authsync/remote/servertest"
	"authsync/remote/service"
	"authsync/remote/transport"
	"authsync/sync"
	"github.com/google/go-cmp/cmp"
)

var testCredentials = service.Credentials{SecretID: "AKIDexample", SecretKey: "canary-secret-key", Token: "canary-session-token"}

func newAPI(t *testing.T, carrier *transport.Transport, url string) *cloudbase.API {
	t.Helper()
	c, err := cloudbase.NewAPI(carrier, cloudbase.Config{URL: url, EnvID: "prod-7gk2x9", Account: service.Static("test", testCredentials)})
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// call makes a call and returns what it answers.
func call(t *testing.T, api *cloudbase.API, class transport.Class, action string, body schema.Object, reveal schema.Reveal) (answer schema.Object, err error) {
	t.Helper()
	err = api.Do(t.Context(), service.Request{
		Call: sync.Call{Action: action, Body: body}, Class: class, Reveal: reveal,
		Take: service.Object(func(o schema.Object) error {
			answer = o
			return nil
		}),
	})
	return answer, err
}

func openPlain(v secrets.Value) (secrets.Clear, error) { return (&secrets.Keyring{}).Open(v) }

func TestCloudBaseRequest(t *testing.T) {
	var got http.Header
	var host, path, body string
	carrier := officetest.Carrier(t, transport.Options{})
	url, _ := servertest.Start(t, func(_ int, w http.ResponseWriter, r *http.Request) {
		b, err := io.ReadAll(r.Body)
		if err != nil {
			t.Error(err)
		}
		got, host, path, body = r.Header, r.Host, r.URL.Path, string(b)
		io.WriteString(w, `{"Response":{"RequestId":"abc"}}`)
	})
	api := newAPI(t, carrier, url)
	for _, row := range []struct {
		name string
		body schema.Object
		want string
	}{
		{"EnvId is added", schema.Object{"Id": schema.Text("github")}, `{"EnvId":"prod-7gk2x9","Id":"github"}`},
		{"EnvId is given", schema.Object{"EnvId": schema.Text("other")}, `{"EnvId":"other"}`},
		{"no body", nil, `{"EnvId":"prod-7gk2x9"}`},
	} {
		t.Run(row.name, func(t *testing.T) {
			before := row.body.Clone()
			answer, err := cloudbase.Answer(api, t.Context(), "GetProviders", row.body)
			if err != nil || len(answer) != 0 || body != row.want {
				t.Fatalf("%v, %v; the body is %s, want %s", answer, err, body, row.want)
			}
			if diff := cmp.Diff(before, row.body.Clone()); diff != "" {
				t.Errorf("the caller's body was changed: %s", diff)
			}
		})
	}
	write := schema.Object{"MaxDevice": schema.Number("0"), "Config": schema.Object{"ClientSecret": schema.Secret{Value: secrets.Plain(`s"ecret`)}}}
	if _, err := call(t, api, transport.Write, "ModifyProvider", write, openPlain); err != nil {
		t.Fatal(err)
	}
	if want := `{"Config":{"ClientSecret":"s\"ecret"},"MaxDevice":0}`; body != want {
		t.Errorf("the body is %s, want %s", body, want)
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
			carrier := officetest.Carrier(t, transport.Options{})
			url, server := servertest.Start(t, func(_ int, w http.ResponseWriter, _ *http.Request) {
				w.WriteHeader(row.status)
				io.WriteString(w, row.body)
			})
			got, err := call(t, newAPI(t, carrier, url), transport.Read, "GetProviders", nil, nil)
			text := ""
			if err != nil {
				text = err.Error()
			}
			if diff := cmp.Diff(row.want, got); diff != "" || text != row.err {
				t.Errorf("%v (-want +got)\n%s", err, diff)
			}
			if server.Requests() != 1 {
				t.Errorf("%d requests", server.Requests())
			}
		})
	}
}

func TestCloudBaseRetriesByCode(t *testing.T) {
	for _, row := range []struct {
		code  string
		class transport.Class
		want  int
	}{
		{"RequestLimitExceeded", transport.Write, 2},
		{"RequestLimitExceeded.IPLimitExceeded", transport.Read, 2},
		{"InternalError", transport.Read, 2},
		{"InternalError", transport.Write, 1},
		{"FailedOperation", transport.Read, 1},
		{"InvalidParameter", transport.Write, 1},
	} {
		t.Run(fmt.Sprintf("%s/%d", row.code, row.class), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				timestamps := map[string]bool{}
				var codes []string
				dial, server := servertest.StartInBubble(t,
					func(n int, w http.ResponseWriter, r *http.Request) {
						timestamps[r.Header.Get("X-TC-Timestamp")] = true
						time.Sleep(time.Second) // so that every attempt has a time of its own
						if n == 1 {
							fmt.Fprintf(w, `{"Response":{"Error":{"Code":%q,"Message":"m"},"RequestId":"one"}}`, row.code)
							return
						}
						io.WriteString(w, `{"Response":{"RequestId":"two"}}`)
					})
				carrier := officetest.Carrier(t, transport.Options{Dial: dial, Trace: func(x transport.Exchange) { codes = append(codes, x.Code+" "+x.RequestID) }})
				_, err := call(t, newAPI(t, carrier, "http://host"), row.class, "ModifyProvider", nil, nil)
				if (err == nil) != (row.want == 2) || server.Requests() != row.want {
					t.Errorf("%v after %d requests", err, server.Requests())
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
				carrier := officetest.Carrier(t, transport.Options{})
				url, _ := servertest.Start(t, func(_ int, w http.ResponseWriter, _ *http.Request) {
					if err := json.NewEncoder(w).Encode(map[string]any{"Response": answer}); err != nil {
						t.Error(err)
					}
				})
				body := schema.Object{"Config": schema.Object{"ClientSecret": schema.Secret{Value: secrets.Plain(secret)}}}
				_, err := call(t, newAPI(t, carrier, url), transport.Write, "ModifyProvider", body, openPlain)
				var e *transport.Error
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
	carrier := officetest.Carrier(t, transport.Options{})
	url, server := servertest.Start(t, func(int, http.ResponseWriter, *http.Request) {})
	c := newAPI(t, carrier, url)
	body := schema.Object{"ClientSecret": schema.Secret{Value: secrets.Env("UNSET")}}
	cause := errors.New("no")
	for name, reveal := range map[string]schema.Reveal{
		"nothing to open it with": nil,
		"no":                      func(secrets.Value) (secrets.Clear, error) { return secrets.Clear{}, cause },
	} {
		_, err := call(t, c, transport.Write, "ModifyProvider", body, reveal)
		var e *transport.Error
		if !errors.As(err, &e) || e.Effect != transport.NotDone || !strings.Contains(err.Error(), name) || e.Advice() != "" {
			t.Errorf("%s: %v", name, err)
		}
		if reveal != nil && !errors.Is(err, cause) {
			t.Errorf("the cause is lost: %v", err)
		}
	}
	if server.Requests() != 0 {
		t.Errorf("%d requests", server.Requests())
	}
}

func TestNewCloudBase(t *testing.T) {
	carrier := officetest.Carrier(t, transport.Options{})
	for _, row := range []struct {
		name string
		c    cloudbase.Config
		err  string
	}{
		{"defaults", cloudbase.Config{EnvID: "e", Account: service.Static("test", testCredentials)}, ""},
		{"no environment", cloudbase.Config{Account: service.Static("test", testCredentials)}, "no envId"},
		{"no url", cloudbase.Config{EnvID: "e", URL: "tcb", Account: service.Static("test", testCredentials)}, "the url does not begin with http:// or https://"},
	} {
		t.Run(row.name, func(t *testing.T) {
			text := ""
			if _, err := cloudbase.NewAPI(carrier, row.c); err != nil {
				text = err.Error()
			}
			if text != row.err {
				t.Errorf("got %q, want %q", text, row.err)
			}
		})
	}
}

// Neither a configuration nor a client prints the credentials.
func TestCredentialsDoNotPrint(t *testing.T) {
	c := cloudbase.Config{EnvID: "env", Account: service.Static("test", testCredentials)}
	api, err := cloudbase.NewAPI(officetest.Carrier(t, transport.Options{}), c)
	if err != nil {
		t.Fatal(err)
	}
	for _, v := range []any{c, &c, api, *api, api.Client} {
		for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x"} {
			if text := fmt.Sprintf(verb, v); strings.Contains(text, "canary") || strings.Contains(text, "63616e617279") {
				t.Errorf("%T prints itself with %s", v, verb)
			}
		}
	}
}

// What a refusal says of the object, and what to do about it.
func TestCodesOfCloudBase(t *testing.T) {
	for _, row := range []struct {
		code            string
		missing, exists bool
		advice          string // a part of it
	}{
		{"ResourceNotFound", true, false, "the name"},
		{"ResourceNotFound.Connector", true, false, "the name"},
		{"ResourceNotFound.EnvNotExist", false, false, "envId"},
		{"ResourceInUse", false, true, "plan again"},
		{"ResourceUnavailable.ResourceExist", false, true, "plan again"},
		{"ResourceUnavailable.ResourceFrozen", false, false, "frozen"},
		{"FailedOperation.DuplicatedData", false, true, "plan again"},
		{"AuthFailure.SomethingNew", false, false, "TENCENTCLOUD_SECRETID"},
		{"UnauthorizedOperation.Detail", false, false, "tcb:AddProvider"},
	} {
		t.Run(row.code, func(t *testing.T) {
			url, _ := servertest.Start(t, func(_ int, w http.ResponseWriter, _ *http.Request) {
				fmt.Fprintf(w, `{"Response":{"Error":{"Code":%q,"Message":"m"}}}`, row.code)
			})
			_, err := call(t, newAPI(t, officetest.Carrier(t, transport.Options{}), url), transport.Write, "AddProvider", nil, nil)
			var e *transport.Error
			if !errors.As(err, &e) || transport.IsNotFound(err) != row.missing || transport.IsExists(err) != row.exists || !strings.Contains(e.Advice(), row.advice) {
				t.Errorf("%v: advice %q", err, e.Advice())
			}
		})
	}
}

func FuzzEnvelope(f *testing.F) {
	f.Add([]byte(`{"Response":{"Error":{"Code":"a","Message":"b"},"RequestId":"c"}}`))
	f.Add([]byte(`{"Response":[]}`))
	f.Fuzz(func(t *testing.T, body []byte) {
		_, _, err := cloudbase.OpenEnvelope(transport.Response{Status: 200, Body: body})
		if err != nil && strings.Contains(err.Error(), "\n") {
			t.Errorf("the error has many lines: %q", err)
		}
	})
}
