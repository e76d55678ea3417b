//go:build unix

package cli

import (
	"bufio"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// editors puts the test's manifest in a directory with an editor that is a
// shell script, and an identity without a passphrase in the variables.
func editors(t *testing.T, script string) (dir string, before []byte) {
	t.Helper()
	dir = t.TempDir()
	secluded(t)
	t.Setenv("VISUAL", "")
	t.Setenv("EDITOR", "sh '"+filepath.Join(dir, "editor.sh")+"'")
	t.Setenv("AUTHSYNC_IDENTITY", "AGE-SECRET-KEY-1WJ7CGNQZPZMVJKLV87DP77TA0DZEXK56VNKT598MW7Q9X934J8RS0W6TG2")
	for name, text := range map[string]string{
		"editor.sh": script,
		"prod.yaml": "apiVersion: authsync/v1\nkind: Environment\nname: prod\nrecipients: [age1n4jkj5grdlgrpffkytru5umezddty8ywfa3k45795vm47suq5eeqy0vfyg]\n" +
			"systems: {cloudbase: {envId: acme-prod}}\nproviders:\n  github: {config: {clientId: x, clientSecret: the-secret}}\n",
	} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	must(t, 0, "secrets", "seal", "--in", filepath.Join(dir, "prod.yaml"))
	before, err := os.ReadFile(filepath.Join(dir, "prod.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	return dir, before
}

// unchanged fails if the manifest was written.
func unchanged(t *testing.T, dir string, before []byte) {
	t.Helper()
	if now, err := os.ReadFile(filepath.Join(dir, "prod.yaml")); err != nil || string(now) != string(before) {
		t.Errorf("the manifest was written: %v\n%s", err, now)
	}
}

// gone fails if a file or its directory is still there.
func gone(t *testing.T, file string) {
	t.Helper()
	if _, err := os.Stat(filepath.Dir(file)); !os.IsNotExist(err) {
		t.Errorf("%s is still there: %v", file, err)
	}
}

// Whatever ends the program while the editor runs, the text in clear goes first.
func TestEditIsInterrupted(t *testing.T) {
	for _, what := range []syscall.Signal{syscall.SIGTERM, syscall.SIGHUP, syscall.SIGINT} {
		t.Run(what.String(), func(t *testing.T) {
			heard(t, what)
			dir, before := editors(t, "echo \"$1\"\nexec cat >/dev/null\n")
			cmd := exec.Command("authsync", "secrets", "edit", "prod.yaml")
			cmd.Dir = dir
			in, err := cmd.StdinPipe() // the editor waits for its end
			if err != nil {
				t.Fatal(err)
			}
			defer in.Close()
			out, err := cmd.StdoutPipe()
			if err != nil {
				t.Fatal(err)
			}
			var said strings.Builder
			cmd.Stderr = &said
			if err := cmd.Start(); err != nil {
				t.Fatal(err)
			}
			file, err := bufio.NewReader(out).ReadString('\n')
			file = strings.TrimSpace(file)
			if err != nil {
				t.Fatal(err)
			}
			if text, err := os.ReadFile(file); err != nil || !strings.Contains(string(text), "!plain 'the-secret'") {
				t.Fatalf("%v\n%s", err, text)
			}
			cmd.Process.Signal(what)
			state, _ := cmd.Process.Wait()
			in.Close()
			cmd.Wait()
			if state.ExitCode() != 1 || !strings.Contains(said.String(), "interrupted, nothing was written") {
				t.Errorf("%v\n%s", state, said.String())
			}
			gone(t, file)
			unchanged(t, dir, before)
		})
	}
}

// A mistake opens the editor again with what was written and what is wrong; what
// is wrong is then no part of the manifest.
func TestEditAgain(t *testing.T) {
	script := `
echo "$1" >file.txt
if [ ! -e first.txt ]; then
	cp "$1" first.txt
	sed -i -e "s/the-secret/mine/" -e "s/clientId: x/clientID: x/" "$1"
else
	cp "$1" second.txt
	sed -i "s/clientID/clientId/" "$1"
fi
`
	read := func(dir, name string) string {
		text, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil {
			t.Fatal(err)
		}
		return string(text)
	}
	t.Run("yes", func(t *testing.T) {
		dir, _ := editors(t, script)
		c := converse(t, dir, nil, nil, "secrets", "edit", "prod.yaml")
		c.hears("edit again? [Y/n] ")
		c.types("\n")
		code, said := c.ends()
		if code != 0 || !strings.Contains(said, "sealed providers.github.config.clientSecret to 1 recipient") {
			t.Errorf("exit code %d\n%s", code, said)
		}
		second := read(dir, "second.txt")
		lines := strings.Split(second, "\n")
		if !strings.HasPrefix(second, "#!authsync this cannot be sealed yet") || !strings.Contains(second, "!plain 'mine'") ||
			!strings.HasPrefix(lines[1], "#!authsync line 9: providers.github.config.clientID: unknown field") || !strings.Contains(lines[8], "clientID") {
			t.Errorf("the editor got\n%s", second)
		}
		if text := read(dir, "prod.yaml"); strings.Contains(text, "#!") || strings.Contains(text, "mine") {
			t.Errorf("written was\n%s", text)
		}
		gone(t, strings.TrimSpace(read(dir, "file.txt")))
	})
	t.Run("no", func(t *testing.T) {
		dir, before := editors(t, script)
		c := converse(t, dir, nil, nil, "secrets", "edit", "prod.yaml")
		c.hears("edit again? [Y/n] ")
		c.types("n\n")
		if code, said := c.ends(); code != 1 || !strings.HasSuffix(said, "authsync: given up, nothing was written\n") {
			t.Errorf("exit code %d\n%s", code, said)
		}
		unchanged(t, dir, before)
		gone(t, strings.TrimSpace(read(dir, "file.txt")))
	})
	t.Run("a signal", func(t *testing.T) {
		heard(t, syscall.SIGTERM)
		dir, before := editors(t, script)
		c := converse(t, dir, nil, nil, "secrets", "edit", "prod.yaml")
		c.hears("edit again? [Y/n] ")
		c.cmd.Process.Signal(syscall.SIGTERM)
		c.types("y\n")
		// The terminal may show what was typed behind the last words of the program.
		if code, said := c.ends(); code != 1 || !strings.HasSuffix(strings.TrimSuffix(said, "y\n"), "authsync: interrupted, nothing was written\n") {
			t.Errorf("exit code %d\n%s", code, said)
		}
		unchanged(t, dir, before)
		gone(t, strings.TrimSpace(read(dir, "file.txt")))
	})
}

// A ctrl-c at the keyboard is the editor's to understand: it goes on, and so does the
// program.
func TestEditorHasTheKeyboard(t *testing.T) {
	heard(t, syscall.SIGINT)
	dir, before := editors(t, `
echo "$1" >file.txt
trap 'echo heard' INT
echo ready
read line || read line
echo "got $line"
`)
	c := converse(t, dir, nil, nil, "secrets", "edit", "prod.yaml")
	c.hears("ready")
	c.types("\x03")
	c.hears("heard")
	c.types("more\n")
	if code, said := c.ends(); code != 0 || !strings.Contains(said, "got more") || !strings.HasSuffix(said, "prod.yaml: nothing changed\n") {
		t.Errorf("exit code %d\n%s", code, said)
	}
	unchanged(t, dir, before)
	file, err := os.ReadFile(filepath.Join(dir, "file.txt"))
	if err != nil {
		t.Fatal(err)
	}
	gone(t, strings.TrimSpace(string(file)))
}

// Where there is not even a shell to start the editor with, that is said.
func TestNoShellForTheEditor(t *testing.T) {
	dir, before := editors(t, "")
	t.Setenv("PATH", t.TempDir())
	r := must(t, 1, "secrets", "edit", filepath.Join(dir, "prod.yaml"))
	if !strings.Contains(r.err, "authsync: editor sh ") || !strings.Contains(r.err, "executable file not found in $PATH; set EDITOR") {
		t.Errorf("%s", r.err)
	}
	unchanged(t, dir, before)
}

// A signal that has arrived is seen before the next thing begins.
func TestInterruptsAreHeld(t *testing.T) {
	held := make(interrupts, 1)
	if err := held.pending(); err != nil {
		t.Error(err)
	}
	held <- syscall.SIGTERM
	if err := held.pending(); err != errInterrupted {
		t.Errorf("%v", err)
	}
}

// A private file that cannot be made leaves no directory.
func TestNoPrivateFile(t *testing.T) {
	dir := t.TempDir()
	t.Setenv("TMPDIR", dir)
	t.Setenv("XDG_RUNTIME_DIR", dir)
	if f, err := newPrivateFile("no/such", []byte("text")); err == nil || f != nil {
		t.Errorf("%v, %v", f, err)
	}
	if left, err := os.ReadDir(dir); err != nil || len(left) > 0 {
		t.Errorf("%v, %v", left, err)
	}
}
