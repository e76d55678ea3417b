// Package setup holds the files that make a folder ready for authsync, besides the
// manifests and the keys: what git ignores and compares otherwise, what editors need,
// and the pipelines of the code hosts.
//
// A file that is there is completed, and never written over. It must not know the
// terminal, the services or the disk: files are texts here. Begin reading at [Files].
package setup

import (
	"bytes"
	"io/fs"
	"path"
	"strings"

	"authsync/schema"
)

// Manifests is the folder of the manifests, which all commands read by default.
const Manifests = "envs"

// File is a file of a folder that is ready.
type File struct {
	// Path is below the folder, with slashes.
	Path string
	Mode fs.FileMode
	// Text is what the file holds where it is not there.
	Text []byte
	// completed returns the text of a file that is there with what it lacks, or what
	// a person has to do about it.
	completed func(f File, have []byte) (text []byte, advice string)
}

// Completed returns the text of a file that is there with what it lacks added. What
// only a person can do is the advice; "" = nothing.
func (f File) Completed(have []byte) (text []byte, advice string) { return f.completed(f, have) }

// Files are the files of a folder whose pipelines are on a code host; nil = on none.
func Files(h *Host) ([]File, error) {
	text, err := schema.JSONSchema()
	if err != nil {
		return nil, err
	}
	files := []File{
		{".gitignore", 0o644, []byte(".authsync/\n.authsync-*.json\n.bin/\nplan.json\nplan.md\ndrift.md\n"), withLines},
		{".gitattributes", 0o644, []byte(Manifests + "/*.yaml diff=authsync merge=authsync\n"), withLines},
		{path.Join(Manifests, SchemaFile), 0o644, text, asItIs("is of another version; renew it with: authsync schema > " + path.Join(Manifests, SchemaFile))},
		{".vscode/settings.json", 0o644, []byte(editorSettings), withTags},
	}
	if h == nil {
		return files, nil
	}
	pipelines, err := h.files()
	return append(files, pipelines...), err
}

// asItIs leaves a file alone, and gives the advice if it is another one.
func asItIs(advice string) func(File, []byte) ([]byte, string) {
	return func(f File, have []byte) ([]byte, string) {
		if bytes.Equal(have, f.Text) {
			return have, ""
		}
		return have, advice
	}
}

// withLines adds the lines that a file lacks at its end, with its own line ends.
func withLines(f File, have []byte) ([]byte, string) {
	end := "\n"
	if bytes.Contains(have, []byte("\r\n")) {
		end = "\r\n"
	}
	there := map[string]struct{}{}
	for line := range strings.Lines(string(have)) {
		there[strings.TrimSpace(line)] = struct{}{}
	}
	var lacks strings.Builder
	for line := range strings.Lines(string(f.Text)) {
		line = strings.TrimSpace(line)
		if _, is := there[line]; !is {
			lacks.WriteString(line + end)
		}
	}
	text := bytes.Clone(have)
	if lacks.Len() > 0 && len(have) > 0 && !bytes.HasSuffix(have, []byte("\n")) {
		text = append(text, end...)
	}
	return append(text, lacks.String()...), ""
}

// SchemaFile is the schema beside manifests, which SchemaLine names for editors. It is
// a file and not a URL, so that it works offline and fits the version that wrote it.
const (
	SchemaFile = "authsync.schema.json"
	SchemaLine = "# yaml-language-server: $schema=" + SchemaFile
)

// tags are what an editor has to be told of, besides the schema.
var tags = []string{"!age scalar", "!env scalar"}

const tagSetting = "yaml.customTags"

var (
	tagList        = `["` + strings.Join(tags, `", "`) + `"]`
	editorSettings = "{\n  \"" + tagSetting + "\": " + tagList + "\n}\n"
)

// TagSetting is the setting of an editor, in one line.
var TagSetting = tagSetting + ": " + tagList

// withTags leaves an editor's settings alone, which may have comments, and says what
// they lack.
func withTags(_ File, have []byte) ([]byte, string) {
	for _, tag := range tags {
		if !strings.Contains(string(have), `"`+tag+`"`) {
			return have, "lacks what editors need for manifests: \"" + tagSetting + "\": " + tagList
		}
	}
	return have, ""
}
