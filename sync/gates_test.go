package sync_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"authsync/sync"
)

// A gate that has a name is in the table, from which it is allowed, completed
// and described.
func TestEveryGateIsInTheTable(t *testing.T) {
	files, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	var named []string
	for _, file := range files {
		if strings.HasSuffix(file, "_test.go") {
			continue
		}
		parsed, err := parser.ParseFile(token.NewFileSet(), file, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(parsed, func(n ast.Node) bool {
			spec, ok := n.(*ast.ValueSpec)
			if !ok {
				return true
			}
			if is, _ := spec.Type.(*ast.Ident); is != nil && is.Name == "GateName" {
				named = append(named, strings.Trim(spec.Values[0].(*ast.BasicLit).Value, `"`))
			}
			return true
		})
	}
	if len(named) < 4 {
		t.Fatalf("%d names of gates were found", len(named))
	}
	for _, name := range named {
		if !slices.Contains(sync.GateNames(), sync.GateName(name)) {
			t.Errorf("gate %s is not in the table", name)
		}
	}
	if len(sync.Gates) != len(named) {
		t.Errorf("the table has %d gates, and %d have names", len(sync.Gates), len(named))
	}
}
