// Package idp asks identity providers whether users could log in by them as a manifest
// says: the issuer's discovery document and keys, the endpoints, SAML metadata, and, only
// if the run asks for it, whether the client secret is the right one.
//
// Manifests are written by whoever proposes a change, and answers come from anybody. So
// only https hosts that the manifest names are asked, at public addresses, within the
// limits of limits.go, and an answer is never quoted where a secret was sent. What is
// asked about which object is data beside its kind ([schema.Online]).
//
// It must not know the services that authsync writes to. Begin reading at check.go.
package idp
