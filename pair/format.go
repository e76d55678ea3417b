package pair

import (
	"encoding/json"
	"io"

	"authsync/diff"
	"authsync/schema"
)

// FormatVersion is the version of the JSON of a comparison. It grows when a reader of
// the old format would misread the new one.
const FormatVersion = 1

// jsonComparison is the JSON form of a comparison; docs/compare-format.md describes it.
type jsonComparison struct {
	FormatVersion int               `json:"formatVersion"`
	Tool          string            `json:"tool"`
	Version       string            `json:"version"`
	Sandbox       string            `json:"sandbox,omitempty"`
	By            Source            `json:"by"`
	Different     bool              `json:"different"`
	A             jsonEnvironment   `json:"a"`
	B             jsonEnvironment   `json:"b"`
	Objects       []jsonObject      `json:"objects"`
	Unread        map[string]string `json:"unread,omitempty"`
}

type jsonEnvironment struct {
	Name  string `json:"name"`
	File  string `json:"file"`
	EnvID string `json:"envId,omitempty"`
}

type jsonObject struct {
	Object         string      `json:"object"`
	In             string      `json:"in"`
	Different      bool        `json:"different"`
	PerEnvironment bool        `json:"perEnvironment,omitempty"`
	Fields         []jsonField `json:"fields"`
}

type jsonField struct {
	Path           string          `json:"path"`
	A              json.RawMessage `json:"a,omitempty"`
	B              json.RawMessage `json:"b,omitempty"`
	Verdict        Verdict         `json:"verdict"`
	Reason         diff.Reason     `json:"reason,omitempty"`
	PerEnvironment bool            `json:"perEnvironment,omitempty"`
}

// inWords are the JSON values of In.
var inWords = map[In]string{Both: "both", OnlyA: "a", OnlyB: "b"}

// WriteJSON writes a comparison as JSON, for programs. Secrets are words in
// parentheses. The same comparison always gives the same bytes.
func WriteJSON(w io.Writer, c *Comparison, version string) error {
	out := jsonComparison{
		FormatVersion: FormatVersion, Tool: "authsync", Version: version, Sandbox: c.Sandbox, By: c.By, Different: c.Differs() > 0,
		A: environmentJSON(c.A), B: environmentJSON(c.B), Objects: []jsonObject{}, Unread: map[string]string{},
	}
	for kind, why := range c.Unread {
		out.Unread[kind] = why.Error()
	}
	for _, o := range c.Objects {
		object := jsonObject{Object: o.Key.String(), In: inWords[o.In], Different: o.Differs(), PerEnvironment: o.Scope == schema.PerEnvironment, Fields: []jsonField{}}
		for _, f := range o.Fields {
			a, b := f.Shown()
			object.Fields = append(object.Fields, jsonField{f.Path.String(), valueJSON(a), valueJSON(b), f.Verdict, f.Reason, f.Scope == schema.PerEnvironment})
		}
		out.Objects = append(out.Objects, object)
	}
	return schema.WriteJSON(w, out, "  ")
}

func environmentJSON(e *schema.Environment) jsonEnvironment {
	return jsonEnvironment{e.Name, e.File, e.ID()}
}

// valueJSON returns nil for a missing value.
func valueJSON(v schema.Value) json.RawMessage {
	if v == nil {
		return nil
	}
	return schema.RedactJSON(v)
}
