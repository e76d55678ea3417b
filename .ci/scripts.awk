# Names scripts in which every command is run, with each of its flags that say what runs
# at once, the fewest runs that a greedy choice finds, and those that run something in the
# background. awk -f .ci/scripts.awk cli/testdata/script/*.txtar
FNR == 1 { name[++n] = FILENAME }
/[^&]&([a-z]+&| *$)/ || /^exec sh .*[^&>]&[^&0-9]/ { background[n] = 1 }
/^-- / { files[n] = 1 } # the rest is no script
files[n] { next }
match($0, /^(\[[^]]*\] *)*([!?] *)?(exec +|[a-z]+ [0-9]+ +)?authsync /) { # not what a comment or an assertion names
	runs[n]++
	words = split(substr($0, RSTART + RLENGTH), word, /[ \t]+/)
	first = word[1] ~ /^(secrets|report)$/ ? 2 : 1
	command = first == 2 ? word[1] " " word[2] : word[1]
	adds(command)
	for (i = first + 1; i <= words; i++) {
		flag = word[i]
		sub(/=.*/, "", flag)
		if (flag ~ /^--(changed-since|concurrency|overlap|rate|rehearse|rotate|shard|thorough|verify|wave)$/)
			adds(command " " flag)
	}
}
function adds(manner) {
	if ((n, manner) in has)
		return
	has[n, manner]
	manners[n] = manners[n] "\n" manner
}
function take(s,   i, all, count) {
	taken[s] = 1
	print name[s]
	count = split(manners[s], all, "\n")
	for (i = 2; i <= count; i++)
		run[all[i]]
}
function worth(s,   i, all, count, found) {
	count = split(manners[s], all, "\n")
	for (i = 2; i <= count; i++)
		found += !(all[i] in run)
	return found / runs[s]
}
END {
	for (s = 1; s <= n; s++)
		if (background[s])
			take(s)
	do {
		most = best = 0
		for (s = 1; s <= n; s++)
			if (runs[s] && !taken[s] && (value = worth(s)) > most) {
				most = value
				best = s
			}
		if (best)
			take(best)
	} while (best)
}
