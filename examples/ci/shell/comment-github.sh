#!/bin/sh
# comment-github.sh FILE: FILE becomes the one comment of the pipeline in the
# pull request PR_NUMBER. The comment to edit is the pipeline's own that begins with
# the first line of FILE, a hidden marker; nobody else's is touched. Needs jq.
set -eu
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/github.sh"
need PR_NUMBER
scratch
MARKER=$(head -n 1 "$1")
export MARKER
jq --null-input --rawfile body "$1" '{body: $body}' >"$work/body.json"
# shellcheck disable=SC2016 # jq's, not the shell's
pages "$repo/issues/$PR_NUMBER/comments?sort=created" \
	'.[] | select(.user.login == env.AUTHSYNC_BOT and (.body | startswith(env.MARKER))) | .id' >"$work/ids"
id=$(head -n 1 "$work/ids")
if [ -n "$id" ]; then
	request PATCH "$repo/issues/comments/$id" "$work/body.json" >/dev/null
else
	request POST "$repo/issues/$PR_NUMBER/comments" "$work/body.json" >/dev/null
fi
