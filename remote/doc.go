// Package remote connects an environment with its services: [NewSite] reads the
// settings of a manifest's systems and wires what the packages below it make.
//
// Each system has a folder: cloudbase (logins, clients, providers, API keys,
// integrations), openapi (records), devices (applications), connectors. What they
// have in common is in service, and what carries their requests in transport;
// sandbox answers them all for tests and trials.
//
// It knows no wire name and makes no call. Begin with site.go, then a system's
// main file, which says how it is signed in to and what its envelope looks like.
package remote
