package cli

import "github.com/urfave/cli/v2"

func exportCommand(s Streams) *cli.Command { return &cli.Command{Name: "export"} }
