package render

import (
	"encoding/json"
	"io"

	"authsync/schema"
)

// findingsVersion is the version of the JSON of findings. It grows when a reader of the
// old format would misread the new one.
const findingsVersion = 1

type jsonFindings struct {
	FormatVersion int           `json:"formatVersion"`
	Tool          string        `json:"tool"`
	Version       string        `json:"version"`
	Command       string        `json:"command"`
	Sandbox       string        `json:"sandbox,omitempty"`
	Errors        int           `json:"errors"`
	Warnings      int           `json:"warnings"`
	Failed        []string      `json:"failed,omitempty"`
	Findings      []jsonFinding `json:"findings"`
}

type jsonFinding struct {
	Level       string `json:"level"`
	Rule        string `json:"rule"`
	Environment string `json:"environment,omitempty"`
	File        string `json:"file"`
	Line        int    `json:"line,omitempty"`
	Column      int    `json:"column,omitempty"`
	Path        string `json:"path,omitempty"`
	Text        string `json:"text"`
}

// JSON writes findings for programs.
func (f Findings) JSON(w io.Writer) error {
	out := jsonFindings{
		FormatVersion: findingsVersion, Tool: "authsync", Version: f.Version, Command: f.Command, Sandbox: f.Sandbox,
		Errors: f.Count(schema.Wrong), Warnings: f.Count(schema.Doubtful), Findings: []jsonFinding{},
	}
	for _, err := range f.Failed {
		out.Failed = append(out.Failed, err.Error())
	}
	for _, one := range f.List {
		rule := ruleOf(one)
		out.Findings = append(out.Findings, jsonFinding{
			Level: one.Severity.String(), Rule: rule, Environment: one.Env, File: one.Pos.File, Line: one.Pos.Line, Column: one.Pos.Column,
			Path: one.Path.String(), Text: one.Text,
		})
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
