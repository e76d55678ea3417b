package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"time"

	"authsync/schema/list"
)

// toolsModule pins govulncheck and its database.
const toolsModule = "tools/go.mod"

// scan looks for known vulnerabilities that a program calls. It needs no network
// but for the modules that are not in Go's cache yet.
type scan struct {
	tool     string // the file of govulncheck
	database string // the directory of its database
	modified time.Time
	entries  int
}

// newScan builds govulncheck and its database in a directory.
func newScan(sources, work string) (scan, error) {
	s := scan{tool: filepath.Join(work, "govulncheck.exe"), database: filepath.Join(work, "db")}
	text, err := goIn(sources, "mod", "download", "-modfile="+toolsModule, "-json", "golang.org/x/vulndb")
	if err != nil {
		return s, err
	}
	var module struct{ Version, Dir string }
	if err := json.Unmarshal(text, &module); err != nil {
		return s, err
	}
	if s.modified, err = pseudoVersionTime(module.Version); err != nil {
		return s, err
	}
	if s.entries, err = writeVulnDB(s.database, os.DirFS(filepath.Join(module.Dir, "data", "osv")), s.modified); err != nil {
		return s, fmt.Errorf("golang.org/x/vulndb %s: %w", module.Version, err)
	}
	_, err = goIn(sources, "build", "-modfile="+toolsModule, "-o", s.tool, "golang.org/x/vuln/cmd/govulncheck")
	return s, err
}

// errVulnerable says that a vulnerability is called. Govulncheck has told which.
var errVulnerable = errors.New("a known vulnerability is called")

// calledExit is how govulncheck exits when a vulnerability is called.
const calledExit = 3

// run looks at packages as they are built for an operating system, and writes
// what it finds to out.
func (s scan) run(out io.Writer, sources, system, packages string) error {
	cmd := exec.Command(s.tool, "-db", "file://"+filepath.ToSlash(s.database), "-tags", withoutDocs, packages)
	cmd.Dir = sources
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0", "GOWORK=off", "GOOS="+system, "GOARCH=amd64")
	said, err := cmd.CombinedOutput()
	if err == nil {
		return nil
	}
	out.Write(said)
	if exit, is := errors.AsType[*exec.ExitError](err); is && exit.ExitCode() == calledExit {
		return fmt.Errorf("%s: %w", system, errVulnerable)
	}
	return fmt.Errorf("govulncheck for %s: %w", system, err)
}

// checkVulnerable fails if the program that is released, or on this machine any
// other package of the module, calls a known vulnerability. It writes what was
// looked at, and of which day the database is.
func checkVulnerable(out io.Writer, sources string) error {
	work, err := os.MkdirTemp("", "authsync-vulnerable-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(work)
	s, err := newScan(sources, work)
	if err != nil {
		return fmt.Errorf("looking for known vulnerabilities: %w", err)
	}
	toolchain, err := goIn(sources, "env", "GOVERSION")
	if err != nil {
		return err
	}
	systems := systemsOf(platforms)
	fmt.Fprintf(out, "known vulnerabilities: the database of %s with %d entries, %s, for %s\n", s.modified.Format(time.DateOnly),
		s.entries, strings.TrimSpace(string(toolchain)), strings.Join(systems, ", "))
	for _, system := range systems {
		packages := "."
		if system == runtime.GOOS {
			packages = "./..."
		}
		if err := s.run(out, sources, system, packages); err != nil {
			return err
		}
	}
	fmt.Fprintln(out, "known vulnerabilities: none is called")
	return nil
}

// systemsOf are the operating systems of the platforms, each once.
func systemsOf(all []platform) []string {
	systems := list.Each(all, func(p platform) string { return p.os })
	return list.Distinct(systems)
}

func goIn(dir string, args ...string) ([]byte, error) {
	cmd := exec.Command("go", args...)
	cmd.Dir = dir
	text, err := cmd.Output()
	if exit, is := errors.AsType[*exec.ExitError](err); is {
		return nil, fmt.Errorf("go %s: %w\n%s", strings.Join(args, " "), err, strings.TrimSpace(string(exit.Stderr)))
	}
	return text, err
}
