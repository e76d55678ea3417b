package openapi_test

import (
	"testing"

	"authsync/remote/officetest"
	"authsync/remote/openapi"
)

func FuzzAnswer(f *testing.F) { officetest.FuzzAnswers(f, openapi.OpenAnswer) }
