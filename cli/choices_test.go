package cli

import (
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/urfave/cli/v2"

	"authsync/cli/line"
	"authsync/schema"
	"authsync/sync"
)

// given is a choice as one gives it.
func given(c line.Choice) string {
	if c.Must {
		return c.Word + "=1"
	}
	return c.Word
}

// What a flag takes is said by its usage, offered to a shell, and read; anything
// else is refused, with all that there is.
func TestEveryChoiceIsSaidOfferedAndRead(t *testing.T) {
	secluded(t)
	t.Chdir(t.TempDir())
	begun := map[string]string{"sandbox": "--seed=none"} // ends a command that would go on
	carrying := 0
	for _, c := range line.Commands(testApp().Commands) {
		for _, f := range line.Visible(c.Command.Flags) {
			choices := line.Choices(f.(cli.Flag))
			if len(choices) == 0 {
				continue
			}
			carrying++
			t.Run(c.Name+" "+f.Names()[0], func(t *testing.T) {
				flag := "--" + f.Names()[0] + "="
				words := strings.Fields(c.Name)
				offered := strings.Split(must(t, 0, slices.Concat([]string{"__complete"}, words, []string{":" + flag})...).out, "\n")
				nothing, known := begun[c.Name]
				if !known {
					nothing = "none.yaml"
				}
				refused := run(t, slices.Concat(words, []string{flag + "nonsense", nothing})...)
				for _, choice := range choices {
					if !strings.Contains(f.GetUsage(), choice.Spelled()) {
						t.Errorf("the usage does not say %s: %s", choice.Spelled(), f.GetUsage())
					}
					if !slices.Contains(offered, flag+choice.Offered()+"\t") {
						t.Errorf("a shell is not offered %s: %q", choice.Offered(), offered)
					}
					if !strings.Contains(refused.err, choice.Spelled()) {
						t.Errorf("the refusal of nonsense does not name %s: %s", choice.Spelled(), refused.err)
					}
					read := run(t, slices.Concat(words, []string{flag + given(choice), nothing})...)
					if read.code != 1 || strings.Contains(read.err, "--"+f.Names()[0]) {
						t.Errorf("%s is not read: exit code %d, %s", given(choice), read.code, read.err)
					}
				}
			})
		}
	}
	if carrying < 5 {
		t.Errorf("%d flags carry choices", carrying)
	}
}

// Every option of a plan has a flag: written as words and read again it is the
// same.
func TestEveryOptionHasAFlag(t *testing.T) {
	samples := map[reflect.Type]interface{}{
		reflect.TypeFor[[]schema.Key]():         []schema.Key{{Kind: "apiKey", Name: "server"}},
		reflect.TypeFor[[]string]():             []string{"weaken", "delete=2"},
		reflect.TypeFor[sync.Pruning]():         sync.DeleteRemoved,
		reflect.TypeFor[sync.UnmanagedPolicy](): sync.DeleteUnmanaged,
		reflect.TypeFor[sync.SecretPolicy]():    sync.RewriteUnknown,
		reflect.TypeFor[sync.Thoroughness]():    sync.ReadAll,
		reflect.TypeFor[sync.Gone]():            sync.BelieveGone,
		reflect.TypeFor[*schema.Seconds]():      new(schema.Seconds),
		reflect.TypeFor[schema.Shard]():         schema.Shard{Index: 3, Of: 8},
	}
	for _, field := range reflect.VisibleFields(reflect.TypeFor[sync.Options]()) {
		if field.Tag.Get("json") == "-" {
			continue // how a plan is made, and not what is asked for
		}
		t.Run(field.Name, func(t *testing.T) {
			sample, ok := samples[field.Type]
			if !ok {
				t.Fatalf("this test has no sample of %v", field.Type)
			}
			var o sync.Options
			reflect.ValueOf(&o).Elem().FieldByIndex(field.Index).Set(reflect.ValueOf(sample))
			words := optionWords(o)
			if len(words) == 0 {
				t.Fatal("no flag writes it")
			}
			var again sync.Options
			app := &cli.App{Flags: selectionFlags(), DisableSliceFlagSeparator: true, Action: func(c *cli.Context) (err error) {
				again, err = readOptions(c)
				return err
			}}
			if err := app.Run(append([]string{"authsync"}, words...)); err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(o, again); diff != "" {
				t.Errorf("read again from %q (-want +got)\n%s", words, diff)
			}
		})
	}
}
