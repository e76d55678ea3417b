package remote

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

func TestIsNotFoundAndIsExists(t *testing.T) {
	page := &notJSON{"a page", foreign}
	for _, row := range []struct {
		name             string
		err              error
		notFound, exists bool
	}{
		{"nil", nil, false, false},
		{"another error", io.EOF, false, false},
		{"wrapped", fmt.Errorf("x: %w", &Error{Code: "ResourceNotFound"}), true, false},
		{"a detail", &Error{Code: "ResourceNotFound.Connector"}, true, false},
		{"the environment", &Error{Code: "ResourceNotFound.EnvNotExist"}, false, false},
		{"the platform's", &Error{Code: "not_found", Status: 404}, true, false},
		{"a path of the platform", &Error{Code: "error.resource_not_found", Status: 404}, false, false},
		{"a status", &Error{Status: 404}, true, false},
		{"a status and an unknown code", &Error{Status: 404, Code: "Gone.Away"}, true, false},
		{"a status as a code", &Error{Status: 200, Code: "404"}, true, false},
		{"a known code and a status", &Error{Status: 404, Code: "UnauthorizedOperation"}, false, false},
		{"a page", &Error{Status: 404, Err: page, fault: page.fault}, false, false},
		{"a redirect", &Error{Status: 302, fault: misled}, false, false},
		{"in use", &Error{Code: "ResourceInUse"}, false, true},
		{"duplicate", &Error{Code: "duplicate_key", Status: 400}, false, true},
		{"conflict", &Error{Status: 409}, false, true},
		{"exists, in a detail", &Error{Code: "ResourceUnavailable.ResourceExist"}, false, true},
		{"unavailable", &Error{Code: "ResourceUnavailable.ResourceFrozen"}, false, false},
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
		{"the open API throttled", Error{Status: 200, Code: "EXCEED_RATELIMIT"}, throttled},
		{"a status throttled", Error{Status: 429}, throttled},
		{"a page that says so", Error{Status: 429, Err: page}, throttled},
		{"a page", Error{Status: 200, Err: page}, foreign},
		{"a page that is not found", Error{Status: 404, Err: page}, foreign},
		{"a page of a broken gateway", Error{Status: 502, Err: page}, failing},
		{"half an answer", Error{Status: 200, Err: half}, failing},
	} {
		t.Run(row.name, func(t *testing.T) {
			if got := row.err.classify(); got != row.want {
				t.Errorf("fault %d, want %d", got, row.want)
			}
		})
	}
}

func TestOutcome(t *testing.T) {
	for _, row := range []struct {
		fault       fault
		read, write Outcome
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
		for class, want := range map[Class]Outcome{Read: row.read, Write: row.write} {
			e := &Error{fault: row.fault}
			e.complete(Request{Class: class}, 1)
			if e.Outcome != want || e.OutcomeUnknown() != (want == Unknown) {
				t.Errorf("fault %d of class %d ends as %v, want %v", row.fault, class, e.Outcome, want)
			}
		}
	}
}

func TestAdvice(t *testing.T) {
	for _, row := range []struct {
		err  Error
		want string // a part of it
	}{
		{Error{Code: "AuthFailure.SignatureExpire"}, "clock"},
		{Error{Code: "AuthFailure.SomethingNew"}, "TENCENTCLOUD_SECRETID"},
		{Error{Code: "UnauthorizedOperation", Call: "ModifyProvider"}, "tcb:ModifyProvider"},
		{Error{Code: "UnauthorizedOperation.Detail", Call: "GET /weda"}, "allow GET /weda"},
		{Error{Code: "ResourceNotFound.EnvNotExist"}, "envId"},
		{Error{Status: 401}, "credentials"},
		{Error{Status: 503, fault: failing}, "later"},
		{Error{fault: unsent}, "proxy"},
		{Error{fault: timedOut, Status: 0}, "longer timeout"},
		{Error{fault: misled, Status: 302}, "url"},
		{Error{fault: foreign, Status: 404, Err: &notJSON{"a page", foreign}}, "what answers there"},
	} {
		if got := row.err.Advice(); !strings.Contains(got, row.want) {
			t.Errorf("%v: the advice is %q, without %q", &row.err, got, row.want)
		}
	}
	if got := (&Error{Code: "Never.Heard.Of"}).Advice(); got != "" {
		t.Errorf("there is advice for what nobody knows: %q", got)
	}
}

// Every code that is known either says what to do or leaves it to its fault.
func TestEveryCodeHasAdvice(t *testing.T) {
	for code := range codes {
		e := &Error{Code: code, Call: "Action"}
		e.fault = e.classify()
		if advice := e.Advice(); advice == "" || strings.ContainsAny(advice, "{}\n") {
			t.Errorf("%s: %q", code, advice)
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
