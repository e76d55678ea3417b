package cli

import (
	"errors"
	"strings"

	"github.com/urfave/cli/v2"

	"authsync/cli/say"
	"authsync/cli/setup"
	"authsync/schema"
	"authsync/schema/list"
	"authsync/sync/planfile"
)

// published is a format that other programs read or write.
type published struct {
	name   string
	schema func() ([]byte, error)
}

// publishedFormats are those with a JSON Schema; the first is the default.
var publishedFormats = []published{
	{"manifest", schema.JSONSchema},
	{"plan", planfile.Schema},
	{"apply", planfile.AppliedSchema},
	{"policy", schema.PolicySchema},
	{"rollout", schema.RolloutSchema},
	{"quirks", schema.QuirksSchema},
}

func schemaCommand(s Streams) *cli.Command {
	return &cli.Command{
		Name:      "schema",
		ArgsUsage: "[" + strings.Join(publishedNames(), "|") + "]",
		Usage:     "print the JSON Schema of a format, for editors and other programs",
		UsageText: "authsync schema [FORMAT]\n\nexample: authsync schema > envs/" + setup.SchemaFile,
		Description: "FORMAT is " + strings.Join(publishedNames(), ", ") + "; manifest if left out. The schema is of JSON Schema 2020-12.\n\n" +
			"Editors with the YAML language server take the schema that a manifest names in its first line:\n" +
			"  " + setup.SchemaLine + "\n" +
			"They have to be told of the tags: " + setup.TagSetting + ".\n" +
			"What JSON Schema cannot say, authsync validate does.",
		Action: func(c *cli.Context) error {
			text, err := formatSchema(c.Args().Slice())
			if err != nil {
				return err
			}
			return say.Raw(s.Out, text)
		},
	}
}

func formatSchema(args []string) ([]byte, error) {
	if len(args) > 1 {
		return nil, errors.New("schema takes one FORMAT")
	}
	if len(args) == 0 {
		return publishedFormats[0].schema()
	}
	if f := list.First(publishedFormats, func(f published) bool { return f.name == args[0] }); f.schema != nil {
		return f.schema()
	}
	return nil, schema.Unknown("format", args[0], publishedNames())
}

func publishedNames() []string {
	return list.Each(publishedFormats, func(f published) string { return f.name })
}
