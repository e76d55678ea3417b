package devices_test

import (
	"testing"

	"authsync/remote/devices"
	"authsync/remote/officetest"
)

func FuzzAnswer(f *testing.F) { officetest.FuzzAnswers(f, devices.OpenAnswer) }
