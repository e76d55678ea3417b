# bash completion for authsync. To load it in every shell:
#   authsync completion bash > ~/.local/share/bash-completion/completions/authsync
# or, in ~/.bashrc:
#   source <(authsync completion bash)
# What there is to complete says authsync itself: its __complete prints a line
# for each, the value, a tab and what it is, and at the end what else fits.

# Names are what others chose: each goes onto the line as one word, which no
# shell runs. _authsync_quoted spells one for where the cursor is: after an open
# quote, or after none. _authsync_plain is what such a word means.
_authsync_quoted() { # WORD QUOTE
	local i c special=$' !"#$&\'()*;<>?@[\\]^`{|}~'
	REPLY=
	case $2 in
	\') special= ;;
	\") special='"$`\' ;;
	esac
	for ((i = 0; i < ${#1}; i++)); do
		c=${1:i:1}
		if [[ $2 == "'" && $c == "'" ]]; then
			c="'\\''"
		elif [[ -n $special && $special == *"$c"* ]]; then
			c=\\$c
		fi
		REPLY+=$c
	done
}

_authsync_plain() { # WORD
	local i c quote=
	REPLY=
	for ((i = 0; i < ${#1}; i++)); do
		c=${1:i:1}
		if [[ $c == \\ && $quote != "'" ]]; then
			i=$((i + 1))
			c=${1:i:1}
			[[ $quote == '"' && '"$`\' != *"$c"* ]] && c=\\$c
		elif [[ -n $quote && $c == "$quote" ]]; then
			quote=
			c=
		elif [[ -z $quote && ($c == "'" || $c == '"') ]]; then
			quote=$c
			c=
		fi
		REPLY+=$c
	done
	QUOTE=$quote
}

# The cells that a word takes: letters of three bytes and more mostly take two.
_authsync_width() { # WORD
	local letters=${#1} LC_ALL=C wide
	wide=${1//[!$'\xe3'-$'\xed'$'\xef'$'\xf0']/}
	REPLY=$((letters + ${#wide}))
}

_authsync() {
	local REPLY QUOTE= program=${COMP_WORDS[0]/#\~/$HOME}
	local -a words=() values=() abouts=()
	local i word line how cut="" widest=0

	# bash breaks words at = and : too; authsync does not.
	for ((i = 1; i <= COMP_CWORD; i++)); do
		word=${COMP_WORDS[i]}
		if ((${#words[@]} > 0)) && [[ $word == [=:] || ${words[${#words[@]} - 1]} == *[=:] ]]; then
			words[${#words[@]} - 1]+=$word
		else
			words+=("$word")
		fi
	done
	((${#words[@]} > 0)) || words=("")
	local current=${words[${#words[@]} - 1]}
	unset "words[${#words[@]} - 1]"
	for i in ${words[@]+"${!words[@]}"}; do
		_authsync_plain "${words[i]}"
		words[i]=$REPLY
	done
	_authsync_plain "$current"
	current=$REPLY
	if [[ -z $QUOTE && $current == *[=:]* && $COMP_WORDBREAKS == *=* ]]; then
		cut=${current%"${current##*[=:]}"}
	fi

	while IFS= read -r line; do
		if [[ $line == :* ]]; then
			how=$line
			continue
		fi
		word=${line%%$'\t'*}
		[[ $QUOTE == '"' && $word == *!* ]] && continue # no quote keeps it from the history
		_authsync_quoted "${word#"$cut"}" "$QUOTE"
		word=$REPLY
		values+=("$word")
		abouts+=("${line#*$'\t'}")
		_authsync_width "$word"
		((REPLY > widest)) && widest=$REPLY
	done < <("$program" __complete ${words[@]+"${words[@]}"} ":$current" 2>/dev/null)

	COMPREPLY=()
	# What things are is shown where there is a choice, unless bash would
	# write it onto the line (37 and 42 are menu-complete and insert-completions).
	for i in ${values[@]+"${!values[@]}"}; do
		word=${values[i]}
		if ((${#values[@]} > 1)) && [[ -n ${abouts[i]} && ${COMP_TYPE:-} == 63 ]]; then
			_authsync_width "$word"
			printf -v word '%s%*s  (%s)' "$word" $((widest - REPLY)) "" "${abouts[i]}"
			word=${word:0:${COLUMNS:-80}}
		fi
		COMPREPLY+=("$word")
	done

	# With nothing to offer, bash completes files by itself (-o default).
	if type compopt >/dev/null 2>&1; then
		case $how in
		:directories*) compopt -o dirnames +o default ;;
		:none*) compopt +o default ;;
		esac 2>/dev/null
		[[ ${#values[@]} -eq 1 && ${values[0]} == *= ]] && compopt -o nospace 2>/dev/null
	fi
	return 0
}

complete -o default -F _authsync authsync
