package openapi_test

import (
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"golang.org/x/sync/errgroup"

	"authsync/remote/officetest"
	"authsync/remote/openapi"
	"authsync/remote/sandbox"
	"authsync/remote/servertest"
	"authsync/remote/service"
	"authsync/remote/transport"
	"authsync/schema"
	"authsync/sync"
)

func (f *office) tokens() int {
	n := 0
	for _, a := range f.Asked(schema.OpenAPI) {
		if a.Path == openapi.TokenPath {
			n++
		}
	}
	return n
}

// All that needs a token at the same time shares one, and a run keeps it.
func TestOneTokenForAll(t *testing.T) {
	f := newOffice(t, sandbox.Options{})
	manifest := manyRows(f, 300)
	site := f.Site(manifest + "\n")
	f.Planned(site, sync.Options{})
	f.Planned(site, sync.Options{})
	if n := f.tokens(); n != 1 {
		t.Errorf("%d tokens were fetched, want 1", n)
	}
}

// A token that ends in the middle of a run is renewed once, for reads and for
// writes, and the work is done once.
func TestTokenEndsMidRun(t *testing.T) {
	for _, match := range []string{"GET /weda", "POST /weda", "PATCH /weda"} {
		t.Run(match, func(t *testing.T) {
			f := newOffice(t, sandbox.Options{})
			f.roles("prod", `{"code":"b","name":"old"}`)
			f.Fault(`{"match": "` + match + `", "fault": "expired"}`)
			site := f.Site(rolesHead + "a: {name: A}, b: {name: new}}}}")
			report := sync.Apply(t.Context(), site, f.Planned(site, sync.Options{}), func(sync.Event) {})
			if !report.Complete() {
				t.Fatalf("%+v", report)
			}
			if n := f.tokens(); n != 2 {
				t.Errorf("%d tokens were fetched, want 2", n)
			}
			if got := f.held("prod"); len(got) != 2 || got[`"b"`] != `{"name":"new"}` {
				t.Error(got)
			}
		})
	}
}

// When the token ends under calls that are made at once, one of them renews it.
func TestOneRenewalForAll(t *testing.T) {
	f := newOffice(t, sandbox.Options{Now: time.Now})
	manifest := manyRows(f, 600)
	site := f.Site(manifest)
	f.Planned(site, sync.Options{Targets: []schema.Key{{Kind: "record", Name: "sys_role/role 1 'é'"}}})
	f.Asked(schema.OpenAPI)
	f.Fault(`{"match": "GET /weda", "fault": "expired"}`)
	f.Planned(site, sync.Options{})
	if n := f.tokens(); n != 1 {
		t.Errorf("%d tokens were fetched, want 1", n)
	}
}

// A token that is refused though it is new is an error and no loop.
func TestTokenIsNeverAccepted(t *testing.T) {
	f := newOffice(t, sandbox.Options{})
	f.Fault(`{"match": "GET /weda", "fault": "INVALID_ACCESS_TOKEN", "times": 9}`)
	plan := f.Plan(f.Site(rolesHead+"a: {}}}}"), sync.Options{})
	if len(plan.Errors) != 1 || !strings.HasPrefix(plan.Errors[0].Error(), "openapi: GET /weda/odata/v1/prod/sys_role: INVALID_ACCESS_TOKEN: access token verify failed") {
		t.Fatal(plan.Errors)
	}
	if n := f.tokens(); n != 2 {
		t.Errorf("%d tokens were fetched, want 2", n)
	}
}

// A token is replaced before it ends.
func TestTokenIsRefreshed(t *testing.T) {
	for _, row := range []struct {
		expires string
		after   time.Duration
		fetches int
	}{
		{"3600", time.Hour - 31*time.Second, 1},
		{"3600", time.Hour - 29*time.Second, 2},
		{"40", 19 * time.Second, 1},
		{"40", 21 * time.Second, 2},
		{`"111"`, 59 * time.Minute, 1}, // of no known life: an hour
		{`0`, 59*time.Minute + 31*time.Second, 2},
	} {
		t.Run(row.expires+" "+row.after.String(), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				fetches := 0
				dial, _ := servertest.StartInBubble(t, func(n int, w http.ResponseWriter, r *http.Request) {
					if r.URL.Path == openapi.TokenPath {
						fetches++
						fmt.Fprintf(w, `{"token_type":"Bearer","access_token":"t%d","expires_in":%s}`, fetches, row.expires)
						return
					}
					if got, want := r.Header.Get("Authorization"), fmt.Sprintf("Bearer t%d", fetches); got != want {
						t.Errorf("%s, want %s", got, want)
					}
					io.WriteString(w, `{"value":[]}`)
				})
				api := openAPIFor(t, officetest.Carrier(t, transport.Options{Sandbox: "http://memory", Dial: dial}), "cloudbase: {envId: e1}")
				for range 2 {
					if _, err := api.Ask(t.Context(), records, nil); err != nil {
						t.Fatal(err)
					}
					time.Sleep(row.after)
				}
				if fetches != row.fetches {
					t.Errorf("%d fetches, want %d", fetches, row.fetches)
				}
			})
		})
	}
}

var (
	account = service.Credentials{SecretID: "AKIDexample", SecretKey: "canary-secret-key", Token: "canary-session-token"}
	records = sync.Call{Method: http.MethodGet, Path: openapi.RecordsPath}
)

// openAPIFor connects by the settings of systems.
func openAPIFor(t *testing.T, carrier *transport.Transport, systems string) *service.Client {
	t.Helper()
	env, err := officetest.SystemsOf(t, systems)
	if err != nil {
		t.Fatal(err)
	}
	api, err := openapi.NewAPI(env, service.Config{Transport: carrier, LookupEnv: variables(nil), Hosts: service.Sandboxed, Fallback: &service.Fallback{Account: account}})
	if err != nil {
		t.Fatal(err)
	}
	return api
}

func variables(env map[string]string) func(string) (string, bool) {
	return func(name string) (string, bool) { v, ok := env[name]; return v, ok }
}

// Where the open API is, and as whom it is asked.
func TestOpenAPISettings(t *testing.T) {
	var host, authorization string
	carrier := officetest.Carrier(t, transport.Options{})
	url, _ := servertest.Start(t, func(_ int, w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == openapi.TokenPath {
			body, err := io.ReadAll(r.Body)
			if err != nil || string(body) != `{"grant_type":"client_credentials"}` || r.Header.Get("Content-Type") != "application/json" {
				t.Errorf("%s, %s, %v", r.Header.Get("Content-Type"), body, err)
			}
			host, authorization = r.Host, r.Header.Get("Authorization")
			io.WriteString(w, `{"token_type":"Bearer","access_token":"t","expires_in":3600}`)
			return
		}
		io.WriteString(w, `{"value":[]}`)
	})
	sandboxed := officetest.Carrier(t, transport.Options{Sandbox: url})
	env := map[string]string{"ID": "git-id", "KEY": "git-key", "ID2": "open-id", "KEY2": "open-key"}
	variablesOf := map[string]string{"TENCENTCLOUD_SECRETID": "env-id", "TENCENTCLOUD_SECRETKEY": "env-key"}
	for _, row := range []struct {
		name, systems string
		account       map[string]string
		host, as      string
	}{
		{"of cloudbase alone", "cloudbase: {envId: e1}", variablesOf, "e1.ap-shanghai.tcb-api.tencentcloudapi.com", "env-id:env-key"},
		{"in a region", "cloudbase: {envId: e1, region: ap-guangzhou}", variablesOf, "e1.ap-guangzhou.tcb-api.tencentcloudapi.com", "env-id:env-key"},
		{"cloudbase's credentials", "cloudbase: {envId: e1, secretId: !env ID, secretKey: !env KEY}", variablesOf, "e1.ap-shanghai.tcb-api.tencentcloudapi.com", "git-id:git-key"},
		{"an account of its own", "cloudbase: {envId: e1, secretId: !env ID, secretKey: !env KEY}\n  openapi: {secretId: !env ID2, secretKey: !env KEY2}", variablesOf,
			"e1.ap-shanghai.tcb-api.tencentcloudapi.com", "open-id:open-key"},
		{"a url of its own", "openapi: {url: 'https://e2.api.tcloudbasegateway.com/'}", variablesOf, "e2.api.tcloudbasegateway.com", "env-id:env-key"},
		{"the sandbox's", "cloudbase: {envId: e1}", nil, "e1.ap-shanghai.tcb-api.tencentcloudapi.com", "AKIDexample:canary-secret-key"},
	} {
		t.Run(row.name, func(t *testing.T) {
			e, err := officetest.SystemsOf(t, row.systems)
			if err != nil {
				t.Fatal(err)
			}
			api, err := openapi.NewAPI(e, service.Config{
				Transport: sandboxed, Keys: officetest.Keyring(env), LookupEnv: variables(row.account), Hosts: service.Sandboxed,
				Fallback: &service.Fallback{Account: service.Credentials{SecretID: account.SecretID, SecretKey: account.SecretKey}},
			})
			if err != nil {
				t.Fatal(err)
			}
			if _, err := api.Ask(t.Context(), records, nil); err != nil {
				t.Fatal(err)
			}
			if want := "Basic " + base64.StdEncoding.EncodeToString([]byte(row.as)); host != row.host || authorization != want {
				t.Errorf("%s, %s; want %s, %s", host, authorization, row.host, want)
			}
		})
	}
	for _, row := range []struct{ name, systems, want string }{
		{"nowhere", "openapi: {}", "nothing says where it is: give url, or systems.cloudbase.envId"},
		{"nobody", "cloudbase: {envId: e1}", service.ErrNoCredentials.Error()},
	} {
		t.Run(row.name, func(t *testing.T) {
			e, err := officetest.SystemsOf(t, row.systems)
			if err != nil {
				t.Fatal(err)
			}
			if _, err := openapi.NewAPI(e, service.Config{Transport: carrier, LookupEnv: variables(nil)}); err == nil || err.Error() != row.want {
				t.Errorf("%v, want %s", err, row.want)
			}
		})
	}
}

// Both forms of errors, with whatever status.
func TestErrorsOfTheOpenAPI(t *testing.T) {
	for _, row := range []struct {
		name   string
		status int
		body   string
		code   string // "" = no error
		id     string
	}{
		{"gateway", 401, `{"code":"INVALID_ENV","requestId":"79e7c0","message":"env not found"}`, "INVALID_ENV", "79e7c0"},
		{"gateway, HTTP 200", 200, `{"code":"PERMISSION_DENIED","requestId":"79e7c0","message":"no"}`, "PERMISSION_DENIED", "79e7c0"},
		{"gateway, no request id", 403, `{"code":"PERMISSION_DENIED"}`, "PERMISSION_DENIED", ""},
		{"business", 400, `{"Response":{"RequestId":"abc","Error":{"Code":"InvalidParameter","Message":"bad"}}}`, "InvalidParameter", "abc"},
		{"business, HTTP 200", 200, `{"Response":{"RequestId":"abc","Error":{"Code":"InvalidParameter","Message":"bad"}}}`, "InvalidParameter", "abc"},
		{"a row", 201, `{"_id":"1","code":"PERMISSION_DENIED","requestId":"r","message":"m"}`, "", "r"},
		{"a row without an id", 201, `{"code":"admin","name":"n"}`, "", ""},
		{"a list", 200, `{"value":[],"code":"x","requestId":"r","message":"m"}`, "", "r"},
		{"a row with a Response", 200, `{"_id":"1","Response":"{\"Error\":{\"Code\":\"x\"}}"}`, "", ""},
		{"done", 204, "", "", ""},
	} {
		t.Run(row.name, func(t *testing.T) {
			_, id, err := openapi.OpenRecords(transport.Response{Status: row.status, Body: []byte(row.body)})
			var e *transport.Error
			if errors.As(err, &e) != (row.code != "") || e != nil && e.Code != row.code || id != row.id {
				t.Errorf("%v, id %q", err, id)
			}
		})
	}
}

// Every code of the seed has an advice, and a read goes on where that helps.
func TestCodesOfTheOpenAPI(t *testing.T) {
	for code, again := range map[string]bool{
		"INVALID_ACCESS_TOKEN": true, "BAD_REQUEST": false, "INVALID_HOST": false, "INVALID_REGION": false, "INVALID_ENV": false,
		"INVALID_ENV_STATUS": false, "INVALID_COMMON_PARAM": false, "SIGN_PARAM_INVALID": false, "PERMISSION_DENIED": false,
		"EXCEED_REQUEST_LIMIT": false, "EXCEED_RATELIMIT": true, "SYS_ERR": true, "SERVER_TIMEOUT": true,
	} {
		t.Run(code, func(t *testing.T) {
			t.Parallel()
			f := newOffice(t, sandbox.Options{})
			f.Fault(`{"match": "GET /weda", "fault": "` + code + `"}`)
			plan := f.Plan(f.Site(rolesHead+"a: {}}}}"), sync.Options{})
			if again {
				if len(plan.Errors) > 0 {
					t.Errorf("not tried again: %v", plan.Errors)
				}
				return
			}
			var e *transport.Error
			if len(plan.Errors) != 1 || !errors.As(plan.Errors[0], &e) {
				t.Fatal(plan.Errors)
			}
			text := e.Error()
			if !strings.HasPrefix(text, "openapi: GET /weda/odata/v1/prod/sys_role: "+code+": ") || !strings.Contains(text, "request id ") || e.Advice() == "" {
				t.Errorf("%s; advice %q", text, e.Advice())
			}
		})
		if fact := openapi.Codes[code]; fact.Advice == "" && fact.Means == transport.Refusal {
			t.Errorf("%s has no advice", code)
		}
	}
}

// Neither the key nor the token is in an error, whatever the service says back.
func TestNoCredentialsOfTheOpenAPIInErrors(t *testing.T) {
	for _, path := range []string{openapi.TokenPath, openapi.RecordsPath} {
		t.Run(path, func(t *testing.T) {
			carrier := officetest.Carrier(t, transport.Options{})
			url, _ := servertest.Start(t, func(_ int, w http.ResponseWriter, r *http.Request) {
				if r.URL.Path != path {
					io.WriteString(w, `{"access_token":"canary-token-1234567890"}`)
					return
				}
				said := r.Header.Get("Authorization")
				fmt.Fprintf(w, `{"code":"BAD_REQUEST","requestId":"r","message":"you said %s, that is %s, canary-secret-key and canary-token-1234567890"}`,
					said, said[strings.Index(said, " ")+1:])
			})
			api := openAPIFor(t, carrier, "openapi: {url: '"+url+"'}")
			_, err := api.Ask(t.Context(), records, nil)
			if err == nil {
				t.Fatal("no error")
			}
			for _, canary := range []string{"secret-key", base64.StdEncoding.EncodeToString([]byte("AKIDexample:canary-secret-key"))} {
				if path == openapi.TokenPath && strings.Contains(err.Error(), canary) {
					t.Errorf("holds %s: %v", canary, err)
				}
			}
			if path == openapi.RecordsPath && strings.Contains(err.Error(), "canary-token") {
				t.Errorf("holds the token: %v", err)
			}
		})
	}
}

// A token that cannot be had is an error of its own call, made once for all.
func TestTokenThatCannotBeHad(t *testing.T) {
	for _, row := range []struct{ name, body, want string }{
		{"refused", `{"code":"SIGN_PARAM_INVALID","requestId":"r1","message":"no"}`, "SIGN_PARAM_INVALID: no (request id r1)"},
		{"none in the answer", `{"expires_in":3600}`, "the answer has no access_token"},
		{"of another type", `{"access_token":12}`, "the answer has no access_token"},
		{"HTML", `<html>`, "an HTML or XML page instead of JSON"},
	} {
		t.Run(row.name, func(t *testing.T) {
			carrier := officetest.Carrier(t, transport.Options{})
			url, c := servertest.Start(t, func(_ int, w http.ResponseWriter, _ *http.Request) { io.WriteString(w, row.body) })
			api := openAPIFor(t, carrier, "openapi: {url: '"+url+"'}")
			group, ctx := errgroup.WithContext(t.Context())
			for range 8 {
				group.Go(func() error { _, err := api.Ask(ctx, records, nil); return err })
			}
			err := group.Wait()
			if want := "openapi: POST /auth/v1/token/clientCredential: " + row.want; err == nil || err.Error() != want {
				t.Errorf("%v, want %s", err, want)
			}
			if c.Requests() > 2 {
				t.Errorf("asked %d times", c.Requests())
			}
		})
	}
}
