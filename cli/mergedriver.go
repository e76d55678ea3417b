package cli

import (
	"cmp"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"github.com/hashicorp/go-multierror"
	"github.com/urfave/cli/v2"
	"gopkg.in/yaml.v3"

	"authsync/atomicfile"
	"authsync/cli/render"
	"authsync/cli/say"
	"authsync/disk"
	"authsync/git"
	"authsync/merge"
	"authsync/schema"
)

func mergeDriverCommand(s Streams) *cli.Command {
	return &cli.Command{
		Name:      "merge-driver",
		Usage:     "merge manifests, locks and vaults for git, by object and field",
		UsageText: "authsync merge-driver BASE OURS THEIRS [FILE]\n\nexample: authsync merge-driver %O %A %B %P",
		ArgsUsage: "BASE OURS THEIRS [FILE]",
		Description: "git runs it, once it is told to by: git config merge.authsync.driver 'authsync merge-driver %O %A %B %P'\n" +
			"for files that .gitattributes names, as envs/*.yaml merge=authsync. What one side alone has changed is\n" +
			"taken. What both have changed, each otherwise, is told, and both sides stand in the file between markers; it\n" +
			"exits with 1 then. Of two entries of a lock the later counts. FILE is what the file is called.",
		Action: func(c *cli.Context) error {
			if n := c.Args().Len(); n < 3 || n > 4 {
				return errors.New("merge-driver takes the three files that git names: %O %A %B, and %P")
			}
			paths := c.Args().Slice()
			name := paths[1]
			if len(paths) == 4 {
				name = paths[3]
			}
			return runMergeDriver(name, [3]string(paths[:3]), s)
		},
	}
}

func runMergeDriver(name string, paths [3]string, s Streams) error {
	var texts [3][]byte
	for i, path := range paths {
		var err error
		if texts[i], err = disk.ReadGiven(path); err != nil {
			return err
		}
	}
	result, err := merge.Texts(name, texts[0], texts[1], texts[2], mergeLines)
	if err != nil {
		return err
	}
	if err := atomicfile.Write(paths[1], result.Text, 0o644); err != nil {
		return err
	}
	for _, c := range result.Contradictions {
		say.Fprintf(s.Err, "%s: %s: %s\n", name, c.Path.Spelled(), contradictionText(c))
	}
	if result.Lost > 0 {
		say.Fprintf(s.Err, "%s: %s of theirs; nothing else contradicts\n", name, render.Count(result.Lost, "comment has no place", "comments have no place"))
	}
	if result.Why != nil {
		say.Fprintf(s.Err, "%s: merged by lines alone: %s\n", name, schema.SyntaxText(result.Why))
	}
	if result.Outcome == merge.Contradictory {
		return fmt.Errorf("%s: look at it, and git add it", name)
	}
	return rightTogether(name, texts, result.Text)
}

// contradictionText says what each side has made of a value. What may be a secret is not
// shown.
func contradictionText(c merge.Contradiction) string {
	switch {
	case c.Ours == nil:
		return "ours has taken it out, theirs has changed it"
	case c.Theirs == nil:
		return "theirs has taken it out, ours has changed it"
	}
	ours, theirs := mergedWord(c.Path, c.Ours), mergedWord(c.Path, c.Theirs)
	if a, b := clearText(c.Path, c.Ours), clearText(c.Path, c.Theirs); a != nil && b != nil {
		ours, theirs = schema.DisplayBoth(a, b)
	}
	if c.Base == nil {
		return fmt.Sprintf("both sides have added it: ours has %s, theirs %s", ours, theirs)
	}
	return fmt.Sprintf("both sides have changed it: ours to %s, theirs to %s", ours, theirs)
}

// mergedWord is a value in a message: one that can be no secret as it is, any other by
// what it is.
func mergedWord(at schema.Path, n *yaml.Node) string {
	switch tag := n.ShortTag(); {
	case tag == "!age":
		return "another sealed text"
	case n.Kind != yaml.ScalarNode:
		return "another value"
	case tag == "!!bool" || tag == "!!int" || tag == "!!null":
		return n.Value
	}
	if text := clearText(at, n); text != nil {
		return schema.Display(text)
	}
	return "another value"
}

// clearText is a text that can be no secret; nil = it may be one, or is no text.
func clearText(at schema.Path, n *yaml.Node) schema.Value {
	key, below, known := objectAt(at)
	if n.Kind != yaml.ScalarNode || n.ShortTag() != "!!str" || !known || schema.KindNamed(key.Kind).TakesSecret(below) {
		return nil
	}
	return schema.Text(n.Value)
}

// rightTogether is an error where two manifests are right, and what comes of both is
// not.
func rightTogether(name string, sides [3][]byte, text []byte) error {
	faults := func(text []byte) error {
		loaded := schema.LoadText(name, text, schema.SecretsSealed, roots()...)
		if len(loaded.Environments)+len(loaded.Bases) == 0 {
			return nil // no manifest
		}
		return loaded.Faults.Mistakes().Err()
	}
	if faults(sides[1]) != nil || faults(sides[2]) != nil {
		return nil
	}
	if err := faults(text); err != nil {
		return multierror.Append(err, fmt.Errorf("%s: each side is right, and both together are not: look at it, and git add it", name))
	}
	return nil
}

// mergeLines merges by lines, as git does.
func mergeLines(base, ours, theirs []byte) ([]byte, merge.Outcome, error) {
	dir, err := os.MkdirTemp("", "authsync-merge-*")
	if err != nil {
		return nil, merge.Contradictory, err
	}
	defer os.RemoveAll(dir)
	for name, text := range map[string][]byte{"base": base, "ours": ours, "theirs": theirs} {
		if err := os.WriteFile(filepath.Join(dir, name), text, 0o600); err != nil {
			return nil, merge.Contradictory, err
		}
	}
	cmd := exec.Command("git", "merge-file", "-p", "-L", "ours", "-L", "base", "-L", "theirs", "ours", "base", "theirs")
	cmd.Dir, cmd.Env = dir, git.Environment()
	text, err := cmd.Output()
	var exited *exec.ExitError
	const most = 127 // conflicts that git counts; more says that it failed
	switch {
	case err == nil:
		return text, merge.Clean, nil
	case errors.As(err, &exited) && exited.ExitCode() > 0 && exited.ExitCode() <= most:
		return text, merge.Contradictory, nil
	case errors.As(err, &exited):
		said, _, _ := strings.Cut(string(exited.Stderr), "\n")
		return nil, merge.Contradictory, fmt.Errorf("git merge-file: %s", cmp.Or(said, err.Error()))
	}
	return nil, merge.Contradictory, fmt.Errorf("git merge-file: %w", err)
}
