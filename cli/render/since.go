package render

import (
	"fmt"
	"io"
	"strconv"
	"strings"

	"authsync/cli/say"
	"authsync/schema/list"
	"authsync/spell"
	"authsync/sync"
)

func sinceText(s *sync.Since) string {
	if s.Commit == "" || strings.HasPrefix(s.Commit, s.Revision) {
		return spell.Text(s.Revision)
	}
	return spell.Text(s.Revision) + " (" + s.Commit[:min(12, len(s.Commit))] + ")"
}

func sinceCount(plan *sync.Plan, p Palette) string {
	n := len(plan.Environments)
	return p.Language.Sayf("%s of %s changed", strconv.Itoa(n), p.environments(n+len(plan.Since.Unchanged)))
}

const ofDeleted = "no longer in git: what was applied from it still exists, and no plan includes it"

func textSince(w io.Writer, plan *sync.Plan, p Palette) {
	if plan.Since == nil {
		return
	}
	say.Fprintf(w, "%s: %s\n", p.sayf("since %s", sinceText(plan.Since)), sinceCount(plan, p))
	for _, d := range plan.Since.Deleted {
		say.Fprintf(w, "  deleted: %s (%s) is %s\n", d.Name, d.File, p.say(ofDeleted))
	}
	if len(plan.Environments) > 0 {
		say.Fprintf(w, "\n")
	}
}

func markdownSince(plan *sync.Plan, p Palette) string {
	if plan.Since == nil {
		return ""
	}
	var b strings.Builder
	fmt.Fprintf(&b, "%s\n\n", p.sayf("Since %s %s.", asCode(sinceText(plan.Since)), sinceCount(plan, p)))
	few, more := sync.Few(list.Each(plan.Since.Deleted, func(d sync.DeletedManifest) string { return d.Name + " (" + d.File + ")" }))
	if len(few) > 0 {
		fmt.Fprintf(&b, "%s %s%s: %s\n\n", p.say("**Deleted**:"), asCodes(few), more, p.say(ofDeleted))
	}
	return b.String()
}
