package rendertest

import (
	"bytes"
	_ "embed"
	"encoding/json"
	"strings"

	"github.com/santhosh-tekuri/jsonschema/v6"

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
type SARIF struct{ schema *jsonschema.Schema }

// NewSARIF reads the official schema.
func NewSARIF(t fataler) SARIF {
	t.Helper()
	document, err := jsonschema.UnmarshalJSON(bytes.NewReader(officialSARIF))
	if err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	if err := c.AddResource("urn:sarif", document); err != nil {
		t.Fatal(err)
	}
	compiled, err := c.Compile("urn:sarif")
	if err != nil {
		t.Fatal(err)
	}
	return SARIF{compiled}
}

// Places are the places of a log's results: file, line and column.
func (s SARIF) Places(t fataler, text string) (all []schema.Position) {
	v, err := jsonschema.UnmarshalJSON(strings.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	if err := s.schema.Validate(v); err != nil {
		t.Fatalf("no SARIF 2.1.0: %v\n%s", err, text)
	}
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
