#!/bin/sh
# Fetches plan.json of the merge request that was merged as CI_COMMIT_SHA. Only its
# newest pipeline counts, and only if its job PLAN_JOB succeeded. A plan.json that
# the plan job of this very pipeline has made, when it was started by hand, is
# kept. Exit code 3: there is none. Needs jq.
#
#   PLAN_JOB  the name of the job that plans (default: plan)
set -eu
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/gitlab.sh"
need CI_COMMIT_SHA CI_PIPELINE_SOURCE
scratch
PLAN_JOB=${PLAN_JOB:-plan}
export PLAN_JOB
if [ "$CI_PIPELINE_SOURCE" = web ]; then
	[ -f plan.json ] || plan_again "this pipeline has no plan"
	exit 0
fi
rm -f plan.json

request GET "$project/repository/commits/$CI_COMMIT_SHA/merge_requests" >"$work/requests.json"
jq '[.[] | select(.state == "merged" and ([.merge_commit_sha, .squash_commit_sha, .sha] | index(env.CI_COMMIT_SHA)))][0]' \
	<"$work/requests.json" >"$work/request.json"
[ "$(cat "$work/request.json")" != null ] || plan_again "no merge request was merged as $CI_COMMIT_SHA"
iid=$(jq -r .iid <"$work/request.json")
jq -e '.source_project_id == .target_project_id' <"$work/request.json" >/dev/null ||
	plan_again "merge request $iid came from a fork, which gets no plan"
HEAD_SHA=$(jq -r .sha <"$work/request.json")
export HEAD_SHA

request GET "$project/merge_requests/$iid/pipelines?per_page=100" >"$work/pipelines.json"
pipeline=$(jq -r '[.[] | select(.source == "merge_request_event")] | max_by(.id)
	| select(. != null and (.sha == env.HEAD_SHA or (.ref | endswith("/merge")))) | .id' <"$work/pipelines.json")
[ -n "$pipeline" ] || plan_again "nothing was planned for $HEAD_SHA, the head of merge request $iid"
request GET "$project/pipelines/$pipeline/jobs?per_page=100" >"$work/jobs.json"
job=$(jq -r '[.[] | select(.name == env.PLAN_JOB)] | max_by(.id) | select(. != null and .status == "success") | .id' <"$work/jobs.json")
[ -n "$job" ] || plan_again "the plan of pipeline $pipeline, the newest of merge request $iid, has not succeeded"
request GET "$project/jobs/$job/artifacts/plan.json" >"$work/plan.json" || plan_again "the plan of job $job is not kept any more"
mv "$work/plan.json" plan.json
