package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os/exec"
	"slices"
	"strings"

	"authsync/schema"
)

// environment is what one manifest names, and what the plan does to it.
type environment struct {
	named map[string][]string // objects, by kind
	steps []step
}

// step is what the ideal needs to know of a step of the JSON plan.
type step struct {
	Object    string `json:"object"`
	Phase     string `json:"phase"`
	Operation string `json:"operation"`
	Call      struct {
		Action string `json:"action"`
	} `json:"call"`
}

func (s step) kind() string {
	kind, _, _ := strings.Cut(s.Object, "/")
	return kind
}

// readers are the actions that read a kind.
var readers = map[string]struct {
	action string
	lists  bool // one call gives all objects
}{
	schema.Login.Name:    {"DescribeLoginConfig", true},
	schema.Client.Name:   {"DescribeClient", false},
	schema.Provider.Name: {"GetProviders", true},
}

// asking is the calls that read the objects of each kind: one for a kind with a
// list, one an object for others.
func asking(objects map[string][]string) round {
	var r round
	for _, k := range schema.Kinds {
		names := objects[k.Name]
		if len(names) == 0 {
			continue
		}
		n := 1
		if !readers[k.Name].lists {
			n = len(names)
		}
		r = append(r, slices.Repeat(round{{readers[k.Name].action}}, n)...)
	}
	return r
}

// read is one round of everything that the manifest names.
func (e environment) read() work {
	return work{asking(e.named)}
}

// readAll is one round of everything that an environment of CloudBase may have:
// keys are listed by type, and integrations are read with their templates.
func (e environment) readAll() work {
	r := asking(e.named)
	for _, action := range []string{"DescribeApiKeyList", "DescribeApiKeyList", "GetUserKeyList", "GetUserKeyTemplateList"} {
		r = append(r, ask{action})
	}
	return work{r}
}

// apply is what follows the plan: the steps one after another, as the plan
// orders them, and after each phase a read of what it wrote. What a step writes
// is read once more immediately before it, what a phase creates of a kind once
// before the first of it.
func (e environment) apply() work {
	var w work
	for _, phase := range []string{"give", "take"} {
		written, created := map[string][]string{}, e.created(phase)
		for _, s := range e.steps {
			if s.Phase != phase {
				continue
			}
			again := []string{s.Object}
			if s.Operation == "create" {
				again = created[s.kind()]
				delete(created, s.kind())
			}
			if look := asking(map[string][]string{s.kind(): again}); len(again) > 0 && len(look) > 0 {
				w = append(w, look)
			}
			w = append(w, round{{s.Call.Action}})
			if !slices.Contains(written[s.kind()], s.Object) {
				written[s.kind()] = append(written[s.kind()], s.Object)
			}
		}
		if back := asking(written); len(back) > 0 {
			w = append(w, back)
		}
	}
	return w
}

// created are the objects that a phase creates, by kind.
func (e environment) created(phase string) map[string][]string {
	created := map[string][]string{}
	for _, s := range e.steps {
		if s.Phase == phase && s.Operation == "create" {
			created[s.kind()] = append(created[s.kind()], s.Object)
		}
	}
	return created
}

// idealOf works out what a scene takes at best. A plan comes first and whole:
// no step of any environment is made before all have been read, since a refusal
// in one forbids them all.
func (b *bench) idealOf(w *world, c scene) (ideal, error) {
	envs, err := b.environments(w, c.live)
	if err != nil {
		return ideal{}, err
	}
	l := limits{c.latency, c.concurrency, c.rate}
	total := ideal{}
	for _, part := range c.command.parts {
		var works []work
		for _, e := range envs {
			works = append(works, part(e))
		}
		total = total.then(idealOf(works, l))
	}
	return total, nil
}

// environments loads the manifests and asks for the plan of each.
func (b *bench) environments(w *world, from live) ([]environment, error) {
	loaded := schema.Load([]string{w.manifests}, schema.SecretsSealed)
	if err := loaded.Faults.Err(); err != nil {
		return nil, err
	}
	var envs []environment
	for _, env := range loaded.Environments {
		e := environment{named: map[string][]string{}}
		for kind, c := range env.Collections {
			for _, d := range c.Objects {
				e.named[kind] = append(e.named[kind], d.Key.String())
			}
		}
		envs = append(envs, e)
	}
	stage, err := open(w, scene{live: from})
	if err != nil {
		return nil, err
	}
	defer stage.close()
	run := exec.Command(b.authsync, "plan", w.manifests, "--identity", w.identity, "--sandbox", stage.url, "--format", "json")
	var problems bytes.Buffer
	run.Stderr = &problems
	out, err := run.Output()
	if err != nil {
		return nil, fmt.Errorf("plan: %w: %s", err, problems.Bytes())
	}
	var plan struct {
		Environments []struct {
			Steps []step `json:"steps"`
		} `json:"environments"`
	}
	if err := json.Unmarshal(out, &plan); err != nil {
		return nil, err
	}
	if len(plan.Environments) != len(envs) {
		return nil, fmt.Errorf("%d environments in the plan of %d", len(plan.Environments), len(envs))
	}
	for i, p := range plan.Environments {
		envs[i].steps = p.Steps
	}
	return envs, nil
}
