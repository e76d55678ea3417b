package progress

import (
	"fmt"
	"strings"
	"time"
)

// folding says how a CI system folds lines of its log under a title.
type folding struct {
	variable string // is true in the CI system
	open     func(title string, at time.Time) string
	shut     func(title string, at time.Time) string
}

var foldings = []folding{
	{
		variable: "GITHUB_ACTIONS",
		open:     func(title string, _ time.Time) string { return "::group::" + githubText(title) + "\n" },
		shut:     func(string, time.Time) string { return "::endgroup::\n" },
	},
	{
		variable: "GITLAB_CI",
		open: func(title string, at time.Time) string {
			return fmt.Sprintf("\x1b[0Ksection_start:%d:%s[collapsed=true]\r\x1b[0K%s\n", at.Unix(), gitlabName(title), title)
		},
		shut: func(title string, at time.Time) string {
			return fmt.Sprintf("\x1b[0Ksection_end:%d:%s\r\x1b[0K\n", at.Unix(), gitlabName(title))
		},
	},
}

// foldingOf returns the folding of the CI system in the variables; nil = none.
func foldingOf(lookupEnv func(string) (string, bool)) *folding {
	for i := range foldings {
		if value, _ := lookupEnv(foldings[i].variable); value == "true" {
			return &foldings[i]
		}
	}
	return nil
}

// githubText escapes the characters that end a workflow command.
func githubText(text string) string {
	return strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A").Replace(text)
}

// gitlabName makes the name of a section from its title: letters, digits, _ . and -.
func gitlabName(title string) string {
	return "authsync_" + strings.Map(func(r rune) rune {
		switch {
		case r >= 'a' && r <= 'z', r >= 'A' && r <= 'Z', r >= '0' && r <= '9', r == '.', r == '-':
			return r
		}
		return '_'
	}, title)
}
