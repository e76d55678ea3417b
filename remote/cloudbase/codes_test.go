package cloudbase_test

import (
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"

	"authsync/remote/cloudbase"
	"authsync/remote/officetest"
	"authsync/remote/servertest"
	"authsync/remote/transport"
)

// documented are the codes of the actions that authsync calls, as the SDK lists
// them, and the common errors of the cloud docs. A family is one code with a dot
// at its end: what follows may be anything.
var documented = strings.Fields(`
	AuthFailure AuthFailure. AuthFailure.SignatureFailure AuthFailure.SignatureExpire AuthFailure.SecretIdNotFound
	AuthFailure.InvalidSecretId AuthFailure.TokenFailure AuthFailure.InvalidAuthorization AuthFailure.MFAFailure
	AuthFailure.UnauthorizedOperation UnauthorizedOperation UnauthorizedOperation. IpNotInWhitelist IpInBlacklist

	RequestLimitExceeded RequestLimitExceeded. RequestLimitExceeded.UinLimitExceeded RequestLimitExceeded.IPLimitExceeded
	RequestLimitExceeded.GlobalRegionUinLimitExceeded LimitExceeded.Request LimitExceeded.Concurrent LimitExceeded LimitExceeded.

	ResourceNotFound ResourceNotFound. ResourceNotFound.EnvNotExist InvalidParameter InvalidParameter. InvalidParameter.EnvId
	InvalidParameter.Action InvalidParameterValue InvalidParameterValue. MissingParameter UnknownParameter
	ResourceInUse ResourceInUse. ResourceInsufficient ResourceInsufficient. ResourceUnavailable ResourceUnavailable.
	ResourceUnavailable.ResourceExist ResourcesSoldOut ResourcesSoldOut. OperationDenied OperationDenied.
	UnsupportedOperation UnsupportedOperation. FailedOperation FailedOperation. FailedOperation.DuplicatedData
	RequestSizeLimitExceeded

	ServiceUnavailable ServiceUnavailable. FailedOperation.Timeout FailedOperation.NetworkError InternalError InternalError.
	ResponseSizeLimitExceeded ActionOffline InvalidAction NoSuchVersion NoSuchProduct UnsupportedProtocol UnsupportedRegion
`)

// Every documented code says in one table what is the matter and what to do, and
// the table has no other code.
func TestEveryDocumentedCodeHasCauseAndAdvice(t *testing.T) {
	left := map[string]bool{}
	for code := range cloudbase.Codes {
		left[code] = true
	}
	for _, code := range documented {
		if family, is := strings.CutSuffix(code, "."); is {
			code = family // whose row is that of all in it
		}
		delete(left, code)
		switch fact := cloudbase.Codes[code]; {
		case fact.Cause == "" || fact.Advice == "":
			t.Errorf("%s: the cause is %q, the advice %q", code, fact.Cause, fact.Advice)
		case strings.HasSuffix(fact.Cause+fact.Advice, "."):
			t.Errorf("%s: %q, %q: a line has no full stop", code, fact.Cause, fact.Advice)
		}
	}
	for code := range left {
		t.Errorf("%s: in which document is it?", code)
	}
}

// fails makes a call that a service answers with a code, and returns how often it
// was tried. The pauses of a service that is asked too often take no time.
func fails(t *testing.T, code string, class transport.Class) (tries int, e *transport.Error) {
	synctest.Test(t, func(t *testing.T) {
		dial, server := servertest.StartInBubble(t, func(_ int, w http.ResponseWriter, _ *http.Request) {
			fmt.Fprintf(w, `{"Response":{"Error":{"Code":%q,"Message":"m"}}}`, code)
		})
		carrier := officetest.Carrier(t, transport.Options{Dial: dial})
		if _, err := call(t, newAPI(t, carrier, "http://host"), class, "AddProvider", nil, nil); !errors.As(err, &e) {
			t.Fatal(err)
		}
		tries = server.Requests()
	})
	return tries, e
}

// Of each code: how often a read and a write are tried, whether a write may have
// been done, and that its line says both the cause and the advice.
func TestWhatBecomesOfEachCode(t *testing.T) {
	type tried struct {
		reads, writes int
		effect        transport.Effect
	}
	refused := tried{1, 1, transport.Refused}
	others := map[string]tried{
		"RequestLimitExceeded": {10, 10, transport.NotDone}, "LimitExceeded.Request": {10, 10, transport.NotDone}, "LimitExceeded.Concurrent": {10, 10, transport.NotDone},
		"ServiceUnavailable": {5, 1, transport.Unknown}, "InternalError": {5, 1, transport.Unknown},
		"FailedOperation.Timeout": {5, 1, transport.Unknown}, "FailedOperation.NetworkError": {5, 1, transport.Unknown},
		"ResponseSizeLimitExceeded": {1, 1, transport.Unknown},
	}
	for _, code := range documented {
		want, is := others[code]
		for family, of := range others {
			if strings.HasPrefix(code, family+".") {
				want, is = of, true
			}
		}
		if !is {
			want = refused
		}
		if strings.HasSuffix(code, ".") {
			code += "SomethingNew"
		}
		t.Run(code, func(t *testing.T) {
			reads, _ := fails(t, code, transport.Read)
			writes, e := fails(t, code, transport.Write)
			if got := (tried{reads, writes, e.Effect}); got != want {
				t.Errorf("got %+v, want %+v", got, want)
			}
			if cause, advice, ok := strings.Cut(e.Advice(), ": "); !ok || cause == "" || advice == "" || strings.Contains(e.Advice(), "{call}") {
				t.Errorf("it says %q", e.Advice())
			}
		})
	}
}
