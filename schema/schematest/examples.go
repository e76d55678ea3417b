package schematest

import (
	"os"
	"path/filepath"
	"testing"
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
