package cli

import (
	"cmp"
	"context"
	"io"
	"os"
	"slices"
	"strings"

	"filippo.io/age"
	"github.com/urfave/cli/v2"

	"authsync/atomicfile"
	"authsync/cli/line"
	"authsync/cli/say"
	"authsync/remote"
	"authsync/schema"
)

// health is how a thing is that doctor has looked at.
type health string

const (
	healthy  health = "ok"
	noted    health = "note" // nothing is wrong, but something may be missed
	unwell   health = "wrong"
	untested health = "unknown" // it could not be looked at
)

// finding is what doctor has found out about one thing.
type finding struct {
	Name        string `json:"name"`
	Environment string `json:"environment,omitempty"`
	State       health `json:"state"`
	Text        string `json:"text"`
	Fix         string `json:"fix,omitempty"`
}

// examination is all that doctor has found out, and what it looks at.
type examination struct {
	selection
	results[*examination]
	report   string // the file that gets the findings too; "" = none
	findings []finding
	envs     []*schema.Environment // those without mistakes
	ids      []age.Identity
	config   remote.SiteConfig
	// entitled says that there are credentials.
	entitled bool
	// mistakes are those of the manifests, and shut are addresses to which nothing is
	// sent, or where nothing answers.
	mistakes, shut map[string]struct{}
}

// add adds a finding. What is wrong always has a fix.
func (e *examination) add(f finding) {
	if f.State == unwell {
		f.Fix = cmp.Or(f.Fix, "docs/troubleshooting.md has what to do, by these words")
	}
	e.findings = append(e.findings, f)
}

// addOnce adds a finding that others of the run may have found too.
func (e *examination) addOnce(f finding) {
	if !slices.ContainsFunc(e.findings, func(had finding) bool {
		return had.Name == f.Name && had.Environment == f.Environment && had.Text == f.Text
	}) {
		e.add(f)
	}
}

// checks are what doctor looks at, in this order.
var checks = []func(context.Context, *examination){
	checkProgram, checkManifests, checkIdentities, checkRecipients, checkKeysInTree, checkGit,
	checkSandbox, checkKept, checkCredentials, checkReach, checkAccounts, checkRights,
}

var doctorFormats = []format[*examination]{
	{name: "text", write: func(w io.Writer, e *examination, _ look) error { return say.Raw(w, e.text()) }},
	{name: "json", write: inJSON(writeFindings)},
}

func doctorCommand(s Streams) *cli.Command {
	return &cli.Command{
		Name:      "doctor",
		Usage:     "look at all that authsync needs here, and say what to do about what is wrong; writes nothing",
		UsageText: "authsync doctor [PATH...] [flags]\n\nexample: authsync doctor envs --report doctor.txt",
		ArgsUsage: "[PATH...]",
		Description: "It looks at credentials and where they come from, the account, the clock, the way to each service, the\n" +
			"rights (by reading what the manifests name; nothing that writes is tried), identities, recipients, lock, vault and\n" +
			"state, private keys in the repository, and git. It works without any of these. No secret is in what it prints.\n" +
			"It exits with 2 when anything is wrong.",
		Flags: append([]cli.Flag{
			formatFlag(doctorFormats),
			&cli.StringFlag{Name: "report", Usage: "write what it finds to `FILE` too, to attach to a question; it holds no secret"},
			stateDirFlag(),
		}, connectionFlags()...),
		Action: doing(s, readDoctor, runDoctor),
	}
}

func readDoctor(c *cli.Context) (e *examination, err error) {
	e = &examination{mistakes: map[string]struct{}{}, shut: map[string]struct{}{}, report: c.String("report")}
	if err = besideShown(c, "report"); err != nil {
		return nil, err
	}
	if e.results, err = readResults(c, doctorFormats); err != nil {
		return nil, err
	}
	if e.selection, err = readConnection(c, []string{"."}); err != nil {
		return nil, err
	}
	if e.paths, err = line.Paths(c.Args().Slice()); err != nil {
		e.paths = nil // doctor also works where there is nothing yet
	}
	for _, path := range e.paths {
		if _, err := os.Stat(path); err != nil {
			return nil, err
		}
	}
	return e, nil
}

func runDoctor(ctx context.Context, e *examination, s Streams) error {
	for _, check := range checks {
		check(ctx, e)
	}
	if e.report != "" {
		if err := atomicfile.Output(e.report, []byte(e.text()), 0o600); err != nil {
			return err
		}
	}
	if err := e.write(e, s.Out); err != nil {
		return err
	}
	if slices.ContainsFunc(e.findings, func(f finding) bool { return f.State == unwell }) {
		return &exit{code: CodeDifferent}
	}
	return nil
}

// text is the findings for a person: what was found, and below it what to do.
func (e *examination) text() say.Own {
	var b strings.Builder
	for _, f := range e.findings {
		where := f.Text
		if f.Environment != "" {
			where = f.Environment + ": " + f.Text
		}
		b.WriteString(string(say.Sprintf("%-7s  %-11s  %s\n", say.Own(f.State), say.Own(f.Name), where)))
		if f.Fix != "" {
			b.WriteString(string(say.Sprintf("%22sfix: %s\n", say.Own(""), f.Fix)))
		}
	}
	return say.Own(b.String())
}

func writeFindings(w io.Writer, e *examination, version string) error {
	return schema.WriteJSON(w, struct {
		FormatVersion int       `json:"formatVersion"`
		Tool          string    `json:"tool"`
		Version       string    `json:"version"`
		Sandbox       string    `json:"sandbox,omitempty"`
		Findings      []finding `json:"findings"`
	}{1, "authsync", version, e.config.Sandbox, e.findings}, "  ")
}
