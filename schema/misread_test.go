package schema_test

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"pgregory.net/rapid"

	"authsync/schema"
)

// utf16 is a text in that encoding, the low byte first or last, with its mark or without.
func utf16(text, mark string, low int) string {
	b := strings.Builder{}
	b.WriteString(mark)
	for _, r := range text {
		pair := [2]byte{}
		pair[low], pair[1-low] = byte(r), byte(r>>8)
		b.Write(pair[:])
	}
	return b.String()
}

const readable = head + "login:\n  emailLogin: true\n  userNameLogin: true\n"

func TestWhatKeepsATextFromBeingYAMLIsNamed(t *testing.T) {
	const merged = head + "<<<<<<< HEAD\nlogin: {emailLogin: true}\n=======\nlogin: {emailLogin: false}\n>>>>>>> theirs\n"
	const conflict = "a merge left both sides here, between <<<<<<< and >>>>>>> in line 9; keep what holds, and take the marks out"
	for _, row := range []struct {
		name, text string
		want       []string
	}{
		{"UTF-16 with its mark", utf16(readable, "\xff\xfe", 0), []string{"m.yaml:1:1: the file is UTF-16 (or UTF-32); save it as UTF-8"}},
		{"UTF-16, the other way round", utf16(readable, "\xfe\xff", 1), []string{"m.yaml:1:1: the file is UTF-16 (or UTF-32); save it as UTF-8"}},
		{"UTF-16 without a mark", utf16(readable, "", 0), []string{"m.yaml:1:1: the file is UTF-16 or UTF-32, by its zero bytes; save it as UTF-8"}},
		{"and the other way round", utf16(readable, "", 1), []string{"m.yaml:1:1: the file is UTF-16 or UTF-32, by its zero bytes; save it as UTF-8"}},
		{"GBK in a comment", readable + "# \xd6\xd0\xce\xc4\n",
			[]string{"m.yaml:8:3: the file is not UTF-8: from here on it is in another encoding, such as GBK; save it as UTF-8"}},
		{"GBK in a value", head + "providers: {corp: {name: {message: \xd6\xd0}}}\n",
			[]string{"m.yaml:5:36: the file is not UTF-8: from here on it is in another encoding, such as GBK; save it as UTF-8"}},
		{"a merge that nobody settled", merged, []string{"m.yaml:5:1: " + conflict}},
		{"the same with the common ancestor", strings.Replace(merged, "=======\n", "||||||| base\nlogin: {}\n=======\n", 1),
			[]string{"m.yaml:5:1: " + strings.Replace(conflict, "line 9", "line 11", 1)}},
		{"the same with CRLF", strings.ReplaceAll(merged, "\n", "\r\n"), []string{"m.yaml:5:1: " + conflict}},
		{"a wide colon at a line's end", strings.Replace(readable, "login:\n", "login：\n", 1),
			[]string{`m.yaml:5:6: not YAML: "：" stands here, where YAML wants ":"`}},
		{"a wide colon between a name and its value", strings.Replace(readable, "name: test", "name：test", 1),
			[]string{`m.yaml:3:5: not YAML: "：" stands here, where YAML wants ":"`}},
		{"a wide comma in a mapping", head + "login: {emailLogin: true，userNameLogin: true}\n",
			[]string{`m.yaml:5:25: not YAML: "，" stands here, where YAML wants ","`}},
		{"wide braces", head + "login: ｛emailLogin: true｝\n", []string{`m.yaml:5:8: not YAML: "｛" stands here, where YAML wants "{"`}},
		{"a wide colon before braces", head + "login：{emailLogin: true}\n", []string{
			`m.yaml:5:1: login：{emailLogin: unknown field; known are `, `; "：" in it is a letter to YAML, which wants ":"`}},
		{"a wide comma after a value", head + "login:\n  emailLogin: true，\n",
			[]string{`m.yaml:6:15: login.emailLogin: takes true or false, not "true，"; "，" in it is a letter to YAML, which wants ","`}},
		{"a wide blank in a name", head + "login:\n　emailLogin: true\n", []string{
			`m.yaml:6:1: "\u3000emailLogin": unknown field; known are `, "; the wide blank (U+3000) in it is a letter to YAML"}},
		{"another mistake, beside wide signs in a text", head + "providers: {corp: {name: {message: \"你好，世界：\"}, on: [}}\n",
			[]string{"m.yaml:4:1: not YAML: did not find expected node content"}},
	} {
		t.Run(row.name, func(t *testing.T) {
			var got []string
			if utf8.ValidString(row.text) && !strings.Contains(row.text, "\x00") {
				got = faults(t, map[string]string{"m.yaml": row.text}, schema.Wrong)
			} else if err := new(schema.Fault); errors.As(schema.CheckYAML("m.yaml", []byte(row.text)), &err) {
				got = []string{err.Error()}
			}
			told := func(line string) bool {
				return len(row.want) == 2 && strings.HasPrefix(line, row.want[0]) && strings.HasSuffix(line, row.want[1])
			}
			if !slices.Equal(got, row.want) && !slices.ContainsFunc(got, told) {
				t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(row.want, "\n"))
			}
		})
	}
}

// Texts that hold such signs where they belong are read, whatever else is wrong.
func TestWideSignsInTextsAreNoMistake(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.StringOfN(rapid.RuneFrom([]rune("abc 你好：，｛｝［］＃！－“”‘’\u3000<=>")), 1, 40, -1).Draw(t, "text")
		quoted := `"` + text + `"`
		body := head + "providers:\n  corp:\n    name: {message: " + quoted + "}\n    description:\n      message: |\n        x" + text + "\n        <<<<<<< x\n"
		if err := schema.CheckYAML("m.yaml", []byte(body)); err != nil {
			t.Fatalf("%v\n%s", err, body)
		}
	})
}
