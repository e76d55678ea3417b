package merge_test

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"gopkg.in/yaml.v3"
	"pgregory.net/rapid"

	"authsync/merge"
	"authsync/schema"
	"authsync/schema/rewrite"
)

// byGit merges by lines.
func byGit(base, ours, theirs []byte) ([]byte, merge.Outcome, error) {
	dir, err := os.MkdirTemp("", "merge")
	if err != nil {
		return nil, merge.Contradictory, err
	}
	defer os.RemoveAll(dir)
	for name, text := range map[string][]byte{"o": base, "a": ours, "b": theirs} {
		if err := os.WriteFile(filepath.Join(dir, name), text, 0o600); err != nil {
			return nil, merge.Contradictory, err
		}
	}
	cmd := exec.Command("git", "merge-file", "-p", "a", "o", "b")
	cmd.Dir = dir
	text, err := cmd.Output()
	var exited *exec.ExitError
	if errors.As(err, &exited) && exited.ExitCode() > 0 && exited.ExitCode() < 128 {
		return text, merge.Contradictory, nil
	}
	return text, merge.Clean, err
}

// drawTree draws a tree of few names and values, so that two sides meet.
func drawTree(t *rapid.T, depth int) any {
	switch sort := rapid.IntRange(0, 5).Draw(t, "sort"); {
	case depth > 0 && sort > 1:
		n := map[string]any{}
		for _, name := range []string{"a", "b", "c"} {
			if rapid.Bool().Draw(t, name) {
				n[name] = drawTree(t, depth-1)
			}
		}
		return n
	case sort == 0:
		return rapid.SliceOfN(rapid.IntRange(0, 2), 0, 3).Draw(t, "list")
	}
	return rapid.SampledFrom([]any{0, 1, "two", "2026-01-01T00:00:00Z", nil, "a: b"}).Draw(t, "value")
}

// changed is a tree with some changes.
func changed(t *rapid.T, tree any, depth int) any {
	was, is := tree.(map[string]any)
	if !is || rapid.IntRange(0, 7).Draw(t, "new") == 0 {
		if rapid.IntRange(0, 2).Draw(t, "keep") > 0 {
			return tree
		}
		return drawTree(t, depth)
	}
	out := map[string]any{}
	for _, name := range []string{"a", "b", "c"} {
		v, there := was[name]
		switch {
		case there && rapid.IntRange(0, 6).Draw(t, "gone") == 0:
		case there:
			out[name] = changed(t, v, depth-1)
		case rapid.IntRange(0, 4).Draw(t, "new") == 0:
			out[name] = drawTree(t, depth-1)
		}
	}
	return out
}

func textOf(t *rapid.T, tree any) []byte {
	text, err := yaml.Marshal(map[string]any{"kind": "Base", "login": tree})
	if err != nil {
		t.Fatal(err)
	}
	return []byte("# the head\n" + string(text))
}

// flat are the single values of a text, by path.
func flat(t *rapid.T, text []byte) map[string]string {
	tree, err := rewrite.Tree("x", text)
	if err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
	out := map[string]string{}
	var into func(at schema.Path, n *yaml.Node)
	into = func(at schema.Path, n *yaml.Node) {
		switch {
		case n.Kind == yaml.MappingNode && len(n.Content) > 0:
			for i := 0; i+1 < len(n.Content); i += 2 {
				into(at.Then(n.Content[i].Value), n.Content[i+1])
			}
		case n.Kind == yaml.MappingNode:
			out[at.String()] = "{}"
		case n.Kind == yaml.SequenceNode:
			out[at.String()] = "["
			for _, item := range n.Content {
				out[at.String()] += item.Value + ","
			}
		default:
			out[at.String()] = n.ShortTag() + n.Value
		}
	}
	into(nil, tree)
	return out
}

func pathsOf(all ...map[string]string) []string {
	var paths []string
	for _, m := range all {
		for path := range m {
			paths = append(paths, path)
		}
	}
	slices.Sort(paths)
	return slices.Compact(paths)
}

// want is what a value is to be, and whether that can be told.
func want(o, a, b string) (v string, told bool) {
	switch {
	case a == b, o == b:
		return a, true
	case o == a:
		return b, true
	}
	return "", false
}

// sideOf takes one side of what stands between markers.
func sideOf(text []byte, from string) []byte {
	var out strings.Builder
	in := ""
	for line := range strings.Lines(string(text)) {
		switch strings.TrimSpace(line) {
		case "<<<<<<< ours", "=======", ">>>>>>> theirs":
			in = strings.TrimSpace(line)
			continue
		}
		if in != "=======" && in != "<<<<<<< ours" || in == from {
			out.WriteString(line)
		}
	}
	return []byte(out.String())
}

// A merge without a contradiction has of each value what one side alone has changed, or
// both alike; a value that both have changed otherwise is never merged in silence.
func TestNeverAWrongMerge(t *testing.T) {
	if _, err := exec.LookPath("git"); err != nil {
		t.Skip(err)
	}
	outcomes := map[merge.Outcome]int{}
	rapid.Check(t, func(t *rapid.T) {
		tree := drawTree(t, 3)
		base, ours, theirs := textOf(t, tree), textOf(t, changed(t, tree, 3)), textOf(t, changed(t, tree, 3))
		result, err := merge.Texts("x", base, ours, theirs, byGit)
		if err != nil || result.Why != nil || result.Lost > 0 {
			t.Fatal(err, result.Why, result.Lost)
		}
		outcomes[result.Outcome]++
		o, a, b := flat(t, base), flat(t, ours), flat(t, theirs)
		shown := func() string {
			return fmt.Sprintf("base\n%s\nours\n%s\ntheirs\n%s\nmerged\n%s", base, ours, theirs, result.Text)
		}
		sides := []map[string]string{flat(t, sideOf(result.Text, "<<<<<<< ours")), flat(t, sideOf(result.Text, "======="))}
		if result.Outcome == merge.Clean && strings.Contains(string(result.Text), "<<<<<<<") {
			t.Fatal(shown())
		}
		below := func(path string) bool {
			return slices.ContainsFunc(result.Contradictions, func(c merge.Contradiction) bool {
				at := c.Path.String()
				return at == "" || path == at || strings.HasPrefix(path, at+".") || strings.HasPrefix(at, path+".")
			})
		}
		for _, path := range pathsOf(o, a, b, sides[0], sides[1]) {
			v, told := want(o[path], a[path], b[path])
			if !told && !below(path) {
				t.Fatalf("%s is merged in silence\n%s", path, shown())
			}
			if below(path) || slices.Contains([]string{o[path], a[path], b[path], sides[0][path], sides[1][path]}, "{}") {
				continue
			}
			if sides[0][path] != v || sides[1][path] != v {
				t.Fatalf("%s is %q and %q, not %q\n%s", path, sides[0][path], sides[1][path], v, shown())
			}
		}
		for _, c := range result.Contradictions {
			if rewrite.Alike(c.Base, c.Ours) || rewrite.Alike(c.Base, c.Theirs) || rewrite.Alike(c.Ours, c.Theirs) {
				t.Fatalf("%s is no contradiction\n%s", c.Path, shown())
			}
		}
		if !strings.HasPrefix(string(result.Text), "# the head\n") {
			t.Fatal(shown())
		}
		again, err := merge.Texts("x", base, theirs, ours, byGit)
		if err != nil || again.Outcome != result.Outcome || len(again.Contradictions) != len(result.Contradictions) {
			t.Fatalf("the other way round it is another: %v\n%s\n%s", err, shown(), again.Text)
		}
	})
	if outcomes[merge.Clean] == 0 || outcomes[merge.Contradictory] == 0 {
		t.Errorf("%v", outcomes)
	}
}
