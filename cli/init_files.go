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
