package connectors_test

import (
	"testing"

	"authsync/remote/connectors"
	"authsync/remote/officetest"
)

func FuzzAnswer(f *testing.F) { officetest.FuzzAnswers(f, connectors.OpenAnswer) }
