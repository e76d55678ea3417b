package main

import "fmt"

// command is a command line of authsync, and what it takes at best.
type command struct {
	name string
	args func(w *world) []string
	// parts are what each environment has to ask, and in which order. A part
	// starts when the one before it is done in every environment.
	parts []func(environment) work
}

var (
	version = command{
		name: "version",
		args: func(*world) []string { return []string{"version"} },
	}
	plan = command{
		name:  "plan",
		args:  func(w *world) []string { return []string{"plan", w.manifests, "--identity", w.identity} },
		parts: []func(environment) work{environment.read},
	}
	apply = command{
		name: "apply",
		args: func(w *world) []string {
			return []string{"apply", w.manifests, "--identity", w.identity, "--yes", "--allow", "weaken"}
		},
		parts: []func(environment) work{environment.read, environment.apply},
	}
	// export plans its own result from what it has read: one read is enough,
	// of every kind that an environment may have.
	export = command{
		name: "export",
		args: func(w *world) []string {
			args := []string{"export", w.exports, "--to", w.recipient, "--identity", w.identity}
			for _, id := range w.envIDs {
				args = append(args, "--env-id", id)
			}
			return args
		},
		parts: []func(environment) work{environment.readAll},
	}
)

// commandLine completes a command's arguments with where to go and how wide.
func (c scene) commandLine(w *world, url string) []string {
	args := c.command.args(w)
	if url == "" {
		return args
	}
	return append(args, "--sandbox", url, "--concurrency", fmt.Sprint(c.concurrency))
}
