package render

import (
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"

	"authsync/cli/say"
	"authsync/schema/list"
	"authsync/sync"
)

// Reports writes the results of an apply: a line for each environment, and what is not
// as wanted.
func Reports(w io.Writer, reports []*sync.Report, p Palette) {
	var alike groups
	titles := map[string]say.Own{}
	for _, r := range reports {
		if len(r.Steps) == 0 && len(r.Settled) == 0 {
			continue
		}
		var body strings.Builder
		textReport(&body, r, p)
		titles[r.Name] = p.Paint("bold", say.Text(r.Name))
		if len(reports) >= fleetSize {
			alike.add(r.Name, statement{full: reportSummary(r, p), brief: body.String()})
			continue
		}
		say.Fprintf(w, "\n%s: %s\n%s", titles[r.Name], reportSummary(r, p), say.Own(body.String()))
	}
	for _, g := range alike.list {
		say.Fprintf(w, "\n")
		textAlike(w, g, titles, p)
	}
}

// textReport writes the results of an environment below its first line.
func textReport(w io.Writer, r *sync.Report, p Palette) {
	Settled(w, r.Settled)
	stepLines(w, r)
	for _, text := range reportNotes(r) {
		say.Fprintf(w, "  %s %s\n", p.note(), text)
	}
	for _, back := range r.ReadBack {
		if back.Status.Fine() {
			continue
		}
		say.Fprintf(w, "  %s %s\n", back.Key, p.Paint("!", say.Text(string(back.Status))))
		for _, f := range back.Fields {
			both := sidesOf(f.Before, f.After)
			say.Fprintf(w, "      %s: %s\n", f.Path, p.sayf("wanted %s, got %s", string(say.Text(both.after)), string(say.Text(both.before))))
			both.write(w)
		}
	}
}

// reportNotes are what else came of an apply.
func reportNotes(r *sync.Report) []string {
	return append(list.Each(r.Duplicates, (*sync.Duplicate).Error), list.Each(r.Driven, (*sync.Lost).String)...)
}

func reportSummary(r *sync.Report, p Palette) string {
	done := strconv.Itoa(r.Count(sync.Done) + r.Count(sync.Settled))
	parts := []string{p.Language.Sayf("%s of %s done", done, p.count(len(r.Steps), "1 call", "%s calls"))}
	for _, row := range []struct {
		outcome sync.Outcome
		text    string
	}{
		{sync.Failed, p.Language.Say("%s failed")}, {sync.Refused, p.Language.Say("%s refused")}, {sync.Skipped, p.Language.Say("%s skipped")},
	} {
		if n := r.Count(row.outcome); n > 0 {
			parts = append(parts, fmt.Sprintf(row.text, strconv.Itoa(n)))
		}
	}
	unread := countStatus(r, sync.NotReadable)
	if read := len(r.ReadBack) - unread; read > 0 {
		parts = append(parts, p.Language.Sayf("read back: %s of %s as wanted", strconv.Itoa(countStatus(r, sync.AsWanted)), p.count(read, "1 object", "%s objects")))
	}
	if unread > 0 {
		parts = append(parts, p.Language.Sayf("%s cannot be read back", p.count(unread, "1 object", "%s objects")))
	}
	return strings.Join(parts, ", ")
}

func countStatus(r *sync.Report, s sync.ReadBackStatus) int {
	return list.Count(r.ReadBack, func(back sync.ReadBack) bool { return back.Status == s })
}

// Settled writes what the pending calls of the run before did.
func Settled(w io.Writer, resolutions []sync.Resolution) {
	for _, s := range resolutions {
		say.Fprintf(w, "  step %d (%s %s) of the run of %s: %s\n", s.Step, s.Call, s.Object, s.Run.Format(time.RFC3339), s.Verdict)
	}
}

// stepLines writes the outcome of each step of an incomplete run.
func stepLines(w io.Writer, r *sync.Report) {
	if !r.Started() || r.Count(sync.Done)+r.Count(sync.Settled) == len(r.Steps) {
		return
	}
	why := ""
	for _, s := range r.Steps {
		outcome := s.Outcome
		if outcome == sync.Settled {
			outcome = sync.Done
		}
		say.Fprintf(w, "  %-7s %2d  %s %s%s\n", outcome, s.Step.Number, s.Step.Call, s.Step.Key, skippedSince(s, &why))
	}
}

// skippedSince returns why a step was skipped, unless that was just printed.
func skippedSince(s sync.StepResult, said *string) string {
	switch {
	case s.Outcome != sync.Skipped || s.Err == nil:
		return ""
	case s.Err.Error() == *said:
		return ", likewise"
	}
	*said = s.Err.Error()
	return ", since " + *said
}
