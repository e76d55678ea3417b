package sync

import (
	"testing"

	"authsync/schema"
)

// A step rests on the fields that its call sends, and of those that are not modelled on
// just the ones that it sends.
func TestWhatAStepRestsOn(t *testing.T) {
	s := Step{sends: schema.Object{"config": schema.Object{"scope": schema.Text("user")}, schema.Extra: schema.Object{"Sent": schema.Text("x")}}}
	for _, row := range []struct {
		at    schema.Path
		rests bool
	}{
		{schema.Path{"config"}, true},
		{schema.Path{"config", "clientId"}, true}, // the whole of it is sent
		{schema.Path{"on"}, false},
		{schema.Path{"on", "Sent"}, false},
		{schema.Path{schema.Extra}, true},
		{schema.Path{schema.Extra, "Sent"}, true},
		{schema.Path{schema.Extra, "Sent", "deep"}, true},
		{schema.Path{schema.Extra, "Other"}, false},
	} {
		if got := s.RestsOn(row.at); got != row.rests {
			t.Errorf("%s: %v", row.at, got)
		}
	}
}
