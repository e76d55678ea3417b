package rendertest

import (
	_ "embed"
	"encoding/json"
	"net/url"
	"strings"

	"github.com/google/jsonschema-go/jsonschema"

	"authsync/schema"
)

// officialSARIF is the official schema of SARIF 2.1.0.
//
//go:embed sarif/sarif-2.1.0.json
var officialSARIF []byte

// fataler is what a *testing.T and a *rapid.T have in common.
type fataler interface {
	Helper()
	Fatal(...any)
	Fatalf(string, ...any)
}

// SARIF knows what is SARIF 2.1.0.
type SARIF struct{ schema *jsonschema.Resolved }

// NewSARIF reads the official schema. It is one of draft 4, and has nothing that draft 7
// understands otherwise.
func NewSARIF(t fataler) SARIF {
	t.Helper()
	var document jsonschema.Schema
	if err := json.Unmarshal(officialSARIF, &document); err != nil {
		t.Fatal(err)
	}
	document.Schema = "http://json-schema.org/draft-07/schema#"
	resolved, err := document.Resolve(nil)
	if err != nil {
		t.Fatal(err)
	}
	return SARIF{resolved}
}

// Places are the places of a log's results: file, line and column.
func (s SARIF) Places(t fataler, text string) (all []schema.Position) {
	var v map[string]any
	if err := json.Unmarshal([]byte(text), &v); err != nil {
		t.Fatal(err)
	}
	if err := s.schema.Validate(v); err != nil {
		t.Fatalf("no SARIF 2.1.0: %v\n%s", err, text)
	}
	addresses(t, v)
	var log struct {
		Runs []struct {
			Tool struct {
				Driver struct{ Rules []struct{ ID string } }
			}
			Results []struct {
				RuleID    string
				RuleIndex int
				Locations []struct {
					PhysicalLocation struct {
						ArtifactLocation struct{ URI string }
						Region           struct{ StartLine, StartColumn int }
					}
				}
			}
		}
	}
	if err := json.Unmarshal([]byte(text), &log); err != nil {
		t.Fatal(err)
	}
	for _, r := range log.Runs[0].Results {
		if rule := log.Runs[0].Tool.Driver.Rules[r.RuleIndex].ID; rule != r.RuleID {
			t.Fatalf("a result of %s has the index of %s", r.RuleID, rule)
		}
		at := r.Locations[0].PhysicalLocation
		all = append(all, schema.Position{File: at.ArtifactLocation.URI, Line: at.Region.StartLine, Column: at.Region.StartColumn})
	}
	return all
}

// addresses looks whether every URI is one: a validator takes the format of a text for a
// remark.
func addresses(t fataler, v any) {
	switch v := v.(type) {
	case []any:
		for _, below := range v {
			addresses(t, below)
		}
	case map[string]any:
		for name, below := range v {
			text, isText := below.(string)
			if _, err := url.Parse(text); isText && err != nil && strings.HasSuffix(strings.ToLower(name), "uri") {
				t.Fatalf("no SARIF 2.1.0: %s: %v", name, err)
			}
			addresses(t, below)
		}
	}
}
