package setup

import "strings"

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
