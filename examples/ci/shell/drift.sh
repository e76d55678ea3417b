#!/bin/sh
# Looks for what somebody moved in an environment behind git's back. It needs
# credentials that read, and no private key.
#
#   AUTHSYNC_PATHS   manifests and directories of them, separated by spaces (default: envs)
#   AUTHSYNC_ENVS    only these environments, separated by spaces (default: all)
#   AUTHSYNC_MARKER  tells the issues of several pipelines apart
#
# It leaves drift.md, for an issue. Exit codes: 0, no drift; 2, drift; any other
# is an error, and leaves no drift.md.
set -eu
set -f
paths=${AUTHSYNC_PATHS:-envs}
rm -f drift.md
set -- --format text --format markdown=drift.md
[ -z "${AUTHSYNC_MARKER:-}" ] || set -- "$@" --marker "$AUTHSYNC_MARKER"
for name in ${AUTHSYNC_ENVS:-}; do
	set -- "$@" --env "$name"
done
code=0
# shellcheck disable=SC2086 # several paths are several words
authsync drift $paths "$@" || code=$?
case $code in 0 | 2) ;; *) rm -f drift.md ;; esac
exit "$code"
