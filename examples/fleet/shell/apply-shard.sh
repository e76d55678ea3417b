#!/bin/sh
# Applies the saved plan of one shard. Then, also after a part, it packs the locks and
# vaults that have changed, and no others: commit-locks.sh makes one commit of those of
# all shards.
#
#   SHARD             names the results: applied-SHARD.json, locks-SHARD.tar
#   AUTHSYNC_PLAN     the plan
#   AUTHSYNC_DIGEST   the digest of the plan that was approved (default: whatever it is)
#   AUTHSYNC_RESULTS  the folder of the results, outside the checkout
#
# The exit code is that of authsync.
set -eu
set -- --plan "$AUTHSYNC_PLAN" --format "json=$AUTHSYNC_RESULTS/applied-$SHARD.json"
[ -z "${AUTHSYNC_DIGEST:-}" ] || set -- "$@" --digest "$AUTHSYNC_DIGEST"
code=0
authsync apply "$@" || code=$?
changed=$(git -c core.quotePath=false ls-files --modified --others --exclude-standard -- '*.lock.yaml' '*.vault.yaml' ':(exclude,glob)**/.authsync/**')
[ -z "$changed" ] || printf '%s\n' "$changed" | tar -cf "$AUTHSYNC_RESULTS/locks-$SHARD.tar" -T -
exit "$code"
