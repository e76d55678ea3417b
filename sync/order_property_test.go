package sync_test

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"gopkg.in/yaml.v3"
	"pgregory.net/rapid"

	"authsync/remote/sandbox"
	"authsync/remote/transport"
	"authsync/schema"
	"authsync/sync"
	"authsync/sync/planfile"
)

// The order of names in a manifest makes no difference to its plan.
func TestPlanDoesNotDependOnInputOrder(t *testing.T) {
	w := newWorld(t, transport.Options{})
	file := filepath.Join(t.TempDir(), "test.yaml")
	rapid.Check(t, func(t *rapid.T) {
		w.fresh(sandbox.Options{})
		w.live(t, nil)
		text, err := schema.Write(w.desired(t, w.state(t)), nil)
		if err != nil {
			t.Fatal(err)
		}
		var document yaml.Node
		if err := yaml.Unmarshal(text, &document); err != nil {
			t.Fatal(err)
		}
		shuffle(t, &document)
		shuffled, err := yaml.Marshal(&document)
		if err != nil {
			t.Fatal(err)
		}
		plans := make([]string, 2)
		for i, text := range [][]byte{text, shuffled} {
			plans[i] = w.planText(t, file, text)
		}
		if diff := cmp.Diff(plans[0], plans[1]); diff != "" {
			t.Fatalf("(-as written +shuffled)\n%s\n%s", diff, shuffled)
		}
	})
}

// shuffle reorders the names of every mapping.
func shuffle(t *rapid.T, n *yaml.Node) {
	for _, inner := range n.Content {
		shuffle(t, inner)
	}
	if n.Kind != yaml.MappingNode || len(n.Content) == 0 {
		return
	}
	var pairs [][]*yaml.Node
	for i := 0; i+1 < len(n.Content); i += 2 {
		pairs = append(pairs, n.Content[i:i+2:i+2])
	}
	var content []*yaml.Node
	for _, pair := range rapid.Permutation(pairs).Draw(t, "order") {
		content = append(content, pair...)
	}
	n.Content = content
}

// planText loads a manifest's text and plans it, to JSON.
func (w *world) planText(t fataler, file string, text []byte) string {
	t.Helper()
	if err := os.WriteFile(file, text, 0o600); err != nil {
		t.Fatal(err)
	}
	loaded := schema.Load([]string{file}, schema.SecretsSealed)
	if err := loaded.Faults.Err(); err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
	site := w.site(t, loaded.Environments[0])
	plan := &sync.Plan{Environments: []*sync.EnvironmentPlan{sync.Build(site, w.read(t, site, sync.Options{}), sync.Options{})}}
	var out bytes.Buffer
	if err := planfile.WriteJSON(&out, plan, "test"); err != nil {
		t.Fatal(err)
	}
	return strings.ReplaceAll(out.String(), file, "test.yaml")
}
