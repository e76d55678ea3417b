package render

import (
	"io"

	"authsync/cli/say"
)

const inSandbox = "this run speaks to a sandbox, and nothing real is touched"

// Sandbox says first of all that a run uses a sandbox, if it does.
func Sandbox(w io.Writer, identity string, p Palette) {
	if identity != "" {
		say.Fprintf(w, "%s %s\n", p.say("sandbox:"), p.say(inSandbox))
	}
}

// markdownSandbox is the first visible line of a run in a sandbox.
func markdownSandbox(identity string, p Palette) string {
	if identity == "" {
		return ""
	}
	return p.Language.Say("**Sandbox**:") + " " + p.Language.Say(inSandbox) + ".\n\n"
}
