#!/bin/sh
# Plans one shard, and saves its plan. It needs credentials that read, and no private
# key. A shard in which nothing changes has a plan too: the report knows who is missing.
#
#   SHARD           the number of the shard, from 1, or auto
#   SHARDS          how many there are; not with auto
#   AUTHSYNC_PLAN   where the plan goes
#   AUTHSYNC_LOCK_FROM
#                   the git revision whose locks are believed (default: those of the checkout)
set -eu
# shellcheck disable=SC2153 # it is given
shard=$SHARD
[ "$shard" = auto ] || shard=$SHARD/$SHARDS
set -- envs --shard "$shard" --out "$AUTHSYNC_PLAN"
[ -z "${AUTHSYNC_LOCK_FROM:-}" ] || set -- "$@" --lock-from "$AUTHSYNC_LOCK_FROM"
authsync plan "$@"
