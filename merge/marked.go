package merge

import (
	"bytes"
	"strconv"
	"strings"

	"github.com/rogpeppe/go-internal/diff"
)

// The markers are those of git, so that editors and authsync recognise them.
const (
	oursMarker   = "<<<<<<< ours\n"
	betweenSides = "=======\n"
	theirsMarker = ">>>>>>> theirs\n"
)

// marked returns a text with the differing lines of another one beside its own,
// between markers.
func marked(ours, theirs []byte) []byte {
	var out bytes.Buffer
	lines := bytes.SplitAfter(ours, []byte("\n"))
	at := 0 // of ours, what is written
	var mine, yours []string
	end := func() {
		if len(mine)+len(yours) > 0 {
			out.WriteString(oursMarker + strings.Join(mine, "") + betweenSides + strings.Join(yours, "") + theirsMarker)
		}
		mine, yours = nil, nil
	}
	_, hunks, _ := strings.Cut(string(diff.Diff("", ours, "", theirs)), "\n@@ ")
	for line := range strings.Lines("@@ " + hunks) {
		switch {
		case strings.HasPrefix(line, "@@ -"):
			end()
			for start := startOf(line); at < start; at++ {
				out.Write(lines[at])
			}
		case line[0] == '-':
			mine, at = append(mine, line[1:]), at+1
		case line[0] == '+':
			yours = append(yours, line[1:])
		case line[0] == ' ':
			end()
			out.Write(lines[at])
			at++
		}
	}
	end()
	for ; at < len(lines); at++ {
		out.Write(lines[at])
	}
	return out.Bytes()
}

// startOf returns the line at which a hunk begins in the first text, counted from 0.
func startOf(hunk string) int {
	from, _, _ := strings.Cut(strings.TrimPrefix(hunk, "@@ -"), " ")
	first, count, _ := strings.Cut(from, ",")
	n, _ := strconv.Atoi(first)
	if count == "0" {
		return n
	}
	return n - 1
}
