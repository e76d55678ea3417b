package cli

import (
	"errors"
	"fmt"
	"io"

	"authsync/cli/line"
	"authsync/cli/say"
	"authsync/remote/service"
	"authsync/schema/lang"
	"authsync/secrets"
	"authsync/sync"
	"authsync/sync/fleet"
)

// Code is an exit code. Pipelines rely on it.
type Code int

const (
	CodeDone      Code = iota // done, or nothing to do
	CodeError                 // an error, and nothing was written
	CodeDifferent             // differences, if the command was asked to report them
	CodeRefused               // no approval, or a plan that must not be applied
	CodePartly                // something was written, but not everything is as wanted
)

// codes are the exit codes with their meanings, for help and the man page.
var codes = []line.Code{
	{Code: int(CodeDone), Meaning: "done, or nothing to do"},
	{Code: int(CodeError), Meaning: "an error, and nothing was written"},
	{Code: int(CodeDifferent), Meaning: "differences found (diff, drift, compare, plan --exit-code), or an error by audit or doctor"},
	{Code: int(CodeRefused), Meaning: "refused: a gate, a stale plan, another apply under way, no approval, or a plan that must not be applied"},
	{Code: int(CodePartly), Meaning: "partly applied: go on with the command that is printed, it plans from what is live"},
}

// exit is an error with its own exit code. A nil err prints nothing.
type exit struct {
	code Code
	err  error
}

func (e *exit) Error() string {
	if e.err == nil {
		return fmt.Sprintf("exit code %d", e.code)
	}
	return e.err.Error()
}

func (e *exit) Unwrap() error { return e.err }

// codeOf returns the exit code of a run that ends with an error or without one.
func codeOf(err error) Code {
	e, coded := errors.AsType[*exit](err)
	switch {
	case err == nil:
		return CodeDone
	case coded:
		return e.code
	case is[*fleet.RefusedError](err), is[*sync.DestinationError](err), is[*service.HostError](err), is[*service.AccountError](err):
		return CodeRefused
	}
	return CodeError
}

func is[E error](err error) bool {
	_, is := errors.AsType[E](err)
	return is
}

// report prints an error, one line for each cause, and returns the exit code.
func report(w io.Writer, err error, l lang.Language) int {
	code := codeOf(err)
	if e, coded := errors.AsType[*exit](err); coded {
		err = e.err
	}
	if refused, whole := err.(*fleet.RefusedError); whole {
		err = refused.Err
	}
	told := map[string]struct{}{}
	for _, cause := range sync.Causes(sync.Failures(err)) {
		say.Fprintf(w, "authsync: %s%s\n", cause.Places(), cause)
		hint := adviceFor(cause)
		if _, again := told[hint.String()]; !hint.Empty() && !again {
			told[hint.String()] = struct{}{}
			say.Fprintf(w, "  %s %s\n", l.Say("hint:"), hint.In(l))
		}
	}
	return int(code)
}

// adviceFor says what to do about a cause, if that is known.
func adviceFor(cause sync.Cause) lang.Message {
	if !cause.Advice.Empty() {
		return cause.Advice
	}
	return hintFor(cause.First)
}

// hintFor returns what to do about an error, if that is known.
func hintFor(err error) lang.Message {
	switch {
	case is[*sync.EndlessError](err):
		return lang.Of("check whether the service lists objects that nobody created; with --target less is read at once")
	case errors.Is(err, service.ErrNoCredentials):
		return lang.Of("set TENCENTCLOUD_SECRETID and TENCENTCLOUD_SECRETKEY, or systems.cloudbase.secretId and secretKey as !env")
	case errors.Is(err, secrets.ErrNoIdentity):
		return lang.Of("give an age identity: --identity FILE, AUTHSYNC_IDENTITY_FILE, or its text in AUTHSYNC_IDENTITY")
	case is[*secrets.ProtectedIdentityError](err):
		return lang.Of("there is no terminal to ask for the passphrase at; run authsync at one, or put the text of an identity without a passphrase into AUTHSYNC_IDENTITY")
	case is[*secrets.MisplacedError](err):
		return lang.Of("open it at the place it was sealed for, and seal it again where it is: authsync secrets open, authsync secrets seal")
	case is[*secrets.WrongIdentityError](err):
		return lang.Of("give the identity of one of the recipients: --identity FILE, AUTHSYNC_IDENTITY_FILE, or AUTHSYNC_IDENTITY")
	}
	return lang.Message{}
}
