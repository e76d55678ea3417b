package render

import (
	"bytes"
	"cmp"
	"fmt"
	"io"
	"path/filepath"
	"strconv"
	"strings"
	"unicode/utf16"

	"authsync/audit"
	"authsync/cli/say"
	"authsync/schema"
	"authsync/schema/list"
	"authsync/schema/pattern"
	"authsync/spell"
	"authsync/sync/planfile"
)

// Findings are what a command found in manifests and policies. All formats print them
// from here.
type Findings struct {
	Command string // such as audit
	Version string // of authsync
	Sandbox string // see [sync.Plan.Sandbox]
	// List has the findings, by place; a fault that is Wrong is an error, and a Doubtful
	// one a warning.
	List []*schema.Fault
	// Files are those that were looked at, and Said what is said if nothing is wrong: a
	// line each.
	Files, Said []string
	// Failed are errors besides, for which not everything could be looked at.
	Failed []error
	// Root returns the path of a file in its repository, in which reports of pipelines
	// look for it.
	Root func(file string) string
}

func ruleOf(f *schema.Fault) string { return cmp.Or(f.Rule, audit.Manifest) }

// Count returns how many findings have a level.
func (f Findings) Count(level schema.Severity) int {
	return list.Count(f.List, func(one *schema.Fault) bool { return one.Severity == level })
}

func (f Findings) clean() []string {
	found := list.Set(f.List, func(one *schema.Fault) string { return one.Pos.File })
	return list.Only(f.Files, func(file string) bool { return !found[file] })
}

func paintedLevel(f *schema.Fault, p Palette) say.Own {
	color := "-"
	if f.Severity == schema.Doubtful {
		color = "~"
	}
	return p.Paint(color, say.Text(f.Severity.String()))
}

func messageOf(f *schema.Fault) string {
	if len(f.Path) == 0 {
		return shown(f.Text)
	}
	return shown(fmt.Sprintf("%s: %s", f.Path, f.Text))
}

var fileWords = [2]string{"1 file", "%s files"}

func (f Findings) summary(p Palette) string {
	wrong, doubts := f.Count(schema.Wrong), f.Count(schema.Doubtful)
	of := p.count(len(f.Files), fileWords[0], fileWords[1])
	if len(f.Failed) > 0 {
		of += ", " + p.Language.Say("not all of it could be looked at")
	}
	var parts []string
	if wrong > 0 {
		parts = append(parts, p.count(wrong, "1 error", "%s errors"))
	}
	if doubts > 0 {
		parts = append(parts, p.count(doubts, "1 warning", "%s warnings"))
	}
	return of + ": " + cmp.Or(strings.Join(parts, ", "), p.Language.Say("nothing found"))
}

// mostOfAFile is how many findings of one file are listed as text; the others are counted.
const mostOfAFile = 100

// Text writes a line for each finding, and how many there are.
func (f Findings) Text(w io.Writer, p Palette) error {
	var b strings.Builder
	Sandbox(&b, f.Sandbox, p)
	in := map[string]int{}
	for i, one := range f.List {
		file := one.Pos.File
		if in[file]++; in[file] <= mostOfAFile {
			say.Fprintf(&b, "%s: %s\n", paintedLevel(one, p), one.Error())
		}
		if last := i+1 == len(f.List) || f.List[i+1].Pos.File != file; last && in[file] > mostOfAFile {
			say.Fprintf(&b, "%s: %s\n", file, p.Language.Sayf("and %s more", strconv.Itoa(in[file]-mostOfAFile)))
		}
	}
	say.Fprintf(&b, "%s\n", f.summary(p))
	return say.Raw(w, b.String())
}

// Lines writes what is said if nothing is wrong.
func (f Findings) Lines(w io.Writer) error {
	if f.Count(schema.Wrong) > 0 || len(f.Failed) > 0 {
		return nil
	}
	for _, line := range f.Said {
		say.Fprintf(w, "%s\n", line)
	}
	return nil
}

// Findings writes findings for a comment: a table of as many as there is room for.
func (m Markdown) Findings(w io.Writer, f Findings) error {
	var b strings.Builder
	p := m.palette()
	fmt.Fprintf(&b, "%s%s### authsync %s: %s\n", m.firstLine(), markdownSandbox(f.Sandbox, p), f.Command, f.summary(p))
	if len(f.List) > 0 {
		fmt.Fprintf(&b, "\n| %s | %s | %s | %s |\n|---|---|---|---|\n", p.say("level"), p.say("where"), p.say("rule"), p.say("finding"))
	}
	const foot = 100
	for i, one := range f.List {
		row := fmt.Sprintf("| %s | %s | %s | %s |\n", p.say(one.Severity.String()), asCell(one.Pos.String()), asCell(ruleOf(one)), asCell(messageOf(one)))
		if b.Len()+len(row)+foot > m.Max {
			fmt.Fprintf(&b, "\n%s\n", p.sayf("%s left out; `authsync %s` shows all.", p.count(len(f.List)-i, "1 finding is", "%s findings are"), f.Command))
			break
		}
		b.WriteString(row)
	}
	if len(f.Failed) > 0 {
		fmt.Fprintf(&b, "\n%s\n", p.say("Not everything could be looked at:"))
		for _, err := range f.Failed[:min(len(f.Failed), 10)] {
			fmt.Fprintf(&b, "- %s\n", asCode(err.Error()))
		}
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// rules are those of the findings, each once, by name.
func (f Findings) rules() []string {
	return list.Distinct(list.Each(f.List, ruleOf))
}

// findingsVersion is the version of the JSON of findings. It grows when a reader of the
// old format would misread the new one.
const findingsVersion = 1

type jsonFindings struct {
	FormatVersion int                `json:"formatVersion"`
	Tool          string             `json:"tool"`
	Version       string             `json:"version"`
	Command       string             `json:"command"`
	Sandbox       string             `json:"sandbox,omitempty"`
	Errors        int                `json:"errors"`
	Warnings      int                `json:"warnings"`
	Failed        []string           `json:"failed,omitempty"`
	Findings      []planfile.Finding `json:"findings"`
}

// JSON writes findings for programs.
func (f Findings) JSON(w io.Writer) error {
	out := jsonFindings{
		FormatVersion: findingsVersion, Tool: "authsync", Version: f.Version, Command: f.Command, Sandbox: f.Sandbox,
		Errors: f.Count(schema.Wrong), Warnings: f.Count(schema.Doubtful), Failed: list.Each(f.Failed, error.Error),
		Findings: append([]planfile.Finding{}, planfile.FindingsOf(f.List)...),
	}
	return indented(w, out)
}

// indented writes JSON so that nothing acts on it; see [JSON].
func indented[T any](w io.Writer, v T) error {
	return JSON(w, func(w io.Writer) error { return schema.WriteJSON(w, v, "  ") })
}

// GitHub writes findings as commands that make GitHub annotate the files' lines.
func (f Findings) GitHub(w io.Writer) error {
	var b strings.Builder
	for _, one := range f.List {
		rule := ruleOf(one)
		place := []string{"file=" + property(filepath.ToSlash(f.Root(one.Pos.File)))}
		if one.Pos.Line > 0 {
			place = append(place, fmt.Sprintf("line=%d", one.Pos.Line), fmt.Sprintf("col=%d", max(1, one.Pos.Column)))
		}
		place = append(place, "title="+property("authsync "+f.Command+": "+rule))
		fmt.Fprintf(&b, "::%s %s::%s\n", one.Severity, strings.Join(place, ","), data.Replace(messageOf(one)))
	}
	for _, err := range f.Failed {
		fmt.Fprintf(&b, "::error title=%s::%s\n", property("authsync "+f.Command), data.Replace(shown(err.Error())))
	}
	return say.Raw(w, b.String())
}

// data and properties escape what ends the message, or a part, of a runner's command.
var (
	data       = strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A")
	properties = strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A", ":", "%3A", ",", "%2C")
)

func property(text string) string { return properties.Replace(spell.Text(text)) }

// JSON passes on the JSON that write writes, so that nothing acts on it: characters
// that do not print, and commands for pipeline runners, are escaped. The values stay
// the same.
func JSON(w io.Writer, write func(io.Writer) error) error {
	var text bytes.Buffer
	if err := write(&text); err != nil {
		return err
	}
	_, err := io.WriteString(w, visibleJSON(text.String()))
	return err
}

// inJSON matches commands that pipeline runners obey anywhere in a line.
var inJSON = pattern.Of(`##(\w*\[)`)

// visibleJSON escapes what does not print, without changing the value.
func visibleJSON(text string) string {
	var b strings.Builder
	for _, r := range inJSON.ReplaceAllString(text, `\u0023#$1`) {
		if spell.Visible(r) || r == '\n' {
			b.WriteRune(r)
			continue
		}
		for _, unit := range utf16.Encode([]rune{r}) {
			fmt.Fprintf(&b, `\u%04x`, unit)
		}
	}
	return b.String()
}
