#!/bin/sh
# Applies the very plan that was looked at, and commits the lock and the vault
# back, also after a part. It needs credentials that write and the identity, and
# must run once at a time for an environment.
#
#   AUTHSYNC_PLAN    the plan (default: plan.json); what others have made is best kept outside the checkout
#   AUTHSYNC_PATHS, AUTHSYNC_ENVS, AUTHSYNC_LABELS
#                    as of plan.sh: a plan that was asked for anything else is refused
#   AUTHSYNC_DIGEST  the digest of the plan that was approved, which its comment shows: no other is applied
#
# Exit codes are those of authsync: 3, the plan is stale, or was asked for
# something else: nothing was written, plan again; 4, a part was applied: plan
# again, the plan starts from what is live. See commit-lock.sh for its variables.
set -eu
set -f
here=$(cd "$(dirname "$0")" && pwd)
. "$here/lib.sh"
own_programs
plan=${AUTHSYNC_PLAN:-plan.json}
{ [ -f "$plan" ] && [ ! -L "$plan" ]; } || plan_again "there is no plan.json"
words=$(asked)
IFS='
'
# shellcheck disable=SC2086 # one argument a line
set -- "$@" $words
unset IFS
[ -z "${AUTHSYNC_DIGEST:-}" ] || set -- "$@" --digest "$AUTHSYNC_DIGEST"

# A job that is cancelled ends between two calls, and its lock is committed all
# the same.
authsync apply --plan "$plan" "$@" &
apply=$!
trap 'kill -TERM "$apply" 2>/dev/null || :' INT TERM
while :; do
	code=0
	wait "$apply" || code=$?
	kill -0 "$apply" 2>/dev/null || break # else it was the signal that ended the waiting
done
trap '' INT TERM
case $code in
0 | 1 | 2) ;;
3) echo "pipeline: the plan was refused, and nothing was written. Plan again: see \"Plan again\" in docs/pipelines.md" >&2 ;;
*) echo "pipeline: a part was applied. The lock is committed; plan again for the rest" >&2 ;;
esac

# What follows has no use for these.
unset AUTHSYNC_IDENTITY AUTHSYNC_IDENTITY_FILE TENCENTCLOUD_SECRETID TENCENTCLOUD_SECRETKEY TENCENTCLOUD_SESSIONTOKEN
unset TENCENTCLOUD_ASSUME_ROLE_WEB_IDENTITY_TOKEN ACTIONS_ID_TOKEN_REQUEST_URL ACTIONS_ID_TOKEN_REQUEST_TOKEN
pushed=0
sh "$here/commit-lock.sh" || pushed=$?
[ "$code" -ne 0 ] || code=$pushed
exit "$code"
