package render

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"errors"
	"regexp"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"authsync/cli/render/rendertest"
	"authsync/schema"
)

// annotation is what GitHub is told of one finding.
var annotation = regexp.MustCompile(`^::(error|warning) (file=[^:\n]*,)?(line=\d+,col=\d+,)?title=[^:\n]*::`)

// Whatever is in findings, each format has all of them and is what it claims to be.
func TestFormatsOfFindingsHoldAnything(t *testing.T) {
	sarif := rendertest.NewSARIF(t)
	text := rapid.OneOf(rapid.String(), rapid.SampledFrom([]string{"", "::error::x", "##[error]x", "a\nb", "%0A,:", "]]>", "<x>&\"'", "\x00\x1b[2K\xff", "|`a`|", "https://a.example/?q=1"}))
	rapid.Check(t, func(t *rapid.T) {
		f := Findings{Command: "audit", Version: "1", Root: func(file string) string { return file }, List: rapid.SliceOfN(rapid.Custom(func(t *rapid.T) *schema.Fault {
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
		if places := sarif.Places(t, written(func(b *bytes.Buffer) error { return f.SARIF(b) })); len(places) != len(f.List) {
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
			if _, rest, is := strings.Cut(line, "::"); !is || !annotation.MatchString(line) || rest == "" {
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
		m := Markdown{Command: "audit", Max: MarkdownMax}
		if rows := strings.Count(written(func(b *bytes.Buffer) error { return m.Findings(b, f) }), "\n| "); len(f.List) > 0 && rows != len(f.List)+1 {
			t.Fatalf("Markdown has %d rows of %d", rows, len(f.List))
		}
	})
}
