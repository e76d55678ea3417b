#!/bin/sh
# comment-gitlab.sh FILE: FILE becomes the one note of the pipeline in the merge
# request CI_MERGE_REQUEST_IID. The note to edit is the token's own that begins with
# the first line of FILE, a hidden marker; nobody else's is touched. Needs jq.
set -eu
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/gitlab.sh"
need CI_MERGE_REQUEST_IID
scratch
MARKER=$(head -n 1 "$1")
export MARKER
whose_token
notes=$project/merge_requests/$CI_MERGE_REQUEST_IID/notes
jq --null-input --rawfile body "$1" '{body: $body}' >"$work/body.json"
# shellcheck disable=SC2016 # jq's, not the shell's
pages "$notes?sort=asc&order_by=created_at" \
	'.[] | select(.author.username == env.AUTHSYNC_BOT and (.body | startswith(env.MARKER))) | .id' >"$work/ids"
id=$(head -n 1 "$work/ids")
if [ -n "$id" ]; then
	request PUT "$notes/$id" "$work/body.json" >/dev/null
else
	request POST "$notes" "$work/body.json" >/dev/null
fi
