#!/bin/sh
# issue-github.sh FILE CODE: with CODE 2 (drift) FILE becomes the one open issue of
# the pipeline, which is opened or edited; with CODE 0 that is closed. It is the
# pipeline's own issue that begins with the first line of FILE. Needs jq.
set -eu
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/github.sh"
scratch
MARKER=$(head -n 1 "$1")
TITLE='authsync: drift'
export MARKER TITLE
# shellcheck disable=SC2016 # jq's, not the shell's
pages "$repo/issues?state=open" \
	'.[] | select(.pull_request == null and .user.login == env.AUTHSYNC_BOT and (.body // "" | startswith(env.MARKER))) | .number' >"$work/ids"
id=$(head -n 1 "$work/ids")
jq --null-input --rawfile body "$1" '{title: env.TITLE, body: $body}' >"$work/body.json"
case $2 in
2)
	if [ -n "$id" ]; then
		request PATCH "$repo/issues/$id" "$work/body.json" >/dev/null
	else
		request POST "$repo/issues" "$work/body.json" >/dev/null
	fi
	;;
0)
	[ -n "$id" ] || exit 0
	echo '{"state": "closed", "state_reason": "completed"}' >"$work/close.json"
	request PATCH "$repo/issues/$id" "$work/close.json" >/dev/null
	;;
*) die "exit code $2 of drift says nothing about drift" ;;
esac
