package cli

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"gopkg.in/yaml.v3"
)

// showsPart makes the edit that a document shows: the snippet is a part of the
// file. Where it says "# was X" the file has X and gets the value, everywhere
// else the file has what the snippet has. Lines of ... are what is not shown.
func showsPart(file, snippet string) error {
	text, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	var kept []string
	for _, line := range strings.Split(snippet, "\n") {
		if strings.TrimSpace(line) != "..." {
			kept = append(kept, line)
		}
	}
	var shown, there yaml.Node
	if err := errors.Join(yaml.Unmarshal([]byte(strings.Join(kept, "\n")), &shown), yaml.Unmarshal(text, &there)); err != nil {
		return err
	}
	e := docEdit{lines: strings.Split(string(text), "\n")}
	if err := e.compare("", shown.Content[0], there.Content[0]); err != nil {
		return fmt.Errorf("%s: %w", filepath.Base(file), err)
	}
	if e.edits == 0 {
		return errors.New(`the snippet changes nothing: no line has "# was"`)
	}
	return os.WriteFile(file, []byte(strings.Join(e.lines, "\n")), 0o600)
}

type docEdit struct {
	lines []string
	edits int
}

func (e *docEdit) compare(path string, shown, there *yaml.Node) error {
	if shown.Kind != there.Kind || shown.Tag != there.Tag {
		return fmt.Errorf("%s: the snippet has %s, the file %s", path, shown.Tag, there.Tag)
	}
	switch {
	case shown.Kind == yaml.MappingNode:
		for i := 0; i < len(shown.Content); i += 2 {
			name := shown.Content[i].Value
			value := valueOf(there, name)
			if value == nil {
				return fmt.Errorf("%s.%s is not in the file", path, name)
			}
			if err := e.compare(path+"."+name, shown.Content[i+1], value); err != nil {
				return err
			}
		}
		return nil
	case shown.Kind != yaml.ScalarNode:
		return fmt.Errorf("%s: a snippet can have mappings and scalars", path)
	case shown.Tag == "!age":
		return nil
	}
	was, edits := strings.CutPrefix(shown.LineComment, "# was ")
	switch {
	case !edits && shown.Value != there.Value:
		return fmt.Errorf("%s is %q in the snippet, and %q in the file", path, shown.Value, there.Value)
	case !edits:
		return nil
	case was != there.Value:
		return fmt.Errorf("%s was %q by the snippet, and is %q in the file", path, was, there.Value)
	}
	line, at := e.lines[there.Line-1], there.Column-1
	if !strings.HasPrefix(line[at:], was) {
		return fmt.Errorf("%s: only plain scalars can be edited", path)
	}
	e.lines[there.Line-1] = line[:at] + shown.Value + line[at+len(was):]
	e.edits++
	return nil
}

func valueOf(mapping *yaml.Node, name string) *yaml.Node {
	for i := 0; i < len(mapping.Content); i += 2 {
		if mapping.Content[i].Value == name {
			return mapping.Content[i+1]
		}
	}
	return nil
}

func TestShowsPart(t *testing.T) {
	const before = "a:\n  b: 1 # one\n  c: true\nd: x y\n"
	for _, row := range []struct{ name, snippet, want, fault string }{
		{"an edit", "a:\n  b: 2   # was 1\n  ...\nd: x y\n", "a:\n  b: 2 # one\n  c: true\nd: x y\n", ""},
		{"what is not there", "a:\n  e: 2  # was 1\n", "", ".a.e is not in the file"},
		{"what was not there", "a:\n  b: 2  # was 3\n", "", `.a.b was "3" by the snippet, and is "1" in the file`},
		{"another value", "d: z\n", "", `.d is "z" in the snippet, and "x y" in the file`},
		{"no edit", "d: x y\n", "", "the snippet changes nothing"},
	} {
		t.Run(row.name, func(t *testing.T) {
			file := filepath.Join(t.TempDir(), "m.yaml")
			if err := os.WriteFile(file, []byte(before), 0o600); err != nil {
				t.Fatal(err)
			}
			err := showsPart(file, row.snippet)
			if row.fault != "" {
				if err == nil || !strings.Contains(err.Error(), row.fault) {
					t.Fatalf("got %v, want %s", err, row.fault)
				}
				return
			}
			got, readErr := os.ReadFile(file)
			if err != nil || readErr != nil || string(got) != row.want {
				t.Errorf("%v %v %s", err, readErr, cmp.Diff(row.want, string(got)))
			}
		})
	}
}
