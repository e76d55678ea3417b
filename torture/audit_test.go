package torture

import (
	"go/ast"
	"go/parser"
	"go/token"
	"maps"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// doors are the calls of the standard library by which a program is listened to,
// starts another one, or becomes one.
var doors = map[string][]string{
	"net":      {"Listen", "ListenConfig", "ListenIP", "ListenMulticastUDP", "ListenPacket", "ListenTCP", "ListenUDP", "ListenUnix", "ListenUnixgram", "FileListener"},
	"net/http": {"ListenAndServe", "ListenAndServeTLS", "Serve", "ServeTLS"},
	"os/exec":  {"Command", "CommandContext"},
	"os":       {"StartProcess"},
	"syscall":  {"Exec", "ForkExec", "StartProcess", "Listen", "Bind"},
	"plugin":   {"Open"},

	"golang.org/x/sys/execabs": {"Command", "CommandContext"},
	"golang.org/x/sys/unix":    {"Exec", "Listen", "Bind"},
}

// uses are the files of the program's that use one, and what for.
var uses = map[string]string{
	"authsync/cli: os/exec.Command in editor.go":                           "the editor of secrets edit",
	"authsync/cli: os/exec.Command in mergedriver.go":                      "git, which merges two texts by lines",
	"authsync/git: os/exec.Command in git.go":                              "git, which shows the files of a revision, and keeps what init tells it of this clone",
	"authsync/remote/sandbox: net.Listen in listen.go":                     "the sandbox, which listens where it is told to",
	"filippo.io/age/plugin: golang.org/x/sys/execabs.Command in client.go": "a recipient's or an identity's plugin",

	"golang.org/x/sys/execabs: os/exec.Command in execabs.go":        "what the line above calls",
	"golang.org/x/sys/execabs: os/exec.CommandContext in execabs.go": "nobody calls it: the test below",
	"golang.org/x/sys/unix: syscall.Exec in syscall_unix.go":         "nobody calls it: the test below",
}

// Whatever is linked into the program, the sandbox alone listens, and only the
// editor, plugins and git are started.
func TestWhatTheProgramCanOpen(t *testing.T) {
	list := exec.Command("go", "list", "-deps", "-tags", "urfave_cli_no_docs", "-f",
		`{{if not .Standard}}{{$p := .}}{{range .GoFiles}}{{$p.ImportPath}} {{$p.Dir}}/{{.}}{{"\n"}}{{end}}{{end}}`, "authsync")
	text, err := list.Output()
	if err != nil {
		t.Fatal(err)
	}
	found := map[string]struct{}{}
	for line := range strings.Lines(string(text)) {
		pkg, file, ok := strings.Cut(strings.TrimSpace(line), " ")
		if !ok {
			continue
		}
		parsed, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		for _, used := range doorsIn(parsed) {
			found[pkg+": "+used+" in "+filepath.Base(file)] = struct{}{}
		}
	}
	if diff := cmp.Diff(slices.Sorted(maps.Keys(uses)), slices.Sorted(maps.Keys(found))); diff != "" {
		t.Errorf("(-known +found)\n%s", diff)
	}
}

// doorsIn are the doors that a file uses.
func doorsIn(file *ast.File) []string {
	imported := map[string]string{}
	for _, i := range file.Imports {
		path := strings.Trim(i.Path.Value, `"`)
		name := path[strings.LastIndex(path, "/")+1:]
		if i.Name != nil {
			name = i.Name.Name
		}
		imported[name] = path
	}
	var used []string
	ast.Inspect(file, func(n ast.Node) bool {
		if s, ok := n.(*ast.SelectorExpr); ok {
			if x, ok := s.X.(*ast.Ident); ok && slices.Contains(doors[imported[x.Name]], s.Sel.Name) {
				used = append(used, imported[x.Name]+"."+s.Sel.Name)
			}
		}
		return true
	})
	return used
}

// The linker leaves out what nobody calls. None of this is in the program.
func TestWhatIsNotInTheProgram(t *testing.T) {
	text, err := exec.Command("go", "tool", "nm", bench.binary).Output()
	if err != nil {
		t.Fatal(err)
	}
	symbols := map[string]struct{}{}
	for line := range strings.Lines(string(text)) {
		words := strings.Fields(line)
		symbols[words[len(words)-1]] = struct{}{}
	}
	for _, none := range []string{"net/http.ListenAndServe", "golang.org/x/sys/unix.Exec", "golang.org/x/sys/execabs.CommandContext", "net.ListenPacket", "net.ListenTCP", "net.ListenUDP", "net.ListenUnix",
		"net.FileListener", "os/exec.CommandContext", "syscall.Exec", "plugin.Open"} {
		if _, there := symbols[none]; there {
			t.Errorf("%s is in the program", none)
		}
	}
	for _, some := range []string{"main.main", "net.Listen", "os/exec.Command"} {
		if _, there := symbols[some]; !there {
			t.Errorf("%s is not found, so that nothing would be", some)
		}
	}
}
