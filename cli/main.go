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
	"fmt"
	"io"
	"os/signal"
	"strings"

	"github.com/urfave/cli/v2"

	"authsync/cli/line"
	"authsync/schema/lang"
	"authsync/schema/list"
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
	ctx = withWords(ctx, args)
	app, args, err := arranged(args, s, &spoken)
	if err == nil {
		err = app.RunContext(ctx, args)
	}
	return report(s.Err, err, spoken)
}

// arranged makes the app with the command that the first word names, if the rest is
// right, and arranges the words. To tell what is wrong, or what else there is, takes all
// commands.
func arranged(args []string, s Streams, spoken *lang.Language) (*cli.App, []string, error) {
	all := commands(s)
	for _, c := range all {
		if len(args) < 2 || c.name != args[1] || c.tellsAll {
			continue
		}
		app := newApp([]command{c}, s, spoken)
		if words, err := line.Arrange(app, args); err == nil {
			return app, words, nil
		}
	}
	app := newApp(all, s, spoken)
	words, err := line.Arrange(app, args)
	return app, words, err
}

// command is a command that is made when it is needed: a run needs one.
type command struct {
	name     string
	make     func() *cli.Command
	tellsAll bool // of the other commands
}

// commands are all, in the order of the help.
func commands(s Streams) []command {
	return []command{
		{name: "init", make: func() *cli.Command { return rooted(stoppable(initCommand(s), errStoppedKeeping)) }},
		{name: "validate", make: func() *cli.Command { return rooted(reading(validateCommand(s))) }},
		{name: "plan", make: func() *cli.Command { return rooted(reading(planCommand(s))) }},
		{name: "diff", make: func() *cli.Command { return rooted(reading(diffCommand(s))) }},
		{name: "apply", make: func() *cli.Command { return rooted(applyCommand(s)) }},
		{name: "drift", make: func() *cli.Command { return rooted(reading(driftCommand(s))) }},
		{name: "undo", make: func() *cli.Command { return rooted(undoCommand(s)) }},
		{name: "doctor", make: func() *cli.Command { return rooted(reading(doctorCommand(s))) }},
		{name: "check", make: func() *cli.Command { return rooted(stoppable(checkCommand(s), errStoppedTrying)) }},
		{name: "export", make: func() *cli.Command { return rooted(stoppable(exportCommand(s), errStoppedKeeping)) }},
		{name: "learn", make: func() *cli.Command { return rooted(learnCommand(s)) }},
		{name: "record", make: func() *cli.Command { return rooted(stoppable(recordCommand(s), errStoppedKeeping)) }},
		{name: "compare", make: func() *cli.Command { return rooted(reading(compareCommand(s))) }},
		{name: "audit", make: func() *cli.Command { return rooted(reading(auditCommand(s))) }},
		{name: "promote", make: func() *cli.Command { return rooted(stoppable(promoteCommand(s), errStoppedKeeping)) }},
		{name: "merge-driver", make: func() *cli.Command { return rooted(stoppable(mergeDriverCommand(s), errStoppedKeeping)) }},
		{name: "report", make: func() *cli.Command { return reportCommand(s) }},
		{name: "secrets", make: func() *cli.Command { return secretsCommand(s) }},
		{name: "sandbox", make: func() *cli.Command { return stoppable(sandboxCommand(s), errStoppedReading) }},
		{name: "schema", make: func() *cli.Command { return reading(schemaCommand(s)) }},
		{name: "explain", make: func() *cli.Command { return reading(explainCommand(s)) }},
		{name: "completion", make: func() *cli.Command { return reading(line.CompletionCommand(s.Out)) }, tellsAll: true},
		{name: "man", make: func() *cli.Command { return reading(line.ManCommand(s.Out, Version, codes)) }, tellsAll: true},
		{name: "version", make: func() *cli.Command { return reading(versionCommand(s)) }},
		{name: "__complete", make: func() *cli.Command { return reading(line.WordsCommand(s.Out)) }, tellsAll: true},
	}
}

func newApp(some []command, s Streams, spoken *lang.Language) *cli.App {
	made := list.Each(some, func(c command) *cli.Command { return c.make() })
	return &cli.App{
		Name:      "authsync",
		Usage:     "keep the authentication configuration of cloud environments in git",
		UsageText: "authsync COMMAND [PATH...] [flags]\n\nexample: authsync plan envs --env prod",
		Description: strings.TrimSpace(`
A PATH is a manifest or a directory of them; without one, envs is read. Flags
may stand before and after paths, as --flag VALUE or --flag=VALUE; after --
everything is a path. authsync COMMAND --help describes a command.`) + "\n\nExit codes:\n" +
			list.Join(codes, "\n", func(c line.Code) string { return fmt.Sprintf("%d  %s", c.Code, c.Meaning) }),
		Commands:    speaking(line.Usable(made), spoken),
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

func secretsCommand(s Streams) *cli.Command {
	return &cli.Command{
		Name:      "secrets",
		Usage:     "seal, open, edit and check secrets, and make keys",
		UsageText: "authsync secrets COMMAND [flags]\n\nexample: authsync secrets seal --in envs/prod.yaml",
		Subcommands: []*cli.Command{
			stoppable(keygenCommand(s), errStoppedKeeping), rooted(stoppable(sealCommand(s), errStoppedKeeping)),
			rooted(stoppable(setCommand(s), errStoppedKeeping)), rooted(reading(openCommand(s))), rooted(editCommand(s)),
			rooted(stoppable(rekeyCommand(s), errStoppedKeeping)), rooted(rotateCommand(s)), rooted(reading(secretsCheckCommand(s))),
		},
	}
}
