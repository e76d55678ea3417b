package transport

// fault is the reason why an attempt failed; retries, effect and advice depend on it.
type fault int

const (
	unclassified fault = iota
	refused            // the service answered with an error
	throttled          // the service did nothing, since it gets too many requests
	failing            // the service answered that it broke, or with an impossible answer
	malformed          // the request could not be made at all
	unsent             // no connection
	distrusted         // no connection: the certificate is not the service's
	timedOut           // sent, and no complete answer in time
	cutOff             // sent, and the connection broke
	outsized           // sent, and the answer is too large
	misled             // sent, and redirected
	foreign            // sent, and something other than the service answered
	stopped            // the caller gave up before it was sent
	abandoned          // the caller gave up after it was sent
	faultCount
)

// faults is the whole policy: how many attempts are made, the first included, what a
// failed write has done, and what to do about it if the service's code does not say
// better.
//
// Writes are repeated only in rows whose effect is NotDone; a test checks that.
var faults = [faultCount]struct {
	reads, writes int
	effect        Effect
	advice        string
}{
	refused:    {1, 1, Refused, ""},
	throttled:  {10, 10, NotDone, "the service is asked too often: wait a minute, or lower the rate or the concurrency"},
	failing:    {5, 1, Unknown, "the service is at fault: try again later, and give its support the request id"},
	malformed:  {1, 1, NotDone, ""},
	unsent:     {5, 5, NotDone, "check the system's url, the network, and the proxy settings HTTPS_PROXY and NO_PROXY"},
	distrusted: {1, 1, NotDone, "check the system's url; behind a proxy that inspects TLS, add its certificate to this machine's trusted ones"},
	timedOut:   {3, 1, Unknown, "try again; if it stays so, allow a longer timeout"},
	cutOff:     {5, 1, Unknown, "try again; if it happens again, look at the proxies between here and the service"},
	outsized:   {1, 1, Unknown, "check the system's url: no answer of a service is that large"},
	foreign:    {1, 1, Unknown, "check the system's url: what answers there is not the service, or something in between answers for it"},
	misled:     {1, 1, Unknown, "check the system's url: it should be the one that the redirect ends at, if that is the service's"},
	stopped:    {1, 1, NotDone, ""},
	abandoned:  {1, 1, Unknown, ""},
}
