package sync

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// Nothing that writes can be reached from drift, by any path of calls. A name
// stands for every function of this package that has it, so more is taken to be
// reached than is.
func TestDriftReachesNoWrite(t *testing.T) {
	mentions := mentionsOf(t)
	writes := []string{".Make", ".Test", "Apply", "Adopt", "Try", ".Adopt", ".Record", ".Forget", ".Identify", ".saveChange", ".Put", ".Drop", ".Begin", ".Abandon"}
	for _, start := range []string{"ReadDrift", "Drift"} {
		if path := wayTo(mentions, start, writes); path != nil {
			t.Errorf("%s", strings.Join(path, " -> "))
		}
	}
	if wayTo(mentions, "Apply", []string{".Make"}) == nil {
		t.Error("the search does not find how apply makes a call: the test above proves nothing")
	}
}

// mentionsOf are the names that each function of the package mentions.
func mentionsOf(t *testing.T) map[string][]string {
	files, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	mentions := map[string][]string{}
	for _, file := range files {
		if strings.HasSuffix(file, "_test.go") {
			continue
		}
		parsed, err := parser.ParseFile(token.NewFileSet(), file, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		for _, d := range parsed.Decls {
			f, ok := d.(*ast.FuncDecl)
			if !ok || f.Body == nil {
				continue
			}
			name := f.Name.Name
			if f.Recv != nil {
				name = "." + name
			}
			mentions[name] = append(mentions[name], namesIn(f.Body)...)
		}
	}
	return mentions
}

// namesIn are the names in a part of a function; what follows a dot keeps it,
// as methods do.
func namesIn(part ast.Node) []string {
	var names []string
	ast.Inspect(part, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.SelectorExpr:
			names = append(append(names, "."+n.Sel.Name), namesIn(n.X)...)
			return false
		case *ast.Ident:
			names = append(names, n.Name)
		}
		return true
	})
	return names
}

// wayTo is a chain of mentions from one name to any of others, or nil.
func wayTo(mentions map[string][]string, from string, to []string) []string {
	before := map[string]string{from: ""}
	for queue := []string{from}; len(queue) > 0; queue = queue[1:] {
		for _, next := range mentions[queue[0]] {
			if _, seen := before[next]; seen {
				continue
			}
			before[next] = queue[0]
			if slices.Contains(to, next) {
				var path []string
				for at := next; at != ""; at = before[at] {
					path = append([]string{at}, path...)
				}
				return path
			}
			queue = append(queue, next)
		}
	}
	return nil
}
