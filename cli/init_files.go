package cli

import (
	"bytes"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"authsync/atomicfile"
	"authsync/cli/render"
	"authsync/cli/say"
	"authsync/cli/setup"
	"authsync/disk"
	"authsync/git"
)

func (o initOptions) putFiles(files []setup.File, s Streams) error {
	for _, f := range files {
		if err := o.putFile(f, s); err != nil {
			return err
		}
	}
	return nil
}

func (o initOptions) putFile(f setup.File, s Streams) error {
	path := o.in(f.Path)
	have, err := disk.ReadBeside(path)
	text, advice := f.Text, ""
	_, there := os.Lstat(path)
	switch {
	case errors.Is(there, fs.ErrNotExist):
		have = nil
	case err != nil: // also a link that leads nowhere
		say.Fprintf(s.Err, "%s: left as it is: %v\n", path, err)
		return nil
	default:
		if text, advice = f.Completed(have); advice != "" {
			say.Fprintf(s.Err, "%s: left as it is; it %s\n", path, say.Own(advice))
		}
	}
	switch {
	case have != nil && bytes.Equal(have, text):
		return nil
	case o.dryRun:
		return say.Raw(s.Out, fileDiff(path, have, text))
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return err
	}
	if err := atomicfile.Write(path, text, f.Mode); err != nil {
		return err
	}
	said := "written"
	if have != nil {
		added := strings.Count(string(text), "\n") - strings.Count(string(have), "\n")
		said = "completed by " + render.Count(added, "line", "lines")
	}
	say.Fprintf(o.progress.Messages(s.Err), "%s: %s\n", path, say.Own(said))
	return nil
}

// gitSettings are what git is told in a clone, besides .gitattributes.
var gitSettings = [][2]string{
	{"diff.authsync.textconv", "authsync secrets open --textconv"},
	{"merge.authsync.name", "authsync, by object and field"},
	{"merge.authsync.driver", "authsync merge-driver %O %A %B %P"},
}

// tellGit tells the clone how to compare and merge manifests. That is in .git/config,
// which nobody else gets. What is set there otherwise stays.
func (o initOptions) tellGit(s Streams) (inRepository bool) {
	whole, err := filepath.Abs(o.in("."))
	if err != nil || disk.Outermost(whole) == "" {
		say.Fprintf(s.Err, "%s: is in no git repository, so git is not told how to compare and merge manifests; after git init, run authsync init again\n", o.in("."))
		return false
	}
	set := 0
	for _, setting := range gitSettings {
		have, err := git.Run(whole, "config", "--local", "--get", setting[0])
		switch value := strings.TrimSpace(string(have)); {
		case err == nil && value == setting[1]:
			continue
		case err == nil:
			say.Fprintf(s.Err, "git config %s: left as it is, %q; authsync's would be: %s\n", setting[0], value, setting[1])
			continue
		}
		if !o.dryRun {
			if _, err := git.Run(whole, "config", "--local", setting[0], setting[1]); err != nil {
				say.Fprintf(s.Err, "git config %s: %v; set it to: %s\n", setting[0], err, setting[1])
				continue
			}
		}
		set++
	}
	if set > 0 {
		how := say.Own("told")
		if o.dryRun {
			how = "would be told"
		}
		say.Fprintf(o.progress.Messages(s.Err), "git: %s, in this clone's own config, to compare manifests in clear for who has the key, and to merge them by object and field\n", how)
	}
	return true
}
