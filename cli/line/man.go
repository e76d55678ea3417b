package line

import (
	"fmt"
	"io"
	"strings"

	"github.com/urfave/cli/v2"

	"authsync/cli/say"
	"authsync/schema/list"
)

// variables are the environment variables that authsync reads.
var variables = []struct{ name, meaning string }{
	{"AUTHSYNC_IDENTITY_FILE", "the file of the age identity that opens secrets, unless --identity names one"},
	{"AUTHSYNC_IDENTITY", "the text of the age identity, where there is no file"},
	{"AUTHSYNC_SANDBOX", "the URL of a sandbox that everything is sent to, as by --sandbox"},
	{"TENCENTCLOUD_SECRETID", "with TENCENTCLOUD_SECRETKEY, and TENCENTCLOUD_SESSIONTOKEN for temporary ones: the credentials of the account, unless a manifest names its own"},
	{"TENCENTCLOUD_ASSUME_ROLE_ARN", "with TENCENTCLOUD_ASSUME_ROLE_PROVIDER_ID: the role that a job of GitHub or GitLab takes by its own identity, where there are no such credentials; see docs/pipelines.md"},
	{"AUTHSYNC_OIDC_AUDIENCE", "whom the token is for that a job of GitHub asks for; sts.tencentcloudapi.com if it is not set"},
	{"TENCENTCLOUD_CVM_ROLE", "the role of the machine in the cloud that the run is on, where there are no other credentials"},
	{"NO_COLOR", "if it is set, the output has no colour"},
}

// files are the files that authsync reads and writes.
var files = []struct{ name, meaning string }{
	{"envs/", "the manifests, if no PATH is given"},
	{"NAME.yaml", "the manifest of an environment"},
	{"NAME.lock.yaml", "what was last applied; commit it"},
	{"NAME.vault.yaml", "the tokens of API keys, sealed; commit it"},
}

// Code is an exit code with its meaning.
type Code struct {
	Code    int
	Meaning string
}

// ManCommand prints the man page.
func ManCommand(out io.Writer, version string, codes []Code) *cli.Command {
	return &cli.Command{
		Name:      "man",
		Usage:     "print the man page",
		UsageText: "authsync man\n\nexample: authsync man > authsync.1",
		Action: func(c *cli.Context) error {
			return say.Raw(out, manPage(c.App, version, codes))
		},
	}
}

func manPage(app *cli.App, version string, codes []Code) string {
	var b strings.Builder
	section := func(name string) { fmt.Fprintf(&b, ".SH %s\n", roff(name)) }
	item := func(term, text string) { fmt.Fprintf(&b, ".TP\n%s\n%s\n", term, roff(text)) }

	fmt.Fprintf(&b, ".TH AUTHSYNC 1 \"\" \"authsync %s\" \"User Commands\"\n", version)
	section("NAME")
	fmt.Fprintf(&b, "authsync \\- %s\n", roff(app.Usage))
	section("SYNOPSIS")
	usage, _, _ := strings.Cut(app.UsageText, "\n")
	verbatim(&b, usage)
	section("DESCRIPTION")
	about, _, _ := strings.Cut(app.Description, "\n\n")
	fmt.Fprintln(&b, roff(about))
	section("COMMANDS")
	for _, c := range Commands(app.Commands) {
		fmt.Fprintf(&b, ".SS %s\n%s\n", roff(c.Name), roff(c.Command.Usage+"."))
		verbatim(&b, c.Command.UsageText)
		if c.Command.Description != "" {
			fmt.Fprintf(&b, ".PP\n%s\n", roff(c.Command.Description))
		}
		for _, f := range Visible(c.Command.Flags) {
			item(flagTerm(f), flagMeaning(f))
		}
	}
	section("EXIT STATUS")
	for _, c := range codes {
		item(fmt.Sprintf(".B %d", c.Code), c.Meaning)
	}
	section("ENVIRONMENT")
	for _, v := range variables {
		item(".B "+roff(v.name), v.meaning)
	}
	section("FILES")
	for _, f := range files {
		item(".I "+roff(f.name), f.meaning)
	}
	return b.String()
}

// Visible returns the flags that help shows, without --help itself.
func Visible(flags []cli.Flag) []cli.DocGenerationFlag {
	var shown []cli.DocGenerationFlag
	for _, f := range flags {
		hidden, ok := f.(cli.VisibleFlag)
		if d, documented := f.(cli.DocGenerationFlag); documented && f.Names()[0] != "help" && !(ok && !hidden.IsVisible()) {
			shown = append(shown, d)
		}
	}
	return shown
}

// flagTerm returns a flag with its aliases and the name of its value.
func flagTerm(f cli.DocGenerationFlag) string {
	term := list.Join(f.(cli.Flag).Names(), ", ", func(name string) string { return `\fB` + roff(Dashes(name)) + `\fR` })
	if f.TakesValue() {
		value := Placeholder(f.(cli.Flag))
		if value == "" || value != strings.ToUpper(value) {
			value = "VALUE"
		}
		term += ` \fI` + roff(value) + `\fR`
	}
	return term
}

func flagMeaning(f cli.DocGenerationFlag) string {
	text := strings.ReplaceAll(f.GetUsage(), "`", "")
	if value := f.GetDefaultText(); f.TakesValue() && value != "" && value != `""` && value != "0" && value != "0s" {
		text += " (default: " + strings.Trim(value, `"`) + ")"
	}
	return text
}

func verbatim(b *strings.Builder, text string) {
	b.WriteString(".PP\n.nf\n" + roff(text) + "\n.fi\n")
}

// roff escapes text: a dash is not a hyphen, and a line that begins with a dot or a
// quote is not a request. An empty line begins a paragraph.
func roff(text string) string {
	text = strings.NewReplacer(`\`, `\e`, "-", `\-`, "'", `\(aq`, "`", `\(ga`, "~", `\(ti`, "^", `\(ha`).Replace(text)
	lines := strings.Split(text, "\n")
	for i, line := range lines {
		switch {
		case strings.HasPrefix(line, "."):
			lines[i] = `\&` + line
		case line == "":
			lines[i] = ".sp"
		}
	}
	return strings.Join(lines, "\n")
}
