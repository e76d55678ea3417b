package schema_test

import (
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"authsync/schema"
)

const manyHead = "apiVersion: authsync/v1\nkind: Environment\nname: many\nsystems: {cloudbase: {envId: acme-many}, connectors: {url: 'https://auth.many.example'}}\n"

// manyObjects are manifests of n objects each, right and wrong.
var manyObjects = map[string]func(n int) string{
	"right": func(n int) string {
		return lines(n, "connectors:", "  c%06d: {type: Email, enabled: true, config: {access_key_id: a, account_name: b}}")
	},
	"unknown names":      func(n int) string { return lines(n, "connectors:", "  c%06d: {type: Email, enabeld: true}") },
	"unknown at the top": func(n int) string { return lines(n, "", "conectors%d: {}") },
	"wrong values":       func(n int) string { return lines(n, "connectors:", "  c%06d: {type: Email, enabled: often}") },
	"secrets in clear": func(n int) string {
		return lines(n, "connectors:", "  c%06d: {type: Email, config: {access_key_secret: hunter2}}")
	},
	"merged": func(n int) string {
		return "connectors:\n  a: &a {type: Email, config: {account_name: x}}\n" + lines(n, "", "  c%06d: {<<: *a}")
	},
	"named twice": func(n int) string { return lines(n, "connectors:", "  c: {type: Email} # %d") },
	"names":       func(n int) string { return lines(n, "authDomains:", "  - a%06d.example.com") },
	"names twice": func(n int) string { return lines(n, "authDomains:", "  - a.example.com # %d") },
	"paths of secrets": func(n int) string {
		return lines(n, "connectors:", "  c%06d: {type: Email}") + lines(n, "expires:", "  connectors.c%06d.config.password: 2027-01-01")
	},
	"acknowledged": func(n int) string {
		return lines(n, "connectors:", "  c%06d: {type: Email}") + lines(n, "ack:", "  connectors.c%06d: why")
	},
}

func lines(n int, head, line string) string {
	var b strings.Builder
	if head != "" {
		b.WriteString(head + "\n")
	}
	for i := range n {
		fmt.Fprintf(&b, line+"\n", i)
	}
	return b.String()
}

// A manifest of four times as many objects, and their mistakes, take four times as much
// to read.
func TestManyObjectsInAFile(t *testing.T) {
	for name, text := range manyObjects {
		t.Run(name, func(t *testing.T) {
			cost := func(n int) uint64 {
				file := filepath.Join(t.TempDir(), "m.yaml")
				if err := os.WriteFile(file, []byte(manyHead+text(n)), 0o600); err != nil {
					t.Fatal(err)
				}
				var before, after runtime.MemStats
				runtime.ReadMemStats(&before)
				loaded := schema.Load([]string{file}, schema.SecretsSealed)
				_ = loaded.Faults.Err()
				runtime.ReadMemStats(&after)
				return after.TotalAlloc - before.TotalAlloc
			}
			one, four := cost(500), cost(2000)
			t.Logf("%d -> %d bytes", one, four)
			if four > 6*one { // what is quadratic takes sixteen times as much
				t.Errorf("four times as many take more than six times as much: %d -> %d bytes", one, four)
			}
		})
	}
}

// However many names there are, each is told as the first time.
func TestManyNames(t *testing.T) {
	for range 2 {
		for i := range 3_000 {
			for name, want := range map[string]bool{fmt.Sprintf("password%d", i): true, fmt.Sprintf("monkey%dbusiness", i): false} {
				if schema.NamesSecret(name) != want {
					t.Fatalf("%s: %t", name, !want)
				}
			}
		}
	}
}

// So many objects fit into one file. What is limited is what aliases add to it.
func TestFiftyThousandObjects(t *testing.T) {
	const n = 50_000
	file := filepath.Join(t.TempDir(), "m.yaml")
	if err := os.WriteFile(file, []byte(manyHead+manyObjects["right"](n)), 0o600); err != nil {
		t.Fatal(err)
	}
	loaded := schema.Load([]string{file}, schema.SecretsSealed)
	if err := loaded.Faults.Err(); err != nil {
		t.Fatal(err)
	}
	if got := len(loaded.Environments[0].Collections[schema.Connector.Name].Objects); got != n {
		t.Errorf("%d objects", got)
	}
}
