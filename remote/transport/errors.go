package transport

import (
	"cmp"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"
)

// Error is what went wrong with a call. Its texts come from a service, which may
// have put anything into them: they are made one line of printable characters,
// cut to size, and hold no secret that the request held.
type Error struct {
	System, Call string // as in [Request]
	Code         string // the service's code; empty if it gave none
	Message      string // the service's text, or what happened on the way
	RequestID    string // the service's id for the request, for its support
	Status       int    // of HTTP; 0 without an answer
	Attempts     int    // how often the call was made
	Effect       Effect
	Err          error // what is behind it, for errors.Is and errors.As; never needed for the text

	writes     bool
	fault      fault
	fact       Fact
	retryAfter time.Duration
}

// Effect says what a failed call did.
type Effect int

// The effects. A read does nothing: its effect is NotDone or Refused.
const (
	Unknown Effect = iota // it may have been done: only reading can tell
	NotDone               // it never left, or the service says that it did nothing
	Refused               // the service answered an error
)

var effects = [...]string{Unknown: "unknown", NotDone: "not done", Refused: "refused"}

func (o Effect) String() string { return effects[o] }

// EffectUnknown reports whether the call may have been done all the same.
func (e *Error) EffectUnknown() bool { return e.Effect == Unknown }

// Error names the system, the call, the code, the text and the request id, as
// far as there are any.
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

// said is the code and the text, or what stands for them.
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

// colons puts colons between what there is.
func colons(parts ...string) string {
	return strings.Join(slices.DeleteFunc(parts, func(part string) bool { return part == "" }), ": ")
}

// Cause is the error without what tells one call from another: calls that fail
// for one reason have it in common. That a host gives no connection stops the
// calls of every system that is there.
func (e *Error) Cause() string {
	code, message := e.said()
	if e.fault == unsent || e.fault == distrusted {
		return message
	}
	return colons(e.System, code, message)
}

// Trace is what the service finds the call by; "" = it gave no id.
func (e *Error) Trace() string {
	if e.RequestID == "" {
		return ""
	}
	return "request id " + e.RequestID
}

// Writes reports whether the call is one that writes.
func (e *Error) Writes() bool { return e.writes }

func (e *Error) Unwrap() error { return e.Err }

// Made is the call that failed.
func (e *Error) Made() string { return e.Call }

// Advice says what to do about the error, in one line, or nothing if there is
// nothing to say.
func (e *Error) Advice() string { return e.AdviceOn([]string{e.Call}) }

// AdviceOn is the advice for several calls that failed for one reason. A word
// with {call} in it is said of each.
func (e *Error) AdviceOn(calls []string) string {
	words := strings.Split(cmp.Or(e.fact.Advice, faults[e.fault].advice), " ")
	for i, word := range words {
		if !strings.Contains(word, "{call}") {
			continue
		}
		each := make([]string, len(calls))
		for n, call := range calls {
			each[n] = strings.ReplaceAll(word, "{call}", call)
		}
		words[i] = strings.Join(each, ", ")
	}
	return strings.Join(words, " ")
}

// IsNotFound reports whether a service answered that the object is not there.
// That the whole environment, or the address, is not there is another matter.
func IsNotFound(err error) bool { return means(err, Missing) }

// IsExists reports whether a service answered that there is such an object
// already.
func IsExists(err error) bool { return means(err, Existing) }

// Exists implements sync.Existing.
func (e *Error) Exists() bool { return e.fact.Means == Existing }

func means(err error, m Meaning) bool {
	var e *Error
	return errors.As(err, &e) && e.fact.Means == m
}

// classify derives from an answer the fault, and what its code says. Where
// something else than the service answered, its status is believed to be 429,
// or to be that of a broken service, and nothing besides.
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

// complete adds what the request knows, decides the effect, and makes the
// texts fit to be seen. From here on the error may leave.
func (e *Error) complete(r Request, attempts int) {
	e.System, e.Call, e.writes, e.Attempts = r.System, r.Call, r.Class == Write, attempts
	e.Effect = faults[e.fault].effect
	if r.Class == Read && e.Effect == Unknown {
		e.Effect = NotDone
	}
	e.Scrub(r.Secrets)
	e.Message = OneLine(e.Message, 300)
	e.Code = OneLine(e.Code, 100)
	e.RequestID = OneLine(e.RequestID, 100)
}

// interrupted returns the error of a call that was to be tried again when its
// context ended.
func (e *Error) interrupted(why error) *Error {
	if e.Message != "" {
		e.Message += "; "
	}
	e.Message += "gave up waiting to try again: " + why.Error()
	e.Err = why
	return e
}
