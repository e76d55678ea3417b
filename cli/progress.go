package cli

import (
	"errors"
	"io"

	"github.com/urfave/cli/v2"
	"golang.org/x/term"

	"authsync/cli/progress"
)

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
