package cli

import (
	"fmt"
	"io"
	"runtime"

	"authsync/cli/say"
)

// crashed tells of a panic without a value of the program. What a panic was
// called with may quote anything, and the runtime's own trace shows arguments:
// words of memory, an array's bytes among them. Names of functions and lines
// say where it was. What the runtime itself says of a mistake, such as an index
// out of range, holds numbers and types only.
func crashed(w io.Writer, cause any) int {
	what := fmt.Sprintf("a panic of type %T", cause)
	if mistake, ok := cause.(runtime.Error); ok {
		what = mistake.Error()
	}
	say.Fprintf(w, "authsync: internal error: %s\n", what)
	callers := make([]uintptr, 64)
	frames := runtime.CallersFrames(callers[:runtime.Callers(2, callers)])
	for {
		frame, more := frames.Next()
		say.Fprintf(w, "  %s:%d %s\n", frame.File, frame.Line, frame.Function)
		if !more {
			return int(CodeError)
		}
	}
}
