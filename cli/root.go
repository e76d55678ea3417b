package cli

import (
	"github.com/urfave/cli/v2"

	"authsync/schema"
)

// rootVariable names a directory, besides the manifests' repository, in which files
// that manifests name may be. A manifest cannot set it.
const rootVariable = "AUTHSYNC_ROOT"

// rooted adds the flag --root to a command that reads manifests.
func rooted(command *cli.Command) *cli.Command {
	command.Flags = append(command.Flags, &cli.StringFlag{Name: "root", EnvVars: []string{rootVariable},
		Usage: "manifests may also name files below `DIR`, not only those of their git repository"})
	command.Before = func(c *cli.Context) error {
		if c.IsSet("root") {
			process.set(rootVariable, c.String("root"))
		}
		return nil
	}
	return command
}

func roots() []string {
	root, _ := lookupEnv(rootVariable)
	return []string{root}
}

// loadAll reads manifests without opening secrets.
func loadAll(paths []string) *schema.Loaded {
	return schema.Load(paths, schema.SecretsSealed, roots()...)
}

func filesOf(paths []string) ([]schema.File, *schema.Faults) {
	return schema.Files(paths, roots()...)
}
