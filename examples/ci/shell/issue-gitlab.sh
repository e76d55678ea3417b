#!/bin/sh
# issue-gitlab.sh FILE CODE: with CODE 2 (drift) FILE becomes the one open issue of
# the pipeline, which is opened or edited; with CODE 0 that is closed. It is the
# token's own issue that begins with the first line of FILE. Needs jq.
set -eu
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/gitlab.sh"
scratch
MARKER=$(head -n 1 "$1")
TITLE='authsync: drift'
export MARKER TITLE
whose_token
# shellcheck disable=SC2016 # jq's, not the shell's
pages "$project/issues?state=opened&scope=all" \
	'.[] | select(.author.username == env.AUTHSYNC_BOT and (.description // "" | startswith(env.MARKER))) | .iid' >"$work/ids"
id=$(head -n 1 "$work/ids")
jq --null-input --rawfile body "$1" '{title: env.TITLE, description: $body}' >"$work/body.json"
case $2 in
2)
	if [ -n "$id" ]; then
		request PUT "$project/issues/$id" "$work/body.json" >/dev/null
	else
		request POST "$project/issues" "$work/body.json" >/dev/null
	fi
	;;
0)
	[ -n "$id" ] || exit 0
	echo '{"state_event": "close"}' >"$work/close.json"
	request PUT "$project/issues/$id" "$work/close.json" >/dev/null
	;;
*) die "exit code $2 of drift says nothing about drift" ;;
esac
