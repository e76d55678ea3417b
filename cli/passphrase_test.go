//go:build unix

package cli

import (
	"bytes"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"filippo.io/age"
)

const testPassphrase = "correct horse battery"

// protected is a directory with a manifest, sealed to an identity that is
// protected by a passphrase: key.age.
func protected(t *testing.T) string {
	t.Helper()
	secluded(t)
	dir := t.TempDir()
	id, err := age.GenerateX25519Identity()
	if err != nil {
		t.Fatal(err)
	}
	lock, err := age.NewScryptRecipient(testPassphrase)
	if err != nil {
		t.Fatal(err)
	}
	lock.SetWorkFactor(2)
	var locked bytes.Buffer
	w, err := age.Encrypt(&locked, lock)
	if err != nil {
		t.Fatal(err)
	}
	io.WriteString(w, id.String()+"\n")
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	manifest := "apiVersion: authsync/v1\nkind: Environment\nname: prod\nrecipients: [" + id.Recipient().String() + "]\n" +
		"systems: {cloudbase: {envId: acme-prod}}\nproviders:\n  github: {config: {clientId: x, clientSecret: the-secret}}\n"
	for name, text := range map[string]string{"key.age": locked.String(), "prod.yaml": manifest} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	must(t, 0, "secrets", "seal", "--in", filepath.Join(dir, "prod.yaml"))
	return dir
}

// openArgs print the manifest's one secret.
var openArgs = []string{"secrets", "open", "--in", "prod.yaml", "--path", "providers.github.config.clientSecret", "--identity", "key.age"}

// conversation is a program that a person talks with at a terminal.
type conversation struct {
	*testing.T
	person *os.File
	cmd    *exec.Cmd
	said   string
}

// converse starts authsync at a terminal of its own. Where out is nil, the
// terminal has its output too.
func converse(t *testing.T, dir string, in io.Reader, out io.Writer, args ...string) *conversation {
	t.Helper()
	person, program := terminal(t)
	cmd := exec.Command("authsync", args...)
	cmd.Dir, cmd.Stdin, cmd.Stdout, cmd.Stderr = dir, program, program, program
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true, Setctty: true, Ctty: 2}
	if in != nil {
		cmd.Stdin = in
	}
	if out != nil {
		cmd.Stdout = out
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { cmd.Process.Kill() })
	program.Close()
	return &conversation{T: t, person: person, cmd: cmd}
}

// hears waits until the program has said a text since the last.
func (c *conversation) hears(text string) {
	c.Helper()
	part := make([]byte, 1024)
	for !strings.Contains(c.said, text) {
		n, err := c.person.Read(part)
		c.said += string(part[:n])
		if err != nil {
			c.Fatalf("%v; it has not said %q but\n%s", err, text, c.said)
		}
	}
	_, c.said, _ = strings.Cut(c.said, text)
}

func (c *conversation) types(text string) {
	c.Helper()
	if _, err := io.WriteString(c.person, text); err != nil {
		c.Fatal(err)
	}
}

// ends returns the exit code, and all that was said to the end.
func (c *conversation) ends() (code int, said string) {
	rest, _ := io.ReadAll(c.person) // ends with an error once the program is gone
	c.cmd.Wait()
	return c.cmd.ProcessState.ExitCode(), strings.ReplaceAll(c.said+string(rest), "\r\n", "\n")
}

// The passphrase is asked for at the terminal, also where standard input and
// output are something else, and is not shown.
func TestPassphrase(t *testing.T) {
	const question = "passphrase of the age identity file key.age: "
	for _, tt := range []struct {
		name  string
		typed []string
		code  int
		said  string
	}{
		{"right", []string{testPassphrase}, 0, ""},
		{"right at the third time", []string{"wrong", "", testPassphrase}, 0, ""},
		{"wrong three times", []string{"wrong", "wrong", "wrong"}, 1, "authsync: key.age: line 1: age identity file: the passphrase is wrong\n"},
		{"ctrl-c", []string{"\x03"}, 1, "authsync: key.age: line 1: age identity file: no passphrase was given\n"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var out bytes.Buffer
			c := converse(t, protected(t), strings.NewReader(""), &out, openArgs...)
			for i, typed := range tt.typed {
				if i > 0 {
					c.hears("the passphrase is wrong")
				}
				c.hears(question)
				c.types(typed + "\r")
			}
			code, said := c.ends()
			if code != tt.code || !strings.HasSuffix(said, tt.said) {
				t.Errorf("exit code %d\n%s", code, said)
			}
			if found := leak(said+out.String(), []canary{{"the passphrase", testPassphrase}}); found != "" {
				t.Errorf("it tells %s:\n%s", found, said)
			}
			if tt.code == 0 && out.String() != "the-secret" {
				t.Errorf("opened %q", out.String())
			}
		})
	}
}

// A signal ends the question, and the terminal shows again what is typed.
func TestPassphraseIsInterrupted(t *testing.T) {
	heard(t, syscall.SIGTERM)
	c := converse(t, protected(t), nil, nil, openArgs...)
	c.hears("passphrase of the age identity file key.age: ")
	c.cmd.Process.Signal(syscall.SIGTERM)
	if code, said := c.ends(); code != 1 || !strings.HasSuffix(said, "authsync: key.age: line 1: age identity file: interrupted\n") {
		t.Errorf("exit code %d\n%s", code, said)
	}
}

// git asks for a text while it shows a difference, and nobody is asked for a passphrase
// then: what it protects stays sealed.
func TestTextconvAsksNobody(t *testing.T) {
	c := converse(t, protected(t), nil, nil, "secrets", "open", "--textconv", "prod.yaml", "--identity", "key.age")
	if code, said := c.ends(); code != 0 || !strings.Contains(said, "clientSecret: !age (sealed)") || strings.Contains(said, "passphrase") {
		t.Errorf("exit code %d\n%s", code, said)
	}
}

// Without a terminal there is nobody to ask.
func TestPassphraseWithoutTerminal(t *testing.T) {
	cmd := exec.Command("authsync", openArgs...)
	cmd.Dir = protected(t)
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
	said, err := cmd.CombinedOutput()
	const want = "authsync: key.age: line 1: the age identity file is protected by a passphrase\n" +
		"  hint: there is no terminal to ask for the passphrase at; run authsync at one, or put the text of an identity without a passphrase into AUTHSYNC_IDENTITY\n"
	if err == nil || string(said) != want {
		t.Errorf("%v\n%s", err, said)
	}
}
