package planfile

import (
	"encoding/json"
	"errors"
)

// ReportKind is the sort of results in a JSON report.
type ReportKind string

const (
	OfPlan  ReportKind = "a plan"
	OfApply ReportKind = "an apply"
	OfDrift ReportKind = "drift"
)

// KindOf returns the sort of results that a JSON report has.
func KindOf(text []byte) (ReportKind, error) {
	var head struct {
		Tool    string `json:"tool"`
		Empty   *bool  `json:"empty"`
		Drifted *bool  `json:"drifted"`
		// Complete is in an apply's alone.
		Complete *bool `json:"complete"`
	}
	err := json.Unmarshal(text, &head)
	switch {
	case err != nil || head.Tool != "authsync":
	case head.Empty != nil:
		return OfPlan, nil
	case head.Complete != nil:
		return OfApply, nil
	case head.Drifted != nil:
		return OfDrift, nil
	}
	return "", errors.New("is no report of a plan, an apply or drift; make one with --format json=FILE")
}
