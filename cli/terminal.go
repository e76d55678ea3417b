package cli

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"authsync/cli/render"

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

// paletteFor decides whether a stream gets colour.
func paletteFor(w io.Writer, plain bool) render.Palette {
	noColor, _ := lookupEnv("NO_COLOR")
	term, _ := lookupEnv("TERM")
	if plain || noColor != "" || term == "dumb" || !isTerminal(w) {
		return nil
	}
	return render.Colours
}
