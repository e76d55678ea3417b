package sync

import (
	"slices"
	"testing"

	"authsync/schema"
)

// A note is about the fields that it names, or the whole object; one about no object can
// be acknowledged nowhere.
func TestPlacesOfANote(t *testing.T) {
	corp := schema.Key{Kind: "provider", Name: "corp"}
	for _, row := range []struct {
		note Note
		want []string
	}{
		{Note{}, nil},
		{Note{Key: corp}, []string{"providers.corp"}},
		{Note{Key: corp, Fields: []schema.Path{{"on"}, {"config", "scope"}}}, []string{"providers.corp.on", "providers.corp.config.scope"}},
		{Note{Key: schema.Key{Kind: "login"}, Fields: []schema.Path{{"emailLogin"}}}, []string{"login.emailLogin"}},
	} {
		var got []string
		for _, at := range row.note.places() {
			got = append(got, at.String())
		}
		if !slices.Equal(got, row.want) {
			t.Errorf("%+v: %q, want %q", row.note, got, row.want)
		}
	}
}
