package cli

import (
	"fmt"

	"github.com/urfave/cli/v2"
)

func validateCommand(s Streams) *cli.Command {
	return &cli.Command{
		Name:      "validate",
		Usage:     "check manifests, offline: every mistake of every file at once",
		UsageText: "authsync validate [PATH...]\n\nexample: authsync validate envs",
		Action: func(c *cli.Context) error {
			paths, err := manifestPaths(c)
			if err != nil {
				return err
			}
			return runValidate(paths, s)
		},
	}
}

func runValidate(paths []string, s Streams) error {
	envs, err := load(paths, nil, s)
	if err != nil {
		return err
	}
	for _, env := range envs {
		objects := 0
		for _, c := range env.Collections {
			objects += len(c.Objects)
		}
		fmt.Fprintf(s.Out, "%s: %s is valid: %s\n", env.File, env.Name, count(objects, "object", "objects"))
	}
	return nil
}

func count(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}
