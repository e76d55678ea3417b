package cli

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"pgregory.net/rapid"

	"authsync/cli/render"
	"authsync/schema"
)

// sarifSchema is the official schema of SARIF 2.1.0.
func sarifSchema(t *testing.T) *jsonschema.Schema {
	t.Helper()
	text, err := os.ReadFile("testdata/sarif/sarif-2.1.0.json")
	if err != nil {
		t.Fatal(err)
	}
	document, err := jsonschema.UnmarshalJSON(bytes.NewReader(text))
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
	return compiled
}

// sarifPlaces are the places of a log's results: file, line and column.
func sarifPlaces(t rapid.TB, compiled *jsonschema.Schema, text string) (all []schema.Position) {
	v, err := jsonschema.UnmarshalJSON(strings.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	if err := compiled.Validate(v); err != nil {
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

// What each command finds stands at the place of the value in its file, whatever file
// states it, and what is written is SARIF.
func TestFindingsStandAtTheirPlaces(t *testing.T) {
	compiled := sarifSchema(t)
	dir := t.TempDir()
	for name, text := range map[string]string{
		"policy.yaml": "kind: Policy\nrules:\n  mail: {field: login.emailLogin, equals: true}\n  few: {field: clients.*.maxDevice, max: 5, level: warning}\n" +
			"  nobody: {field: login.emailLogin, equals: true, in: {tier: none}} # here: nobody\n" +
			"except:\n  - {rule: mail, environment: prod, why: x, until: 2020-01-01} # here: 2020-01-01\n",
		"base.yaml": "kind: Base\nlogin:\n  emailLogin: false # here: false\n  anonymousLogin: true # here: true\n",
		"prod.yaml": "kind: Environment\nname: prod\nextends: [base.yaml]\nsystems: {cloudbase: {envId: acme-prod}}\n" +
			"clients:\n  默认的: &c {maxDevice: 20} # no client id\n",
		"dev.yaml": "kind: Environment\nname: dev\nextends: [base.yaml]\nsystems: {cloudbase: {envId: acme-dev}}\n" +
			"clients:\n  default:\n    maxDevice: 20 # here: 20\nproviders:\n  corp: {config: {issuer: \"http://中文.example\"}} # here: \"http\n" +
			"  hub: {config: {clientSecret: in clear}} # here: in clear\n",
	} {
		if name == "prod.yaml" {
			text = strings.Replace(text, "  默认的: &c {maxDevice: 20} # no client id\n", "  default: {maxDevice: 30} # here: 30\n", 1)
		}
		if err := os.WriteFile(filepath.Join(dir, name), []byte("apiVersion: authsync/v1\n"+text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	t.Chdir(dir)
	mistake := run(t, "validate", ".", "--format", "sarif")
	check := run(t, "secrets", "check", ".", "--format", "sarif")
	rest, err := os.ReadFile("dev.yaml")
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile("dev.yaml", bytes.Replace(rest, []byte("clientSecret: in clear}} # here: in clear"), []byte("clientId: a}}"), 1), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, row := range []struct {
		result
		want  int // results
		names string
	}{
		{mistake, 1, "validate of a mistake"},
		{check, 1, "secrets check"},
		{run(t, "validate", ".", "--format", "sarif"), 7, "validate"},
		{run(t, "audit", ".", "--format", "sarif"), 7, "audit"},
	} {
		places := sarifPlaces(t, compiled, row.out)
		if len(places) != row.want {
			t.Errorf("%s: %d results, want %d: %s%s", row.names, len(places), row.want, row.out, row.err)
		}
		if row.names == "validate" || row.names == "audit" {
			atTheirMarks(t, places)
		}
	}
}

// atTheirMarks looks for what the line says that is there.
func atTheirMarks(t *testing.T, places []schema.Position) {
	t.Helper()
	for _, p := range places {
		text, err := os.ReadFile(p.File)
		if err != nil {
			t.Fatal(err)
		}
		line := strings.Split(string(text), "\n")[p.Line-1]
		_, mark, marked := strings.Cut(line, " # here: ")
		if rest := string([]rune(line)[p.Column-1:]); !marked || !strings.HasPrefix(rest, mark) {
			t.Errorf("%s is %q, and not %q", p, rest, mark)
		}
	}
}

// Whatever is in findings, each format has all of them and is what it claims to be.
func TestFormatsOfFindingsHoldAnything(t *testing.T) {
	compiled := sarifSchema(t)
	text := rapid.OneOf(rapid.String(), rapid.SampledFrom([]string{"", "::error::x", "##[error]x", "a\nb", "%0A,:", "]]>", "<x>&\"'", "\x00\x1b[2K\xff", "|`a`|", "https://a.example/?q=1"}))
	rapid.Check(t, func(t *rapid.T) {
		f := render.Findings{Command: "audit", Version: "1", Root: func(file string) string { return file }, List: rapid.SliceOfN(rapid.Custom(func(t *rapid.T) *schema.Fault {
			return &schema.Fault{
				Pos:  schema.Position{File: text.Draw(t, "file"), Line: rapid.IntRange(0, 9).Draw(t, "line"), Column: rapid.IntRange(0, 9).Draw(t, "column")},
				Path: rapid.SliceOfN(text, 0, 3).Draw(t, "path"), Text: text.Draw(t, "text"), Rule: text.Draw(t, "rule"), Severity: schema.Severity(rapid.IntRange(0, 1).Draw(t, "level")),
			}
		}), 0, 5).Draw(t, "findings")}
		if rapid.Bool().Draw(t, "failed") {
			f.Failed = []error{errors.New(text.Draw(t, "error"))}
		}
		written := func(write func(*bytes.Buffer) error) string {
			var b bytes.Buffer
			if err := write(&b); err != nil {
				t.Fatal(err)
			}
			return b.String()
		}
		if places := sarifPlaces(t, compiled, written(func(b *bytes.Buffer) error { return f.SARIF(b) })); len(places) != len(f.List) {
			t.Fatalf("SARIF has %d of %d", len(places), len(f.List))
		}
		var suites struct {
			Cases []struct{} `xml:"testsuite>testcase"`
		}
		if err := xml.Unmarshal([]byte(written(func(b *bytes.Buffer) error { return f.JUnit(b) })), &suites); err != nil || len(suites.Cases) != len(f.List)+len(f.Failed) {
			t.Fatalf("JUnit: %d of %d, %v", len(suites.Cases), len(f.List), err)
		}
		lines := strings.Split(strings.TrimSuffix(written(func(b *bytes.Buffer) error { return f.GitHub(b) }), "\n"), "\n")
		for _, line := range lines {
			if line == "" && len(lines) == 1 && len(f.List)+len(f.Failed) == 0 {
				continue
			}
			if _, rest, is := strings.Cut(line, "::"); !is || !ownCommands.MatchString(line) || rest == "" {
				t.Fatalf("no annotation: %q", line)
			}
		}
		if len(f.List)+len(f.Failed) > 0 && len(lines) != len(f.List)+len(f.Failed) {
			t.Fatalf("%d annotations of %d", len(lines), len(f.List))
		}
		var object struct{ Findings []struct{ File string } }
		if err := json.Unmarshal([]byte(written(func(b *bytes.Buffer) error { return f.JSON(b) })), &object); err != nil || len(object.Findings) != len(f.List) {
			t.Fatalf("JSON: %v", err)
		}
		m := render.Markdown{Command: "audit", Max: render.MarkdownMax}
		if rows := strings.Count(written(func(b *bytes.Buffer) error { return m.Findings(b, f) }), "\n| "); len(f.List) > 0 && rows != len(f.List)+1 {
			t.Fatalf("Markdown has %d rows of %d", rows, len(f.List))
		}
	})
}
