#!/bin/sh
# Makes one commit of the locks and vaults of all shards, and shows their results as
# those of one run. Its exit code is the worst of theirs.
#
#   AUTHSYNC_RESULTS  the folder of what apply-shard.sh has left
#
# See commit-lock.sh of examples/ci for its variables.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
for locks in "$AUTHSYNC_RESULTS"/locks-*.tar; do
	[ ! -f "$locks" ] || tar -xf "$locks"
done
pushed=0
sh "$here/commit-lock.sh" || pushed=$?
code=0
authsync report merge "$AUTHSYNC_RESULTS"/applied-*.json --format text --format "markdown=$AUTHSYNC_RESULTS/fleet.md" || code=$?
[ "$code" -ne 0 ] || code=$pushed
exit "$code"
