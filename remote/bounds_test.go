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
	env, err := officetest.SystemsOf(t, strings.Join([]string{
		"cloudbase: {envId: e1}", "connectors: {url: 'http://a.example.com'}", "devices: {url: 'http://b.example.com'}"}, "\n  "))
	if err != nil {
		t.Fatal(err)
	}
	env.Collections = map[string]*schema.Collection{}
	for _, k := range schema.Kinds {
		env.Collections[k.Name] = &schema.Collection{Kind: k, Objects: []*schema.Declared{{
			Key: schema.Key{Kind: k.Name, Name: "x"}, Meta: schema.Object{}, Fields: schema.Object{},
		}}}
	}
	// Its time ends before the first call, or with one on its way.
	for _, most := range []time.Duration{1, time.Millisecond, 50 * time.Millisecond} {
		site, err := remote.NewSite(env, remote.SiteConfig{ReadTime: most, Config: service.Config{
			Transport: officetest.Carrier(t, transport.Options{Sandbox: url}), Keys: &secrets.Keyring{}, Hosts: service.Sandboxed,
			LookupEnv: func(string) (string, bool) { return "", false },
			Fallback:  &service.Fallback{Account: service.Credentials{SecretID: "id", SecretKey: "key"}, Token: "a-token"},
		}})
		if err != nil {
			t.Fatal(err)
		}
		read := sync.Read(t.Context(), site, sync.Options{})
		told := fmt.Sprintf("reading takes longer than %v: it is not read to its end", most)
		for _, err := range read.Errors {
			if endless := (*sync.EndlessError)(nil); !errors.As(err, &endless) || !strings.Contains(err.Error(), told) {
				t.Errorf("%v: %v", most, err)
			}
		}
		if len(read.Errors) != len(read.Unread) || len(read.Errors) < len(schema.Kinds)/2 {
			t.Errorf("%v: of %d kinds these could not be read: %v", most, len(schema.Kinds), read.Unread)
		}
	}
}
