// Package sandbox plays the services that authsync talks to: in memory, over
// real HTTP, with their real manners.
//
// A [Server] is an [net/http.Handler]. It is as strict and as odd as the real
// thing: it verifies TC3-HMAC-SHA256 signatures, refuses unknown actions and
// parameters, answers errors with HTTP 200, clamps token lives, appends phantom
// providers, runs "Discovery" over what a caller sent, masks, pages, and keeps
// the nested fields that it does not know. Where the documents contradict each
// other or say nothing, the choice made is named at the place where it is made.
//
// Start with [New], put a live state in with AddEnvironment and the Seed
// methods, and serve it with [Start] or net/http/httptest. Without a seed, any
// environment that a request names springs into existence.
//
// Four endpoints are the sandbox's own. GET /_sandbox/identity is the digest of
// its seed, by which it is known wherever it listens. GET /_sandbox/requests is the log of
// what it was asked, GET /_sandbox/state what it holds, with secrets in clear,
// and POST /_sandbox/faults makes a chosen request fail in a chosen way. The
// package is for trying and testing: it holds everything in memory, in clear,
// and never forgets a request until it is told to.
package sandbox
