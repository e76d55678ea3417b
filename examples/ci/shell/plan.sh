#!/bin/sh
# Plans. It needs credentials that read, and no private key.
#
#   AUTHSYNC_PATHS   manifests and directories of them, separated by spaces (default: envs)
#   AUTHSYNC_ENVS    only these environments, separated by spaces (default: all)
#   AUTHSYNC_LABELS  labels, separated by commas, such as allow:weaken; see "Labels" in docs/pipelines.md
#   AUTHSYNC_CHANGED_SINCE
#                    only environments of which a file differs from this git revision, such as origin/main (default: all)
#   AUTHSYNC_LOCK_FROM
#                    the git revision whose locks are believed, such as origin/main: a branch can write its own
#   AUTHSYNC_MARKER  tells the comments of several pipelines apart
#
# It leaves plan.md, for a comment, whatever happens, and plan.json, for apply.sh,
# if there is something that may be looked at and applied. Exit code 0: planned,
# with or without changes; any other is that of authsync.
set -eu
set -f
. "$(dirname "$0")/lib.sh"
rm -f plan.json plan.md plan.txt

words=$(asked)
IFS='
'
# shellcheck disable=SC2086 # one argument a line
set -- $words --out plan.json --exit-code --format text --format markdown=plan.md
unset IFS
[ -z "${GITHUB_ACTIONS:-}" ] || set -- "$@" --format github=plan.txt
[ -z "${AUTHSYNC_CHANGED_SINCE:-}" ] || set -- "$@" --changed-since "$AUTHSYNC_CHANGED_SINCE"
[ -z "${AUTHSYNC_LOCK_FROM:-}" ] || set -- "$@" --lock-from "$AUTHSYNC_LOCK_FROM"
[ -z "${AUTHSYNC_MARKER:-}" ] || set -- "$@" --marker "$AUTHSYNC_MARKER"

code=0
authsync plan "$@" || code=$?
# The runner of GitHub takes these lines, and annotates those of the manifests.
[ ! -f plan.txt ] || cat plan.txt
rm -f plan.txt
case $code in
2) code=0 ;; # there are changes
0) ;;
*) rm -f plan.json ;;
esac
if [ ! -f plan.md ]; then
	marker=${AUTHSYNC_MARKER:+ $AUTHSYNC_MARKER}
	printf '%s\n' "<!-- authsync:plan$marker -->" '### authsync plan: there is none' '' \
		"It ended with exit code $code. The log of the pipeline says why." >plan.md
fi
exit "$code"
