package main

import (
	"encoding/json"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"time"
)

// advisory is an entry of the database of vulnerabilities, as far as its indexes
// need it.
type advisory struct {
	ID       string   `json:"id"`
	Aliases  []string `json:"aliases"`
	Affected []struct {
		Package struct {
			Name string `json:"name"`
		} `json:"package"`
	} `json:"affected"`
}

// The types of the indexes. A module's row may also name the version that fixes
// the vulnerability, to save reading the entry; here every entry is read.
type (
	indexDB struct {
		Modified time.Time `json:"modified"`
	}
	indexModule struct {
		Path  string             `json:"path"`
		Vulns []indexModuleEntry `json:"vulns"`
	}
	indexModuleEntry struct {
		ID       string    `json:"id"`
		Modified time.Time `json:"modified"`
	}
	indexVuln struct {
		ID       string    `json:"id"`
		Modified time.Time `json:"modified"`
		Aliases  []string  `json:"aliases,omitempty"`
	}
)

// writeVulnDB writes the entries to a directory in the layout that govulncheck
// reads, see https://go.dev/security/vuln/database#api, and returns how many
// there are. The entries do not say when they were changed, so that all of them
// are as old as the database.
func writeVulnDB(to string, entries fs.FS, modified time.Time) (int, error) {
	names, err := fs.Glob(entries, "GO-*.json")
	if err != nil {
		return 0, err
	}
	if len(names) == 0 {
		return 0, fmt.Errorf("the database has no entries")
	}
	for _, dir := range []string{"ID", "index"} {
		if err := os.MkdirAll(filepath.Join(to, dir), 0o755); err != nil {
			return 0, err
		}
	}
	modules := map[string]indexModule{}
	var vulns []indexVuln
	for _, name := range names {
		text, err := fs.ReadFile(entries, name)
		if err != nil {
			return 0, err
		}
		var a advisory
		if err := json.Unmarshal(text, &a); err != nil {
			return 0, fmt.Errorf("%s: %w", name, err)
		}
		if a.ID+".json" != name {
			return 0, fmt.Errorf("%s: the entry in it is %q", name, a.ID)
		}
		if err := os.WriteFile(filepath.Join(to, "ID", name), text, 0o644); err != nil {
			return 0, err
		}
		vulns = append(vulns, indexVuln{a.ID, modified, a.Aliases})
		indexByModule(modules, a, modified)
	}
	sorted := []indexModule{}
	for _, path := range slices.Sorted(maps.Keys(modules)) {
		sorted = append(sorted, modules[path])
	}
	for name, index := range map[string]any{"db": indexDB{modified}, "modules": sorted, "vulns": vulns} {
		text, err := json.Marshal(index)
		if err != nil {
			return 0, err
		}
		if err := os.WriteFile(filepath.Join(to, "index", name+".json"), text, 0o644); err != nil {
			return 0, err
		}
	}
	return len(names), nil
}

func indexByModule(modules map[string]indexModule, a advisory, modified time.Time) {
	for _, affected := range a.Affected {
		m := modules[affected.Package.Name]
		m.Path = affected.Package.Name
		entry := indexModuleEntry{a.ID, modified}
		if !slices.Contains(m.Vulns, entry) {
			m.Vulns = append(m.Vulns, entry)
		}
		modules[m.Path] = m
	}
}

var pseudoVersion = regexp.MustCompile(`^v[0-9.]+-(?:.*\.)?(\d{14})-[0-9a-f]{12}$`)

// pseudoVersionTime is the time of the commit that a version without a tag names.
func pseudoVersionTime(version string) (time.Time, error) {
	parts := pseudoVersion.FindStringSubmatch(version)
	if parts == nil {
		return time.Time{}, fmt.Errorf("version %s names no commit and its time", version)
	}
	return time.Parse("20060102150405", parts[1])
}
