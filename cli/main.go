// Package cli is the command line: flags, the terminal, and exit codes.
//
// Each command is a file: it parses its flags into a struct, and a function
// does the work with it. Results go to standard output; progress, questions,
// warnings and errors go to standard error. Messages are lower case, without a
// full stop, and begin with the program's name. Only this package prints, and
// only [Main] turns an error into an exit code.
package cli

import (
	"context"
	"io"
	"os"
	"os/signal"
	"strings"
	"syscall"

	"github.com/urfave/cli/v2"
)

// Streams are where a run reads from and writes to.
type Streams struct {
	In  io.Reader
	Out io.Writer
	Err io.Writer
}

// Main runs authsync and returns its exit code; see [Code].
func Main(args []string, s Streams) int {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	go func() {
		<-ctx.Done()
		stop() // a second interrupt ends the program at once
	}()
	app := newApp(s)
	err := app.RunContext(ctx, arrange(app, args))
	return report(s.Err, err)
}

func newApp(s Streams) *cli.App {
	commands := usable([]*cli.Command{
		validateCommand(s), planCommand(s), applyCommand(s), checkCommand(s), exportCommand(s),
		secretsCommand(s), sandboxCommand(s), versionCommand(s),
	})
	return &cli.App{
		Name:      "authsync",
		Usage:     "keep the authentication configuration of cloud environments in git",
		UsageText: "authsync COMMAND [PATH...] [flags]",
		Description: strings.TrimSpace(`
A PATH is a manifest or a directory of them; without one, envs is read.

Exit codes: 0 done, or nothing to do; 1 error, nothing was written;
2 differences found (plan --exit-code); 3 refused: no approval, or a plan that
must not be applied; 4 partly applied.`),
		Commands:    commands,
		Reader:      s.In,
		Writer:      s.Out,
		ErrWriter:   s.Err,
		HideVersion: true,
		// A comma belongs to the value: --format json=a,b.json is one file.
		DisableSliceFlagSeparator: true,
		CommandNotFound:           func(*cli.Context, string) {},
		// The library would exit the process by itself for some errors.
		ExitErrHandler: func(*cli.Context, error) {},
		OnUsageError:   usageError,
		Action:         unknownCommand(commands),
	}
}
