package cli

import (
	"strings"
	"testing"
)

// The examples are what a new user meets first: they are right, they differ
// from their live state, and applying them leaves nothing to do.
func TestExamples(t *testing.T) {
	url := exampleSandbox(t)
	envs := exampleEnvs(t)

	valid := must(t, 0, "validate", envs)
	if n := strings.Count(valid.out, " is valid: "); n != 3 || valid.err != "" {
		t.Errorf("%d valid environments, want 3 and no warning:\n%s%s", n, valid.out, valid.err)
	}

	plan := must(t, 2, "plan", envs, "--exit-code")
	for _, want := range []string{
		"dev (acme-dev-5gq1x7): 2 to create",
		"prod (acme-prod-7gk2x9): 2 to create",
		"staging (acme-staging-2kd9f0): nothing to do",
		"unmanaged, left alone: provider/gitlabtest",
		"carried along unchanged: config.requestParametersMap.extra.IsGithub",
		"config.clientSecret: (another secret) -> (sealed)",
		`apiServer.roleIdList: ["1601","1589807922792402944"] -> ["1589807922792402944"]`,
	} {
		if !strings.Contains(plan.out, want) {
			t.Errorf("the first plan does not say %q:\n%s", want, plan.out)
		}
	}
	if strings.Contains(plan.out, "no identity here opens it") {
		t.Errorf("the example key does not open every secret:\n%s", plan.out)
	}
	if writes := writesOf(t, url); len(writes) > 0 {
		t.Fatalf("the plan wrote: %v", writes)
	}

	must(t, 0, "apply", envs, "--yes")
	again := must(t, 0, "plan", envs, "--exit-code")
	if n := strings.Count(again.out, "nothing to do"); n != 3 {
		t.Errorf("the second plan is not empty:\n%s", again.out)
	}
}
