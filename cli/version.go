package cli

import (
	"runtime/debug"

	"github.com/urfave/cli/v2"

	"authsync/cli/say"
)

// Version is the release. A build may set it and the commit (-ldflags -X); otherwise
// the toolchain's commit is used.
var Version = "0.1.0"

// commit is the commit of the binary, if the build set it.
var commit string

func versionCommand(s Streams) *cli.Command {
	return &cli.Command{
		Name:      "version",
		Usage:     "print the version",
		UsageText: "authsync version\n\nexample: authsync version",
		Action: func(*cli.Context) error {
			return say.Raw(s.Out, "authsync "+Version+revision()+"\n")
		},
	}
}

func revision() string {
	at := commit
	if info, ok := debug.ReadBuildInfo(); ok && at == "" {
		for _, setting := range info.Settings {
			if setting.Key == "vcs.revision" {
				at = setting.Value[:min(12, len(setting.Value))]
			}
		}
	}
	if at == "" {
		return ""
	}
	return " (" + at + ")"
}
