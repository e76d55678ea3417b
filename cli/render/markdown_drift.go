package render

import (
	"fmt"
	"io"
	"strings"

	"authsync/sync"
)

// Drift writes drift for an issue: its text in a code fence that no content can close.
// Text that is too long is cut by whole lines, with their number.
func (m Markdown) Drift(w io.Writer, drift sync.FleetDrift) error {
	var text strings.Builder
	all := drift.Environments
	textDrift(&text, all, m.palette())
	title := strings.TrimSpace(driftTitle(all, m.palette()) + "\n\n" + markdownPart(drift.Part, len(all), m.palette()))
	whole, sandbox := text.String(), sync.SandboxOf(all)
	if len(all) >= fleetSize {
		whole = m.driftFleet(whole, all, func(text string) bool { return len(text) <= m.room(sandbox, title, text) })
	}
	return m.fenced(w, sandbox, title, whole)
}

func driftTitle(all []*sync.Drifted, p Palette) string {
	moved, breaks, unread := 0, 0, 0
	for _, d := range all {
		moved += len(d.Moves)
		unread += min(len(d.Errors), 1)
		if d.Breaks() {
			breaks++
		}
	}
	title := p.Language.Say("Nothing moved on the live side")
	if unread > 0 {
		title = "" // whether the rest has moved is not known
	}
	if moved > 0 {
		title = p.count(moved, "1 object moved on the live side since the last apply", "%s objects moved on the live side since the last apply")
	}
	if breaks > 0 {
		title += "; " + p.count(breaks, "1 environment breaks a policy", "%s environments break a policy")
	}
	if unread > 0 {
		title += p.Language.Sayf("; %s could not be compared", p.environments(unread))
	}
	return strings.TrimLeft(title, "; ；")
}

// fenced writes a text in a code fence, below a title.
func (m Markdown) fenced(w io.Writer, sandbox, title, text string) error {
	head, foot := m.fences(sandbox, title, text)
	lines := strings.SplitAfter(text, "\n")
	kept, room := 0, m.room(sandbox, title, text)
	for kept < len(lines) && len(lines[kept]) <= room {
		room -= len(lines[kept])
		kept++
	}
	if kept < len(lines) {
		foot += "\n" + string(m.palette().sayf("%s left out; `authsync %s` shows all.", m.palette().count(len(lines)-kept, "1 line is", "%s lines are"), m.Command)) + "\n"
	}
	body := strings.Join(lines[:kept], "")
	if !strings.HasSuffix(body, "\n") {
		body += "\n"
	}
	_, err := io.WriteString(w, head+body+foot)
	return err
}

// fences are what stands before and after a text.
func (m Markdown) fences(sandbox, title, text string) (head, foot string) {
	fence := fenceFor(text)
	return fmt.Sprintf("%s%s### %s\n\n%stext\n", m.firstLine(), markdownSandbox(sandbox, m.palette()), title, fence), fence + "\n"
}

func (m Markdown) room(sandbox, title, text string) int {
	head, foot := m.fences(sandbox, title, text)
	return m.Max - len(head) - len(foot) - 100
}

// fenceFor returns a fence that is longer than any in a text.
func fenceFor(text string) string {
	longest, run := 0, 0
	for _, r := range text {
		run++
		if r != '`' {
			run = 0
		}
		longest = max(longest, run)
	}
	return strings.Repeat("`", max(3, longest+1))
}
