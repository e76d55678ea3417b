package planfile

import (
	"cmp"

	"authsync/audit"
	"authsync/schema"
	"authsync/schema/list"
)

// Finding is what was found in a manifest or in what is live, in every JSON that has
// findings.
type Finding struct {
	Level       string      `json:"level"`
	Rule        string      `json:"rule"`
	Environment string      `json:"environment,omitempty"`
	File        string      `json:"file"`
	Line        int         `json:"line,omitempty"`
	Column      int         `json:"column,omitempty"`
	Path        schema.Path `json:"path,omitempty"`
	Text        string      `json:"text"`
}

func FindingsOf(faults []*schema.Fault) []Finding {
	return list.Each(faults, func(f *schema.Fault) Finding {
		return Finding{
			Level: f.Severity.String(), Rule: cmp.Or(f.Rule, audit.Manifest), Environment: f.Env,
			File: f.Pos.File, Line: f.Pos.Line, Column: f.Pos.Column, Path: f.Path, Text: f.Text,
		}
	})
}
