# What the scripts of the pipeline share. It is read by them, not run.
# shellcheck shell=sh

# die MESSAGE: the job fails.
die() {
	echo "pipeline: $*" >&2
	exit 1
}

# plan_again REASON: there is no plan that may be applied.
plan_again() {
	echo "pipeline: $*" >&2
	echo "pipeline: nothing was applied. Plan again: see \"Plan again\" in docs/pipelines.md" >&2
	exit 3
}

# need NAME...: variables that must be set.
need() {
	for name in "$@"; do
		eval "value=\${$name:-}"
		[ -n "$value" ] || die "$name is not set"
	done
}

# request METHOD URL [FILE]: one call to the API of the code host; the answer
# goes to standard output. FILE is a body as JSON. The headers, and with them the
# token, are read from the variable API_HEADERS: they are on no command line. Only
# what may be repeated is tried again.
request() {
	retry=3
	[ "$1" != POST ] || retry=0
	if [ $# -gt 2 ]; then
		printf '%s\n' "$API_HEADERS" 'header = "Content-Type: application/json"' |
			curl --config - --silent --show-error --fail --location --max-time 60 --retry "$retry" \
				--request "$1" --data-binary "@$3" "$2"
	else
		printf '%s\n' "$API_HEADERS" |
			curl --config - --silent --show-error --fail --location --max-time 60 --retry "$retry" \
				--request "$1" "$2"
	fi
}

# pages URL FILTER: FILTER (of jq) over every page of a list. The results are
# one a line.
pages() {
	page=1
	while :; do
		request GET "$1&per_page=100&page=$page" >"$work/page.json" || return 1
		jq -r "$2" <"$work/page.json" || return 1
		[ "$(jq length <"$work/page.json")" -eq 100 ] || return 0
		page=$((page + 1))
	done
}

# scratch: a directory for what is in between, removed at the end.
scratch() {
	command -v jq >/dev/null || die "this script needs jq"
	command -v curl >/dev/null || die "this script needs curl"
	work=$(mktemp -d)
	trap 'rm -rf "$work"' EXIT
	trap 'exit 1' INT TERM
}
