package remote_test

import (
	"errors"
	"net/http"
	"path/filepath"
	"strings"
	"testing"

	"authsync/remote"
	"authsync/remote/officetest"
	"authsync/remote/servertest"
	"authsync/remote/service"
	"authsync/remote/transport"
	"authsync/schema"
	"authsync/secrets"
	"authsync/sync"
)

// A transport that only reads sends no call of a kind that may write, by
// whichever service it is made, and every other call.
func TestReadOnlySendsNoWrite(t *testing.T) {
	url, c := servertest.Start(t, func(_ int, w http.ResponseWriter, _ *http.Request) {
		w.Write([]byte(`{"Response": {}}`))
	})
	carrier := officetest.Carrier(t, transport.Options{Access: transport.ReadOnly, Sandbox: url})
	env, err := officetest.SystemsOf(t, strings.Join([]string{
		"cloudbase: {envId: e1}", "connectors: {url: 'http://a.example.com'}", "devices: {url: 'http://b.example.com'}"}, "\n  "))
	if err != nil {
		t.Fatal(err)
	}
	env.File = filepath.Join(t.TempDir(), "e.yaml")
	env.Collections = map[string]*schema.Collection{schema.Record.Name: {Kind: &schema.Record}}
	site, err := remote.NewSite(env, remote.SiteConfig{Config: service.Config{
		Transport: carrier, Keys: &secrets.Keyring{}, LookupEnv: func(string) (string, bool) { return "", false },
		Hosts:    service.Sandboxed,
		Fallback: &service.Fallback{Account: service.Credentials{SecretID: "id", SecretKey: "key"}, Token: "t"},
	}})
	if err != nil {
		t.Fatal(err)
	}
	refused := func(name string, err error) {
		t.Helper()
		var e *transport.Error
		if !errors.Is(err, transport.ErrReadOnly) || !errors.As(err, &e) || e.Effect != transport.NotDone {
			t.Errorf("%s: %v", name, err)
		}
	}
	_, err = carrier.Do(t.Context(), transport.Request{System: "x", Call: "POST /", Method: "POST", URL: url})
	refused("any request", err)
	for name, s := range site.Services {
		if name == schema.Record.Name {
			continue // its token would be fetched, which is a read
		}
		for _, op := range []sync.Op{sync.OpCreate, sync.OpUpdate, sync.OpDelete} {
			for _, call := range s.Describe(op, sync.Target{Name: "x", ID: "x"}, schema.Object{}) {
				_, err := s.Make(t.Context(), call, nil)
				refused(name+" "+string(op), err)
			}
		}
		if tester, ok := s.(sync.Tester); ok {
			_, err := tester.Test(t.Context(), "conn_001")
			refused("a test of "+name, err)
		}
	}
	if n := c.Requests(); n != 0 {
		t.Fatalf("%d requests were sent", n)
	}
	if _, err := site.Services[schema.Login.Name].Read(t.Context(), sync.Query{}); err != nil || c.Requests() != 1 {
		t.Errorf("a read: %v, %d requests", err, c.Requests())
	}
}
