package cli

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/mattn/go-isatty"
)

// isTerminal reports whether a stream is a terminal.
func isTerminal(stream interface{}) bool {
	f, ok := stream.(*os.File)
	return ok && isatty.IsTerminal(f.Fd())
}

// approve asks a person, and only yes is taken for a yes. Without a person to ask,
// the answer is no.
func approve(s Streams, question string) error {
	if !isTerminal(s.In) {
		return &exit{CodeRefused, errors.New("refused: no approval: there is no terminal to ask at, and no --yes")}
	}
	fmt.Fprintf(s.Err, "\n%s? only yes is taken for an answer: ", question)
	answer, _ := bufio.NewReader(s.In).ReadString('\n')
	if strings.TrimSpace(answer) != "yes" {
		return &exit{CodeRefused, errors.New("refused: not approved, nothing was written")}
	}
	return nil
}

// palette is what colours a text: every method is the identity where there is
// no terminal.
type palette map[string]string

// colours for a terminal; see NO_COLOR (no-color.org).
var colours = palette{"+": "\x1b[32m", "~": "\x1b[33m", "-": "\x1b[31m", "dim": "\x1b[2m", "bold": "\x1b[1m", "!": "\x1b[31;1m"}

func (p palette) paint(name, text string) string {
	if p[name] == "" || text == "" {
		return text
	}
	return p[name] + text + "\x1b[0m"
}

// paletteFor decides whether a stream gets colour.
func paletteFor(w io.Writer, plain bool) palette {
	noColor, _ := lookupEnv("NO_COLOR")
	term, _ := lookupEnv("TERM")
	if plain || noColor != "" || term == "dumb" || !isTerminal(w) {
		return nil
	}
	return colours
}
