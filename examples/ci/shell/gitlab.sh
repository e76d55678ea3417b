# Calls to the API of GitLab. It is read by other scripts, not run.
# shellcheck shell=sh
need CI_API_V4_URL CI_PROJECT_ID AUTHSYNC_GITLAB_TOKEN
# shellcheck disable=SC2034 # for lib.sh
API_HEADERS="header = \"Authorization: Bearer $AUTHSYNC_GITLAB_TOKEN\""
# shellcheck disable=SC2034
project=$CI_API_V4_URL/projects/$CI_PROJECT_ID

# whose_token: the user that the token writes as; only what is theirs is edited.
whose_token() {
	AUTHSYNC_BOT=$(request GET "$CI_API_V4_URL/user" | jq -r .username)
	export AUTHSYNC_BOT
}
