package cli

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode"

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

var (
	pageLink   = regexp.MustCompile(`\]\(([^)\s]+)\)`)
	pageTitles = regexp.MustCompile(`(?m)^#+ (.*)$`)
)

// anchorsOf are the places within a page that a link can name, as code hosts make
// them of headings.
func anchorsOf(t *testing.T, file string) map[string]bool {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	anchors := map[string]bool{"": true}
	for _, heading := range pageTitles.FindAllStringSubmatch(pageCode.ReplaceAllString(string(text), ""), -1) {
		anchors[strings.Map(func(r rune) rune {
			switch {
			case r == ' ':
				return '-'
			case unicode.IsLetter(r), unicode.IsDigit(r), r == '-', r == '_':
				return unicode.ToLower(r)
			}
			return -1
		}, heading[1])] = true
	}
	return anchors
}

// What a Chinese page links to is there, down to the heading, and is the Chinese page
// where there is one. The Chinese README leads to all of them.
func TestChinesePagesLinkToEachOther(t *testing.T) {
	const readme = "../README.zh-CN.md"
	chinese, err := filepath.Glob("../docs/zh-CN/*.md")
	if err != nil {
		t.Fatal(err)
	}
	linked := map[string]bool{}
	for _, page := range append(slices.Clone(chinese), readme) {
		text, err := os.ReadFile(page)
		if err != nil {
			t.Fatal(err)
		}
		for _, link := range pageLink.FindAllStringSubmatch(pageCode.ReplaceAllString(string(text), ""), -1) {
			if strings.Contains(link[1], "://") {
				continue
			}
			name, anchor, _ := strings.Cut(link[1], "#")
			target := page
			if name != "" {
				target = filepath.Join(filepath.Dir(page), name)
			}
			if !anchorsOf(t, target)[anchor] {
				t.Errorf("%s links to %s, which has no such heading", page, link[1])
			}
			if filepath.Dir(target) == "../docs" && slices.Contains(chinese, filepath.Join("../docs/zh-CN", filepath.Base(target))) {
				t.Errorf("%s links to %s, which is there in Chinese", page, link[1])
			}
			linked[page+" "+target] = true
		}
	}
	for _, page := range chinese {
		if !linked[readme+" "+page] {
			t.Errorf("%s does not lead to %s", readme, page)
		}
	}
}

// The Chinese pages keep in step with the English ones: the same headings, code,
// commands and rows.
func TestChinesePagesKeepInStep(t *testing.T) {
	pages := map[string]string{"../README.md": "../README.zh-CN.md"}
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
