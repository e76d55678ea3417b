package cli

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"authsync/schema/pattern"
)

// layers are the packages. Each may import those of the layers before its own,
// and none of its own layer.
var layers = [][]string{
	{"authsync/spell", "authsync/schema/quirk", "authsync/schema/pattern", "authsync/schema/lang", "authsync/schema/list", "authsync/examples"},
	{"authsync/disk", "authsync/cli/say"},
	{"authsync/atomicfile"},
	{"authsync/secrets"},
	{"authsync/schema"},
	{"authsync/schema/rewrite", "authsync/schema/explain", "authsync/audit", "authsync/diff", "authsync/remote/transport"},
	{"authsync/merge"},
	{"authsync/sync/lock", "authsync/sync/state"},
	{"authsync/sync"},
	{"authsync/sync/planfile", "authsync/custody", "authsync/pair", "authsync/git", "authsync/remote/service"},
	{"authsync/sync/fleet"},
	{"authsync/remote/cloudbase", "authsync/remote/devices", "authsync/remote/connectors", "authsync/remote/idp"},
	{"authsync/remote/credentials", "authsync/remote/openapi"}, // whose settings follow those of cloudbase
	{"authsync/remote"},
	{"authsync/remote/rehearse"},
	{"authsync/learn", "authsync/learn/record"},
	{"authsync/cli/render"},
	{"authsync/cli/progress", "authsync/cli/line", "authsync/cli/setup"},
	{"authsync/cli"},
	{"authsync"},
}

// beside are packages outside of the layers, and all that they may import.
var beside = map[string][]string{
	"authsync/remote/servertest":         {},
	"authsync/remote/officetest":         {"authsync/secrets", "authsync/schema", "authsync/schema/schematest", "authsync/sync", "authsync/remote", "authsync/remote/service", "authsync/remote/transport", "authsync/remote/sandbox"},
	"authsync/remote/sandbox":            {"authsync/secrets", "authsync/schema", "authsync/schema/quirk", "authsync/schema/list", "authsync/schema/pattern"},
	"authsync/remote/sandbox/model":      {},
	"authsync/remote/sandbox/official":   {"authsync/secrets", "authsync/schema"},
	"authsync/remote/sandbox/model/make": {"authsync/remote/sandbox/model"},
	"authsync/schema/schematest":         {"authsync/secrets", "authsync/schema", "authsync/schema/quirk"},
	"authsync/cli/render/rendertest":     {"authsync/secrets", "authsync/schema", "authsync/diff", "authsync/sync"},
	"authsync/cli/progress/screen":       {"authsync/cli/render"},
	"authsync/release":                   {"authsync/schema/list", "authsync/cli"},
	"authsync/docs/reference":            {"authsync/schema", "authsync/schema/explain", "authsync/schema/lang", "authsync/schema/quirk", "authsync/remote/transport", "authsync/remote/cloudbase"},
	"authsync/tools/mutate":              {},
	"authsync/bench/floor":               nil,
	"authsync/bench":                     {"authsync/schema/list", "authsync/secrets", "authsync/schema", "authsync/remote/sandbox"},
}

// sources parses the files of every package that are no tests, by import path.
func sources(t *testing.T) map[string][]*ast.File {
	t.Helper()
	packages := map[string][]*ast.File{}
	for _, file := range goFiles(t) {
		if strings.HasSuffix(file, "_test.go") {
			continue
		}
		parsed, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.ParseComments)
		if err != nil {
			t.Fatal(err)
		}
		packages[packageOf(file)] = append(packages[packageOf(file)], parsed)
	}
	return packages
}

func packageOf(file string) string {
	return path.Join("authsync", strings.TrimPrefix(filepath.ToSlash(filepath.Dir(file)), ".."))
}

// goFiles are those of all packages.
func goFiles(t *testing.T) []string {
	t.Helper()
	var files []string
	err := filepath.WalkDir("..", func(file string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if name := entry.Name(); entry.IsDir() && name != ".." && (strings.HasPrefix(name, ".") || name == "testdata" || name == "node_modules") {
			return fs.SkipDir
		}
		if strings.HasSuffix(file, ".go") {
			files = append(files, file)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}

func TestImportsRunOneWay(t *testing.T) {
	for name, files := range sources(t) {
		allowed, known := beside[name]
		if layer := slices.IndexFunc(layers, func(l []string) bool { return slices.Contains(l, name) }); layer >= 0 {
			allowed, known = slices.Concat(layers[:layer]...), true
		}
		if !known {
			t.Errorf("%s is in no layer; give it a place in this test", name)
			continue
		}
		for _, file := range files {
			for _, spec := range file.Imports {
				imported, err := strconv.Unquote(spec.Path.Value)
				if err != nil {
					t.Fatal(err)
				}
				ours := imported == "authsync" || strings.HasPrefix(imported, "authsync/")
				sandbox := slices.Contains([]string{"authsync/cli", "authsync/remote/rehearse"}, name) && imported == "authsync/remote/sandbox"
				if ours && !sandbox && !slices.Contains(allowed, imported) {
					t.Errorf("%s imports %s", name, imported)
				}
			}
		}
	}
}

func TestEveryPackageHasADoc(t *testing.T) {
	for name, files := range sources(t) {
		lines := 0
		for _, file := range files {
			lines += strings.Count(file.Doc.Text(), "\n")
		}
		if lines == 0 {
			t.Errorf("%s has no package comment", name)
		}
	}
}

// The environment of this process is read in one place, which also finds what
// was taken out of it: see environ.go.
func TestVariablesAreLookedUpInOnePlace(t *testing.T) {
	files, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		if strings.HasSuffix(file, "_test.go") || file == "environ.go" {
			continue
		}
		parsed, err := parser.ParseFile(token.NewFileSet(), file, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(parsed, func(n ast.Node) bool {
			call, ok := n.(*ast.SelectorExpr)
			if !ok {
				return true
			}
			in, _ := call.X.(*ast.Ident)
			if in != nil && in.Name == "os" && slices.Contains([]string{"Getenv", "LookupEnv", "Environ", "ExpandEnv"}, call.Sel.Name) {
				t.Errorf("%s uses os.%s; use lookupEnv", file, call.Sel.Name)
			}
			return true
		})
	}
}

// What is printed goes through package say, which spells what others wrote.
// Others format into a text of their own only.
func TestEverythingIsPrintedInOnePlace(t *testing.T) {
	for name, files := range sources(t) {
		if !strings.HasPrefix(name, "authsync/cli") || name == "authsync/cli/say" {
			continue
		}
		for _, file := range files {
			ast.Inspect(file, func(n ast.Node) bool {
				call, ok := n.(*ast.CallExpr)
				if !ok || len(call.Args) == 0 {
					return true
				}
				of, ok := call.Fun.(*ast.SelectorExpr)
				if !ok {
					return true
				}
				in, _ := of.X.(*ast.Ident)
				_, toOwn := call.Args[0].(*ast.UnaryExpr)
				if in != nil && in.Name == "fmt" && (strings.HasPrefix(of.Sel.Name, "Fprint") && !toOwn || strings.HasPrefix(of.Sel.Name, "Print")) {
					t.Errorf("%s uses fmt.%s; use say", name, of.Sel.Name)
				}
				stream, _ := of.X.(*ast.SelectorExpr)
				if stream != nil && (stream.Sel.Name == "Out" || stream.Sel.Name == "Err" || stream.Sel.Name == "ErrWriter") && strings.HasPrefix(of.Sel.Name, "Write") {
					t.Errorf("%s writes to a stream by itself; use say.Raw", name)
				}
				return true
			})
		}
	}
}

// A note is for a person: what is decided is decided by data.
func TestNoNoteIsRead(t *testing.T) {
	isCode := func(e ast.Expr) bool {
		if of, ok := e.(*ast.SelectorExpr); ok {
			e = of.Sel
		}
		name, _ := e.(*ast.Ident)
		return name != nil && len(name.Name) > 4 && strings.HasPrefix(name.Name, "Note") && ast.IsExported(name.Name[4:])
	}
	for name, files := range sources(t) {
		for _, file := range files {
			ast.Inspect(file, func(n ast.Node) bool {
				var compared []ast.Expr
				switch n := n.(type) {
				case *ast.BinaryExpr:
					compared = []ast.Expr{n.X, n.Y}
				case *ast.CaseClause:
					compared = n.List
				}
				if slices.ContainsFunc(compared, isCode) {
					t.Errorf("%s decides by the code of a note", name)
				}
				return true
			})
		}
	}
}

var mapRow = pattern.Of("(?m)^\\| \\[`([a-z/]+)`\\]\\(\\.\\./([a-z/]+)\\) \\| .+ \\| \\[`([a-z_.]+)`\\]\\(\\.\\./([a-z/_.]+)\\) \\|$")

// The map in docs/packages.md names every package, in the order of the layers, each with a file
// to begin reading at.
func TestEveryPackageIsOnTheMap(t *testing.T) {
	text, err := os.ReadFile("../docs/packages.md")
	if err != nil {
		t.Fatal(err)
	}
	var shown []string
	reached := 0
	for _, m := range mapRow.FindAllStringSubmatch(string(text), -1) {
		name, link, file, begin := m[1], m[2], m[3], m[4]
		shown = append(shown, "authsync/"+name)
		if _, err := os.Stat(path.Join("..", begin)); err != nil || begin != path.Join(name, file) || link != name {
			t.Errorf("the row of %s does not lead to it: %s, %s (%v)", name, link, begin, err)
		}
		layer := slices.IndexFunc(layers, func(l []string) bool { return slices.Contains(l, "authsync/"+name) })
		if layer >= 0 && layer < reached {
			t.Errorf("%s stands below a package that may import it", name)
		}
		reached = max(reached, layer)
	}
	missing, gone := []string{}, slices.Clone(shown)
	for _, file := range goFiles(t) {
		name := packageOf(file)
		gone = slices.DeleteFunc(gone, func(g string) bool { return g == name })
		if name != "authsync" && !slices.Contains(shown, name) && !slices.Contains(missing, name) { // main.go stands for itself
			missing = append(missing, name)
		}
	}
	if len(missing)+len(gone) > 0 {
		t.Errorf("docs/packages.md: missing %q, and no packages: %q", missing, gone)
	}
}
