// Package sandbox simulates the services that authsync configures: in memory, over
// real HTTP, with their real behaviour.
//
// A [Server] is a [net/http.Handler]. It is as strict and as irregular as the real
// services: it verifies TC3-HMAC-SHA256 signatures, refuses unknown actions and
// parameters, answers errors with HTTP 200, limits token lifetimes, adds phantom
// providers, overwrites fields by "Discovery", masks secrets, pages lists, and keeps
// unknown nested fields. Where the documents contradict each other or say nothing, a
// comment in the code explains the choice.
//
// Create one with [New], add a live state with AddEnvironment and the Seed methods,
// and serve it with [Start] or net/http/httptest. Without a seed, any environment that
// a request names exists.
//
// Users log in by the public auth API of an environment (signin.go), which judges by what
// is live alone.
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
