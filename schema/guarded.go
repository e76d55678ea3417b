package schema

import (
	"slices"
	"strings"

	"authsync/secrets"
)

// guardedVariables are environment variables that a manifest must not name: what
// it names is sent to a service, and whoever writes the manifest chooses which.
var guardedVariables = []struct {
	name string // with a star at its end: all that begin so
	why  string
}{
	{"AUTHSYNC_*", "is authsync's own; what a manifest names is sent to a service, and an identity must never be"},
	{"GITHUB_TOKEN", whyPipelines},
	{"GH_TOKEN", whyPipelines},
	{"ACTIONS_*", whyPipelines},
	{"GITLAB_TOKEN", whyPipelines},
	{"CI_JOB_*", whyPipelines},
	{"CI_REGISTRY_PASSWORD", whyPipelines},
	{"CI_DEPLOY_PASSWORD", whyPipelines},
	{"CNB_TOKEN", whyPipelines},
}

const (
	whyPipelines = "is a credential of the pipeline; what a manifest names is sent to a service, and that must never be"
	whyAccounts  = "is a credential of the cloud account, which goes to the cloud alone: to cloudbase and openapi without a url of their own"

	accountVariables = "TENCENTCLOUD_*"
)

// guardedEverywhere says why no manifest may name a variable anywhere, or "".
func guardedEverywhere(variable string) string {
	for _, g := range guardedVariables {
		if named(g.name, variable) {
			return g.why
		}
	}
	return ""
}

// named reports whether a pattern is of a variable, in whatever letters: some
// systems tell no case apart.
func named(pattern, variable string) bool {
	variable = strings.ToUpper(variable)
	prefix, all := strings.CutSuffix(pattern, "*")
	return variable == prefix || all && strings.HasPrefix(variable, prefix)
}

// guardAccount refuses the cloud account's variables but where they go to the
// account's own cloud.
func guardAccount(r *reader, e *Environment) {
	for _, held := range e.Secrets {
		if held.Value.Form() == secrets.EnvForm && named(accountVariables, held.Value.EnvName()) && !e.ofAccount(held.Path) {
			r.faults.add(held.Pos, held.Path, "%s %s", held.Value.EnvName(), whyAccounts)
		}
	}
}

// ofAccount reports whether what stands at a path is for the account's own cloud.
func (e *Environment) ofAccount(at Path) bool {
	own := []string{CloudBase, OpenAPI}
	return len(at) > 2 && at[0] == "systems" && slices.Contains(own, at[1]) && !e.Foreign(at[1])
}
