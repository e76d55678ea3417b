package cli

import (
	"github.com/urfave/cli/v2"

	"authsync/schema"
)

// rootVariable names a directory in which files that manifests name may lie, beside
// the repository that the manifests are in. A manifest cannot set it.
const rootVariable = "AUTHSYNC_ROOT"

// rooted gives a command that reads manifests the flag --root.
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

// roots are the directories of --root.
func roots() []string {
	root, _ := lookupEnv(rootVariable)
	return []string{root}
}

// loadAll reads manifests, with their secrets sealed.
func loadAll(paths []string) *schema.Loaded {
	return schema.Load(paths, schema.SecretsSealed, roots()...)
}

// filesOf reads what manifests say of their recipients.
func filesOf(paths []string) ([]schema.File, *schema.Faults) {
	return schema.Files(paths, roots()...)
}
