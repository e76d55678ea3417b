package cli

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
	"testing"
)

// docShell is a shell that runs one script after another, and keeps what they
// set: variables, functions, the directory.
type docShell struct {
	t       *testing.T
	command *exec.Cmd
	scripts io.WriteCloser
	output  *bufio.Reader // of both kinds, in order
}

func startShell(t *testing.T, dir string, env []string) *docShell {
	t.Helper()
	sh := &docShell{t: t, command: exec.CommandContext(t.Context(), "sh", "-u")}
	sh.command.Dir, sh.command.Env = dir, env
	reads, writes, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	sh.command.Stdout, sh.command.Stderr = writes, writes
	if sh.scripts, err = sh.command.StdinPipe(); err != nil {
		t.Fatal(err)
	}
	if err := sh.command.Start(); err != nil {
		t.Fatal(err)
	}
	writes.Close()
	sh.output = bufio.NewReader(reads)
	t.Cleanup(func() {
		sh.scripts.Close()
		sh.command.Wait()
		reads.Close()
	})
	return sh
}

const scriptEnd = "--- the script ends here, with "

// run runs a script up to its first command that fails, with an empty standard
// input, and returns all that it prints and its exit code. A script that fails
// ends the shell if it was to succeed, and else keeps nothing of what it set.
func (sh *docShell) run(script string, succeeds bool) (string, int) {
	sh.t.Helper()
	group := "set -e\n{\n%s\n} </dev/null\nset +e\nprintf '\\n%s%%s\\n' 0\n"
	if !succeeds {
		group = "( set -e\n%s\n) </dev/null\nprintf '\\n%s%%s\\n' $?\n"
	}
	if _, err := fmt.Fprintf(sh.scripts, group, script, scriptEnd); err != nil {
		sh.t.Fatalf("the shell has ended: %v", err)
	}
	var out strings.Builder
	for {
		line, err := sh.output.ReadString('\n')
		if ended, is := strings.CutPrefix(line, scriptEnd); is {
			code := 0
			if _, err := fmt.Sscan(ended, &code); err != nil {
				sh.t.Fatal(err)
			}
			return strings.TrimSuffix(out.String(), "\n"), code
		}
		out.WriteString(line)
		if err != nil {
			err = sh.command.Wait()
			if failed := new(exec.ExitError); err != nil && !errors.As(err, &failed) {
				sh.t.Fatal(err)
			}
			return out.String(), sh.command.ProcessState.ExitCode()
		}
	}
}

func TestDocShell(t *testing.T) {
	if _, err := exec.LookPath("sh"); err != nil {
		t.Skip("there is no sh")
	}
	sh := startShell(t, t.TempDir(), []string{"PATH=" + os.Getenv("PATH")})
	for _, row := range []struct {
		name, script string
		succeeds     bool
		out          string
		code         int
	}{
		{"what is set", "a=1\nmkdir d; cd d # here", true, "", 0},
		{"stays", "echo $a; basename $(pwd); echo e >&2", true, "1\nd\ne\n", 0},
		{"standard input is empty", "cat", true, "", 0},
		{"a failure that is meant", "echo b; (exit 3)\necho c", false, "b\n", 3},
		{"none where one is meant", "true", false, "", 0},
		{"a failure", "echo d; (exit 4)\necho e", true, "d\n", 4},
	} {
		t.Run(row.name, func(t *testing.T) {
			out, code := sh.run(row.script, row.succeeds)
			if out != row.out || code != row.code {
				t.Errorf("got %q and %d, want %q and %d", out, code, row.out, row.code)
			}
		})
	}
}
