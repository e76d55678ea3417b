package cli

import (
	"bytes"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/creack/pty"
	"github.com/google/go-cmp/cmp"

	"authsync/schema/pattern"
)

// terminal is a pseudo-terminal: a program has one end, a person the other.
func terminal(t *testing.T) (person, program *os.File) {
	t.Helper()
	person, program, err := pty.Open()
	if err != nil {
		t.Skipf("there are no pseudo-terminals here: %v", err)
	}
	t.Cleanup(func() {
		person.Close()
		program.Close()
	})
	return person, program
}

// On a terminal apply asks, and yes is the only answer that applies anything.
func TestQuestion(t *testing.T) {
	const endOfInput = "\x04"
	tests := []struct {
		name, typed string
		code        int
	}{
		{"yes", "yes\n", 0},
		{"yes with spaces", " yes \n", 0},
		{"no", "no\n", 3},
		{"y", "y\n", 3},
		{"upper case", "YES\n", 3},
		{"more than yes", "yes please\n", 3},
		{"nothing", "\n", 3},
		{"end of input", endOfInput, 3},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			url := exampleSandbox(t)
			person, program := terminal(t)
			if _, err := io.WriteString(person, tt.typed); err != nil {
				t.Fatal(err)
			}
			var out, err bytes.Buffer
			code := Main([]string{"authsync", "apply", exampleEnvs(t), "--env", "dev"}, Streams{In: program, Out: &out, Err: &err})
			if code != tt.code {
				t.Errorf("exit code %d, want %d\n%s", code, tt.code, err.String())
			}
			if !strings.Contains(err.String(), "make 4 calls to dev: 2 to create, 2 to update? only yes is taken for an answer: ") {
				t.Errorf("the question was not asked:\n%s", err.String())
			}
			if wrote := len(writesOf(t, url)) > 0; wrote != (tt.code == 0) {
				t.Errorf("it wrote: %v", wrote)
			}
		})
	}
}

var colour = pattern.Of("\x1b\\[[0-9;]*m")

// Colour is for terminals, and for those who did not turn it off. It changes
// nothing else.
func TestColour(t *testing.T) {
	tests := []struct {
		name     string
		env      map[string]string
		flags    []string
		coloured bool
	}{
		{name: "terminal", coloured: true},
		{name: "no-color", flags: []string{"--no-color"}},
		{name: "NO_COLOR", env: map[string]string{"NO_COLOR": "1"}},
		{name: "NO_COLOR that is empty", env: map[string]string{"NO_COLOR": ""}, coloured: true},
		{name: "dumb terminal", env: map[string]string{"TERM": "dumb"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			exampleSandbox(t)
			t.Setenv("TERM", "xterm-256color")
			for name, value := range tt.env {
				t.Setenv(name, value)
			}
			args := append([]string{"plan", "../examples/envs"}, tt.flags...)
			piped := must(t, 0, args...).out
			if colour.MatchString(piped) {
				t.Errorf("colour without a terminal:\n%q", piped)
			}

			shown := shownOnTerminal(t, args)
			if got := colour.MatchString(shown); got != tt.coloured {
				t.Errorf("coloured: %v, want %v", got, tt.coloured)
			}
			if diff := cmp.Diff(piped, colour.ReplaceAllString(shown, "")); diff != "" {
				t.Errorf("the terminal shows another text (-piped +terminal):\n%s", diff)
			}
		})
	}

	t.Run("file", func(t *testing.T) {
		exampleSandbox(t)
		t.Setenv("TERM", "xterm-256color")
		file := filepath.Join(t.TempDir(), "plan.txt")
		shownOnTerminal(t, []string{"plan", "../examples/envs", "--format", "text=" + file})
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if colour.Match(text) {
			t.Errorf("colour in a file:\n%q", text)
		}
	})
}

// shownOnTerminal is what authsync writes to a terminal, with the line ends of
// a file.
func shownOnTerminal(t *testing.T, args []string) string {
	t.Helper()
	person, program := terminal(t)
	shown := make(chan string)
	go func() {
		var text bytes.Buffer
		io.Copy(&text, person) // ends with an error once the program's end is closed
		shown <- text.String()
	}()
	var err bytes.Buffer
	if code := Main(append([]string{"authsync"}, args...), Streams{In: strings.NewReader(""), Out: program, Err: &err}); code != 0 {
		t.Errorf("exit code %d\n%s", code, err.String())
	}
	program.Close()
	return strings.ReplaceAll(<-shown, "\r\n", "\n")
}
