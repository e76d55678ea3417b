package line

import (
	"io"
	"testing"

	"github.com/urfave/cli/v2"
)

// An error that only the library finds is one line that says where to read on, and no
// page of help.
func TestWhatTheLibraryFinds(t *testing.T) {
	commands := Usable([]*cli.Command{{Name: "outer", Subcommands: []*cli.Command{{Name: "inner", Flags: []cli.Flag{&cli.IntFlag{Name: "n"}}, Action: func(*cli.Context) error { return nil }}}}})
	app := &cli.App{Name: "authsync", Commands: commands, OnUsageError: UsageError, HideHelpCommand: true, Writer: unwritten{t}, ErrWriter: unwritten{t}}
	for _, row := range []struct {
		args []string
		want string
	}{
		{[]string{"authsync", "outer", "inner", "--n", "x"}, `invalid value "x" for flag -n: parse error (see authsync outer inner --help)`},
		{[]string{"authsync", "outer", "inner", "--m"}, "flag provided but not defined: -m (see authsync outer inner --help)"},
		{[]string{"authsync", "--m"}, "flag provided but not defined: -m (see authsync --help)"},
	} {
		if err := app.Run(row.args); err == nil || err.Error() != row.want {
			t.Errorf("%v: %v, want %s", row.args, err, row.want)
		}
	}
}

type unwritten struct{ *testing.T }

func (u unwritten) Write(text []byte) (int, error) {
	u.Errorf("it writes %q", text)
	return len(text), nil
}

var _ io.Writer = unwritten{}
