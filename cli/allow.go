package cli

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/hashicorp/go-multierror"
	"github.com/urfave/cli/v2"

	"authsync/cli/line"
	"authsync/cli/render"
	"authsync/schema"
	"authsync/schema/list"
	"authsync/sync"
)

// gateChoices returns the values of --allow.
func gateChoices() []line.Choice {
	return list.Each(sync.Gates, func(g sync.GateRule) line.Choice {
		if g.Counted {
			return line.Choice{Word: string(g.Name), With: "N", Must: true}
		}
		return line.Choice{Word: string(g.Name)}
	})
}

func allowFlag() cli.Flag {
	choices := gateChoices()
	return line.AnyOf{Choices: choices, StringSliceFlag: &cli.StringSliceFlag{Name: "allow",
		Usage: "let the plan through `GATE`: " + line.Spell(choices, "or") + ", where N is the exact number; in one environment alone with its name, such as weaken:prod; may be repeated"}}
}

func readAllow(c *cli.Context) ([]string, error) {
	var allowed []string
	for _, text := range c.StringSlice("allow") {
		for _, one := range strings.Split(text, ",") {
			if err := isGate(one); err != nil {
				return nil, fmt.Errorf("--allow %s: %w", text, err)
			}
			allowed = append(allowed, one)
		}
	}
	return allowed, nil
}

func isGate(text string) error {
	gate, environment, narrowed := strings.Cut(text, ":")
	if narrowed && environment == "" {
		return fmt.Errorf("say of which environment, such as %s:prod", gate)
	}
	name, number, counted := strings.Cut(gate, "=")
	at := slices.IndexFunc(sync.Gates, func(g sync.GateRule) bool { return string(g.Name) == name })
	switch {
	case at < 0:
		return fmt.Errorf("there is no gate %q; there are %s", name, line.Spell(gateChoices(), "and"))
	case !sync.Gates[at].Counted && counted:
		return fmt.Errorf("%s takes no number", name)
	case !sync.Gates[at].Counted:
		return nil
	}
	if n, err := strconv.Atoi(number); err != nil || n < 1 || strconv.Itoa(n) != number {
		return fmt.Errorf("say exactly how many objects it is about, such as %s=2", name)
	}
	return nil
}

// allowedElsewhere refuses a gate for an environment that is not in this run: most
// likely its name is misspelt.
func allowedElsewhere(outlines []*schema.Outline, allow []string) error {
	for _, text := range allow {
		_, name, narrowed := strings.Cut(text, ":")
		if narrowed && !slices.Contains(outlineNames(outlines), name) {
			return fmt.Errorf("--allow %s: no such environment in this run; there are %s", text, strings.Join(outlineNames(outlines), ", "))
		}
	}
	return nil
}

// shutGates returns an error for each gate that stops a plan.
func shutGates(plan *sync.Plan) error {
	var each refused
	var flags []string
	for _, env := range plan.Environments {
		for _, g := range env.Gates {
			if !g.Allowed {
				each.add(env.Name, string(render.Gate(g, render.Palette{})))
			}
			// The hint includes the gates that are allowed already, so that it is
			// complete.
			if flag := "--allow " + g.Allow; !slices.Contains(flags, flag) {
				flags = append(flags, flag)
			}
		}
	}
	all := multierror.Append(nil, each.errors()...)
	if all.ErrorOrNil() == nil {
		return nil
	}
	all = multierror.Append(all, fmt.Errorf("nothing was written; if all of this is meant: %s", strings.Join(flags, " ")))
	return &exit{CodeRefused, all}
}
