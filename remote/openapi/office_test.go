package openapi_test

import (
	"testing"

	"authsync/remote/officetest"
	"authsync/remote/sandbox"
)

// office is an office at which the kinds of this system are worked on.
type office struct{ *officetest.Office }

func newOffice(t *testing.T, o sandbox.Options) *office { return &office{officetest.New(t, o)} }
