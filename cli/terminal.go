package cli

import (
	"bufio"
	"errors"
	"io"
	"strings"

	"github.com/mattn/go-isatty"
	"github.com/urfave/cli/v2"
	"golang.org/x/term"

	"authsync/cli/progress"
	"authsync/cli/render"
	"authsync/cli/say"
)

func isTerminal(stream interface{}) bool {
	f := fileOf(stream)
	return f != nil && isatty.IsTerminal(f.Fd())
}

// approve asks a person, and accepts only yes. Without a person, or if the person
// could not see the plan, the answer is no.
func approve(s Streams, question string) error {
	if !isTerminal(s.In) {
		return &exit{CodeRefused, errors.New("refused: no approval: there is no terminal to ask at, and no --yes")}
	}
	if unread, _ := lost(s.Out); unread {
		return &exit{CodeRefused, errors.New("refused: no approval: standard output was closed before all was shown that is asked about")}
	}
	say.Fprintf(s.Err, "\n%s? only yes is taken for an answer: ", question)
	answer, _ := bufio.NewReader(s.In).ReadString('\n')
	if strings.TrimSpace(answer) != "yes" {
		return &exit{CodeRefused, errors.New("refused: not approved, nothing was written")}
	}
	return nil
}

// palette is how a text for a stream looks.
func (s selection) palette(w io.Writer) render.Palette {
	if s.plain {
		w = io.Discard
	}
	return render.Palette{Colours: coloursFor(w), Language: s.language}
}

func coloursFor(w io.Writer) map[string]string {
	noColor, _ := lookupEnv("NO_COLOR")
	term, _ := lookupEnv("TERM")
	if noColor != "" || term == "dumb" || !isTerminal(w) {
		return nil
	}
	return render.Colours
}

func readProgress(c *cli.Context) (*progress.Progress, error) {
	told := progress.Steps
	switch {
	case c.Bool("quiet") && c.Bool("verbose"):
		return nil, errors.New("--quiet and --verbose: give one of them")
	case c.Bool("quiet"):
		told = progress.Results
	case c.Bool("verbose"):
		told = progress.Calls
	}
	around := progress.Surroundings{Err: c.App.ErrWriter, LookupEnv: lookupEnv}
	if isTerminal(around.Err) {
		around.Size = terminalSize(around.Err)
	}
	return progress.New(told, around), nil
}

// terminalSize returns a function that asks a terminal for its current size.
func terminalSize(w io.Writer) func() (columns, rows int) {
	return func() (int, int) {
		if f := fileOf(w); f != nil {
			if columns, rows, err := term.GetSize(int(f.Fd())); err == nil && columns > 0 && rows > 0 {
				return columns, rows
			}
		}
		return 80, 24
	}
}
