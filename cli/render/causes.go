package render

import (
	"io"
	"strings"

	"authsync/cli/say"
	"authsync/sync"
)

// causes writes why something could not be done, each cause once: an environment
// that has it in common with one before names that one.
type causes struct {
	verb    string            // what could not be done
	told    map[string]string // the environment that a cause was told in
	palette Palette
}

func newCauses(verb string, p Palette) causes { return causes{verb, map[string]string{}, p} }

func (c causes) write(w io.Writer, env string, all []sync.Cause) {
	verb := c.palette.Paint("!", say.Text(c.verb)+":")
	for _, cause := range all {
		if first, again := c.told[cause.Text]; again {
			say.Fprintf(w, "  %s %s\n", verb, strings.TrimPrefix(cause.Calls()+", for the same reason as "+first, ", "))
			continue
		}
		c.told[cause.Text] = env
		say.Fprintf(w, "  %s %s\n", verb, cause)
		if cause.Advice != "" {
			say.Fprintf(w, "    %s %s\n", c.palette.Paint("dim", "hint:"), cause.Advice)
		}
	}
}
