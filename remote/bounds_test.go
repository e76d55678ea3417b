package remote_test

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"authsync/remote"
	"authsync/remote/officetest"
	"authsync/remote/servertest"
	"authsync/remote/service"
	"authsync/remote/transport"
	"authsync/schema"
	"authsync/secrets"
	"authsync/sync"
)

// Reading an environment ends, whatever the services take.
func TestReadingHasATime(t *testing.T) {
	url, _ := servertest.Start(t, func(_ int, _ http.ResponseWriter, r *http.Request) {
		io.Copy(io.Discard, r.Body) // until then the server does not notice that the client is gone
		<-r.Context().Done()
	})
	env, err := officetest.SystemsOf(t, "cloudbase: {envId: e1}")
	if err != nil {
		t.Fatal(err)
	}
	env.Collections = map[string]*schema.Collection{schema.Login.Name: {Kind: &schema.Login}}
	site, err := remote.NewSite(env, remote.SiteConfig{ReadTime: time.Millisecond, Config: service.Config{
		Transport: officetest.Carrier(t, transport.Options{Sandbox: url}), Keys: &secrets.Keyring{}, Hosts: service.Sandboxed,
		LookupEnv: func(string) (string, bool) { return "", false },
		Fallback:  &service.Fallback{Account: service.Credentials{SecretID: "id", SecretKey: "key"}},
	}})
	if err != nil {
		t.Fatal(err)
	}
	read := sync.Read(t.Context(), site, sync.Options{})
	var endless *sync.EndlessError
	if len(read.Errors) != 1 || !errors.As(read.Errors[0], &endless) || !strings.Contains(fmt.Sprint(read.Errors[0]), "reading takes longer than 1ms: it is not read to its end") {
		t.Errorf("%v", read.Errors)
	}
}
