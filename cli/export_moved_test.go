package cli

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"authsync/schema"
	"authsync/sync"
)

// A manifest that is edited while export asks is not written over.
func TestExportLooksOnceMoreBeforeItWrites(t *testing.T) {
	file := filepath.Join(t.TempDir(), "prod.yaml")
	before := "apiVersion: authsync/v1\n"
	if err := os.WriteFile(file, []byte(before), 0o600); err != nil {
		t.Fatal(err)
	}
	x := &export{site: &sync.Site{Env: &schema.Environment{File: file}}, before: []byte(before), text: []byte(before + "# from live\n")}
	if err := unmoved(file, x.before); err != nil {
		t.Fatal(err)
	}
	mine := before + "# by hand\n"
	if err := os.WriteFile(file, []byte(mine), 0o600); err != nil {
		t.Fatal(err)
	}
	err := exportOptions{}.put(x, Streams{Out: new(strings.Builder), Err: new(strings.Builder)})
	if text, _ := os.ReadFile(file); err == nil || !strings.Contains(err.Error(), "was edited while this ran") || string(text) != mine {
		t.Errorf("%v\n%s", err, text)
	}
}
