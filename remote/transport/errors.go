package transport

import (
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"authsync/schema/lang"
)

// Error is a failed call. Its texts may come from a service: they are reduced to one
// line of printable characters, cut to a length, and contain no secret of the request.
type Error struct {
	System, Call string // as in [Request]
	Code         string // the service's code; empty if it gave none
	Message      string // the service's text, or what happened on the way
	RequestID    string // the service's id for the request, for its support
	Status       int    // of HTTP; 0 without an answer
	Attempts     int    // how often the call was made
	Effect       Effect
	Err          error // the cause, for errors.Is and errors.As; not part of the text

	writes     bool
	fault      fault
	fact       Fact
	retryAfter time.Duration
}

// Effect says whether a failed call did its work.
type Effect int

// The effect of a read is NotDone or Refused.
const (
	Unknown Effect = iota // it may have been done: only a read can tell
	NotDone               // it was not sent, or the service says that it did nothing
	Refused               // the service answered with an error
)

var effects = [...]string{Unknown: "unknown", NotDone: "not done", Refused: "refused"}

func (o Effect) String() string { return effects[o] }

// EffectUnknown reports whether the call may have been done.
func (e *Error) EffectUnknown() bool { return e.Effect == Unknown }

// Error returns the system, the call, the code, the text and the request id, as far as
// they are known.
func (e *Error) Error() string {
	code, message := e.said()
	text := colons(e.System, e.Call, code, message)
	var notes []string
	if trace := e.Trace(); trace != "" {
		notes = append(notes, trace)
	}
	if e.Attempts > 1 {
		notes = append(notes, fmt.Sprintf("%d attempts", e.Attempts))
	}
	if len(notes) > 0 {
		text += " (" + strings.Join(notes, ", ") + ")"
	}
	return text
}

// said returns the code and the text, or their substitutes.
func (e *Error) said() (code, message string) {
	code, message = e.Code, e.Message
	if code == "" && e.Status >= 300 {
		code = fmt.Sprintf("status %d", e.Status)
	}
	if message == "" && e.Err != nil {
		message = e.Err.Error()
	}
	return code, message
}

// colons joins the non-empty parts with colons.
func colons(parts ...string) string {
	return strings.Join(slices.DeleteFunc(parts, func(part string) bool { return part == "" }), ": ")
}

// Cause returns the error without the details of the call, so that calls that fail for
// one reason have the same text. An unreachable host stops the calls of every system
// on it.
func (e *Error) Cause() string {
	code, message := e.said()
	if e.fault == unsent || e.fault == distrusted {
		return message
	}
	return colons(e.System, code, message)
}

// Trace returns the request id; "" = none.
func (e *Error) Trace() string {
	if e.RequestID == "" {
		return ""
	}
	return "request id " + e.RequestID
}

// Writes reports whether the call is one that writes.
func (e *Error) Writes() bool  { return e.writes }
func (e *Error) Unwrap() error { return e.Err }

// Made returns the call that failed.
func (e *Error) Made() string { return e.Call }

// Advice says in one line what to do about the error; "" = no advice.
func (e *Error) Advice() string { return e.AdviceOn([]string{e.Call}).String() }

// AdviceOn returns the advice for several calls that failed for one reason.
func (e *Error) AdviceOn(calls []string) lang.Message {
	if hint := e.fact.hint(calls); !hint.Empty() {
		return hint
	}
	return lang.Of(faults[e.fault].advice)
}

// IsNotFound reports whether a service answered that the object does not exist. A
// missing environment or a wrong address does not count.
func IsNotFound(err error) bool { return means(err, Missing) }

// IsExists reports whether a service answered that such an object already exists.
func IsExists(err error) bool { return means(err, Existing) }

// Exists implements sync.Existing.
func (e *Error) Exists() bool { return e.fact.Means == Existing }

// HasCode reports whether a service refused a call with one of the codes. Its HTTP
// status, such as "401", is one too.
func HasCode(err error, codes ...string) bool {
	e, is := errors.AsType[*Error](err)
	return is && (slices.Contains(codes, e.Code) || slices.Contains(codes, strconv.Itoa(e.Status)))
}

func means(err error, m Meaning) bool {
	e, is := errors.AsType[*Error](err)
	return is && e.fact.Means == m
}

// classify derives the fault of an answer, and the meaning of its code. If something
// other than the service answered, only a status of 429 or of a broken service counts.
func (e *Error) classify(codes Codes) {
	e.fact = codes.find(e.Code, e.Status)
	e.fault = meanings[e.fact.Means]
	var other *notJSON
	if !errors.As(e.Err, &other) || e.Status >= 500 {
		return
	}
	e.fact = Fact{}
	if e.Status != http.StatusTooManyRequests {
		e.fault = other.fault
	}
}

// complete adds what the request knows, decides the effect, and cleans the texts, so
// that the error can be shown.
func (e *Error) complete(r Request, attempts int) {
	e.System, e.Call, e.writes, e.Attempts = r.System, r.Call, r.Class == Write, attempts
	e.Effect = faults[e.fault].effect
	if r.Class == Read && e.Effect == Unknown {
		e.Effect = NotDone
	}
	e.scrub(r.Secrets)
	e.Message = OneLine(e.Message, 300)
	e.Code = OneLine(e.Code, 100)
	e.RequestID = OneLine(e.RequestID, 100)
}

// interrupted returns the error of a call whose context ended before a retry.
func (e *Error) interrupted(why error) *Error {
	if e.Message != "" {
		e.Message += "; "
	}
	e.Message += "gave up waiting to try again: " + why.Error()
	e.Err = why
	return e
}
