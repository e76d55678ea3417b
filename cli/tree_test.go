package cli

import (
	"fmt"
	"io"
	"os/exec"
	"slices"
	"strings"
	"testing"

	"github.com/urfave/cli/v2"

	"authsync/cli/line"
	"authsync/schema/lang"
)

func testApp() *cli.App {
	s := Streams{In: strings.NewReader(""), Out: io.Discard, Err: io.Discard}
	return newApp(commands(s), s, new(lang.Language))
}

// usageLines are the lines of a command's usage before its example.
func usageLines(c *cli.Command) string {
	usage, _, _ := strings.Cut(c.UsageText, "\n\nexample: ")
	return usage
}

// examplesOf are the command lines of a command's example.
func examplesOf(text string) []string {
	_, examples, _ := strings.Cut(text, "\n\nexample: ")
	var lines []string
	for _, line := range strings.Split(examples, "\n") {
		if line = strings.TrimSpace(line); line != "" {
			lines = append(lines, line)
		}
	}
	return lines
}

func TestEveryCommandIsDescribed(t *testing.T) {
	app := testApp()
	for _, c := range line.Commands(app.Commands) {
		t.Run(c.Name, func(t *testing.T) {
			if c.Command.Usage == "" || strings.HasSuffix(c.Command.Usage, ".") {
				t.Errorf("Usage is to be a line without a full stop: %q", c.Command.Usage)
			}
			for _, usage := range strings.Split(usageLines(c.Command), "\n") {
				if !strings.HasPrefix(usage, "authsync "+c.Name) {
					t.Errorf("usage line %q is not of this command", usage)
				}
			}
			examples := examplesOf(c.Command.UsageText)
			if len(examples) == 0 {
				t.Error("UsageText has no example")
			}
			for _, example := range examples {
				words, _, _ := strings.Cut(example, " > ")
				words, _, _ = strings.Cut(words, " < ")
				if !strings.HasPrefix(words, "authsync "+c.Name) {
					t.Errorf("example %q is not of this command", example)
				}
				if _, err := line.Arrange(app, strings.Fields(words)); err != nil {
					t.Errorf("example %q: %v", example, err)
				}
			}
			if strings.Contains(strings.ReplaceAll(usageLines(c.Command), "--path PATH", ""), "PATH") != strings.Contains(c.Command.ArgsUsage, "PATH") {
				t.Errorf("ArgsUsage is %q, and the usage says otherwise: without PATH there, words are refused", c.Command.ArgsUsage)
			}
			for _, f := range line.Visible(c.Command.Flags) {
				if f.GetUsage() == "" {
					t.Errorf("%s has no description", line.Dashes(f.Names()[0]))
				}
				if f.TakesValue() && line.Placeholder(f.(cli.Flag)) == "" {
					t.Errorf("%s takes a value, and does not say in backquotes what it is called", line.Dashes(f.Names()[0]))
				}
			}
		})
	}
}

// A flag may stand before its command, so its name alone has to say whether the
// next word is its value.
func TestFlagsOfOneNameAreOfOneSort(t *testing.T) {
	first := map[string]line.Placed{}
	for _, c := range line.Commands(testApp().Commands) {
		for _, f := range c.Command.Flags {
			for _, name := range f.Names() {
				before, there := first[name]
				if there && line.TakesValue(line.FlagNamed(before.Command.Flags, name)) != line.TakesValue(f) {
					t.Errorf("%s takes a value in one of %s and %s, and none in the other", line.Dashes(name), before.Name, c.Name)
				}
				first[name] = c
			}
		}
	}
}

// Help of every command, asked for in each way, goes to standard output, and is
// the same.
func TestHelpOfEveryCommand(t *testing.T) {
	for _, c := range line.Commands(testApp().Commands) {
		words := strings.Fields(c.Name)
		want := must(t, 0, append(words, "--help")...)
		if !strings.Contains(want.out, "authsync "+c.Name+" - "+c.Command.Usage) || !strings.Contains(want.out, "example: ") || want.err != "" {
			t.Errorf("%s --help: %s%s", c.Name, want.out, want.err)
		}
		for _, other := range [][]string{append(words, "-h"), append([]string{"help"}, words...), append([]string{"-h"}, words...)} {
			if got := must(t, 0, other...); got != want {
				t.Errorf("authsync %s differs from %s --help", strings.Join(other, " "), c.Name)
			}
		}
	}
}

func TestHelpNamesEveryExitCode(t *testing.T) {
	help := must(t, 0, "--help").out
	for i, c := range codes {
		if c.Code != i || !strings.Contains(help, fmt.Sprintf("%d  %s", i, c.Meaning)) {
			t.Errorf("exit code %d is not in --help", c.Code)
		}
	}
	if CodePartly != Code(len(codes)-1) {
		t.Error("an exit code has no meaning")
	}
}

func TestManPage(t *testing.T) {
	page := must(t, 0, "man").out
	for _, c := range line.Commands(testApp().Commands) {
		if !strings.Contains(page, "\n.SS "+strings.ReplaceAll(c.Name, "-", `\-`)+"\n") {
			t.Errorf("%s is not in the man page", c.Name)
		}
	}
	groff, err := exec.LookPath("groff")
	if err != nil {
		t.Skip("there is no groff to read it with")
	}
	read := exec.Command(groff, "-man", "-Tascii", "-ww", "-rLL=300n")
	read.Stdin = strings.NewReader(page)
	var out, warnings strings.Builder
	read.Stdout, read.Stderr = &out, &warnings
	if err := read.Run(); err != nil || warnings.Len() > 0 {
		t.Errorf("groff: %v\n%s", err, warnings.String())
	}
	if !strings.Contains(out.String(), "--exit-code") {
		t.Errorf("dashes are lost:\n%s", out.String())
	}
}

func FuzzArrange(f *testing.F) {
	f.Add("plan\x00--env=prod\x00-yi\x00x\x00--\x00-h")
	f.Add("secrets\x00--in\x00f\x00seal")
	f.Fuzz(func(t *testing.T, text string) {
		app := testApp()
		words := strings.Split(text, "\x00")
		arranged, err := line.Arrange(app, append([]string{"authsync"}, words...))
		if err != nil {
			return
		}
		again, err := line.Arrange(app, arranged)
		if err != nil || strings.Join(again, "\x00") != strings.Join(arranged, "\x00") {
			t.Fatalf("%q arranged is %q, and that arranged %q, %v", words, arranged, again, err)
		}
		asked := append([]string{"authsync", "__complete"}, words...)
		asked[len(asked)-1] = ":" + asked[len(asked)-1]
		if err := app.Run(asked); err != nil {
			t.Fatalf("%q is not completed: %v", words, err)
		}
	})
}

// A run makes the one command that it needs, and reads its words as if it had all.
func TestACommandIsMadeAlone(t *testing.T) {
	s := Streams{In: strings.NewReader(""), Out: io.Discard, Err: io.Discard}
	for _, c := range commands(s) {
		made := c.make()
		if made.Name != c.name {
			t.Errorf("%s is in the table as %s", made.Name, c.name)
		}
		for _, example := range append(examplesOf(made.UsageText), "authsync "+c.name+" --help", "authsync "+c.name+" --nowhere", "authsync "+c.name+" --format json x") {
			words := strings.Fields(example)
			app, got, err := arranged(words, s, new(lang.Language))
			want, wrong := line.Arrange(testApp(), words)
			if !slices.Equal(got, want) || fmt.Sprint(err) != fmt.Sprint(wrong) {
				t.Errorf("%s is read as %q, %v; with all commands as %q, %v", example, got, err, want, wrong)
			}
			if alone := len(app.Commands) == 1; alone == (c.tellsAll || err != nil) {
				t.Errorf("%s: %d commands are made", example, len(app.Commands))
			}
		}
	}
}
