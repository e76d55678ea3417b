package render

import (
	"io"
	"strings"

	"authsync/cli/say"
	"authsync/sync"
)

// causes prints why something failed, each cause once: an environment with the cause
// of an earlier one refers to that.
type causes struct {
	verb    string            // what failed
	told    map[string]string // the environment with which a cause was printed
	palette Palette
}

func newCauses(verb string, p Palette) causes { return causes{verb, map[string]string{}, p} }

func (c causes) write(w io.Writer, env string, all []sync.Cause) {
	verb := c.palette.Paint("!", c.palette.say(c.verb)+":")
	for _, cause := range all {
		if first, again := c.told[cause.Text]; again {
			say.Fprintf(w, "  %s %s\n", verb, strings.TrimPrefix(cause.Calls()+", for the same reason as "+first, ", "))
			continue
		}
		c.told[cause.Text] = env
		say.Fprintf(w, "  %s %s\n", verb, cause)
		if !cause.Advice.Empty() {
			say.Fprintf(w, "    %s %s\n", c.palette.Paint("dim", c.palette.say("hint:")), cause.Advice.In(c.palette.Language))
		}
	}
}
