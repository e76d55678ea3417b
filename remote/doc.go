// Package remote connects an environment with its services: [NewSite] reads the
// settings of a manifest's systems and makes the services with the packages below.
//
// Each system has a folder: cloudbase (logins, clients, providers, API keys,
// integrations), openapi (records), devices (applications), connectors. Their common
// parts are in service, and requests go out through transport; sandbox answers them
// all for tests and experiments.
//
// It must not know a wire name, and it makes no call. Begin reading with site.go, then
// with a system's main file, which has its sign-in and its envelope.
package remote
