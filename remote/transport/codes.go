package transport

import (
	"slices"
	"strconv"
	"strings"

	"authsync/schema/lang"
	"authsync/schema/list"
)

// Codes describe a system's error codes. An unlisted code Class.Detail counts as
// Class, and any other unlisted code as its HTTP status.
type Codes map[string]Fact

// Fact describes an error code.
type Fact struct {
	Means  Meaning
	Cause  string // what is the matter; "" = the advice tells
	Advice string // what to do; {call} stands for the call
}

// hint is the cause and the advice in one line, about calls that failed.
func (f Fact) hint(calls []string) lang.Message {
	if f.Cause == "" {
		return about(f.Advice, calls)
	}
	return lang.Of("%s: %s", about(f.Cause, calls), about(f.Advice, calls))
}

// about is a sentence whose word with {call} is repeated for each call.
func about(sentence string, calls []string) lang.Message {
	words := strings.Split(sentence, " ")
	at := slices.IndexFunc(words, func(word string) bool { return strings.Contains(word, "{call}") })
	if at < 0 {
		return lang.Of(sentence)
	}
	each := list.Join(calls, ", ", func(call string) string { return strings.ReplaceAll(words[at], "{call}", call) })
	words[at] = "%s"
	return lang.Of(strings.Join(words, " "), lang.Text(each))
}

// Meaning says what an error code means for retries and for the object.
type Meaning int

const (
	// Refusal is any other error.
	Refusal Meaning = iota
	// Throttled means that the service did nothing, since it gets too many requests.
	Throttled
	// Failing means that the service broke.
	Failing
	// Unanswered means that the service may have done the work and does not answer it.
	Unanswered
	// Missing means that the object does not exist.
	Missing
	// Existing means that such an object already exists.
	Existing
)

var meanings = map[Meaning]fault{Refusal: refused, Throttled: throttled, Failing: failing, Unanswered: outsized, Missing: refused, Existing: refused}

// Busy is the advice for [Throttled].
const Busy = "the service is asked too often by this account: wait a minute, or lower the rate; other programs with the same key count too"

// statuses describe HTTP status codes.
var statuses = Codes{
	"401": {Advice: "check the credentials: the service does not accept them"},
	"403": {Advice: "give these credentials the permission for this"},
	"404": {Means: Missing, Advice: "check the system's url; or what was there has been deleted"},
	"408": {Means: Failing},
	"409": {Means: Existing, Advice: "plan again: there is one already, or somebody else is changing it"},
	"429": {Means: Throttled, Advice: Busy},
	"5xx": {Means: Failing},
}

// find looks up a code, and then a status.
func (c Codes) find(code string, status int) Fact {
	for {
		if f, ok := c[code]; ok {
			return f
		}
		if f, ok := statuses[statusRow(code)]; ok {
			return f
		}
		dot := strings.LastIndexByte(code, '.')
		if dot < 0 {
			return statuses[statusRow(strconv.Itoa(status))]
		}
		code = code[:dot]
	}
}

// statusRow returns the common row of a broken service's HTTP statuses, and any other
// code as it is.
func statusRow(code string) string {
	if len(code) == 3 && code[0] == '5' {
		return "5xx"
	}
	return code
}
