package transport

// fault says why an attempt failed, in the terms that retrying, effect and
// advice are written in.
type fault int

const (
	unclassified fault = iota
	refused            // the service answered an error
	throttled          // the service did nothing, since it is asked too often
	failing            // the service answered that it broke, or answered what it never should
	malformed          // the request could not be made at all
	unsent             // no connection
	distrusted         // no connection: the certificate is not the service's
	timedOut           // sent, and no whole answer in time
	cutOff             // sent, and the connection broke
	outsized           // sent, and the answer is too large to be one
	misled             // sent, and told to go elsewhere
	foreign            // sent, and answered in another manner than the service's
	stopped            // the caller gave up before it was sent
	abandoned          // the caller gave up after it was sent
	faultCount
)

// faults is the whole policy: how many attempts there may be for this reason,
// the first included, what a write that ends so has done, and what to do about
// it where the service's code does not say better.
//
// Writes are repeated only in rows whose effect is NotDone: a test says so.
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
	cutOff:     {5, 1, Unknown, "try again; if it stays so, look at what stands between here and the service"},
	outsized:   {1, 1, Unknown, "check the system's url: no answer of a service is that large"},
	foreign:    {1, 1, Unknown, "check the system's url: what answers there is not the service, or something in between answers for it"},
	misled:     {1, 1, Unknown, "check the system's url: it should be the one that the redirect ends at, if that is the service's"},
	stopped:    {1, 1, NotDone, ""},
	abandoned:  {1, 1, Unknown, ""},
}
