package cli

import (
	"fmt"

	"github.com/urfave/cli/v2"

	"authsync/schema"
	"authsync/schema/list"
	"authsync/sync"
)

// optionFlag is a flag that sets one option of a plan.
type optionFlag struct {
	flag cli.Flag
	// beside says whether the flag may be given with a saved plan.
	beside bool
	read   func(c *cli.Context, o *sync.Options) error
	// words returns the words of the command line that set the option.
	words func(o sync.Options) []string
}

// optionFlags are the flags of every option. This table reads them, writes them again
// as the words of a command, and refuses them with a saved plan.
var optionFlags = []optionFlag{
	shardOption(),
	keysFlag("target", "only the object `KEY` (provider/github, login) or all of a kind (provider); may be repeated",
		func(o *sync.Options) *[]schema.Key { return &o.Targets }),
	keysFlag("exclude", excludeUsage,
		func(o *sync.Options) *[]schema.Key { return &o.Excluded }),
	switchFlag("prune", "delete what git has removed: live objects that were applied from here, and that the manifest does not name any more",
		func(o *sync.Options) *sync.Pruning { return &o.Prune }),
	switchFlag("prune-unmanaged", "delete all live objects that the manifest does not name, in the collections that it has",
		func(o *sync.Options) *sync.UnmanagedPolicy { return &o.Unmanaged }),
	{
		flag: allowFlag(), beside: true,
		read: func(c *cli.Context, o *sync.Options) (err error) {
			o.Allow, err = readAllow(c)
			return err
		},
		words: func(o sync.Options) []string { return flagWords("allow", o.Allow) },
	},
	switchFlag("recreate", "make again what was applied, where a service now lists nothing at all",
		func(o *sync.Options) *sync.Gone { return &o.Gone }),
	keysFlag("rotate", "replace the object `KEY` (apiKey/server-prod) though nothing differs; may be repeated",
		func(o *sync.Options) *[]schema.Key { return &o.Rotate }),
	{
		flag: overlapFlag(),
		read: func(c *cli.Context, o *sync.Options) (err error) {
			if c.IsSet("overlap") {
				var overlap schema.Seconds
				if overlap, err = schema.Overlaps.Parse(c.String("overlap")); err != nil {
					return fmt.Errorf("--overlap %w", err)
				}
				o.Overlap = &overlap
			}
			return nil
		},
		words: func(o sync.Options) []string {
			if o.Overlap == nil {
				return nil
			}
			return []string{"--overlap=" + o.Overlap.String()}
		},
	},
	keysFlag("end-overlap", "delete now what lives on beside the object `KEY`, which took its place; may be repeated",
		func(o *sync.Options) *[]schema.Key { return &o.Finish }),
	switchFlag("rewrite-secrets", "send the secrets that cannot be compared with live",
		func(o *sync.Options) *sync.SecretPolicy { return &o.Secrets }),
	switchFlag("thorough", thoroughUsage,
		func(o *sync.Options) *sync.Thoroughness { return &o.Thorough }),
}

const thoroughUsage = "read every object in detail, also one whose time of change has not moved since it was read"

const excludeUsage = "leave out the object `KEY` (provider/github, login) or all of a kind (provider); may be repeated"

func overlapFlag() cli.Flag {
	return &cli.StringFlag{Name: "overlap", Usage: "keep an old API key for `TIME` beside the new one, whatever the manifest says; 0 deletes it in the same run"}
}

func keysFlag(name, usage string, option func(*sync.Options) *[]schema.Key) optionFlag {
	return optionFlag{
		flag: &cli.StringSliceFlag{Name: name, Usage: usage},
		read: func(c *cli.Context, o *sync.Options) (err error) {
			*option(o), err = readEach(c, name, schema.ParseSpelledKey)
			return err
		},
		words: func(o sync.Options) []string {
			return flagWords(name, list.Each(*option(&o), schema.Key.Spelled))
		},
	}
}

// switchFlag is a flag for an option with two values.
func switchFlag[T ~bool](name, usage string, option func(*sync.Options) *T) optionFlag {
	return optionFlag{
		flag: &cli.BoolFlag{Name: name, Usage: usage},
		read: func(c *cli.Context, o *sync.Options) error {
			*option(o) = T(c.Bool(name))
			return nil
		},
		words: func(o sync.Options) []string {
			if *option(&o) {
				return []string{"--" + name}
			}
			return nil
		},
	}
}

func flagWords(name string, values []string) []string {
	return list.Each(values, func(value string) string { return "--" + name + "=" + value })
}

func readOptions(c *cli.Context) (sync.Options, error) {
	var o sync.Options
	for _, f := range optionFlags {
		if err := f.read(c, &o); err != nil {
			return o, err
		}
	}
	for _, key := range o.Targets {
		if sync.Covered(o.Excluded, key) {
			return o, fmt.Errorf("--target %s: --exclude leaves it out", key)
		}
	}
	return o, rotatable(o)
}

func optionWords(o sync.Options) []string {
	return list.Flat(optionFlags, func(f optionFlag) []string { return f.words(o) })
}
