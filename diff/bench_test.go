package diff_test

import (
	"fmt"
	"testing"

	"authsync/diff"
	"authsync/schema"
	"authsync/secrets"
)

// BenchmarkCompare compares providers of which one field in ten differs. The
// time for a field is to be the same however many there are.
func BenchmarkCompare(b *testing.B) {
	for _, n := range []int{10, 100, 1000} {
		b.Run(fmt.Sprintf("fields=%d", n), func(b *testing.B) {
			desired, live := benchProvider(n, "scope of git"), benchProvider(n, "scope of live")
			keys := new(secrets.Keyring)
			for b.Loop() {
				result, err := diff.Compare(&schema.Provider, desired, live, keys, nil)
				if err != nil {
					b.Fatal(err)
				}
				if len(result.Fields) != n/10 {
					b.Fatalf("%d fields differ, not %d", len(result.Fields), n/10)
				}
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*n), "ns/field")
		})
	}
}

// benchProvider has n parameters of its own, one in ten of them with that text.
func benchProvider(n int, text string) schema.Object {
	parameters := schema.Object{}
	for i := range n {
		name := fmt.Sprintf("Parameter%04d", i)
		parameters[name] = schema.Text("the same")
		if i%10 == 0 {
			parameters[name] = schema.Text(text)
		}
	}
	return schema.Object{
		"providerType": schema.Text("OAUTH"),
		"config":       schema.Object{"requestParametersMap": schema.Object{"extra": parameters}},
	}
}
