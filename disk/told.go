package disk

import (
	"errors"
	"io/fs"
	"strings"
)

// Told is the text of an error, in which a file's reads as all do: where, then what. Which
// system call failed says nothing to whoever reads it.
func Told(err error) string {
	text := err.Error()
	var why *fs.PathError
	if !errors.As(err, &why) {
		return text
	}
	told := why.Path + ": " + why.Err.Error()
	// Whoever passed it on may have named the file before.
	text = strings.Replace(text, why.Path+": "+why.Error(), told, 1)
	return strings.Replace(text, why.Error(), told, 1)
}
