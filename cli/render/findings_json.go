package render

import (
	"encoding/json"
	"io"

	"authsync/schema"
	"authsync/schema/list"
	"authsync/sync/planfile"
)

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
	return JSON(w, func(w io.Writer) error {
		e := json.NewEncoder(w)
		e.SetEscapeHTML(false)
		e.SetIndent("", "  ")
		return e.Encode(v)
	})
}
