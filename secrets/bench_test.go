package secrets_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"authsync/secrets"
)

// BenchmarkOpen opens sealed values, each for the first time. It is what a plan
// pays for every secret that live shows in clear.
func BenchmarkOpen(b *testing.B) {
	for _, kind := range []secrets.IdentityKind{secrets.X25519, secrets.PostQuantum} {
		b.Run(string(kind), func(b *testing.B) {
			var key strings.Builder
			recipient, err := secrets.GenerateIdentity(&key, kind, time.Unix(0, 0))
			if err != nil {
				b.Fatal(err)
			}
			recipients, err := secrets.ParseRecipients([]string{recipient})
			if err != nil {
				b.Fatal(err)
			}
			identities, err := secrets.ParseIdentities(key.String(), "key", nobody)
			if err != nil {
				b.Fatal(err)
			}
			sealed := make([]secrets.Value, 20)
			for i := range sealed {
				place := secrets.Binding{Env: "bench", Path: fmt.Sprintf("providers.p%d.config.clientSecret", i)}
				if sealed[i], err = secrets.Seal(secrets.NewClear("a secret"), place, recipients); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportAllocs()
			for b.Loop() {
				keys := &secrets.Keyring{Identities: identities}
				for _, v := range sealed {
					if _, err := keys.Open(v); err != nil {
						b.Fatal(err)
					}
				}
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*len(sealed)), "ns/secret")
		})
	}
}
