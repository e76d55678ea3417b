package render

import (
	"crypto/sha256"
	"fmt"
	"io"
	"net/url"
	"path/filepath"
	"slices"

	"authsync/audit"
	"authsync/schema"
	"authsync/schema/list"
)

// The parts of SARIF 2.1.0 that findings need, by its own names.
type (
	sarifLog struct {
		Schema  string     `json:"$schema"`
		Version string     `json:"version"`
		Runs    []sarifRun `json:"runs"`
	}
	sarifRun struct {
		Tool        sarifTool         `json:"tool"`
		Invocations []sarifInvocation `json:"invocations"`
		ColumnKind  string            `json:"columnKind"`
		Results     []sarifResult     `json:"results"`
	}
	sarifTool struct {
		Driver sarifDriver `json:"driver"`
	}
	sarifDriver struct {
		Name    string      `json:"name"`
		Version string      `json:"version"`
		Rules   []sarifRule `json:"rules"`
	}
	sarifRule struct {
		ID          string    `json:"id"`
		Description sarifText `json:"shortDescription"`
	}
	sarifText struct {
		Text string `json:"text"`
	}
	sarifInvocation struct {
		Successful    bool                `json:"executionSuccessful"`
		Notifications []sarifNotification `json:"toolExecutionNotifications,omitempty"`
	}
	sarifNotification struct {
		Level   string    `json:"level"`
		Message sarifText `json:"message"`
	}
	sarifResult struct {
		Rule         string            `json:"ruleId"`
		RuleIndex    int               `json:"ruleIndex"`
		Level        string            `json:"level"`
		Message      sarifText         `json:"message"`
		Locations    []sarifLocation   `json:"locations"`
		Fingerprints map[string]string `json:"partialFingerprints"`
	}
	sarifLocation struct {
		Physical sarifPhysical  `json:"physicalLocation"`
		Logical  []sarifLogical `json:"logicalLocations,omitempty"`
	}
	sarifPhysical struct {
		Artifact sarifArtifact `json:"artifactLocation"`
		Region   *sarifRegion  `json:"region,omitempty"`
	}
	sarifArtifact struct {
		URI  string `json:"uri"`
		Base string `json:"uriBaseId,omitempty"`
	}
	sarifRegion struct {
		Line   int `json:"startLine"`
		Column int `json:"startColumn"`
	}
	sarifLogical struct {
		Name string `json:"fullyQualifiedName"`
	}
)

// SARIF writes findings for code scanning.
func (f Findings) SARIF(w io.Writer) error {
	names := f.rules()
	run := sarifRun{ColumnKind: "unicodeCodePoints", Results: []sarifResult{}}
	rules := list.Each(names, func(name string) sarifRule { return sarifRule{name, sarifText{audit.Meaning(name)}} })
	run.Tool.Driver = sarifDriver{Name: "authsync", Version: f.Version, Rules: append([]sarifRule{}, rules...)}
	run.Invocations = []sarifInvocation{{Successful: len(f.Failed) == 0, Notifications: list.Each(f.Failed, func(err error) sarifNotification {
		return sarifNotification{"error", sarifText{shown(err.Error())}}
	})}}
	for _, one := range f.List {
		rule := ruleOf(one)
		run.Results = append(run.Results, sarifResult{
			Rule: rule, RuleIndex: slices.Index(names, rule), Level: one.Severity.String(), Message: sarifText{messageOf(one)},
			Locations:    []sarifLocation{f.located(one)},
			Fingerprints: map[string]string{"authsync/v1": fmt.Sprintf("%x", sha256.Sum256([]byte(rule+"\n"+f.Root(one.Pos.File)+"\n"+one.Path.String())))},
		})
	}
	return indented(w, sarifLog{"https://json.schemastore.org/sarif-2.1.0.json", "2.1.0", []sarifRun{run}})
}

func (f Findings) located(one *schema.Fault) sarifLocation {
	var at sarifLocation
	at.Physical.Artifact = artifact(f.Root(one.Pos.File))
	if one.Pos.Line > 0 {
		at.Physical.Region = &sarifRegion{one.Pos.Line, max(1, one.Pos.Column)}
	}
	if len(one.Path) > 0 {
		at.Logical = []sarifLogical{{one.Path.String()}}
	}
	return at
}

// artifact spells a file's path as a URI, below the repository if it is in one.
func artifact(file string) sarifArtifact {
	path := filepath.ToSlash(file)
	if filepath.IsAbs(file) {
		return sarifArtifact{URI: (&url.URL{Scheme: "file", Path: path}).String()}
	}
	return sarifArtifact{URI: (&url.URL{Path: path}).String(), Base: "%SRCROOT%"}
}
