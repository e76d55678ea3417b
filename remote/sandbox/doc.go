// Package sandbox plays the services of authsync: in memory, over real HTTP, with
// their real behaviour.
//
// A [Server] is an [net/http.Handler]. It is as strict and as odd as the real
// services: it verifies TC3-HMAC-SHA256 signatures, refuses unknown actions and
// parameters, answers errors with HTTP 200, limits token lives, adds phantom
// providers, overwrites fields by "Discovery", masks, pages, and keeps unknown nested
// fields. If the documents contradict each other or say nothing, the choice is
// explained at its place.
//
// Create one with [New], add a live state with AddEnvironment and the Seed methods,
// and serve it with [Start] or net/http/httptest. Without a seed, any environment that
// a request names exists.
//
// Five endpoints are the sandbox's own. GET /_sandbox/identity is the digest of its
// seed, which identifies it at every address. GET /_sandbox/requests is the log of
// requests, GET /_sandbox/state the live state, with secrets in clear, POST
// /_sandbox/faults makes a chosen request fail in a chosen way, and POST
// /_sandbox/answers makes an identity provider answer otherwise. The package is for
// tests and experiments: it keeps everything in memory, in clear, and forgets a
// request only when told to.
//
// It must not use the clients in package remote, nor take wire names from schema: it
// has its own transcription of the documents, which tests compare with schema. Begin
// reading with server.go, then with a system (tcb.go, openapi.go, devices.go,
// connectors.go) and one of its kinds.
package sandbox
