package render

import (
	"fmt"
	"io"
	"strings"

	"authsync/cli/say"
	"authsync/schema"
)

// sides are two values to show beside each other.
type sides struct {
	before, after string
	// lines are the differences of multi-line texts; nil = the values have one line.
	lines []string
}

func sidesOf(before, after schema.Value) sides {
	if lines := schema.DisplayLines(before, after); lines != nil {
		return sides{lineCount(before), lineCount(after), lines}
	}
	was, is := schema.DisplayBoth(before, after)
	return sides{was, is, nil}
}

func lineCount(v schema.Value) string {
	text, _ := v.(schema.Text)
	n := strings.Count(string(text), "\n")
	if !strings.HasSuffix(string(text), "\n") {
		n++
	}
	return fmt.Sprintf("(%s)", Count(n, "line", "lines"))
}

func (s sides) write(w io.Writer) {
	for _, line := range s.lines {
		say.Fprintf(w, "        %s\n", line)
	}
}
