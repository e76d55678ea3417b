package schematest

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"authsync/schema"
)

// Examples are the manifests that the repository, whose root is given, shows its users.
func Examples(t testing.TB, root string) map[string]string {
	t.Helper()
	paths, err := filepath.Glob(filepath.Join(root, "examples/*/*.yaml"))
	if err != nil || len(paths) == 0 {
		t.Fatalf("no examples: %v", err)
	}
	texts := map[string]string{}
	for _, path := range paths {
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		texts[path] = string(text)
	}
	return texts
}

// ExampleOf returns a whole manifest with a kind's example.
func ExampleOf(k *schema.Kind) []byte {
	system := settingsOf(k.System)
	for system.Example == "" && system.Follows != "" {
		system = settingsOf(system.Follows)
	}
	return fmt.Appendf(nil, "apiVersion: %s\nkind: %s\nname: example\nsystems:\n  %s: %s\n\n%s\n",
		schema.APIVersion, schema.EnvironmentFile, system.Name, system.Example, strings.Trim(k.Example, "\n"))
}

func settingsOf(system string) schema.SystemSettings {
	return schema.Systems[slices.IndexFunc(schema.Systems, func(s schema.SystemSettings) bool { return s.Name == system })]
}
