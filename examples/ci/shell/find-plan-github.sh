#!/bin/sh
# Finds the run that made the plan of the pull request that was merged as
# GITHUB_SHA, and writes run-id=..., labels=..., the labels at the time of the merge,
# and digest=..., that of the plan which the pull request shows, to GITHUB_OUTPUT. Exit code 3: there is no plan that may be applied.
#
# Who can push a branch can run a workflow of his own under the same name, for the
# same commit. So only a run counts that can be of no other pull request, and that
# planned while this one went into the protected branch: the newest before the
# merge, if it succeeded. With PLAN_RUN it is that run, which somebody has started
# by hand on the protected branch; then the labels are AUTHSYNC_LABELS. Needs jq.
#
#   AUTHSYNC_BRANCH  the protected branch (default: that of this run)
#   PLAN_WORKFLOW    the file of the workflow that plans (default: authsync-plan.yml)
#   PLAN_ARTIFACT    the name of its artifact (default: authsync-plan)
#   AUTHSYNC_MARKER  as of plan.sh
set -eu
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/github.sh"
need GITHUB_SHA GITHUB_OUTPUT
scratch
PLAN_WORKFLOW=${PLAN_WORKFLOW:-authsync-plan.yml}
PLAN_ARTIFACT=${PLAN_ARTIFACT:-authsync-plan}
BASE=${AUTHSYNC_BRANCH:-${GITHUB_REF_NAME:-main}}
export PLAN_WORKFLOW PLAN_ARTIFACT BASE

# of_merge sets run and labels by the pull request that was merged.
of_merge() {
	request GET "$repo/commits/$GITHUB_SHA/pulls?per_page=100" >"$work/pulls.json"
	jq '[.[] | select(.state == "closed" and .merged_at != null and .merge_commit_sha == env.GITHUB_SHA and .base.ref == env.BASE)]
		| if length == 1 then .[0] else null end' <"$work/pulls.json" >"$work/pull.json"
	[ "$(cat "$work/pull.json")" != null ] || plan_again "no pull request was merged as $GITHUB_SHA, and that one alone, into $BASE"
	NUMBER=$(jq -r .number <"$work/pull.json")
	HEAD=$(jq -r .head.sha <"$work/pull.json")
	HEAD_REF=$(jq -r .head.ref <"$work/pull.json")
	MERGED=$(jq -r .merged_at <"$work/pull.json")
	export NUMBER HEAD HEAD_REF MERGED
	jq -e '.head.repo.id == .base.repo.id' <"$work/pull.json" >/dev/null ||
		plan_again "pull request $NUMBER came from a fork, which gets no plan"

	request GET "$repo/actions/workflows/$PLAN_WORKFLOW/runs?event=pull_request&head_sha=$HEAD&per_page=100" >"$work/runs.json"
	jq '[.workflow_runs[] | select(.event == "pull_request" and .head_sha == env.HEAD and .head_branch == env.HEAD_REF
			and .head_repository.id == .repository.id and (.run_started_at // .created_at) <= env.MERGED)]
		| max_by(.run_number)' <"$work/runs.json" >"$work/newest.json"
	run=$(jq -r '.id // empty' <"$work/newest.json")
	[ -n "$run" ] || plan_again "nothing was planned for $HEAD, the head of pull request $NUMBER, before it was merged"
	STARTED=$(jq -r '.created_at // ""' <"$work/newest.json")
	export STARTED
	alone

	pages "$repo/issues/$NUMBER/events" '.[] | {event, name: .label.name, set: (.event == "labeled"), at: .created_at} | tojson' >"$work/all" ||
		plan_again "the labels that pull request $NUMBER had when it was merged cannot be read"
	jq -c 'select(.event == "base_ref_changed" or .event == "automatic_base_change_succeeded") | select(.at >= env.STARTED)' <"$work/all" >"$work/moved"
	[ ! -s "$work/moved" ] || plan_again "pull request $NUMBER went into another branch when run $run planned it"
	jq -c 'select(.event == "labeled" or .event == "unlabeled")' <"$work/all" >"$work/events"
	labels=$(labels_at "$MERGED")

	# shellcheck disable=SC2016 # jq's, not the shell's
	pages "$repo/issues/$NUMBER/comments?sort=created" '.[] | select(.user.login == env.AUTHSYNC_BOT) | .body | tojson' >"$work/comments" ||
		plan_again "the plan that pull request $NUMBER shows cannot be read"
	digest=$(digest_shown)
	[ -n "$digest" ] || plan_again "pull request $NUMBER shows no plan to apply"
}

# alone refuses a run that may be of another pull request: one that has the same
# head, or that stood when the run began, from the same branch.
alone() {
	branch=$(jq -rn '"\(env.GITHUB_REPOSITORY | split("/")[0]):\(env.HEAD_REF)" | @uri')
	{
		pages "$repo/commits/$HEAD/pulls" '.[] | tojson' >"$work/others" &&
			pages "$repo/pulls?state=all&head=$branch" '.[] | tojson' >>"$work/others"
	} || plan_again "what other pull requests have the head of pull request $NUMBER cannot be read"
	other=$(jq -r 'select((.number | tostring) != env.NUMBER)
		| select(.head.sha == env.HEAD or .head.ref == env.HEAD_REF and .created_at <= env.STARTED and (.closed_at == null or .closed_at >= env.STARTED))
		| .number' <"$work/others" | head -n 1)
	[ -z "$other" ] || plan_again "run $run may be of pull request $other, which has the head of pull request $NUMBER too"
}

run=${PLAN_RUN:-}
digest=
labels=${AUTHSYNC_LABELS:-}
case $run in *[!0-9]*) die "the run of the plan is a number, not $run" ;; esac
[ -n "$run" ] || of_merge

request GET "$repo/actions/runs/$run" >"$work/run.json"
jq -e '.path | split("@")[0] == ".github/workflows/" + env.PLAN_WORKFLOW' <"$work/run.json" >/dev/null ||
	die "run $run is not one of $PLAN_WORKFLOW"
jq -e '.head_repository.id == .repository.id' <"$work/run.json" >/dev/null || die "run $run is one of a fork"
if [ -n "${PLAN_RUN:-}" ]; then
	jq -e '.event == "workflow_dispatch" and .head_branch == env.BASE' <"$work/run.json" >/dev/null ||
		die "run $run was not started by hand on $BASE"
fi
jq -e '.status == "completed" and .conclusion == "success"' <"$work/run.json" >/dev/null ||
	plan_again "run $run, the newest that planned this, has not succeeded"
request GET "$repo/actions/runs/$run/artifacts?name=$PLAN_ARTIFACT" >"$work/artifacts.json"
jq -e '[.artifacts[] | select(.name == env.PLAN_ARTIFACT and (.expired | not))] | length > 0' <"$work/artifacts.json" >/dev/null ||
	plan_again "the plan of run $run is not kept any more"
printf '%s\n' "run-id=$run" "labels=$labels" "digest=$digest" >>"$GITHUB_OUTPUT"
