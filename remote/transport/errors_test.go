package transport

import (
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
)

func TestErrorText(t *testing.T) {
	for _, row := range []struct {
		name string
		err  Error
		want string
	}{
		{"a refusal", Error{System: "cloudbase", Call: "ModifyProvider", Code: "InvalidParameterValue", Message: "the text", RequestID: "abc", Status: 200, Attempts: 1},
			"cloudbase: ModifyProvider: InvalidParameterValue: the text (request id abc)"},
		{"many attempts", Error{System: "cloudbase", Call: "GetProviders", Code: "InternalError", RequestID: "abc", Status: 200, Attempts: 5},
			"cloudbase: GetProviders: InternalError (request id abc, 5 attempts)"},
		{"a status and no code", Error{System: "devices", Call: "GET /api/application/1", Status: 502, Message: "an empty body instead of JSON"},
			"devices: GET /api/application/1: status 502: an empty body instead of JSON"},
		{"no answer", Error{System: "connectors", Call: "GET /x", Message: "cannot reach h: connection refused", Attempts: 5},
			"connectors: GET /x: cannot reach h: connection refused (5 attempts)"},
		{"only a cause", Error{System: "cloudbase", Call: "AddProvider", Err: io.EOF}, "cloudbase: AddProvider: EOF"},
	} {
		t.Run(row.name, func(t *testing.T) {
			if got := row.err.Error(); got != row.want {
				t.Errorf("\n got %s\nwant %s", got, row.want)
			}
		})
	}
}

func TestErrorIsMadeFitToBeSeen(t *testing.T) {
	e := &Error{fault: refused, Code: "A\nB", Message: "\x1b[2Ja\r\nb\u202e" + strings.Repeat("长", 400), RequestID: strings.Repeat("r", 200)}
	e.complete(Request{System: "s", Call: "c"}, 1)
	if want := "[2Ja b" + strings.Repeat("长", 293) + "…"; e.Message != want {
		t.Errorf("the message is %q", e.Message)
	}
	if e.Code != "A B" || len(e.RequestID) > 102 {
		t.Errorf("the code is %q, the request id %q", e.Code, e.RequestID)
	}
}

// A secret is looked for before the text is cut: half of it could not be found.
func TestErrorIsScrubbedBeforeItIsCut(t *testing.T) {
	e := &Error{fault: refused, Message: strings.Repeat("x", 293) + " canary" + strings.Repeat("z", 400)}
	e.complete(Request{Secrets: []string{"canary" + strings.Repeat("z", 300)}}, 1)
	if strings.Contains(e.Message, "cana") {
		t.Errorf("the message is %q", e.Message)
	}
}

// known are codes of a system, such as there are.
var known = Codes{
	"AuthFailure":                       {Advice: "check the key"},
	"AuthFailure.SignatureExpire":       {Advice: "set the clock"},
	"UnauthorizedOperation":             {Advice: "allow {call} to this user"},
	"ResourceNotFound":                  {Means: Missing, Advice: "check the name"},
	"ResourceNotFound.EnvNotExist":      {Advice: "check the envId"},
	"ResourceInUse":                     {Means: Existing, Advice: "plan again"},
	"ResourceUnavailable":               {Advice: "look at the console"},
	"ResourceUnavailable.ResourceExist": {Means: Existing, Advice: "plan again"},
	"InvalidParameter":                  {Advice: "correct the field"},
	"InternalError":                     {Means: Failing},
	"RequestLimitExceeded":              {Means: Throttled, Advice: Busy},
	"LimitExceeded":                     {Advice: "delete what is no longer used"},
	"LimitExceeded.Request":             {Means: Throttled, Advice: Busy},
	"error.resource_not_found":          {Advice: "check the url"},
}

// answered is an error as a service answered it.
func answered(e Error) *Error {
	e.classify(known)
	return &e
}

func TestIsNotFoundAndIsExists(t *testing.T) {
	page := &notJSON{"a page", foreign}
	for _, row := range []struct {
		name             string
		err              error
		notFound, exists bool
	}{
		{"nil", nil, false, false},
		{"another error", io.EOF, false, false},
		{"wrapped", fmt.Errorf("x: %w", answered(Error{Code: "ResourceNotFound"})), true, false},
		{"a detail", answered(Error{Code: "ResourceNotFound.Connector"}), true, false},
		{"the environment", answered(Error{Code: "ResourceNotFound.EnvNotExist"}), false, false},
		{"a path of the platform", answered(Error{Code: "error.resource_not_found", Status: 404}), false, false},
		{"a status", answered(Error{Status: 404}), true, false},
		{"a status and an unknown code", answered(Error{Status: 404, Code: "Gone.Away"}), true, false},
		{"a status as a code", answered(Error{Status: 200, Code: "404"}), true, false},
		{"a known code and a status", answered(Error{Status: 404, Code: "UnauthorizedOperation"}), false, false},
		{"a page", answered(Error{Status: 404, Err: page}), false, false},
		{"a redirect", &Error{Status: 302, fault: misled}, false, false},
		{"in use", answered(Error{Code: "ResourceInUse"}), false, true},
		{"conflict", answered(Error{Status: 409}), false, true},
		{"exists, in a detail", answered(Error{Code: "ResourceUnavailable.ResourceExist"}), false, true},
		{"unavailable", answered(Error{Code: "ResourceUnavailable.ResourceFrozen"}), false, false},
	} {
		t.Run(row.name, func(t *testing.T) {
			if got := IsNotFound(row.err); got != row.notFound {
				t.Errorf("IsNotFound = %v", got)
			}
			if got := IsExists(row.err); got != row.exists {
				t.Errorf("IsExists = %v", got)
			}
		})
	}
}

func TestClassify(t *testing.T) {
	page := &notJSON{"a page", foreign}
	half := &notJSON{"half", failing}
	for _, row := range []struct {
		name string
		err  Error
		want fault
	}{
		{"refused", Error{Status: 200, Code: "InvalidParameter"}, refused},
		{"unknown", Error{Status: 200, Code: "Never.Heard.Of"}, refused},
		{"an unknown code of a broken service", Error{Status: 503, Code: "Never"}, failing},
		{"a known code of a broken service", Error{Status: 500, Code: "InvalidParameter"}, refused},
		{"a broken service in the body", Error{Status: 200, Code: "500"}, failing},
		{"an internal error", Error{Status: 200, Code: "InternalError.Database"}, failing},
		{"throttled", Error{Status: 200, Code: "RequestLimitExceeded.UinLimitExceeded"}, throttled},
		{"a quota", Error{Status: 200, Code: "LimitExceeded.OutOfTableQuota"}, refused},
		{"too many requests", Error{Status: 200, Code: "LimitExceeded.Request"}, throttled},
		{"a status throttled", Error{Status: 429}, throttled},
		{"a page that says so", Error{Status: 429, Err: page}, throttled},
		{"a page", Error{Status: 200, Err: page}, foreign},
		{"a page that is not found", Error{Status: 404, Err: page}, foreign},
		{"a page of a broken gateway", Error{Status: 502, Err: page}, failing},
		{"half an answer", Error{Status: 200, Err: half}, failing},
	} {
		t.Run(row.name, func(t *testing.T) {
			if got := answered(row.err).fault; got != row.want {
				t.Errorf("fault %d, want %d", got, row.want)
			}
		})
	}
}

func TestOutcome(t *testing.T) {
	for _, row := range []struct {
		fault       fault
		read, write Effect
	}{
		{refused, Refused, Refused},
		{throttled, NotDone, NotDone},
		{unsent, NotDone, NotDone},
		{stopped, NotDone, NotDone},
		{failing, NotDone, Unknown},
		{timedOut, NotDone, Unknown},
		{cutOff, NotDone, Unknown},
		{abandoned, NotDone, Unknown},
		{misled, NotDone, Unknown},
		{foreign, NotDone, Unknown},
	} {
		for class, want := range map[Class]Effect{Read: row.read, Write: row.write} {
			e := &Error{fault: row.fault}
			e.complete(Request{Class: class}, 1)
			if e.Effect != want || e.EffectUnknown() != (want == Unknown) {
				t.Errorf("fault %d of class %d ends as %v, want %v", row.fault, class, e.Effect, want)
			}
		}
	}
}

func TestAdvice(t *testing.T) {
	for _, row := range []struct {
		err  *Error
		want string // a part of it
	}{
		{answered(Error{Code: "AuthFailure.SignatureExpire"}), "clock"},
		{answered(Error{Code: "AuthFailure.SomethingNew"}), "the key"},
		{answered(Error{Code: "UnauthorizedOperation.Detail", Call: "GET /weda"}), "allow GET /weda"},
		{answered(Error{Code: "InternalError", Status: 200}), "later"},
		{answered(Error{Status: 401}), "credentials"},
		{answered(Error{Status: 503}), "later"},
		{&Error{fault: unsent}, "proxy"},
		{&Error{fault: timedOut}, "longer timeout"},
		{&Error{fault: misled, Status: 302}, "url"},
		{answered(Error{Status: 404, Err: &notJSON{"a page", foreign}}), "what answers there"},
	} {
		if got := row.err.Advice(); !strings.Contains(got, row.want) {
			t.Errorf("%v: the advice is %q, without %q", row.err, got, row.want)
		}
	}
	if got := answered(Error{Code: "Never.Heard.Of"}).Advice(); got != "" {
		t.Errorf("there is advice for what nobody knows: %q", got)
	}
}

// Every status that is known either says what to do or leaves it to its fault.
func TestEveryStatusHasAdvice(t *testing.T) {
	for status := range statuses {
		if advice := answered(Error{Code: status}).Advice(); advice == "" || strings.ContainsAny(advice, "{}\n") {
			t.Errorf("%s: %q", status, advice)
		}
	}
}

func TestJudgesOtherErrors(t *testing.T) {
	cause := errors.New("the list is not a list")
	id, fail := judge(Request{Judge: func(Response) (string, error) { return "abc", cause }}, Response{Status: 200})
	if id != "abc" || fail.RequestID != "abc" || !errors.Is(fail, cause) || fail.Message != cause.Error() {
		t.Errorf("got %q, %#v", id, fail)
	}
}
