package remote

import (
	"context"
	"errors"
	"net/http"
	"testing"

	"authsync/schema"
	"authsync/sync"
)

// A transport that only reads sends no call of a kind that may write, by
// whichever client it is made, and every other call.
func TestReadOnlySendsNoWrite(t *testing.T) {
	transport, url, c := serve(t, Options{Access: ReadOnly}, func(_ int, w http.ResponseWriter, _ *http.Request) {
		w.Write([]byte(`{"Response": {}}`))
	})
	cloud, err := NewCloudBase(transport, CloudBaseConfig{URL: url, EnvID: "prod-1a2b3c", Credentials: Credentials{SecretID: "id", SecretKey: "key"}})
	if err != nil {
		t.Fatal(err)
	}
	api := &rest{system: schema.Connectors, transport: transport, base: url,
		authorize: func(context.Context) (string, string, error) { return "Authorization", "Bearer x", nil },
		open:      func(Response) (schema.Value, string, error) { return schema.Object{}, "", nil }}
	for name, write := range map[string]func() error{
		"any request": func() error {
			_, err := transport.Do(t.Context(), Request{System: "x", Call: "POST /", Method: "POST", URL: url})
			return err
		},
		"an action": func() error {
			_, err := (&tcbService{api: cloud}).Make(t.Context(), sync.Call{Action: "ModifyProvider"}, nil)
			return err
		},
		"a REST call": func() error {
			_, err := api.call(t.Context(), Write, sync.Call{Method: "DELETE", Path: "/x"}, nil, nil)
			return err
		},
		"a trial": func() error {
			_, err := (&connectorService{api}).Test(t.Context(), "conn_001")
			return err
		},
	} {
		err := write()
		var e *Error
		if !errors.Is(err, ErrReadOnly) || !errors.As(err, &e) || e.Outcome != NotDone {
			t.Errorf("%s: %v", name, err)
		}
	}
	if n := c.count(); n != 0 {
		t.Fatalf("%d requests were sent", n)
	}
	if _, err := cloud.Call(t.Context(), Read, "GetProviders", schema.Object{}, nil); err != nil || c.count() != 1 {
		t.Errorf("a read: %v, %d requests", err, c.count())
	}
}
