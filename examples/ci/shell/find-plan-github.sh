#!/bin/sh
# Finds the run that made the plan of the pull request that was merged as
# GITHUB_SHA, and writes run-id=... to GITHUB_OUTPUT. With PLAN_RUN it is that run. Only
# the newest run for the head of the pull request counts, and only if it
# succeeded. Exit code 3: there is none. Needs jq.
#
#   PLAN_WORKFLOW  the file of the workflow that plans (default: authsync-plan.yml)
#   PLAN_ARTIFACT  the name of its artifact (default: authsync-plan)
set -eu
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/github.sh"
need GITHUB_SHA GITHUB_OUTPUT
scratch
PLAN_WORKFLOW=${PLAN_WORKFLOW:-authsync-plan.yml}
PLAN_ARTIFACT=${PLAN_ARTIFACT:-authsync-plan}
export PLAN_WORKFLOW PLAN_ARTIFACT

run=${PLAN_RUN:-}
if [ -z "$run" ]; then
	request GET "$repo/commits/$GITHUB_SHA/pulls" >"$work/pulls.json"
	jq '[.[] | select(.merged_at != null and .merge_commit_sha == env.GITHUB_SHA)][0]' <"$work/pulls.json" >"$work/pull.json"
	[ "$(cat "$work/pull.json")" != null ] || plan_again "no pull request was merged as $GITHUB_SHA"
	number=$(jq -r .number <"$work/pull.json")
	jq -e '.head.repo.id == .base.repo.id' <"$work/pull.json" >/dev/null ||
		plan_again "pull request $number came from a fork, which gets no plan"
	head=$(jq -r .head.sha <"$work/pull.json")
	request GET "$repo/actions/workflows/$PLAN_WORKFLOW/runs?event=pull_request&head_sha=$head&per_page=100" >"$work/runs.json"
	run=$(jq -r '[.workflow_runs[] | select(.head_repository.id == .repository.id)] | max_by(.run_number) | .id // empty' <"$work/runs.json")
	[ -n "$run" ] || plan_again "nothing was planned for $head, the head of pull request $number"
fi
case $run in *[!0-9]*) die "the run of the plan is a number, not $run" ;; esac

request GET "$repo/actions/runs/$run" >"$work/run.json"
jq -e '.path | split("@")[0] == ".github/workflows/" + env.PLAN_WORKFLOW' <"$work/run.json" >/dev/null ||
	die "run $run is not one of $PLAN_WORKFLOW"
jq -e '.head_repository.id == .repository.id' <"$work/run.json" >/dev/null || die "run $run is one of a fork"
jq -e '.status == "completed" and .conclusion == "success"' <"$work/run.json" >/dev/null ||
	plan_again "run $run, the newest that planned this, has not succeeded"
request GET "$repo/actions/runs/$run/artifacts?name=$PLAN_ARTIFACT" >"$work/artifacts.json"
jq -e '[.artifacts[] | select(.name == env.PLAN_ARTIFACT and (.expired | not))] | length > 0' <"$work/artifacts.json" >/dev/null ||
	plan_again "the plan of run $run is not kept any more"
echo "run-id=$run" >>"$GITHUB_OUTPUT"
