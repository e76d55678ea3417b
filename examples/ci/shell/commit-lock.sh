#!/bin/sh
# Commits locks and vaults, and nothing else, and pushes them to the branch. If
# the branch does not take them, they go to a branch of their own, since a vault
# holds tokens that no service shows again.
#
#   AUTHSYNC_BRANCH      the branch, such as main
#   AUTHSYNC_PUSH_URL    where to push (default: origin)
#   AUTHSYNC_PUSH_TOKEN  the password for it, if it takes one; AUTHSYNC_PUSH_USER is the user (default: x-access-token)
#   AUTHSYNC_RUN         names this run in the commit and in the branch of its own
set -eu
. "$(dirname "$0")/lib.sh"
need AUTHSYNC_BRANCH
remote=${AUTHSYNC_PUSH_URL:-origin}
run=${AUTHSYNC_RUN:-$(date -u +%Y%m%d%H%M%S)}

git config user.name >/dev/null || git config user.name authsync
git config user.email >/dev/null || git config user.email authsync@localhost

# The token is on no command line and in no file: git asks for it.
remote_git() {
	if [ -n "${AUTHSYNC_PUSH_TOKEN:-}" ]; then
		# shellcheck disable=SC2016 # git's own shell expands it
		git -c credential.helper= -c 'credential.helper=!f() { echo "username=${AUTHSYNC_PUSH_USER:-x-access-token}"; echo "password=$AUTHSYNC_PUSH_TOKEN"; }; f' "$@"
	else
		git "$@"
	fi
}

files=$(git ls-files --modified --others --exclude-standard -- '*.lock.yaml' '*.vault.yaml' ':(exclude,glob)**/.authsync/**')
if [ -z "$files" ]; then
	echo "pipeline: no lock has changed" >&2
	exit 0
fi
printf '%s\n' "$files" | git -c core.quotePath=false add --pathspec-from-file=-
git commit --quiet --message "authsync: what run $run has applied [skip ci]"

# Somebody else may push at the same moment; five times is not the same moment.
for _ in 1 2 3 4 5; do
	if remote_git push --quiet "$remote" "HEAD:refs/heads/$AUTHSYNC_BRANCH"; then
		echo "pipeline: lock committed to $AUTHSYNC_BRANCH" >&2
		exit 0
	fi
	remote_git fetch --quiet "$remote" "refs/heads/$AUTHSYNC_BRANCH" || break
	git rebase --quiet --autostash FETCH_HEAD || {
		git rebase --abort || :
		break
	}
done
remote_git push --quiet "$remote" "HEAD:refs/heads/authsync/lock-$run" ||
	die "the lock could not be pushed anywhere. Keep the vault files of this job: their tokens are not shown again"
die "$AUTHSYNC_BRANCH did not take the lock. It is in the branch authsync/lock-$run: merge that"
