package cli

import (
	"path/filepath"
	"strings"
	"testing"
)

// Every command but apply leaves the services as they are, whatever it is asked.
func TestOnlyApplyWrites(t *testing.T) {
	url := exampleSandbox(t)
	envs := exampleEnvs(t)
	dir := filepath.Dir(envs)
	key, prod := filepath.Join(envs, "EXAMPLE-KEY-NOT-SECRET.txt"), filepath.Join(envs, "prod.yaml")
	recipient := "age1jg5l53ddx63krysk785vhte3vhcqks82fpnmuvq83e6dj2fpvuqshursa0"

	tests := []struct {
		args  string
		code  int
		reads bool // it asks the services
	}{
		{args: "validate " + envs},
		{args: "validate --online " + envs, reads: true},
		{args: "validate --online --try-secrets --identity " + key + " " + envs, code: 1, reads: true},
		{args: "plan " + envs, reads: true},
		{args: "plan " + envs + " --exit-code --prune-unmanaged --rewrite-secrets", code: 2, reads: true},
		{args: "plan " + envs + " --format json", reads: true},
		{args: "plan " + envs + " --format text --format json=" + filepath.Join(dir, "plan.json"), reads: true},
		{args: "plan " + envs + " --env dev --target provider/github", reads: true},
		{args: "plan " + envs + " --sandbox " + url + " --concurrency 1", reads: true},
		{args: "diff " + envs, code: 2, reads: true},
		{args: "diff " + envs + " --env dev --format json", code: 2, reads: true},
		{args: "drift " + envs, code: 2, reads: true},
		{args: "drift " + envs + " --env prod --format text --format json=" + filepath.Join(dir, "drift.json"), code: 2, reads: true},
		{args: "compare staging prod " + envs, code: 2},
		{args: "compare staging prod --live " + envs, code: 2, reads: true},
		{args: "promote staging prod --dry-run " + envs},
		{args: "promote staging prod --live --dry-run " + envs, code: 3, reads: true},
		{args: "apply " + envs, code: 3, reads: true}, // without a yes
		{args: "export " + filepath.Join(dir, "new.yaml") + " --env-id acme-prod-7gk2x9 --to " + recipient, reads: true},
		{args: "export " + filepath.Join(dir, "many") + " --env-id acme-prod-7gk2x9 --env-id acme-dev-5gq1x7 --to " + recipient, reads: true},
		{args: "export " + filepath.Join(dir, "new.yaml"), reads: true},
		{args: "init " + filepath.Join(dir, "begun") + " --env-id acme-prod-7gk2x9 --name prod --key " + filepath.Join(dir, "begun.txt"), reads: true},
		{args: "doctor " + envs, reads: true},
		{args: "secrets keygen"},
		{args: "secrets seal --in " + prod},
		{args: "secrets open --in " + prod + " --path providers.github.config.clientSecret --identity " + key},
		{args: "secrets open --textconv " + prod},
		{args: "secrets check " + envs},
		{args: "secrets check " + envs + " --left " + recipient},
		{args: "secrets rekey " + envs + " --identity " + key},
		{args: "version"},
		{args: "help"},
	}
	seen := 0
	for _, tt := range tests {
		t.Run(strings.ReplaceAll(tt.args, dir, "DIR"), func(t *testing.T) {
			must(t, tt.code, strings.Fields(tt.args)...)
			all, err := requestsOf(url)
			if err != nil {
				t.Fatal(err)
			}
			if asked := len(all) > seen; asked != tt.reads {
				t.Errorf("it asked the services: %v, want %v", asked, tt.reads)
			}
			seen = len(all)
			if writes := writesOf(t, url); len(writes) > 0 {
				t.Fatalf("it wrote: %v", writes)
			}
		})
	}

	must(t, 0, "apply", envs, "--yes")
	if len(writesOf(t, url)) == 0 {
		t.Error("the log does not show the writes of apply: the test above proves nothing")
	}
}
