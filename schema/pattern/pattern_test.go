package pattern_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

// Every pattern that the sources have as one text can be compiled: a wrong one would
// panic only where it is used.
func TestEveryPatternCompiles(t *testing.T) {
	patterns := 0
	err := filepath.WalkDir("../..", func(path string, d fs.DirEntry, err error) error {
		if err != nil || !strings.HasSuffix(path, ".go") {
			return err
		}
		file, err := parser.ParseFile(token.NewFileSet(), path, nil, 0)
		if err != nil {
			return err
		}
		ast.Inspect(file, func(n ast.Node) bool {
			call, ok := n.(*ast.CallExpr)
			if !ok || len(call.Args) != 1 {
				return true
			}
			of, ok := call.Fun.(*ast.SelectorExpr)
			if !ok || of.Sel.Name != "Of" {
				return true
			}
			from, ok := of.X.(*ast.Ident)
			text, isText := call.Args[0].(*ast.BasicLit)
			if !ok || from.Name != "pattern" || !isText {
				return true
			}
			patterns++
			plain, err := strconv.Unquote(text.Value)
			if err == nil {
				_, err = regexp.Compile(plain)
			}
			if err != nil {
				t.Errorf("%s: %v", path, err)
			}
			return true
		})
		return nil
	})
	if err != nil || patterns < 50 {
		t.Fatalf("%d patterns: %v", patterns, err)
	}
}
