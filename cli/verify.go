package cli

import (
	"fmt"
	"time"

	"github.com/urfave/cli/v2"

	"authsync/cli/render"
	"authsync/cli/say"
)

// besidesVerify are the flags of plan that do not go with --verify.
var besidesVerify = []string{"out", "good-for", "format", "exit-code", "changed-since"}

// verifyPlan says whether a saved plan may still be applied. It reads what the plan
// rests on, as apply does first, and writes nothing.
func verifyPlan(c *cli.Context, s Streams) error {
	for _, name := range besidesVerify {
		if c.IsSet(name) {
			return fmt.Errorf("--%s does not go with --verify, which makes no plan", name)
		}
	}
	saved, err := readSaved(c, "verify")
	if err != nil {
		return err
	}
	selected, err := readSelectionOf(c, saved.Request.Paths)
	if err != nil {
		return err
	}
	selected.options.Shard = saved.Request.Shard
	outlines, err := selected.bound(saved)
	if err != nil {
		return err
	}
	run, err := selected.fleetOf(outlines, atOnce(selected.concurrency), saved.Request.Allow)
	if err != nil {
		return err
	}
	plan, err := run.plan(c.Context, selected.reviver(saved, run), letGo)
	if err != nil {
		return refuseStale(err)
	}
	if err := readErrors(plan.Environments); err != nil {
		return err
	}
	render.Sandbox(s.Out, plan.Sandbox(), render.Palette{})
	calls, shut := 0, 0
	for _, env := range plan.Environments {
		calls, shut = calls+len(env.Steps), shut+len(env.Shut())
	}
	say.Fprintf(s.Out, "%s is still good, until %s: %s to %s\n", c.String("verify"), saved.Expires.UTC().Format(time.RFC3339),
		render.Count(calls, "call", "calls"), render.Count(len(plan.Environments), "environment", "environments"))
	if shut > 0 {
		say.Fprintf(s.Out, "%s to be allowed\n", render.Count(shut, "gate has", "gates have"))
	}
	return nil
}
