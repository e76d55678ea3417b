// Package devices is the device management platform (seed 003), with the one kind
// that lives there: applications.
//
// What is documented is making one; what else the platform offers is found out by
// asking. It knows no other system, and nothing of plans and locks. Begin with
// devices.go (token, envelope), then application.go; login.go gets tokens.
package devices
