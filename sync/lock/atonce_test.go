package lock_test

import (
	"fmt"
	"path/filepath"
	stdsync "sync"
	"testing"

	"authsync/schema"
	"authsync/schema/schematest"
	"authsync/secrets"
	"authsync/sync/lock"
)

// Objects of several kinds are recorded at once. The first secret from a variable
// makes the lock's key while others write the file, which has the key in it.
func TestRecordsAtOnce(t *testing.T) {
	recipient := schematest.Identity().Recipient().String()
	for round := range 30 {
		l, err := lock.Open(filepath.Join(t.TempDir(), "prod.lock.yaml"), lock.Owner{Env: "prod", Recipients: []string{recipient}, Keys: &secrets.Keyring{LookupEnv: func(string) (string, bool) { return "a-secret", true }}})
		if err != nil {
			t.Fatal(err)
		}
		var all stdsync.WaitGroup
		for i := range 8 {
			all.Go(func() {
				v := schema.Value(schema.Text("clear"))
				if i%2 == 0 {
					v = schema.Secret{Value: secrets.Env("PASS")}
				}
				key := schema.Key{Kind: "connector", Name: fmt.Sprint("c", round, i)}
				if err := l.Record(lock.Found{Key: key, Fields: schema.Object{"config": schema.Object{"pass": v}}}, noon); err != nil {
					t.Error(err)
				}
			})
		}
		all.Wait()
	}
}
