package cli

import (
	"time"

	"filippo.io/age"
	"github.com/urfave/cli/v2"

	"authsync/cli/line"
	"authsync/cli/render"
	"authsync/cli/say"
	"authsync/custody"
	"authsync/git"
	"authsync/sync/fleet"
	"authsync/sync/state"
)

func rekeyCommand(s Streams) *cli.Command {
	return &cli.Command{
		Name:      "rekey",
		Usage:     "seal every secret again, after recipients have changed",
		ArgsUsage: "[PATH...]",
		UsageText: "authsync secrets rekey [PATH...] [--identity FILE]\n\nexample: authsync secrets rekey envs",
		Description: "Everything sealed in the manifests, in the Bases that they extend, and in their vaults is opened\n" +
			"and sealed again to the recipients that each file now states; locks follow, so that the next plan\n" +
			"is empty. All files are written, or none. A run that was cut off is ended by the next one.\n\n" +
			"Who could open the old texts still can: they are in the history. secrets check --left says\n" +
			"which secrets to replace.",
		Flags: []cli.Flag{identityFlag()},
		Action: func(c *cli.Context) error {
			paths, err := line.Paths(c.Args().Slice())
			if err != nil {
				return err
			}
			return runRekey(repository(paths), c.StringSlice("identity"), s)
		},
	}
}

func identityFlag() cli.Flag {
	return &cli.StringSliceFlag{Name: "identity", Aliases: []string{"i"},
		Usage: "age identity `FILE`; else AUTHSYNC_IDENTITY_FILE, or the text in AUTHSYNC_IDENTITY"}
}

// repository returns the repository of paths, with this run's settings.
func repository(paths []string) custody.Repository {
	stateDir, _ := lookupEnv(stateDirVariable)
	return custody.Repository{Paths: paths, Roots: roots(), StateDir: stateDir, Claims: fleet.Claimable(), Key: machineKey(), Version: Version, Hide: process.hide, Ignored: git.Ignores}
}

func runRekey(r custody.Repository, identityFiles []string, s Streams) error {
	if ended, err := endCutOff(r, custody.RekeyJournal, s); ended || err != nil {
		return err
	}
	done, err := r.Rekey(func() ([]age.Identity, error) { return identities(identityFiles, askPassphrase, s.Err) })
	if err != nil {
		return fleet.Refusing[*state.ClaimedError](err)
	}
	for _, d := range done {
		say.Fprintf(s.Err, "%s: %s sealed again to %s\n", d.File,
			render.Count(d.Secrets, "secret", "secrets"), render.Count(d.Recipients, "recipient", "recipients"))
	}
	if len(done) == 0 {
		say.Fprintf(s.Err, "no sealed secret is there\n")
	}
	return nil
}

// endCutOff finishes the writes of interrupted runs, and says so first.
func endCutOff(r custody.Repository, journal custody.Journal, s Streams) (ended bool, err error) {
	unfinished, err := r.Unfinished(journal)
	if err != nil {
		return false, err
	}
	for _, u := range unfinished {
		at := u.Started.UTC().Format(time.RFC3339)
		for _, f := range u.Missing {
			say.Fprintf(s.Err, "%s: gets the text that a run of %s had for it\n", f.Path, at)
		}
		if err := u.Finish(); err != nil {
			return false, err
		}
		say.Fprintf(s.Err, "ended a run that was cut off: %s; run it again if something has changed since\n",
			render.Count(len(u.Paths), "file", "files"))
	}
	return len(unfinished) > 0, nil
}
