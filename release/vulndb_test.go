package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"testing/fstest"
	"time"
)

var day = time.Date(2026, 11, 5, 23, 49, 57, 0, time.UTC)

func TestVulnDBLayout(t *testing.T) {
	first := `{"id": "GO-2026-0001", "modified": "0001-01-01T00:00:00Z", "aliases": ["CVE-2026-1"], "affected": [
		{"package": {"name": "stdlib", "ecosystem": "Go"}}, {"package": {"name": "example.com/b"}}, {"package": {"name": "stdlib"}}]}`
	second := `{"id": "GO-2026-0002", "affected": [{"package": {"name": "stdlib"}}], "withdrawn": "2026-01-01T00:00:00Z"}`
	to := t.TempDir()
	n, err := writeVulnDB(to, fstest.MapFS{
		"GO-2026-0002.json": {Data: []byte(second)}, "GO-2026-0001.json": {Data: []byte(first)}, "README": {Data: []byte("no entry")},
	}, day)
	if err != nil || n != 2 {
		t.Fatalf("%d entries, %v", n, err)
	}
	for file, want := range map[string]string{
		"ID/GO-2026-0001.json": first,
		"ID/GO-2026-0002.json": second,
		"index/db.json":        `{"modified": "2026-11-05T23:49:57Z"}`,
		"index/modules.json": `[
			{"path": "example.com/b", "vulns": [{"id": "GO-2026-0001", "modified": "2026-11-05T23:49:57Z"}]},
			{"path": "stdlib", "vulns": [{"id": "GO-2026-0001", "modified": "2026-11-05T23:49:57Z"}, {"id": "GO-2026-0002", "modified": "2026-11-05T23:49:57Z"}]}]`,
		"index/vulns.json": `[
			{"id": "GO-2026-0001", "modified": "2026-11-05T23:49:57Z", "aliases": ["CVE-2026-1"]},
			{"id": "GO-2026-0002", "modified": "2026-11-05T23:49:57Z"}]`,
	} {
		text, err := os.ReadFile(filepath.Join(to, filepath.FromSlash(file)))
		if err != nil {
			t.Error(err)
			continue
		}
		var got, wanted any
		if err := json.Unmarshal(text, &got); err != nil {
			t.Errorf("%s: %v", file, err)
		}
		if err := json.Unmarshal([]byte(want), &wanted); err != nil {
			t.Fatal(err)
		}
		if !reflect.DeepEqual(got, wanted) {
			t.Errorf("%s: %s\nwant %s", file, text, want)
		}
	}
}

func TestVulnDBRefuses(t *testing.T) {
	for name, test := range map[string]struct {
		entries fstest.MapFS
		want    string
	}{
		"nothing":       {fstest.MapFS{"README": {}}, "no entries"},
		"no JSON":       {fstest.MapFS{"GO-1.json": {Data: []byte("{")}}, "GO-1.json: "},
		"another entry": {fstest.MapFS{"GO-1.json": {Data: []byte(`{"id": "GO-2"}`)}}, `"GO-2"`},
	} {
		t.Run(name, func(t *testing.T) {
			if _, err := writeVulnDB(t.TempDir(), test.entries, day); err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("%v, want %s", err, test.want)
			}
		})
	}
}

func TestPseudoVersionTime(t *testing.T) {
	for version, want := range map[string]time.Time{
		"v0.0.0-20261105234957-e22db6528018":       day,
		"v1.2.4-0.20261105234957-e22db6528018":     day,
		"v1.2.3-rc.1.0.20261105234957-e22db652801": {},
		"v1.2.3":                             {},
		"v0.0.0-20261345234957-e22db6528018": {},
	} {
		if got, err := pseudoVersionTime(version); !got.Equal(want) || (err == nil) == want.IsZero() {
			t.Errorf("%s: %s, %v", version, got, err)
		}
	}
}
