#!/bin/sh
# install.sh DIR: puts the authsync of a release into DIR, for Linux and macOS. The
# plan and the apply must have the same version.
#
#   AUTHSYNC_RELEASES  where releases are, such as https://github.com/your-org/authsync/releases/download
#   AUTHSYNC_VERSION   which, such as 0.1.0
#   AUTHSYNC_SHA256    the checksum that the archive must have (default: what the release's SHA256SUMS says)
set -eu
. "$(dirname "$0")/lib.sh"
need AUTHSYNC_RELEASES AUTHSYNC_VERSION
system=$(uname -s | tr '[:upper:]' '[:lower:]')
machine=$(uname -m)
case $machine in x86_64) machine=amd64 ;; aarch64) machine=arm64 ;; esac
stem=authsync_${AUTHSYNC_VERSION}_${system}_$machine

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
fetch() { # fetch NAME
	curl --silent --show-error --fail --location --max-time 300 --retry 3 --output "$work/$1" "$AUTHSYNC_RELEASES/v$AUTHSYNC_VERSION/$1"
}
fetch "$stem.tar.gz"
want=${AUTHSYNC_SHA256:-}
if [ -z "$want" ]; then
	fetch SHA256SUMS
	want=$(awk -v name="$stem.tar.gz" '$2 == name { print $1 }' "$work/SHA256SUMS")
fi
if command -v sha256sum >/dev/null; then got=$(sha256sum <"$work/$stem.tar.gz"); else got=$(shasum -a 256 <"$work/$stem.tar.gz"); fi
[ "${got%% *}" = "$want" ] || die "$stem.tar.gz has the checksum ${got%% *}, not ${want:-one that is known}"
tar -xzf "$work/$stem.tar.gz" -C "$work"
mkdir -p "$1"
mv "$work/$stem/authsync" "$1/authsync"
