package render

import (
	"fmt"
	"io"
	"path/filepath"
	"strings"

	"authsync/cli/say"
	"authsync/spell"
)

// GitHub writes findings as commands that make GitHub annotate the files' lines.
func (f Findings) GitHub(w io.Writer) error {
	var b strings.Builder
	for _, one := range f.List {
		rule := ruleOf(one)
		place := []string{"file=" + property(filepath.ToSlash(f.Root(one.Pos.File)))}
		if one.Pos.Line > 0 {
			place = append(place, fmt.Sprintf("line=%d", one.Pos.Line), fmt.Sprintf("col=%d", max(1, one.Pos.Column)))
		}
		place = append(place, "title="+property("authsync "+f.Command+": "+rule))
		fmt.Fprintf(&b, "::%s %s::%s\n", one.Severity, strings.Join(place, ","), data.Replace(messageOf(one)))
	}
	for _, err := range f.Failed {
		fmt.Fprintf(&b, "::error title=%s::%s\n", property("authsync "+f.Command), data.Replace(shown(err.Error())))
	}
	return say.Raw(w, b.String())
}

// data and properties escape what ends the message, or a part, of a runner's command.
var (
	data       = strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A")
	properties = strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A", ":", "%3A", ",", "%2C")
)

func property(text string) string { return properties.Replace(spell.Text(text)) }
