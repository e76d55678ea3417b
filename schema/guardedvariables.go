package schema

import (
	"slices"
	"strings"

	"authsync/secrets"
)

// guardedVariables are environment variables that a manifest must not name: their
// values would be sent to a service that the author of the manifest chooses.
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

// guardedEverywhere returns why no manifest may name a variable in any place, or "".
func guardedEverywhere(variable string) string {
	for _, g := range guardedVariables {
		if named(g.name, variable) {
			return g.why
		}
	}
	return ""
}

// named reports whether a pattern matches a variable in any case, which some systems
// ignore.
func named(pattern, variable string) bool {
	variable = strings.ToUpper(variable)
	prefix, all := strings.CutSuffix(pattern, "*")
	return variable == prefix || all && strings.HasPrefix(variable, prefix)
}

// guardAccount refuses the cloud account's variables except where they go to the
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
