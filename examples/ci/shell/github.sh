# Calls to the API of GitHub. It is read by other scripts, not run.
# shellcheck shell=sh
need GITHUB_API_URL GITHUB_REPOSITORY GITHUB_TOKEN
# shellcheck disable=SC2034 # for lib.sh
API_HEADERS="header = \"Authorization: Bearer $GITHUB_TOKEN\"
header = \"Accept: application/vnd.github+json\"
header = \"X-GitHub-Api-Version: 2022-11-28\""
# shellcheck disable=SC2034 # for those that read this
repo=$GITHUB_API_URL/repos/$GITHUB_REPOSITORY
# Whose comments and issues are edited. A job's own token writes as this; with
# another token, say whose it is.
: "${AUTHSYNC_BOT:=github-actions[bot]}"
export AUTHSYNC_BOT
