# fish completion for authsync. To load it in every shell:
#   authsync completion fish > ~/.config/fish/completions/authsync.fish
# What there is to complete says authsync itself: its __complete prints a line
# for each, the value, a tab and what it is, and at the end what else fits.

function __authsync_complete
    set -l words (commandline -opc)
    # What is on the line is quoted, and what is offered fish quotes itself.
    set -l current (string unescape -- (commandline -ct))
    or set current (string trim -l -c '\'"' -- (commandline -ct))
    set -l program $words[1]
    set -e words[1]
    set -l lines ($program __complete $words ":$current" 2>/dev/null)
    set -q lines[1]; or return
    set -l how (string split -m 1 ' ' -- $lines[-1])
    set -e lines[-1]
    set -q lines[1]; and printf '%s\n' $lines
    set -l rest (string sub -s (math (string length -- "$how[2]") + 1) -- "$current")
    switch $how[1]
        case :files
            for path in (__fish_complete_path "$rest")
                printf '%s\n' "$how[2]$path"
            end
        case :directories
            for path in (__fish_complete_directories "$rest")
                printf '%s\n' "$how[2]$path"
            end
    end
end

complete -c authsync -f -a '(__authsync_complete)'
