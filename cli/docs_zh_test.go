package cli

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

var (
	pageComment = regexp.MustCompile(`(?ms)^<!--.*?-->\n`)
	pageCode    = regexp.MustCompile("(?ms)^```.*?^```\n|^(?:    [^\n]*\n)+")
	pageHeading = regexp.MustCompile(`(?m)^(#+) `)
	pageCommand = regexp.MustCompile("`((?:authsync|make) [^`]*)`")
)

// chapter is a part of a page under one heading, without its words.
type chapter struct {
	Level    int
	Code     []string // shown as it is
	Commands []string // within sentences, by name
	Rows     int      // of tables
}

func chaptersOf(t *testing.T, file string) []chapter {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	page := pageComment.ReplaceAllString(string(text), "")
	var code []string
	page = pageCode.ReplaceAllStringFunc(page, func(block string) string {
		code = append(code, block)
		return "(code)\n"
	})
	var chapters []chapter
	for _, at := range pageHeading.FindAllStringSubmatchIndex(page, -1) {
		rest := page[at[1]:]
		if next := pageHeading.FindStringIndex(rest); next != nil {
			rest = rest[:next[0]]
		}
		s := chapter{Level: at[3] - at[2], Rows: strings.Count(rest, "\n|")}
		for range strings.Count(rest, "(code)\n") {
			s.Code, code = append(s.Code, code[0]), code[1:]
		}
		for _, command := range pageCommand.FindAllStringSubmatch(rest, -1) {
			s.Commands = append(s.Commands, command[1])
		}
		slices.Sort(s.Commands)
		chapters = append(chapters, s)
	}
	return chapters
}

// The Chinese pages keep in step with the English ones: the same headings, code,
// commands and rows.
func TestChinesePagesKeepInStep(t *testing.T) {
	pages := map[string]string{}
	chinese, err := filepath.Glob("../docs/zh-CN/*.md")
	if err != nil || len(chinese) < 3 {
		t.Fatal(chinese, err)
	}
	for _, page := range chinese {
		pages[filepath.Join("../docs", filepath.Base(page))] = page
	}
	for english, page := range pages {
		if diff := cmp.Diff(chaptersOf(t, english), chaptersOf(t, page)); diff != "" {
			t.Errorf("%s is not in step with %s (-English +Chinese):\n%s", page, english, diff)
		}
	}
}
