#!/bin/sh
# install.sh DIR: puts the authsync of a release into DIR, for Linux and macOS, once it
# is known to be what was released.
#
#   AUTHSYNC_RELEASES    where releases are, such as https://github.com/your-org/authsync/releases/download
#   AUTHSYNC_VERSION     which, such as 0.1.0. The plan and the apply must have the same
#   AUTHSYNC_PUBLIC_KEY  the minisign key that signs releases: their checksums must be signed with it
#   AUTHSYNC_SHA256      the checksum that the archive must have
#
# Without a key and a checksum the archive is held against the release's own list, which
# shows that it is whole, and not who made it.
set -eu
die() {
	echo "install.sh: $*" >&2
	exit 1
}
: "${1:?install.sh DIR}" "${AUTHSYNC_RELEASES:?}" "${AUTHSYNC_VERSION:?}"
system=$(uname -s | tr '[:upper:]' '[:lower:]')
machine=$(uname -m)
case $machine in x86_64) machine=amd64 ;; aarch64) machine=arm64 ;; esac
stem=authsync_${AUTHSYNC_VERSION}_${system}_$machine
public=${AUTHSYNC_PUBLIC_KEY:-}
want=${AUTHSYNC_SHA256:-}

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
fetch() { # fetch NAME
	curl --silent --show-error --fail --location --max-time 300 --retry 3 --output "$work/$1" "$AUTHSYNC_RELEASES/v$AUTHSYNC_VERSION/$1"
}
bytes() { # bytes FILE FROM COUNT: a part of a file, its first byte is 1
	tail -c "+$2" "$1" | head -c "$3"
}
signed() { # signed: whether SHA256SUMS is signed with the key, by openssl
	printf %s "$public" | openssl base64 -d -A >"$work/key" && sed -n 2p "$work/SHA256SUMS.minisig" | openssl base64 -d -A >"$work/signature" || return 1
	[ "$(bytes "$work/key" 1 2)" = Ed ] && [ "$(bytes "$work/signature" 1 2)" = ED ] || return 1
	{ printf '\060\052\060\005\006\003\053\145\160\003\041\000' && bytes "$work/key" 11 32; } >"$work/key.der"
	bytes "$work/signature" 11 64 >"$work/signature.raw"
	openssl dgst -blake2b512 -binary -out "$work/digest" "$work/SHA256SUMS" &&
		openssl pkeyutl -verify -pubin -inkey "$work/key.der" -keyform DER -rawin -in "$work/digest" -sigfile "$work/signature.raw" >/dev/null 2>&1
}

fetch "$stem.tar.gz"
if [ -n "$public" ] || [ -z "$want" ]; then fetch SHA256SUMS; fi
if [ -n "$public" ]; then
	fetch SHA256SUMS.minisig || die "release $AUTHSYNC_VERSION is unsigned, and AUTHSYNC_PUBLIC_KEY says that it is not"
	if command -v minisign >/dev/null; then
		minisign -Vqm "$work/SHA256SUMS" -x "$work/SHA256SUMS.minisig" -P "$public"
	elif command -v openssl >/dev/null; then
		signed
	else
		die "to verify the signature there must be minisign or openssl 3"
	fi || die "SHA256SUMS of $AUTHSYNC_VERSION is not signed with AUTHSYNC_PUBLIC_KEY"
elif [ -z "$want" ]; then
	echo "install.sh: warning: nothing shows who made this release; give AUTHSYNC_PUBLIC_KEY or AUTHSYNC_SHA256" >&2
fi
if command -v sha256sum >/dev/null; then got=$(sha256sum <"$work/$stem.tar.gz"); else got=$(shasum -a 256 <"$work/$stem.tar.gz"); fi
got=${got%% *}
[ -z "$want" ] || [ "$got" = "$want" ] || die "$stem.tar.gz has the checksum $got, not $want"
if [ -f "$work/SHA256SUMS" ]; then
	listed=$(awk -v name="$stem.tar.gz" '$2 == name { print $1 }' "$work/SHA256SUMS")
	[ "$got" = "$listed" ] || die "$stem.tar.gz has the checksum $got, not ${listed:-one that is known}"
fi
tar -xzf "$work/$stem.tar.gz" -C "$work"
mkdir -p "$1"
mv "$work/$stem/authsync" "$1/authsync"
