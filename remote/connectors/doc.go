// Package connectors is the connector service (seed 004) with its one kind,
// connectors.
//
// It must not know another system, a plan or a lock. Begin reading with connectors.go
// (token, envelope), then connector.go.
package connectors
