package sandbox

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"authsync/schema"
)

func TestParameters(t *testing.T) {
	c := start(t, Options{})
	const switches = `"PhoneNumberLogin":true,"EmailLogin":true,"UserNameLogin":true,"AnonymousLogin":true`
	const provider = `"Id":"gh","Name":{"Message":"m"},"ProviderType":"OAUTH","Config":{"ClientId":"c"}`
	for _, test := range []struct{ name, action, body, code, message string }{
		{"no EnvId", "GetProviders", `{"EnvId":null}`, "MissingParameter", "`EnvId`"},
		{"empty EnvId", "GetProviders", `{"EnvId":""}`, "InvalidParameter.EnvId", "`EnvId`"},
		{"EnvId is a number", "GetProviders", `{"EnvId":1}`, "InvalidParameter", "`EnvId`"},
		{"unknown", "GetProviders", `{"Limit":1}`, "UnknownParameter", "`Limit` is not recognized"},
		{"missing", "DescribeClient", `{}`, "MissingParameter", "`Id`"},
		{"null is missing", "DescribeClient", `{"Id":null}`, "MissingParameter", "`Id`"},
		{"a switch is missing", "ModifyLoginConfig", strings.Replace(`{`+switches+`}`, `,"AnonymousLogin":true`, "", 1), "MissingParameter", "`AnonymousLogin`"},
		{"a switch is a text", "ModifyLoginConfig", strings.Replace(`{`+switches+`}`, "true", `"TRUE"`, 1), "InvalidParameter", "type of parameter `PhoneNumberLogin`"},
		{"a flag is a boolean", "ModifyLoginConfig", `{` + switches + `,"MfaConfig":{"On":true}}`, "InvalidParameter", "`MfaConfig.On`"},
		{"a flag in small letters", "ModifyLoginConfig", `{` + switches + `,"MfaConfig":{"On":"true"}}`, "InvalidParameterValue", "`MfaConfig.On`"},
		{"an object is a text", "ModifyLoginConfig", `{` + switches + `,"MfaConfig":"TRUE"}`, "InvalidParameter", "`MfaConfig`"},
		{"an integer is a text", "ModifyClient", `{"Id":"e1","MaxDevice":"5"}`, "InvalidParameter", "`MaxDevice`"},
		{"an integer has a fraction", "ModifyClient", `{"Id":"e1","MaxDevice":1.5}`, "InvalidParameter", "`MaxDevice`"},
		{"a list is an object", "AddProvider", `{` + strings.Replace(provider, `"m"`, `"m","Localized":{}`, 1) + `}`, "InvalidParameter", "`Name.Localized`"},
		{"an object is a list", "AddProvider", `{` + provider + `,"Description":[]}`, "InvalidParameter", "`Description`"},
		{"a field in a list is missing", "AddProvider", `{` + strings.Replace(provider, `"m"`, `"m","Localized":[{"Message":"m"}]`, 1) + `}`, "MissingParameter", "`Name.Localized.0.Locale`"},
		{"a nested field is missing", "AddProvider", `{` + strings.Replace(provider, `"Message":"m"`, "", 1) + `}`, "MissingParameter", "`Name.Message`"},
		{"not an enumerated value", "AddProvider", `{` + strings.Replace(provider, "OAUTH", "OAUTH2", 1) + `}`, "InvalidParameterValue", "`ProviderType`"},
		{"a known field of another action", "AddProvider", `{` + provider + `,"EmailConfig":{}}`, "UnknownParameter", "`EmailConfig`"},
		{"a nested field has a wrong type", "ModifyProvider", `{"Id":"gh","Config":{"ClientId":1}}`, "InvalidParameter", "`Config.ClientId`"},
		{"not JSON", "GetProviders", `EnvId=e1`, "InvalidParameter", "JSON"},
		{"not an object", "GetProviders", `["EnvId"]`, "InvalidParameter", "JSON"},
		{"no body", "GetProviders", ``, "InvalidParameter", "JSON"},
	} {
		t.Run(test.name, func(t *testing.T) {
			c := *c
			c.t = t
			body := test.body
			if strings.HasPrefix(body, "{") {
				body = withEnv(body)
			}
			e, _ := c.send(newSigner(test.action), body)["Error"].(schema.Object)
			if e.Text("Code") != test.code || !strings.Contains(e.Text("Message"), test.message) {
				t.Errorf("got %s, want %s with %q", schema.Show(e), test.code, test.message)
			}
		})
	}
}

// Every table that an action rests on must agree with the others.
func TestActionsAreWhole(t *testing.T) {
	for name, a := range actions() {
		if a.do == nil {
			t.Errorf("%s does nothing", name)
		}
		if name != "DescribeEnvs" && !declares(a.params, "EnvId") {
			t.Errorf("%s does not take an EnvId", name)
		}
		seen := map[string]bool{}
		for _, p := range a.params {
			if seen[p.name] {
				t.Errorf("%s declares %s twice", name, p.name)
			}
			seen[p.name] = true
		}
		reads := strings.HasPrefix(name, "Describe") || strings.HasPrefix(name, "Get")
		if a.writes == reads {
			t.Errorf("%s: writes is %t", name, a.writes)
		}
	}
}

func TestEnvelope(t *testing.T) {
	c := start(t, Options{})
	uuid := regexp.MustCompile(`^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-a[0-9a-f]{3}-[0-9a-f]{12}$`)
	seen := map[string]bool{}
	for _, action := range []string{"DescribeLoginConfig", "GetProviders", "NoSuchAction", "GetProviders"} {
		id := c.call(action, `{}`).Text("RequestId")
		if !uuid.MatchString(id) || seen[id] {
			t.Errorf("%s: RequestId %q is no UUID, or not new", action, id)
		}
		seen[id] = true
	}
}

func TestByteOrderMark(t *testing.T) {
	c := start(t, Options{})
	if code := codeOf(c.send(newSigner("GetProviders"), "\ufeff"+`{"EnvId":"e1"}`)); code != "" {
		t.Error(code)
	}
}

func TestBodyLimit(t *testing.T) {
	s := New(Options{})
	for _, test := range []struct {
		name string
		over int
		code string
	}{
		{"as long as may be", 0, "UnknownParameter"},
		{"one byte more", 1, "RequestSizeLimitExceeded"},
	} {
		t.Run(test.name, func(t *testing.T) {
			const open, end = `{"EnvId":"e1","Pad":"`, `"}`
			body := open + strings.Repeat("x", bodyLimit-len(open)-len(end)+test.over) + end
			w := httptest.NewRecorder()
			r := newSigner("GetProviders").request(t.Context(), "http://127.0.0.1/", body)
			r.Host = r.URL.Host
			s.ServeHTTP(w, r)
			response := parse(t, w.Body.String())["Response"].(schema.Object)
			if code := codeOf(response); code != test.code {
				t.Errorf("got %q, want %q", code, test.code)
			}
		})
	}
}

func TestRate(t *testing.T) {
	c := start(t, Options{Rate: 2})
	now := time.Now()
	c.server.cloudbase.clock = func() time.Time { return now }
	call := func(action, region string) string {
		s := newSigner(action)
		s.region, s.at = region, now
		return codeOf(c.send(s, `{"EnvId":"e1"}`))
	}
	for _, step := range []struct {
		name    string
		after   time.Duration
		action  string
		region  string
		limited bool
	}{
		{"first", 0, "GetProviders", "ap-shanghai", false},
		{"second", 400 * time.Millisecond, "GetProviders", "ap-shanghai", false},
		{"third", 0, "GetProviders", "ap-shanghai", true},
		{"another action", 0, "DescribeLoginConfig", "ap-shanghai", false},
		{"another region", 0, "GetProviders", "ap-guangzhou", false},
		{"just within the second", 599 * time.Millisecond, "GetProviders", "ap-shanghai", true},
		{"the first is a second old", time.Millisecond, "GetProviders", "ap-shanghai", false},
		{"the second is not", 0, "GetProviders", "ap-shanghai", true},
	} {
		now = now.Add(step.after)
		want := ""
		if step.limited {
			want = "RequestLimitExceeded"
		}
		if code := call(step.action, step.region); code != want {
			t.Errorf("%s: got %q, want %q", step.name, code, want)
		}
	}
	log := c.log()
	if got := log[2].Code; got != "RequestLimitExceeded" {
		t.Errorf("the refused request is logged with code %q", got)
	}
}

func TestRateHeader(t *testing.T) {
	for _, test := range []struct {
		name, path string
		rate       int
		want       string
	}{
		{"limited", "/", 20, "20"},
		{"unlimited", "/", 0, "unlimited"},
		{"inspection too", "/_sandbox/state", 20, "20"},
	} {
		t.Run(test.name, func(t *testing.T) {
			c := start(t, Options{Rate: test.rate})
			resp, err := http.Get(c.url + test.path)
			if err != nil {
				t.Fatal(err)
			}
			resp.Body.Close()
			if got := resp.Header.Get("X-RateLimit-Limit"); got != test.want {
				t.Errorf("got %q, want %q", got, test.want)
			}
		})
	}
}

// Many clients at once, in few environments: the race detector's test.
func TestConcurrency(t *testing.T) {
	c := start(t, Options{Unknown: CreateUnknown})
	var all sync.WaitGroup
	for i := range 40 {
		all.Go(func() {
			env := fmt.Sprintf("e%d", i%4)
			id := fmt.Sprintf("p%d", i)
			for _, call := range [][2]string{
				{"AddProvider", fmt.Sprintf(`{"EnvId":%q,"Id":%q,"Name":{"Message":"m"},"ProviderType":"WX_OPEN"}`, env, id)},
				{"ModifyProvider", fmt.Sprintf(`{"EnvId":%q,"Id":%q,"On":"FALSE"}`, env, id)},
				{"GetProviders", fmt.Sprintf(`{"EnvId":%q}`, env)},
				{"DescribeEnvs", `{}`},
			} {
				if code := codeOf(c.send(newSigner(call[0]), call[1])); code != "" {
					t.Errorf("%s: %s", call[0], code)
				}
			}
			c.inspect("GET", "/_sandbox/state", "")
			c.inspect("GET", "/_sandbox/requests", "")
		})
	}
	all.Wait()
	for i := range 4 {
		if got := c.ok("GetProviders", fmt.Sprintf(`{"EnvId":"e%d"}`, i))["Total"]; got != schema.Number("12") {
			t.Errorf("e%d holds %s providers, want 12 with the phantoms", i, got)
		}
	}
	if got := len(c.log()); got != 40*4+4 {
		t.Errorf("%d requests logged", got)
	}
}

// FuzzRequest: whatever is asked, the answer is a sound envelope, and the
// environment can still be read.
func FuzzRequest(f *testing.F) {
	f.Add("AddProvider", `{"EnvId":"e1","Id":"gh","Name":{"Message":"m"},"ProviderType":"OIDC","Config":{"ClientId":"c","Issuer":"https://i"}}`)
	f.Add("ModifyProvider", `{"EnvId":"e1","Id":"email","EmailConfig":{"TemplateConfig":{"DefaultTpl":{"ZhCN":"{{.VerificationCode}}"}}}}`)
	f.Add("ModifyLoginConfig", `{"EnvId":"e1","PhoneNumberLogin":true,"EmailLogin":true,"UserNameLogin":true,"AnonymousLogin":true,"PwdUpdateStrategy":{"PeriodUpdate":true}}`)
	f.Add("ModifyClient", `{"EnvId":"e1","Id":"e1","RefreshTokenExpiresIn":9223372036854775807}`)
	f.Add("CreateApiKey", `{"EnvId":"e1","KeyType":"api_key","ExpireIn":9223372036854775807}`)
	f.Add("DescribeApiKeyList", `{"EnvId":"e1","PageNumber":9223372036854775807,"PageSize":1}`)
	f.Add("DescribeEnvs", `{"Limit":-1,"Offset":9223372036854775807}`)
	ask := func(t *testing.T, s *Server, action, body string) schema.Object {
		r := newSigner(action).request(t.Context(), "http://127.0.0.1/", body)
		r.Host = r.URL.Host
		w := httptest.NewRecorder()
		s.ServeHTTP(w, r)
		if !json.Valid(w.Body.Bytes()) {
			t.Fatalf("HTTP %d: %q", w.Code, w.Body)
		}
		response, _ := parse(t, w.Body.String())["Response"].(schema.Object)
		if response.Text("RequestId") == "" || codeOf(response) == "InternalError" {
			t.Fatalf("HTTP %d: %q", w.Code, w.Body)
		}
		return response
	}
	f.Fuzz(func(t *testing.T, action, body string) {
		s := New(Options{Now: fixed})
		ask(t, s, action, body)
		for _, read := range []string{"DescribeLoginConfig", "GetProviders", "DescribeApiKeyList", "DescribeEnvInfo"} {
			if code := codeOf(ask(t, s, read, `{"EnvId":"e1"}`)); code != "" {
				t.Errorf("%s: %s", read, code)
			}
		}
	})
}
