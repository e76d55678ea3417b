#!/bin/sh
# Fetches the plan of the merge request that was merged as CI_COMMIT_SHA to
# AUTHSYNC_PLAN (default: plan.json; best outside the checkout), and prints the
# labels at the time of the merge, for AUTHSYNC_LABELS. Exit code 3: there is no
# plan that may be applied.
#
# Only its newest pipeline before the merge counts, and only if its job PLAN_JOB
# had begun by then, and succeeded. Of a pipeline that was started by hand on the
# protected branch it is its own plan; then the labels are AUTHSYNC_LABELS. Needs jq.
#
#   PLAN_JOB         the name of the job that plans (default: plan)
#   AUTHSYNC_MARKER  as of plan.sh
set -eu
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/gitlab.sh"
need CI_COMMIT_SHA CI_PIPELINE_SOURCE
scratch
PLAN_JOB=${PLAN_JOB:-plan}
BASE=${CI_COMMIT_BRANCH:-main}
export PLAN_JOB BASE

# of_merge sets pipeline, labels and MERGED by the merge request that was merged.
of_merge() {
	request GET "$project/repository/commits/$CI_COMMIT_SHA/merge_requests" >"$work/requests.json"
	jq '[.[] | select(.state == "merged" and .target_branch == env.BASE
			and ([.merge_commit_sha, .squash_commit_sha, .sha] | index(env.CI_COMMIT_SHA)))]
		| if length == 1 then .[0] else null end' <"$work/requests.json" >"$work/request.json"
	[ "$(cat "$work/request.json")" != null ] || plan_again "no merge request was merged as $CI_COMMIT_SHA, and that one alone, into $BASE"
	IID=$(jq -r .iid <"$work/request.json")
	HEAD=$(jq -r .sha <"$work/request.json")
	MERGED=$(jq -r .merged_at <"$work/request.json")
	export IID HEAD MERGED
	jq -e '.source_project_id == .target_project_id' <"$work/request.json" >/dev/null ||
		plan_again "merge request $IID came from a fork, which gets no plan"
	pages "$project/repository/commits/$HEAD/merge_requests" '.[] | tojson' >"$work/others" ||
		plan_again "what other merge requests have the head of merge request $IID cannot be read"
	other=$(jq -r 'select(.sha == env.HEAD and (.iid | tostring) != env.IID) | .iid' <"$work/others" | head -n 1)
	[ -z "$other" ] || plan_again "the plan may be of merge request $other, which has the head of merge request $IID too"

	request GET "$project/merge_requests/$IID/pipelines?per_page=100" >"$work/pipelines.json"
	jq '"refs/merge-requests/\(env.IID)/" as $own
		| [.[] | select(.source == "merge_request_event" and .created_at <= env.MERGED
			and (.ref == $own + "head" and .sha == env.HEAD or .ref == $own + "merge"))]
		| max_by(.id)' <"$work/pipelines.json" >"$work/pipeline.json"
	pipeline=$(jq -r '.id // empty' <"$work/pipeline.json")
	[ -n "$pipeline" ] || plan_again "nothing was planned for $HEAD, the head of merge request $IID, before it was merged"
	if jq -e '.ref | endswith("/merge")' <"$work/pipeline.json" >/dev/null; then
		of_result "$(jq -r .sha <"$work/pipeline.json")"
	fi

	pages "$project/merge_requests/$IID/resource_label_events" \
		'.[] | {name: .label.name, set: (.action == "add"), at: .created_at} | tojson' >"$work/events" ||
		plan_again "the labels that merge request $IID had when it was merged cannot be read"
	labels=$(labels_at "$MERGED")

	whose_token
	# shellcheck disable=SC2016 # jq's, not the shell's
	pages "$project/merge_requests/$IID/notes?sort=asc&order_by=created_at" '.[] | select(.author.username == env.AUTHSYNC_BOT) | .body | tojson' >"$work/comments" ||
		plan_again "the plan that merge request $IID shows cannot be read"
	digest=$(digest_shown)
	[ -n "$digest" ] || plan_again "merge request $IID shows no plan to apply"
}

# of_result COMMIT: the result of a merge that a pipeline ran for is one of this
# head, into what is on the protected branch.
of_result() {
	request GET "$project/repository/commits/$1" >"$work/commit.json"
	target=$(jq -r 'select((.parent_ids | length) == 2 and .parent_ids[1] == env.HEAD) | .parent_ids[0]' <"$work/commit.json")
	{ [ -n "$target" ] && git merge-base --is-ancestor "$target" HEAD; } ||
		plan_again "pipeline $pipeline, the newest of merge request $IID, is of another head, or of another branch than $BASE"
}

labels=${AUTHSYNC_LABELS:-}
digest=
if [ "$CI_PIPELINE_SOURCE" = web ]; then
	need CI_PIPELINE_ID
	pipeline=$CI_PIPELINE_ID
	MERGED=
else
	of_merge
fi
export MERGED
request GET "$project/pipelines/$pipeline/jobs?per_page=100" >"$work/jobs.json"
job=$(jq -r '[.[] | select(.name == env.PLAN_JOB and (env.MERGED == "" or (.started_at // .created_at) <= env.MERGED))]
	| max_by(.id) | select(. != null and .status == "success") | .id' <"$work/jobs.json")
[ -n "$job" ] || plan_again "the plan of pipeline $pipeline has not succeeded"
request GET "$project/jobs/$job/artifacts/plan.json" >"$work/plan.json" || plan_again "the plan of job $job is not kept any more"
[ -z "$digest" ] || [ "$(jq -r .digest <"$work/plan.json")" = "$digest" ] ||
	plan_again "the plan of job $job is not the one that merge request $IID shows"
mv "$work/plan.json" "${AUTHSYNC_PLAN:-plan.json}"
printf '%s\n' "$labels"
