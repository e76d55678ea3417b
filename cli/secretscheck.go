package cli

import (
	"cmp"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/urfave/cli/v2"

	"authsync/cli/line"
	"authsync/cli/render"
	"authsync/cli/say"
	"authsync/custody"
)

func secretsCheckCommand(s Streams) *cli.Command {
	return &cli.Command{
		Name:      "check",
		Usage:     "check what is sealed, and to whom, without a private key",
		ArgsUsage: "[PATH...]",
		UsageText: "authsync secrets check [PATH...] [--identity FILE] [--format FORMAT[=FILE]]...\n" +
			"authsync secrets check [PATH...] --left RECIPIENT\n\n" +
			"example: authsync secrets check envs",
		Description: "It finds secrets in clear, those sealed to others than the recipients that their file states,\n" +
			"copies of a sealed text, and what nothing uses. With an identity it also opens everything, and\n" +
			"finds what was moved from another place. It looks for private keys in the repository, too.\n" +
			"With --left it lists what somebody could read who is leaving, or has left: what to replace.",
		Flags: append([]cli.Flag{
			identityFlag(),
			&cli.StringFlag{Name: "left", Usage: "list the secrets that `RECIPIENT` could read"},
			formatFlag(secretsFormats),
		}, markdownFlags()...),
		Action: func(c *cli.Context) error {
			paths, err := line.Paths(c.Args().Slice())
			if err != nil {
				return err
			}
			if c.IsSet("left") {
				return runLeft(repository(paths), c.String("left"), s)
			}
			report, err := readResults(c, secretsFormats)
			if err != nil {
				return err
			}
			return runSecretsCheck(repository(paths), c.StringSlice("identity"), time.Now(), report, s)
		},
	}
}

// secretsFormats are the formats of secrets check. Its text says what is right: what is
// not goes to standard error, whatever the format.
var secretsFormats = findingFormats(func(f render.Findings, w io.Writer, _ look) error { return f.Lines(w) })

func runSecretsCheck(r custody.Repository, identityFiles []string, now time.Time, to reporting, s Streams) error {
	ids, err := identities(identityFiles, askPassphrase, s.Err)
	if err != nil {
		return err
	}
	checked := r.Check(ids, now)
	checked.Faults.Add(r.KeyFaults()...)
	for _, doubt := range checked.Faults.Warnings() {
		say.Fprintf(s.Err, "warning: %s\n", doubt)
	}
	if checked.Unopened > 0 {
		say.Fprintf(s.Err, "warning: %s could not be opened, and may have been moved\n", render.Count(checked.Unopened, "sealed value", "sealed values"))
	}
	if checked.Unnamed > 0 {
		say.Fprintf(s.Err, "warning: %s not say to whom: only the number and the types of recipients were compared; secrets rekey makes it exact\n",
			render.Count(checked.Unnamed, "sealed value does", "sealed values do"))
	}
	said := fmt.Sprintf("%s in %s: sealed to those who are declared",
		render.Count(checked.Texts, "sealed value", "sealed values"), render.Count(checked.Files, "file", "files"))
	found := findingsOf(to, &checked.Faults, nil)
	found.Files, found.Said = checked.Looked, []string{said}
	return cmp.Or(to.write(found, s.Out), checked.Faults.Err())
}

// runLeft lists what a leaving person could read.
func runLeft(r custody.Repository, recipient string, s Streams) error {
	left, err := r.Left(recipient)
	if err != nil {
		return err
	}
	past := false
	for _, one := range left.Secrets {
		say.Fprintf(s.Out, "%s: %s: %s\n", one.Where, one.Name, one.Answer)
		past = past || one.Answer == custody.MayHaveRead
	}
	if past {
		say.Fprintf(s.Err, "%q is not among the recipients of the text of today, and may have been of an older one in the history: "+
			"replace the secret, unless its value has changed since\n", custody.MayHaveRead)
	}
	for _, v := range left.Variables {
		say.Fprintf(s.Err, "%s: in variables, not in git, and so not listed: %s\n", v.Environment, strings.Join(v.Names, ", "))
	}
	return nil
}
