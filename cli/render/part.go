package render

import (
	"fmt"
	"io"
	"strconv"
	"strings"

	"authsync/cli/say"
	"authsync/sync"
)

// partLines say which part of a fleet results are of, and which shards are missing.
func partLines(part sync.Part, environments int, p Palette) (lines []string, pressing bool) {
	if s := part.Shard; !s.IsWhole() {
		text := p.Language.Sayf("shard %s of %s", strconv.Itoa(s.Index), strconv.Itoa(s.Of))
		if environments == 0 {
			text = p.Language.Sayf("%s: no environment is in it", text)
		}
		lines = append(lines, text)
	}
	if j := part.Joined; j != nil {
		text := p.Language.Sayf("%s of %s shards reported", strconv.Itoa(j.Of-len(j.Missing)), strconv.Itoa(j.Of))
		if len(j.Missing) > 0 {
			text = p.Language.Sayf("%s; not: %s", text, missingShards(j))
		}
		lines = append(lines, text)
		for _, d := range j.Digests {
			lines = append(lines, p.Language.Sayf("digest of shard %s: %s", strconv.Itoa(d.Shard.Index), d.Digest))
		}
		pressing = len(j.Missing) > 0
	}
	return lines, pressing
}

// Shards names the shards that did not report.
func Shards(j *sync.Joined) string {
	word := "shards"
	if len(j.Missing) == 1 {
		word = "shard"
	}
	return fmt.Sprintf("%s %s of %d", word, missingShards(j), j.Of)
}

func missingShards(j *sync.Joined) string {
	var ranges []string
	for from := 0; from < len(j.Missing); {
		to := from
		for to+1 < len(j.Missing) && j.Missing[to+1] == j.Missing[to]+1 {
			to++
		}
		text := strconv.Itoa(j.Missing[from])
		if to > from {
			text += "-" + strconv.Itoa(j.Missing[to])
		}
		ranges, from = append(ranges, text), to+1
	}
	return strings.Join(ranges, ", ")
}

func textPart(w io.Writer, part sync.Part, environments int, p Palette) {
	lines, pressing := partLines(part, environments, p)
	for i, line := range lines {
		if i == 0 && pressing {
			say.Fprintf(w, "%s\n", p.Paint("!", say.Text(line)))
			continue
		}
		say.Fprintf(w, "%s\n", line)
	}
	if len(lines) > 0 && environments > 0 {
		say.Fprintf(w, "\n")
	}
}

// markdownPart has each line in a paragraph of its own.
func markdownPart(part sync.Part, environments int, p Palette) string {
	var b strings.Builder
	lines, pressing := partLines(part, environments, p)
	for i, line := range lines {
		if line = prose(line); i == 0 && pressing {
			line = "**" + line + "**"
		}
		b.WriteString(line + "\n\n")
	}
	return b.String()
}

func htmlPart(part sync.Part, environments int, p Palette) []htmlLimit {
	lines, _ := partLines(part, environments, p)
	return headLimits(p.say("part"), lines)
}
