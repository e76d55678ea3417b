package schema_test

import (
	"errors"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"
	"gopkg.in/yaml.v3"
	"pgregory.net/rapid"

	"authsync/schema"
)

// agree compares the verdicts of schema and loader on each file of a
// directory. The tables of this package's tests come here by way of [faults]
// and [faultsOf].
func agree(t testing.TB, dir string) {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(dir, "*.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if why := disagreement(file, text); why != "" {
			t.Errorf("%s\n%s", why, text)
		}
	}
}

// disagreement says how the verdicts on a file differ; "" if they do not, or
// only in what JSON Schema cannot say.
func disagreement(file string, text []byte) string {
	refused := objection(text)
	var own, said []string
	// What the loader does not take it misses as well.
	incomplete := extends.Match(text)
	loaded := schema.Load([]string{file}, schema.SecretsSealed)
	loaded.Faults.Demand(nothing)
	for _, f := range loaded.Faults.Wrong() {
		switch {
		case f.Pos.File != file:
			continue
		case isUnsaid(f.Text):
			incomplete = true
		default:
			said = append(said, f.Text)
		}
		own = append(own, f.Error())
	}
	if incomplete {
		said = slices.DeleteFunc(said, isUnseen)
	}
	switch {
	case refused != "" && len(own) == 0:
		return "refused by the schema alone: " + refused
	case refused == "" && len(said) > 0:
		return "refused by the loader alone: " + strings.Join(own, "\n")
	}
	return ""
}

var extends = regexp.MustCompile(`(?m)^extends: *(\[.|$)`)

func isUnseen(fault string) bool {
	for _, row := range unseen {
		if row.fault.MatchString(fault) {
			return true
		}
	}
	return false
}

func isUnsaid(fault string) bool {
	for _, row := range unsaid {
		if row.fault.MatchString(fault) {
			return true
		}
	}
	return false
}

// Every manifest of the scripts of the command line, good and bad.
func TestSchemaAndLoaderAgreeOnScripts(t *testing.T) {
	scripts, err := filepath.Glob("../cli/testdata/script/*.txtar")
	if err != nil || len(scripts) < 40 {
		t.Fatal(len(scripts), err)
	}
	seen := 0
	for _, script := range scripts {
		archive, err := txtar.ParseFile(script)
		if err != nil {
			t.Fatal(err)
		}
		dir := t.TempDir()
		var manifests []string
		for _, f := range archive.Files {
			file := filepath.Join(dir, f.Name)
			if err := errors.Join(os.MkdirAll(filepath.Dir(file), 0o755), os.WriteFile(file, f.Data, 0o600)); err != nil {
				t.Fatal(err)
			}
			if isManifest.Match(f.Data) {
				manifests = append(manifests, file)
			}
		}
		for _, file := range manifests {
			text, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			seen++
			if why := disagreement(file, text); why != "" {
				t.Errorf("%s: %s", script, why)
			}
		}
	}
	if seen < 80 {
		t.Errorf("%d manifests are too few to say anything", seen)
	}
}

var isManifest = regexp.MustCompile(`(?m)^kind: (Environment|Base)$`)

// Whatever a manifest can hold fits the schema.
func TestGeneratedManifestsFitTheSchema(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text, err := schema.Write(everything.Environment(t), nil)
		if err != nil {
			t.Fatal(err)
		}
		if why := objection(text); why != "" {
			t.Fatalf("%s\n%s", why, text)
		}
	})
}

// A manifest that something was done to is good for both or bad for both.
func TestSchemaAndLoaderAgreeOnDamage(t *testing.T) {
	file := filepath.Join(t.TempDir(), "m.yaml")
	rapid.Check(t, func(t *rapid.T) {
		text, err := schema.Write(everything.Environment(t), nil)
		if err != nil {
			t.Fatal(err)
		}
		var document yaml.Node
		if err := yaml.Unmarshal(text, &document); err != nil {
			t.Fatal(err)
		}
		for range rapid.IntRange(1, 2).Draw(t, "damages") {
			damage(t, document.Content[0])
		}
		if text, err = yaml.Marshal(&document); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, text, 0o600); err != nil {
			t.Fatal(err)
		}
		if why := disagreement(file, text); why != "" {
			t.Fatalf("%s\n%s", why, text)
		}
	})
}

// damage takes a name out of some mapping, gives it another, or gives it
// another value.
func damage(t *rapid.T, root *yaml.Node) {
	var mappings []*yaml.Node
	var walk func(n *yaml.Node)
	walk = func(n *yaml.Node) {
		if n.Kind == yaml.MappingNode && len(n.Content) > 0 {
			mappings = append(mappings, n)
		}
		for _, inner := range n.Content {
			walk(inner)
		}
	}
	walk(root)
	if len(mappings) == 0 {
		return
	}
	n := mappings[rapid.IntRange(0, len(mappings)-1).Draw(t, "mapping")]
	i := 2 * rapid.IntRange(0, len(n.Content)/2-1).Draw(t, "field")
	switch rapid.IntRange(0, 3).Draw(t, "damage") {
	case 0:
		n.Content = append(n.Content[:i:i], n.Content[i+2:]...)
	case 1:
		name := rapid.SampledFrom([]string{"on", "name", "extra", "keep", "id", "Id", "EnvId", "config", "x", "a/b", "_id", "keyType", "expireIn", "providerType", "rows", "client_secret"}).Draw(t, "name")
		n.Content[i] = &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!str", Value: name}
	default:
		value := rapid.SampledFrom([]string{"null", "true", "0", "-1", "7200", "99999999999", "1.5", "''", "x", "2h", "'***'", "unspecified", "OIDC", "EMAIL", "publish_key", "{}", "[]", "[x]", "[1, {}]", "{a: null}", "https://a.example/", "!env NAME"}).Draw(t, "value")
		var document yaml.Node
		if err := yaml.Unmarshal([]byte(value), &document); err != nil {
			t.Fatal(err)
		}
		n.Content[i+1] = document.Content[0]
	}
}
