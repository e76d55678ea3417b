package cli

import (
	"io"
	"path/filepath"

	"github.com/hashicorp/go-multierror"
	"github.com/urfave/cli/v2"

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
type reporting struct{ results[render.Findings] }

func readReporting(c *cli.Context, command string, formats []format[render.Findings]) (reporting, error) {
	r, err := readResults(c, formats)
	r.look.markdown.Command = command
	return reporting{r}, err
}

type looked struct {
	faults  *schema.Faults
	files   []string
	said    []string // if nothing is wrong
	failed  error    // why not everything was looked at
	sandbox string
}

func (r reporting) write(l looked, out io.Writer) error {
	return r.results.write(r.findings(l), out)
}

func (r reporting) findings(l looked) render.Findings {
	return render.Findings{
		Command: r.look.markdown.Command, Version: Version, Sandbox: l.sandbox, List: l.faults.All(), Files: l.files, Said: l.said,
		Failed: multierror.Append(nil, l.failed).WrappedErrors(), Root: inRepository,
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
