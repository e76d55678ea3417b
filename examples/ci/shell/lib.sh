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

# asked: the arguments that ask for a plan, one a line. plan.sh asks with them, and
# apply.sh takes no plan that was asked for anything else. docs/pipelines.md lists
# the labels.
asked() (
	set -f
	unset IFS
	for path in ${AUTHSYNC_PATHS:-envs}; do printf '%s\n' "$path"; done
	for name in ${AUTHSYNC_ENVS:-}; do printf '%s\n' "--env=$name"; done
	IFS=,
	for label in ${AUTHSYNC_LABELS:-}; do
		label=${label# }
		case $label in
		*[!A-Za-z0-9:=._/@-]*) ;; # none of ours
		prune | prune-unmanaged | recreate | rewrite-secrets) printf '%s\n' "--$label" ;;
		allow:* | rotate:*) printf '%s\n' "--${label%%:*}=${label#*:}" ;;
		esac
	done
)

# own_programs: nothing of the checkout is on PATH, where a branch could put a git
# of its own.
own_programs() (
	set -f
	IFS=:
	for dir in $PATH; do
		case $dir in
		"$PWD" | "$PWD"/* | "$(pwd -P)" | "$(pwd -P)"/*) die "PATH has $dir, which is in the checkout" ;;
		/*) ;;
		*) die "PATH has the relative folder ${dir:-.}" ;;
		esac
	done
)

# labels_at TIME: of the events in "$work/events", one as JSON a line, the labels
# that stood at that time, as AUTHSYNC_LABELS. Of those that say nothing to the
# pipeline there is none among them.
labels_at() {
	jq -rs --arg at "$1" 'reduce (.[] | select(.at <= $at and .name != null)) as $e ([];
		. - [$e.name] | if $e.set then . + [$e.name] else . end)
		| map(select(test("^[A-Za-z0-9:=._/@-]+$"))) | join(",")' <"$work/events"
}

# digest_shown: the digest of the plan that the pipeline's own comment shows. Its
# comments are in "$work/comments", one as a JSON string a line; AUTHSYNC_MARKER tells
# those of several pipelines apart.
digest_shown() {
	marker=${AUTHSYNC_MARKER:+ $AUTHSYNC_MARKER}
	jq -rs --arg marker "<!-- authsync:plan$marker -->
" '[.[] | select(startswith($marker))] | first // ""
		| [match("(?:^|\n)Digest: `(sha256:[0-9a-f]{64})`(?:\n|$)").captures[0].string] | first // ""' <"$work/comments"
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
	case $1 in *\?*) first="$1&" ;; *) first="$1?" ;; esac
	page=1
	while :; do
		request GET "${first}per_page=100&page=$page" >"$work/page.json" || return 1
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
