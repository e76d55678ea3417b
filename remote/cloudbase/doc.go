// Package cloudbase is the management API of CloudBase, tcb 2018-06-08 (seeds 000 and
// 002): logins, clients, providers, API keys, security domains and the Integration
// Center.
//
// Its kinds differ only in the data of [tcbKind], one file each; integrations also
// have their passwords sealed. It must not know a plan, a lock or another system.
// Begin reading with cloudbase.go (signature, envelope), then tcb.go, then a kind.
package cloudbase
