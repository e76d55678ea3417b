// Package cloudbase is the management API of CloudBase, tcb 2018-06-08 (seeds 000
// and 002): logins, clients, providers, API keys and the Integration Center.
//
// Kinds differ in the data of [tcbKind] alone, one file each; integrations also
// have their passwords sealed. It knows nothing of plans, locks and other systems.
// Begin with cloudbase.go (signature, envelope), then tcb.go, then a kind.
package cloudbase
