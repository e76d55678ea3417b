package cli

import (
	"fmt"
	"io"
	"runtime"

	"authsync/cli/say"
)

// crashed reports a panic without any value of the program. The value of a panic may
// quote anything, and the runtime's trace shows arguments as memory words. Names of
// functions and lines say where it was. The runtime's own errors, such as an index out
// of range, contain only numbers and types.
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
