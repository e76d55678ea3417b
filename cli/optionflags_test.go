package cli

import (
	"encoding/json"
	"reflect"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/urfave/cli/v2"

	"authsync/schema"
	"authsync/sync"
)

// sampleOptions has something in every option.
func sampleOptions(t *testing.T) sync.Options {
	t.Helper()
	var o sync.Options
	fields := reflect.ValueOf(&o).Elem()
	for i := range fields.NumField() {
		if fields.Type().Field(i).Tag.Get("json") == "-" {
			continue
		}
		switch f := fields.Field(i); f.Interface().(type) {
		case []schema.Key:
			f.Set(reflect.ValueOf([]schema.Key{{Kind: "apiKey", Name: "server"}}))
		case []string:
			f.Set(reflect.ValueOf([]string{"weaken", "delete=2"}))
		case *schema.Seconds:
			overlap := schema.Seconds(7200)
			f.Set(reflect.ValueOf(&overlap))
		case schema.Shard:
			f.Set(reflect.ValueOf(schema.Shard{Index: 3, Of: 8}))
		default:
			f.SetBool(true)
		}
	}
	return o
}

// Each option survives a saved plan and a journal, where it is JSON, and the
// words of a command to go on with: one that somebody adds is forgotten nowhere.
func TestEveryOptionSurvives(t *testing.T) {
	whole := reflect.ValueOf(sampleOptions(t))
	for i := range whole.NumField() {
		field := whole.Type().Field(i)
		if whole.Field(i).IsZero() {
			continue
		}
		t.Run(field.Name, func(t *testing.T) {
			var want sync.Options
			reflect.ValueOf(&want).Elem().Field(i).Set(whole.Field(i))
			text, err := json.Marshal(want)
			if err != nil {
				t.Fatal(err)
			}
			var read sync.Options
			if err := json.Unmarshal(text, &read); err != nil || cmp.Diff(want, read) != "" {
				t.Errorf("%s: %v (-want +read)\n%s", text, err, cmp.Diff(want, read))
			}
			var again sync.Options
			app := &cli.App{Name: "authsync", Flags: selectionFlags(), Action: func(c *cli.Context) error {
				again, err = readOptions(c)
				return err
			}}
			words := optionWords(want)
			if err := app.Run(append([]string{"authsync"}, words...)); err != nil || cmp.Diff(want, again) != "" {
				t.Errorf("%q: %v (-want +read)\n%s", words, err, cmp.Diff(want, again))
			}
		})
	}
}
