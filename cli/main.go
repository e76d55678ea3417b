// Package cli is the command line: flags, the terminal, and exit codes.
//
// Each command is a file: it reads its flags into a struct, and a function does the
// work with it. Results go to standard output; progress, questions, warnings and
// errors go to standard error. Messages are lower case, without a full stop, and begin
// with the program's name. Only this package prints, and only [Main] turns an error
// into an exit code. The command line's grammar is in package line, the rendering of
// results in render, the display of a running command in progress.
//
// It must not know how anything is compared, ordered or called. Begin reading at
// [Main], then at plan.go.
package cli

import (
	"context"
	"io"
	"os/signal"
	"strings"

	"authsync/cli/line"
	"authsync/schema/lang"

	"github.com/urfave/cli/v2"
)

// Streams are the input and output of a run.
type Streams struct {
	In  io.Reader
	Out io.Writer
	Err io.Writer
}

// Main runs authsync and returns its exit code; see [Code].
func Main(args []string, s Streams) (code int) {
	defer func() {
		if cause := recover(); cause != nil {
			code = crashed(s.Err, cause)
		}
	}()
	defer process.hideSecrets()()
	defer surviveWrites()()
	ctx, stop := signal.NotifyContext(context.Background(), endings()...)
	defer stop()
	interrupted := ctx.Done()
	go func() {
		<-interrupted
		stop() // a second interrupt ends the program at once
	}()
	s.Out, s.Err = streamOf(s.Out), streamOf(s.Err)
	spoken := localLanguage()
	app := newApp(s, &spoken)
	ctx = withWords(ctx, args)
	args, err := line.Arrange(app, args)
	if err == nil {
		err = app.RunContext(ctx, args)
	}
	return report(s.Err, err, spoken)
}

func newApp(s Streams, spoken *lang.Language) *cli.App {
	return &cli.App{
		Name:      "authsync",
		Usage:     "keep the authentication configuration of cloud environments in git",
		UsageText: "authsync COMMAND [PATH...] [flags]\n\nexample: authsync plan envs --env prod",
		Description: strings.TrimSpace(`
A PATH is a manifest or a directory of them; without one, envs is read. Flags
may stand before and after paths, as --flag VALUE or --flag=VALUE; after --
everything is a path. authsync COMMAND --help describes a command.`) + "\n\nExit codes:\n" + exitCodes(),
		Commands: speaking(line.Usable([]*cli.Command{
			rooted(stoppable(initCommand(s), errStoppedKeeping)),
			rooted(reading(validateCommand(s))), rooted(reading(planCommand(s))), rooted(reading(diffCommand(s))),
			rooted(applyCommand(s)), rooted(reading(driftCommand(s))), rooted(undoCommand(s)),
			rooted(reading(doctorCommand(s))), rooted(stoppable(checkCommand(s), errStoppedTrying)), rooted(stoppable(exportCommand(s), errStoppedKeeping)),
			rooted(learnCommand(s)),
			rooted(reading(compareCommand(s))), rooted(reading(auditCommand(s))), rooted(stoppable(promoteCommand(s), errStoppedKeeping)),
			rooted(mergeDriverCommand(s)),
			reportCommand(s), secretsCommand(s), sandboxCommand(s), reading(schemaCommand(s)), reading(explainCommand(s)),
			reading(line.CompletionCommand(s.Out)), reading(line.ManCommand(s.Out, Version, codes)), reading(versionCommand(s)),
			reading(line.WordsCommand(s.Out)),
		}), spoken),
		Reader:      s.In,
		Writer:      s.Out,
		ErrWriter:   s.Err,
		HideVersion: true, HideHelpCommand: true,
		// A comma belongs to the value: --format json=a,b.json is one file.
		DisableSliceFlagSeparator: true,
		// The library would exit the process for some errors.
		ExitErrHandler: func(*cli.Context, error) {},
		OnUsageError:   line.UsageError,
		Action:         cli.ShowAppHelp,
	}
}
