#!/bin/sh
# What a change from anybody gets: it needs no credentials, no key and no
# network.
#
#   AUTHSYNC_PATHS  manifests and directories of them, separated by spaces (default: envs)
set -eu
paths=${AUTHSYNC_PATHS:-envs}
# shellcheck disable=SC2086 # several paths are several words
{
	authsync validate $paths
	authsync secrets check $paths
}
