#compdef authsync
# zsh completion for authsync. To load it in every shell, in a directory of $fpath:
#   authsync completion zsh > "${fpath[1]}/_authsync"
# or, in ~/.zshrc after compinit:
#   source <(authsync completion zsh)
# What there is to complete says authsync itself: its __complete prints a line
# for each, the value, a tab and what it is, and at the end what else fits.

_authsync() {
	local program=${~${(Q)words[1]}} line how value prefix
	local -a lines values
	lines=("${(@f)$("$program" __complete "${(@Q)words[2,CURRENT-1]}" ":${(Q)PREFIX}" 2>/dev/null)}")
	how=${lines[-1]%% *}
	prefix=${lines[-1]#* }
	for line in "${(@)lines[1,-2]}"; do
		value=${line%%$'\t'*}
		value=${value//\\/\\\\}
		values+=("${value//:/\\:}:${line#*$'\t'}")
	done
	local -i found=1
	if ((${#values})); then
		_describe -t values authsync values && found=0
	fi
	case $how in
	:files) compset -p ${#prefix}; _files && found=0 ;;
	:directories) compset -p ${#prefix}; _files -/ && found=0 ;;
	esac
	return found
}

if [[ ${funcstack[1]} == _authsync ]]; then
	_authsync "$@"
else
	compdef _authsync authsync
fi
