package torture

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"sort"
	"strings"

	"gopkg.in/yaml.v3"
)

// lockFile is what these tests read of a lock.
type lockFile struct {
	Environment string `yaml:"environment"`
	Objects     map[string]struct {
		ID     string            `yaml:"id"`
		Fields map[string]string `yaml:"fields"`
	} `yaml:"objects"`
}

// vaultName is the vault in a case's directory.
const vaultName = "prod.vault.yaml"

// vaultFile is what these tests read of a vault.
type vaultFile struct {
	Environment string `yaml:"environment"`
	Tokens      map[string]struct {
		ID     string `yaml:"id"`
		Token  string `yaml:"token"` // sealed, if the vault was not opened
		Former []struct {
			ID string `yaml:"id"`
		} `yaml:"former"`
	} `yaml:"tokens"`
	Making map[string][]string `yaml:"making"`
}

// readLock reads the lock of a world; one that is not there is empty.
func (w *world) readLock() (lockFile, error) {
	var lock lockFile
	return lock, w.readYAML("prod.lock.yaml", &lock)
}

func (w *world) readVault() (vaultFile, error) {
	var vault vaultFile
	return vault, w.readYAML(vaultName, &vault)
}

func (w *world) readYAML(name string, into any) error {
	files, err := w.files()
	if err != nil {
		return err
	}
	text, ok := files[string(filepath.Separator)+name]
	if !ok {
		return nil
	}
	if err := yaml.Unmarshal([]byte(text), into); err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	return nil
}

// clear are the fields of a lock that are there as they are, not as a digest.
func clear(fields map[string]string) map[string]string {
	values := map[string]string{}
	for at, text := range fields {
		if json.Valid([]byte(text)) {
			values[at] = text
		}
	}
	return values
}

// lockProblems holds a lock against that of an undisturbed run, and its ids
// against what is live. An entry that is missing says nothing untrue: missing
// counts those.
func lockProblems(lock, wanted lockFile, now, then live) (problems []string, missing int) {
	for key, entry := range lock.Objects {
		want, known := wanted.Objects[key]
		if !known {
			problems = append(problems, fmt.Sprintf("lock: %s is in it, and not in that of an undisturbed run", key))
			continue
		}
		wantFields := clear(want.Fields)
		for at, text := range clear(entry.Fields) {
			if wantFields[at] != text {
				problems = append(problems, fmt.Sprintf("lock: %s: %s is %s, and %s live", key, at, text, wantFields[at]))
			}
		}
		if label, wantLabel := now.labels[entry.ID], then.labels[want.ID]; entry.ID != "" && label != wantLabel {
			problems = append(problems, fmt.Sprintf("lock: %s: its id %s is live that of %q, not of %q", key, entry.ID, label, wantLabel))
		}
	}
	for key, want := range wanted.Objects {
		if len(lock.Objects[key].Fields) < len(want.Fields) {
			missing++
		}
	}
	sort.Strings(problems)
	return problems, missing
}

// vaultProblems holds a vault against what is live: every key that the manifest
// names is there, with its id, and opens to its token.
func (w *world) vaultProblems(names []string, now live) ([]string, error) {
	vault, err := w.openVault()
	if err != nil {
		return nil, err
	}
	var problems []string
	for name := range vault.Making {
		problems = append(problems, fmt.Sprintf("vault: %s is still said to be in the making", name))
	}
	if len(vault.Tokens) > len(names) {
		problems = append(problems, fmt.Sprintf("vault: %d tokens for %d keys", len(vault.Tokens), len(names)))
	}
	for _, name := range names {
		kept, ok := vault.Tokens[name]
		token, stands := now.tokens[kept.ID]
		switch {
		case !ok:
			problems = append(problems, fmt.Sprintf("vault: no token of %s", name))
		case !stands:
			problems = append(problems, fmt.Sprintf("vault: %s: no key %s is live", name, kept.ID))
		case !same(kept.Token, token):
			problems = append(problems, fmt.Sprintf("vault: %s does not open to the live token", name))
		}
	}
	return problems, nil
}

// openVault reads the vault of a world with its tokens in clear; one that is not there
// is empty.
func (w *world) openVault() (vaultFile, error) {
	var vault vaultFile
	file := filepath.Join(w.dir, vaultName)
	if _, err := os.Stat(file); err != nil {
		return vault, nil
	}
	text, err := do("secrets", "open", "--textconv", file)
	if err != nil {
		return vault, err
	}
	if err := yaml.Unmarshal(text, &vault); err != nil {
		return vault, fmt.Errorf("%s, opened: %w", vaultName, err)
	}
	return vault, nil
}

// opens fails unless a key's token in the vault opens to what the service knows.
func (w *world) opens(name, token string) error {
	text, err := do("secrets", "open", "--in", filepath.Join(w.dir, manifestName), "--vault", name)
	if err == nil && !same(string(text), token) {
		err = fmt.Errorf("vault: %s does not open to the live token", name)
	}
	return err
}

// same reports whether a token is what the service knows of it.
func same(token, known string) bool {
	return strings.TrimSpace(shown(token)) == strings.TrimSpace(known)
}
