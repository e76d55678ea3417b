package cli

import (
	"bytes"
	"errors"
	"strings"
	"testing"
)

// A panic is told by its type and its place. What it was called with stays
// unsaid, and so do the arguments on the stack.
func TestCrashHoldsNoSecret(t *testing.T) {
	c := newCanary("a secret")
	var array [24]byte
	copy(array[:], c.text)
	for _, tt := range []struct {
		name  string
		cause func()
		says  string
	}{
		{"a text", func() { panic("it holds " + c.text) }, "internal error: a panic of type string\n"},
		{"an error", func() { panic(errors.New(c.text)) }, "internal error: a panic of type *errors.errorString\n"},
		{"a mistake", func() { _ = c.text[len(c.text)+len(array):] }, "internal error: runtime error: slice bounds out of range"},
		{"an argument", func() { passed(array) }, "internal error: a panic of type string\n"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var out bytes.Buffer
			code := CodeDone
			func() {
				defer func() { code = Code(crashed(&out, recover())) }()
				tt.cause()
			}()
			if code != CodeError || !strings.Contains(out.String(), tt.says) || !strings.Contains(out.String(), "crash_test.go:") {
				t.Errorf("exit code %d\n%s", code, out.String())
			}
			if found := leak(out.String(), []canary{c}); found != "" || strings.Contains(out.String(), "0x") {
				t.Errorf("it tells %s:\n%s", found, out.String())
			}
		})
	}
}

//go:noinline
func passed(secret [24]byte) { panic("with an argument of " + string(secret[:1])) }
