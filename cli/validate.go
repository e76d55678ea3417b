package cli

import (
	"fmt"
	"sort"

	"github.com/urfave/cli/v2"

	"authsync/schema"
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
	loaded := schema.Load(paths, schema.SecretsSealed)
	for _, doubt := range loaded.Faults.Doubts() {
		fmt.Fprintf(s.Err, "warning: %s\n", doubt)
	}
	if err := loaded.Faults.Err(); err != nil {
		return err
	}
	sort.Slice(loaded.Bases, func(i, j int) bool { return loaded.Bases[i].File < loaded.Bases[j].File })
	for _, env := range loaded.Bases {
		fmt.Fprintf(s.Out, "%s: valid, as far as a part can be\n", env.File)
	}
	for _, env := range loaded.Environments {
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
