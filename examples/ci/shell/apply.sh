#!/bin/sh
# Applies plan.json, the very plan that was looked at, and commits the lock and
# the vault back, also after a part. It needs credentials that write and the
# identity, and must run once at a time for an environment.
#
# Exit codes are those of authsync: 3, the plan is stale: nothing was written,
# plan again; 4, a part was applied: plan again, the plan starts from what is live.
# See commit-lock.sh for its variables.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
. "$here/lib.sh"
[ -f plan.json ] || plan_again "there is no plan.json"

# A job that is cancelled ends between two calls, and its lock is committed all
# the same.
authsync apply --plan plan.json "$@" &
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
pushed=0
sh "$here/commit-lock.sh" || pushed=$?
[ "$code" -ne 0 ] || code=$pushed
exit "$code"
