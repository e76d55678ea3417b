package cli

import (
	"errors"
	"io"
	"os"
	"strings"

	"authsync/cli/render"
	"authsync/cli/say"
)

// summaryVariable names the file to which a step of GitHub Actions adds Markdown for
// the page of its run.
const summaryVariable = "GITHUB_STEP_SUMMARY"

// summarizes reports whether there is such a page.
func summarizes() bool {
	file, _ := lookupEnv(summaryVariable)
	return file != ""
}

// summarize adds a result to the page of the pipeline's run, if there is one. A
// failure only causes a warning.
func summarize[T any](m render.Markdown, write func(render.Markdown, io.Writer, T) error, result T, warnings io.Writer) {
	file, _ := lookupEnv(summaryVariable)
	if file == "" {
		return
	}
	if m.Max == 0 {
		m.Max = render.MarkdownMax
	}
	var text strings.Builder
	err := write(m, &text, result)
	if err == nil {
		err = appendText(file, text.String()+"\n")
	}
	if err != nil {
		say.Fprintf(warnings, "warning: %s: the page of the run does not show this result: %v\n", summaryVariable, err)
	}
}

func appendText(file, text string) error {
	f, err := os.OpenFile(file, os.O_WRONLY|os.O_APPEND|os.O_CREATE, 0o600)
	if err != nil {
		return err
	}
	_, err = f.WriteString(text)
	return errors.Join(err, f.Close())
}
