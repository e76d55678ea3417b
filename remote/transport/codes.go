package transport

import (
	"strconv"
	"strings"
)

// Codes are what is known of a system's error codes. A code Class.Detail that is
// not here counts as Class, and a code that is not here at all as its HTTP
// status.
type Codes map[string]Fact

// Fact is what is known of an error code.
type Fact struct {
	Means  Meaning
	Advice string // what to do; {call} stands for the call
}

// Meaning is what an error code says of retrying and of the object.
type Meaning int

const (
	// Refusal is any error that says neither.
	Refusal Meaning = iota
	// Throttled means that the service did nothing, since it is asked too often.
	Throttled
	// Failing means that the service broke.
	Failing
	// Missing means that the object is not there.
	Missing
	// Existing means that there is such an object already.
	Existing
)

// meanings are the faults of what codes mean.
var meanings = map[Meaning]fault{Refusal: refused, Throttled: throttled, Failing: failing, Missing: refused, Existing: refused}

// Busy is the advice for a code that is [Throttled].
const Busy = "the service is asked too often by this account: wait a minute, or lower the rate; other programs with the same key count too"

// statuses are the codes that are HTTP's.
var statuses = Codes{
	"401": {Advice: "check the credentials: the service does not accept them"},
	"403": {Advice: "give these credentials the permission for this"},
	"404": {Means: Missing, Advice: "check the system's url; or what was there has been deleted"},
	"408": {Means: Failing},
	"409": {Means: Existing, Advice: "plan again: there is one already, or somebody else is changing it"},
	"429": {Means: Throttled, Advice: Busy},
	"5xx": {Means: Failing},
}

// find looks a code up, and then a status.
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

// statusRow returns the row of a code that is an HTTP status of a broken
// service, which share one, and any other code as it is.
func statusRow(code string) string {
	if len(code) == 3 && code[0] == '5' {
		return "5xx"
	}
	return code
}
