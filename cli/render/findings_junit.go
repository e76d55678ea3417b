package render

import (
	"encoding/xml"
	"fmt"
	"io"

	"authsync/cli/say"
	"authsync/schema"
	"authsync/spell"
)

// The parts of JUnit's XML that findings need.
type (
	junitSuites struct {
		XMLName  xml.Name     `xml:"testsuites"`
		Tests    int          `xml:"tests,attr"`
		Failures int          `xml:"failures,attr"`
		Suites   []junitSuite `xml:"testsuite"`
	}
	junitSuite struct {
		Name     string      `xml:"name,attr"`
		Tests    int         `xml:"tests,attr"`
		Failures int         `xml:"failures,attr"`
		Errors   int         `xml:"errors,attr"`
		Cases    []junitCase `xml:"testcase"`
	}
	junitCase struct {
		Class   string        `xml:"classname,attr"`
		Name    string        `xml:"name,attr"`
		File    string        `xml:"file,attr,omitempty"`
		Line    int           `xml:"line,attr,omitempty"`
		Failure *junitProblem `xml:"failure"`
		Error   *junitProblem `xml:"error"`
		Out     string        `xml:"system-out,omitempty"`
	}
	junitProblem struct {
		Message string `xml:"message,attr"`
		Type    string `xml:"type,attr"`
		Text    string `xml:",chardata"`
	}
)

// JUnit writes findings as tests: an error is one that failed, a warning one that
// passed and says something, and a manifest without findings one that passed.
func (f Findings) JUnit(w io.Writer) error {
	suite := junitSuite{Name: "authsync " + f.Command}
	for _, one := range f.List {
		suite.Cases = append(suite.Cases, f.junitCase(one))
	}
	for _, file := range f.clean() {
		suite.Cases = append(suite.Cases, junitCase{Class: spell.Text(file), Name: "nothing found", File: spell.Text(f.Root(file))})
	}
	for _, err := range f.Failed {
		text := shown(err.Error())
		suite.Cases = append(suite.Cases, junitCase{Class: "authsync " + f.Command, Name: "looked at everything", Error: &junitProblem{text, "failed", text}})
	}
	suite.Tests, suite.Failures, suite.Errors = len(suite.Cases), f.Count(schema.Wrong), len(f.Failed)
	text, err := xml.MarshalIndent(junitSuites{Tests: suite.Tests, Failures: suite.Failures, Suites: []junitSuite{suite}}, "", "  ")
	if err != nil {
		return err
	}
	return say.Raw(w, xml.Header+string(text)+"\n")
}

func (f Findings) junitCase(one *schema.Fault) junitCase {
	rule := ruleOf(one)
	text := shown(fmt.Sprintf("%s: %s", one.Pos, messageOf(one)))
	c := junitCase{
		Class: spell.Text(one.Pos.File), Name: spell.Text(fmt.Sprintf("%s: %s", rule, one.Path)),
		File: spell.Text(f.Root(one.Pos.File)), Line: one.Pos.Line,
	}
	if len(one.Path) == 0 {
		c.Name = spell.Text(rule)
	}
	if one.Severity == schema.Doubtful {
		c.Out = "warning: " + text
		return c
	}
	c.Failure = &junitProblem{messageOf(one), spell.Text(rule), text}
	return c
}
