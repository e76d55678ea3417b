package cli

import (
	"io"
	"path/filepath"

	"github.com/hashicorp/go-multierror"

	"authsync/cli/render"
	"authsync/disk"
	"authsync/schema"
)

// findingFormats are the formats of findings, with the text of a command first.
func findingFormats(text func(f render.Findings, w io.Writer, l look) error) []format[render.Findings] {
	return []format[render.Findings]{
		{name: "text", write: func(w io.Writer, f render.Findings, l look) error { return text(f, w, l) }},
		{name: "json", write: func(w io.Writer, f render.Findings, _ look) error { return f.JSON(w) }},
		{name: "sarif", write: func(w io.Writer, f render.Findings, _ look) error { return f.SARIF(w) }},
		{name: "junit", write: func(w io.Writer, f render.Findings, _ look) error { return f.JUnit(w) }},
		{name: "markdown", write: func(w io.Writer, f render.Findings, l look) error { return l.markdown.Findings(w, f) }},
		{name: "html", write: func(w io.Writer, f render.Findings, l look) error { return f.HTML(w, l.palette.Language) }},
		{name: "github", write: func(w io.Writer, f render.Findings, _ look) error { return f.GitHub(w) }},
	}
}

// reporting is where a command writes what it finds.
type reporting = results[render.Findings]

// findingsOf are the faults that a command has found, and why it could not look at all.
func findingsOf(r reporting, faults *schema.Faults, failed error) render.Findings {
	return render.Findings{
		Command: r.look.markdown.Command, Version: Version, List: faults.All(),
		Failed: multierror.Append(nil, failed).WrappedErrors(), Root: inRepository,
	}
}

// annotations writes what a plan or drift has to tell as annotations of files' lines.
func annotations(f render.Findings, w io.Writer) error {
	f.Version, f.Root = Version, inRepository
	return f.GitHub(w)
}

// inRepository returns the path of a file in its git repository, or else as it is named.
func inRepository(file string) string {
	whole, err := filepath.Abs(file)
	if err != nil {
		return file
	}
	root := disk.Outermost(filepath.Dir(whole))
	if below, err := filepath.Rel(root, whole); root != "" && err == nil {
		return below
	}
	return file
}
