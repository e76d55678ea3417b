package cli

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/hashicorp/go-multierror"
	"github.com/urfave/cli/v2"

	"authsync/sync"
)

func allowFlag() cli.Flag {
	return &cli.StringSliceFlag{Name: "allow", Usage: "let the plan through `GATE`: weaken, lockout, replace, or delete=N with the exact number; may be repeated"}
}

// readAllow reads the gates that are allowed.
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
	name, number, counted := strings.Cut(text, "=")
	if !slices.Contains(sync.GateNames, sync.GateName(name)) {
		return fmt.Errorf("there is no gate %q; there are delete=N, weaken, lockout and replace", name)
	}
	if name != string(sync.GateDelete) {
		if counted {
			return fmt.Errorf("%s takes no number", name)
		}
		return nil
	}
	if n, err := strconv.Atoi(number); err != nil || n < 1 || strconv.Itoa(n) != number {
		return fmt.Errorf("say exactly how many objects may be deleted, such as delete=2")
	}
	return nil
}

// shutGates are the gates for which a plan must not be applied.
func shutGates(plan *sync.Plan) error {
	var all *multierror.Error
	var flags []string
	for _, env := range plan.Environments {
		for _, g := range env.Gates {
			if !g.Allowed {
				all = multierror.Append(all, fmt.Errorf("refused: %s: %s", env.Name, gateText(g)))
			}
			// Those that are allowed already too: whoever takes the hint for all
			// that is needed is then right.
			if flag := "--allow " + g.Allow; !slices.Contains(flags, flag) {
				flags = append(flags, flag)
			}
		}
	}
	if all.ErrorOrNil() == nil {
		return nil
	}
	all = multierror.Append(all, fmt.Errorf("nothing was written; if all of this is meant: %s", strings.Join(flags, " ")))
	return &exit{CodeRefused, all}
}

// gateText is one line: which gate, what trips it, and why.
func gateText(g sync.Gate) string {
	text := "gate " + g.Allow + ": "
	if g.Key.Kind != "" {
		text += g.Key.String() + ": "
	}
	for _, f := range g.Fields {
		text += f.String() + ": "
	}
	return text + g.Text
}
