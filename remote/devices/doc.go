// Package devices is the device management platform (seed 003) with its one kind,
// applications.
//
// Only creating an application is documented; what else the platform offers is found
// out by asking. It must not know another system, a plan or a lock. Begin reading with
// devices.go (token, envelope), then application.go; login.go gets tokens.
package devices
