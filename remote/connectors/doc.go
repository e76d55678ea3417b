// Package connectors is the connector service (seed 004), with the one kind that
// lives there: connectors.
//
// It knows no other system, and nothing of plans and locks. Begin with
// connectors.go (token, envelope), then connector.go.
package connectors
